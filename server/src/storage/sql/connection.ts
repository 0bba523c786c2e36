/**
 * What the shared queries stand on: a typed connection, a clock, and what differs between databases as named facts.
 * Not here: the verbs of every token request, which each driver has for itself. Neighbours: `sqlite/` and `postgres/`
 * use it. To add: a query, in the file of its subject; what a database does differently, a fact below.
 */
import type { Kysely, RawBuilder } from 'kysely'
import type { Clock, Millis } from '../../lib/clock.ts'
import type { AuditEvent } from '../contract/logs.ts'
import type { Tables } from './schema.ts'

/** A connection, inside a transaction or not. */
export type Db = Kysely<Tables>

/** What one database does differently. The shared queries read these and never ask which database it is. */
export interface Facts {
  /** Column type of byte strings. */
  readonly blob: RawBuilder<unknown>
  /** Column type and key of a number that counts up by itself. */
  readonly serialKey: RawBuilder<unknown>
  /** What ends the definition of a table that is only ever reached by its primary key. */
  readonly keyed: RawBuilder<unknown>
  /** Ends a select whose rows are about to be written, so that they are locked in the order they are read. */
  readonly lock: RawBuilder<unknown>
  /** The same, passing over rows that somebody else has locked. */
  readonly lockFree: RawBuilder<unknown>
  /** Makes text compare by its code points and lower() change A to Z only, whatever the database was made with. */
  readonly plainText: RawBuilder<unknown>
  /** Whether the request log lies in a database of its own, which the driver makes. */
  readonly requestLogApart: boolean
  /** Whether nodes of two releases may work on one database at once. */
  readonly manyReleases: boolean
  /** Tells the other processes, when the transaction commits, that client data changed. */
  announceClients(db: Db): Promise<void>
  isUniqueViolation(error: unknown): boolean
}

/** What queries that only read stand on. */
export interface Source {
  readonly db: Kysely<Tables>
  readonly facts: Facts
}

export interface Connection extends Source {
  /** For the lists of account pages: where a database can hold back what takes long, a connection that it does so on. */
  readonly lists: Kysely<Tables>
  readonly clock: Clock
  /** Calls this process's own listeners at once. */
  clientsChanged(): void
  /** A job was added; within an act it is not told of before the end. */
  jobAdded(): void
  /** The chain of the audit log that this process writes. */
  readonly chain: string
  /** Within an act, its events, which are appended last. */
  readonly events?: AuditEvent[]
}

/** Those who want to hear of something that happens in this process. */
export function createListeners(): { listen(listener: () => void): void; tell(): void } {
  const all: (() => void)[] = []
  return {
    listen: (listener) => void all.push(listener),
    tell: () => all.forEach((listener) => void listener()),
  }
}

/** How often a transaction is tried again in which somebody else was first with a name. */
const attempts = 3

/**
 * Runs `work` in a transaction: in the one that is under way, or else in one of its own. There it is run anew where somebody
 * else was first with a name that it had found free, and then finds it taken.
 */
export async function transact<T>({ db, facts }: Source, work: (trx: Db) => Promise<T>): Promise<T> {
  if (db.isTransaction) return work(db)
  for (let left = attempts; ; left--) {
    try {
      return await db.transaction().execute(work)
    } catch (error) {
      if (left === 0 || !facts.isUniqueViolation(error)) throw error
    }
  }
}

/** The same for rows that every process keeps for a moment: announced to all of them when it commits. */
export async function announced<T>(connection: Connection, work: (trx: Db) => Promise<T>): Promise<T> {
  const result = await transact(connection, async (trx) => {
    const answer = await work(trx)
    await connection.facts.announceClients(trx)
    return answer
  })
  connection.clientsChanged()
  return result
}

/** The next value of a `valid_after`: now, but always later than it was, however the clock runs. */
export function laterThan(previous: Millis, now: Millis): Millis {
  return Math.max(previous + 1, now)
}

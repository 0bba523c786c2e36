/**
 * A transaction that is tried again where that is safe, and that knows when it is not known whether it has happened:
 * when the connection broke between sending COMMIT and the answer.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { StorageUnavailable } from '../contract.ts'
import { type Client, isAnswer, isConflict, isUnavailable, type Pool, translate } from './pool.ts'

/** How long a database that is away is tried again; short, because callers wait. */
const patience = 1000
/** How long it is tried to find out what became of a COMMIT, or to get past others' locks. */
const settling = 5000

export interface Fate {
  /** A COMMIT of these very writes was sent and not answered: they may be in. */
  uncertain: boolean
}

/**
 * Runs `work` in a transaction. `work` must be such that running it again after an unanswered COMMIT is right: it is
 * told by `fate`, reads with locks (which wait for the old transaction to be decided), and recognizes its own writes.
 * Throws StorageUnavailable when time is up, and the server's own error where a statement is at fault.
 */
export async function transact<T>(pool: Pool, fate: Fate, work: (client: Client) => Promise<T>): Promise<T> {
  const started = performance.now()
  for (let pause = 10; ; pause = Math.min(pause * 2, 200)) {
    const error = await once(pool, fate, work)
    if ('done' in error) return error.done
    const again = isUnavailable(error.error) || isConflict(error.error)
    if (!again) throw error.error
    const limit = fate.uncertain || isConflict(error.error) ? settling : patience
    if (performance.now() - started > limit) throw unavailable(error.error, fate)
    await sleep(pause * (0.5 + Math.random()))
  }
}

async function once<T>(
  pool: Pool,
  fate: Fate,
  work: (client: Client) => Promise<T>,
): Promise<{ readonly done: T } | { readonly error: unknown }> {
  let committing = false
  const client = await pool.connect().catch((error: unknown) => ({ error }))
  if ('error' in client) return client
  try {
    await client.query('begin')
    const done = await work(client)
    committing = true
    const { command } = await client.query('commit')
    committing = false
    if (command !== 'COMMIT') throw new StorageUnavailable('PostgreSQL rolled back instead of committing')
    client.release()
    return { done }
  } catch (error) {
    // An ERROR in answer to COMMIT is a rollback. Anything else (a broken line, a shutdown, silence) says nothing.
    if (committing && !isAnswer(error)) fate.uncertain = true
    const kept = isAnswer(error) && (await client.query('rollback').then(yes, no))
    client.release(!kept)
    return { error }
  }
}

const yes = () => true
const no = () => false

function unavailable(error: unknown, fate: Fate): unknown {
  if (!fate.uncertain) return translate(error)
  return new StorageUnavailable('PostgreSQL did not say what became of a commit', { cause: error })
}

/** Runs one statement or a few that only read, again where the connection broke. */
export async function reading<T>(pool: Pool, work: (client: Pool) => Promise<T>): Promise<T> {
  const started = performance.now()
  for (let pause = 10; ; pause = Math.min(pause * 2, 200)) {
    try {
      return await work(pool)
    } catch (error) {
      if (!isUnavailable(error) || performance.now() - started > patience) throw translate(error)
    }
    await sleep(pause * (0.5 + Math.random()))
  }
}

/** The grant verbs' writes on PostgreSQL: a batch as one transaction, settled item by item if it must be. */
import { type BatchWatch, createBatcher, type Settled } from '../../lib/batch.ts'
import { type AuditEvent, StorageUnavailable } from '../contract.ts'
import type { GrantTerms } from '../sql/grant_terms.ts'
import { writeClaims } from './batch_claims.ts'
import { insertGrants } from './batch_inserts.ts'
import type { Answers, Claim, Insert, InsertOnce, Move, Placed, Repeat, Repeats, Write } from './batch_items.ts'
import { moveGrants } from './batch_moves.ts'
import type { DatabaseClock } from './clock.ts'
import { appendEvents } from './events.ts'
import { type Client, type Pool, translate } from './pool.ts'
import { swapSeen } from './seen_swaps.ts'
import { type Fate, transact } from './transaction.ts'

interface WritesOptions {
  readonly clock: DatabaseClock
  readonly terms: GrantTerms
  readonly chain: string
  readonly watch: BatchWatch
}

/**
 * One batch of this process at a time. Everything goes through its steps in one order and each step in the order of
 * keys, so that two processes do not lock each other out.
 */
export function createWrites(pool: Pool, { clock, terms, chain, watch }: WritesOptions) {
  async function together(client: Client, items: readonly Write[], fate: Fate): Promise<Settled<unknown>[]> {
    const answers: Answers = new Map()
    const moves: [number, Move][] = []
    const inserts: [number, Insert][] = []
    const claims: [number, Claim][] = []
    const repeats: [number, Repeats][] = []
    const once: [number, InsertOnce][] = []
    for (const [place, item] of items.entries()) {
      if (item.verb === 'insert') inserts.push([place, item])
      else if (item.verb === 'claim') claims.push([place, item])
      else if (item.verb === 'insert once') once.push([place, item])
      else if (item.verb === 'repeats') repeats.push([place, item])
      else moves.push([place, item])
    }
    const events: AuditEvent[] = []
    if (moves.length > 0) events.push(...(await moveGrants(client, moves, { clock, terms, fate }, answers)))
    if (inserts.length > 0) events.push(...(await insertGrants(client, inserts, terms, answers)))
    for (const [place, { claim }] of once) claims.push([place, claim])
    if (claims.length > 0) await writeClaims(client, claims, fate, answers)
    if (once.length > 0) await insertFirst(client, once, terms, answers)
    if (repeats.length > 0) await countRepeats(client, repeats, answers)
    if (events.length > 0) await appendEvents(client, chain, events)
    return items.map((_, place) => answers.get(place) ?? { error: new StorageUnavailable('no answer for this item') })
  }

  async function settle(items: readonly Write[], fate: Fate): Promise<readonly Settled<unknown>[]> {
    try {
      return await transact(pool, fate, (client) => together(client, items, fate))
    } catch (error) {
      if (error instanceof StorageUnavailable || items.length === 1) {
        return items.map(() => ({ error: translate(error) }))
      }
      // One of them is at fault and nothing was written: each for itself, so that only that one fails.
      const settled: Settled<unknown>[] = []
      for (const item of items) settled.push(...(await settle([item], { ...fate })))
      return settled
    }
  }

  /** First what is as its caller saw it, by one statement; then the rest, in a transaction. */
  async function straightFirst(items: readonly Write[]): Promise<readonly Settled<unknown>[]> {
    const fate: Fate = { uncertain: false }
    const answers = await swapSeen(pool, items, { clock, fate })
    const places = [...items.keys()].filter((place) => !answers.has(place))
    if (places.length > 0) {
      const rest = await settle(
        places.map((place) => items[place] as Write),
        fate,
      )
      for (const [i, place] of places.entries()) answers.set(place, rest[i] as Settled<unknown>)
    }
    return items.map((_, place) => answers.get(place) as Settled<unknown>)
  }

  const batcher = createBatcher<Write, unknown>(straightFirst, { watch })
  return {
    write: <T>(item: Write) => batcher.add(item) as Promise<T>,
    idle: () => batcher.idle(),
  }
}

export type Writes = ReturnType<typeof createWrites>

/** Inserts those grants whose claims were the first; the answers are those of the claims. */
async function insertFirst(
  client: Client,
  once: Placed<InsertOnce>,
  terms: GrantTerms,
  answers: Answers,
): Promise<void> {
  const first = once.flatMap(([place, { insert }]) => {
    const answer = answers.get(place)
    return answer !== undefined && 'ok' in answer && answer.ok === 'first' ? [[place, insert] as const] : []
  })
  if (first.length > 0) await insertGrants(client, first, terms, new Map())
}

/** Counters that nobody decides by: a batch that is run twice after a broken connection may count twice. */
async function countRepeats(client: Client, items: Placed<Repeats>, answers: Answers): Promise<void> {
  const sums = new Map<string, Repeat>()
  for (const [place, { repeats }] of items) {
    answers.set(place, { ok: undefined })
    for (const repeat of repeats) {
      const key = `${repeat.id.toString('hex')}${repeat.network}`
      const known = sums.get(key)
      const count = repeat.count + (known?.count ?? 0)
      sums.set(key, { ...repeat, count, at: Math.max(repeat.at, known?.at ?? 0) })
    }
  }
  const rows = [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, repeat]) => repeat)
  await client.query(
    `insert into grant_repeats (grant_id, network, count, last_at)
     select * from unnest($1::bytea[], $2::text[], $3::bigint[], $4::bigint[])
     on conflict (grant_id, network) do update set count = grant_repeats.count + excluded.count,
       last_at = greatest(grant_repeats.last_at, excluded.last_at)`,
    [
      rows.map((row) => row.id),
      rows.map((row) => row.network),
      rows.map((row) => row.count),
      rows.map((row) => row.at),
    ],
  )
}

/**
 * Swaps of grants that are still as their callers read them, as one statement that commits itself. What it finds changed
 * is left to the transaction that locks, reads and decides.
 */
import { decideAdvance, type Grant, type Step, type Swap } from '../../protocol/grant.ts'
import { refreshColumns, refreshValues, stateCode, stepColumns, stepValues, type Value } from '../sql/grant_row.ts'
import type { Answers, Write } from './batch_items.ts'
import { stepTypes } from './batch_moves.ts'
import { clockSql, type DatabaseClock, machineNow } from './clock.ts'
import { isAnswer, type Pool } from './pool.ts'
import type { Fate } from './transaction.ts'

/**
 * Whatever makes a swap move its grant changes only together with step, state or attempt. Rows are locked in the order of
 * ids, as in every batch.
 */
function swapText(columns: readonly (typeof stepColumns)[number][]): string {
  const types = ['bigint', 'smallint', 'bytea', ...columns.map((name) => stepTypes[name])]
  return `with swaps as materialized (
      select * from unnest($1::bytea[], ${types.map((type, i) => `$${i + 2}::${type}[]`).join(', ')})
        as w(id, seen_step, seen_state, seen_attempt, ${columns.map((name) => `new_${name}`).join(', ')})
    ), held as materialized (
      select g.id from grants as g join swaps as w on g.id = w.id
      where g.step = w.seen_step and g.state = w.seen_state and g.attempt is not distinct from w.seen_attempt
      order by g.id for update of g
    ) update grants as g set ${columns.map((name) => `${name} = w.new_${name}`).join(', ')}
    from held join swaps as w on w.id = held.id
    where g.id = held.id
    returning g.id, ${clockSql} as now`
}

/** The two kinds of swaps: a refresh token writes less than a code. */
const kinds = [
  { name: 'swap_seen_code', text: swapText(stepColumns), valuesOf: stepValues, ofLive: false },
  { name: 'swap_seen_refresh', text: swapText(refreshColumns), valuesOf: refreshValues, ofLive: true },
] as const

interface Straight {
  readonly place: number
  readonly swap: Swap
  readonly seen: Grant
  readonly after: Grant
  readonly write: Step
}

/**
 * Moves what is unchanged, and answers it by place. An unanswered statement counts as an unanswered COMMIT: `fate` says
 * so to whoever decides these items next, who recognizes by the attempt what is in.
 */
export async function swapSeen(
  pool: Pool,
  items: readonly Write[],
  { clock, fate }: { readonly clock: DatabaseClock; readonly fate: Fate },
): Promise<Answers> {
  const answers: Answers = new Map()
  const straight = straightOf(items, clock)
  if (straight.size === 0) return answers
  const entries = [...straight.values()]
  await Promise.all(
    kinds.map(async ({ name, text, valuesOf, ofLive }) => {
      const own = entries.filter(({ seen }) => (seen.state === 'live') === ofLive)
      if (own.length === 0) return
      const rows = own.map(({ seen, write }) => [seen.step, stateCode[seen.state], seen.attempt, ...valuesOf(write)])
      const sent = machineNow()
      try {
        const values = [own.map(({ swap }) => swap.id), ...columnsOf(rows)]
        const moved = await pool.query<[id: Buffer, now: number]>({ rowMode: 'array', name, text, values })
        const received = machineNow()
        for (const [id, now] of moved.rows) {
          clock.observe(now, sent, received)
          const entry = straight.get(id.toString('latin1'))
          if (entry !== undefined) answers.set(entry.place, { ok: { outcome: 'advanced', grant: entry.after } })
        }
      } catch (error) {
        // A statement that was refused has changed nothing; of one without an answer nothing is known.
        if (!isAnswer(error)) fate.uncertain = true
      }
    }),
  )
  return answers
}

/** One swap for each grant; a second one on the same grant has to see what became of the first. */
function straightOf(items: readonly Write[], clock: DatabaseClock): Map<string, Straight> {
  const now = Math.floor(clock.now())
  const straight = new Map<string, Straight>()
  for (const [place, item] of items.entries()) {
    if (item.verb !== 'advance' || item.seen === undefined) continue
    const { swap, seen } = item
    const id = swap.id.toString('latin1')
    if (straight.has(id)) continue
    const { advance, write } = decideAdvance(seen, swap, now)
    if (advance.outcome === 'advanced' && write !== undefined) {
      straight.set(id, { place, swap, seen, after: advance.grant, write })
    }
  }
  return straight
}

function columnsOf(rows: readonly Value[][]): Value[][] {
  return (rows[0] ?? []).map((_, column) => rows.map((row) => row[column] ?? null))
}

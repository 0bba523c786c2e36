/**
 * Swaps of grants that are still as their callers read them, as one statement that commits itself. What it finds changed
 * is left to the transaction that locks, reads and decides.
 */
import { decideAdvance, type Grant, type Step, type Swap } from '../../protocol/grant.ts'
import { stateCode, stepColumns, stepValues, type Value } from '../sql/grant_row.ts'
import type { Answers, Write } from './batch_items.ts'
import { stepTypes } from './batch_moves.ts'
import { clockSql, type DatabaseClock, machineNow } from './clock.ts'
import { isAnswer, type Pool } from './pool.ts'
import type { Fate } from './transaction.ts'

const seenColumns = ['seen_step::bigint', 'seen_state::smallint', 'seen_attempt::bytea'] as const

/**
 * Whatever makes a swap move its grant changes only together with step, state or attempt. Rows are locked in the order of
 * ids, as in every batch.
 */
const text = `with swaps as materialized (
    select * from unnest($1::bytea[], ${arrays()}) as w(id, seen_step, seen_state, seen_attempt, ${stepColumns.join(', ')})
  ), held as materialized (
    select g.id from grants as g join swaps as w on g.id = w.id
    where g.step = w.seen_step and g.state = w.seen_state and g.attempt is not distinct from w.seen_attempt
    order by g.id for update of g
  ) update grants as g set ${stepColumns.map((name) => `${name} = w.${name}`).join(', ')}
  from held join swaps as w on w.id = held.id
  where g.id = held.id
  returning g.id, ${clockSql} as now`

function arrays(): string {
  const types = [...seenColumns.map((column) => column.split('::')[1]), ...stepColumns.map((name) => stepTypes[name])]
  return types.map((type, i) => `$${i + 2}::${type}[]`).join(', ')
}

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
  const rows = entries.map(valuesOf)
  const sent = machineNow()
  try {
    const moved = await pool.query<[id: Buffer, now: number]>({
      rowMode: 'array',
      name: 'swap_seen',
      text,
      values: [entries.map(({ swap }) => swap.id), ...columnsOf(rows)],
    })
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

function valuesOf({ seen, write }: Straight): Value[] {
  return [seen.step, stateCode[seen.state], seen.attempt, ...stepValues(write)]
}

function columnsOf(rows: readonly Value[][]): Value[][] {
  return (rows[0] ?? []).map((_, column) => rows.map((row) => row[column] ?? null))
}

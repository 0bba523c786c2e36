/** Moves the grants of a batch: locks all of them in order, decides in memory, writes once. */
import { type Advance, decideAdvance, type Grant, type Swap } from '../../protocol/grant.ts'
import { type AuditEvent, type NewJob, StorageUnavailable } from '../contract.ts'
import { endedGrant, rekeyedGrant, reuseEvent } from '../grant_verbs.ts'
import { type GrantValues, readColumns, stepColumns, stepValues, termsAt, toGrant } from '../sql/grant_row.ts'
import type { GrantTerms } from '../sql/grant_terms.ts'
import type { Answers, Move, Placed } from './batch_items.ts'
import { clockSql, type DatabaseClock, machineNow } from './clock.ts'
import { appendJobs } from './events.ts'
import type { Client } from './pool.ts'
import type { Fate } from './transaction.ts'

/** The clock is read behind the lock: a swap that waited for another one is judged after it, not before. */
const lockText = `with held as materialized (
    select ${readColumns.join(', ')} from grants where id = any($1::bytea[]) order by id for update
  ) select ${clockSql} as now, held.* from held`

/** PostgreSQL's types of what a swap writes. */
export const stepTypes: Record<(typeof stepColumns)[number], string> = {
  state: 'smallint',
  end_reason: 'text',
  step: 'bigint',
  stepped_at: 'bigint',
  generation: 'bigint',
  expires_at: 'bigint',
  used_at: 'bigint',
  used_step: 'bigint',
  ended_at: 'bigint',
  epoch: 'bigint',
  attempt: 'bytea',
  auth_method: 'text',
  label: 'text',
  sender_key: 'bytea',
}

const writeText = `update grants as g set ${stepColumns.map((name) => `${name} = w.${name}`).join(', ')}
  from unnest($1::bytea[], ${stepColumns.map((name, i) => `$${i + 2}::${stepTypes[name]}[]`).join(', ')})
    as w(id, ${stepColumns.join(', ')})
  where g.id = w.id`

/** What tells of credentials that were used again. */
interface Reuses {
  readonly events: AuditEvent[]
  readonly notices: [NewJob, now: number][]
}

type Held = Map<string, { grant: Grant; readonly now: number; dirty: boolean }>

/** Answers the events that belong to it, for the end of the transaction. */
export async function moveGrants(
  client: Client,
  moves: Placed<Move>,
  { clock, terms, fate }: { readonly clock: DatabaseClock; readonly terms: GrantTerms; readonly fate: Fate },
  answers: Answers,
): Promise<readonly AuditEvent[]> {
  const held = await hold(client, { clock, terms }, moves)
  const reuses: Reuses = { events: [], notices: [] }
  // Several items on one grant are settled one after the other, each from what the one before left.
  for (const [place, move] of moves) {
    try {
      answers.set(place, { ok: settle(held, move, fate, reuses) })
    } catch (error) {
      answers.set(place, { error })
    }
  }
  if (reuses.notices.length > 0) await appendJobs(client, reuses.notices)
  const dirty = [...held.values()].filter((entry) => entry.dirty).map((entry) => entry.grant)
  if (dirty.length === 0) return reuses.events
  const rows = dirty.map(stepValues)
  const arrays = stepColumns.map((_, column) => rows.map((row) => row[column]))
  await client.query({ name: 'write', text: writeText, values: [dirty.map((grant) => grant.id), ...arrays] })
  return reuses.events
}

async function hold(
  client: Client,
  { clock, terms }: { readonly clock: DatabaseClock; readonly terms: GrantTerms },
  moves: Placed<Move>,
): Promise<Held> {
  const ids = new Map<string, Buffer>()
  for (const [, move] of moves) {
    const own =
      move.verb === 'used' ? move.uses.map((use) => use.id) : [move.verb === 'advance' ? move.swap.id : move.id]
    for (const id of own) ids.set(keyOf(id), id)
  }
  const sent = machineNow()
  const { rows } = await client.query<[now: number, ...grant: GrantValues]>({
    rowMode: 'array',
    name: 'hold',
    text: lockText,
    values: [[...ids.values()]],
  })
  const received = machineNow()
  const termsOf = await terms.read(rows.map((row) => row[1 + termsAt] as number))
  const held: Held = new Map()
  for (const [now, ...row] of rows) {
    clock.observe(now, sent, received)
    const grant = toGrant(row, termsOf)
    held.set(keyOf(grant.id), { grant, now: clock.deciding(now), dirty: false })
  }
  return held
}

function settle(held: Held, move: Move, fate: Fate, reuses: Reuses): unknown {
  if (move.verb === 'used') {
    for (const { id, at, step } of move.uses) {
      const entry = held.get(keyOf(id))
      if (entry === undefined) continue
      const { usedAt, usedStep } = entry.grant
      if (at <= usedAt && step <= usedStep) continue
      entry.grant = { ...entry.grant, usedAt: Math.max(usedAt, at), usedStep: Math.max(usedStep, step) }
      entry.dirty = true
    }
    return undefined
  }
  const id = move.verb === 'advance' ? move.swap.id : move.id
  const entry = held.get(keyOf(id))
  if (move.verb === 'advance') {
    if (entry === undefined) return { outcome: 'missing' } satisfies Advance
    const { grant, now } = entry
    if (fate.uncertain) {
      const known = afterUnansweredCommit(grant, move.swap)
      if (known !== undefined) return known
    }
    const { advance, write } = decideAdvance(grant, move.swap, now)
    if (advance.outcome === 'spent') {
      const event = reuseEvent(grant, move, advance, now)
      if (event !== undefined) reuses.events.push(event)
      const notice = advance.ended ? move.noticeOf?.(grant, now) : undefined
      if (notice !== undefined) reuses.notices.push([notice, now])
    }
    if (write !== undefined) {
      entry.grant = { ...grant, ...write }
      entry.dirty = true
    }
    return advance
  }
  if (entry === undefined) return false
  const { grant, now } = entry
  // A generation that an unanswered commit has written already is not written again.
  if (move.verb !== 'rekey' && fate.uncertain && grant.attempt?.equals(move.attempt)) return true
  const after = movedGrant(grant, move, now)
  if (after === undefined) return false
  entry.grant = after
  entry.dirty = true
  return true
}

function movedGrant(grant: Grant, move: Exclude<Move, { verb: 'advance' | 'used' }>, now: number): Grant | undefined {
  switch (move.verb) {
    case 'end':
      return endedGrant(grant, move.reason, now, move.attempt)
    case 'rekey':
      return rekeyedGrant(grant, move.generation)
  }
}

/**
 * A COMMIT that may have held this swap was not answered, and the row, now locked, says what became of it. My attempt
 * on it: I won. Untouched: it may be done now (undefined). Moved by another attempt: whether mine was before it cannot
 * be known, and must not be taken for a reuse.
 */
function afterUnansweredCommit(grant: Grant, swap: Swap): Advance | undefined {
  const mine = grant.attempt?.equals(swap.attempt) ?? false
  if (grant.state === 'ended') return mine ? { outcome: 'spent', ended: true, since: null } : undefined
  if (mine || grant.step === swap.step) return undefined
  throw new StorageUnavailable('another attempt moved the grant while a commit was unanswered')
}

function keyOf(id: Buffer): string {
  return id.toString('latin1')
}

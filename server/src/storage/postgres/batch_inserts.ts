/** Inserts the new grants of a batch. */
import type { Grant } from '../../protocol/grant.ts'
import { type AuditEvent, StorageUnavailable } from '../contract.ts'
import { type GrantValues, readColumns, termsAt, toGrant } from '../sql/grant_row.ts'
import type { GrantTerms } from '../sql/grant_terms.ts'
import type { Answers, Insert, Placed } from './batch_items.ts'
import type { Client } from './pool.ts'

const types: Record<(typeof readColumns)[number], string> = {
  id: 'bytea',
  key: 'bytea',
  client_id: 'text',
  user_id: 'text',
  state: 'smallint',
  end_reason: 'text',
  step: 'bigint',
  stepped_at: 'bigint',
  generation: 'bigint',
  created_at: 'bigint',
  expires_at: 'bigint',
  used_at: 'bigint',
  used_step: 'bigint',
  ended_at: 'bigint',
  epoch: 'bigint',
  attempt: 'bytea',
  label: 'text',
  auth_method: 'text',
  sender_key: 'bytea',
  handle: 'bytea',
  session_id: 'text',
  auth_time: 'bigint',
  nonce: 'text',
  code_challenge: 'text',
  terms: 'bigint',
  own: 'text',
  client_valid_after: 'bigint',
  user_valid_after: 'bigint',
  consent_valid_after: 'bigint',
}

const insertText = `insert into grants (${readColumns.join(', ')})
  select * from unnest(${readColumns.map((name, i) => `$${i + 1}::${types[name]}[]`).join(', ')})
  on conflict do nothing`
const byHandleText = `select ${readColumns.join(', ')} from grants where handle = any($1::bytea[])`

/**
 * A grant that is there already stays as it is. So the whole step may be run again after an unanswered COMMIT: a new
 * grant is there once, and of one handle everybody reads the one row there is. `on conflict` waits for a transaction
 * that is about to insert the same, and the select behind it sees what that one left. Answers the events that belong to
 * it, for the end of the transaction.
 */
export async function insertGrants(
  client: Client,
  inserts: Placed<Insert>,
  terms: GrantTerms,
  answers: Answers,
): Promise<readonly AuditEvent[]> {
  const first = new Map<string, Insert>()
  for (const [, insert] of inserts) {
    const key = orderKey(insert.grant)
    if (!first.has(key)) first.set(key, insert)
  }
  const ordered = [...first].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, insert]) => insert)
  const arrays = readColumns.map((_, column) => ordered.map((insert) => insert.values[column]))
  const told = ordered.flatMap(({ grant, event }) =>
    event === undefined ? [] : [{ id: grant.id.toString('hex'), event }],
  )
  let events: readonly AuditEvent[] = []
  if (told.length === 0) await client.query({ name: 'insert', text: insertText, values: arrays })
  else {
    const query = { name: 'insert_told', text: `${insertText} returning id`, values: arrays }
    const { rows } = await client.query<{ id: Buffer }>(query)
    // What an unanswered COMMIT has stored already is told of already.
    const fresh = new Set(rows.map(({ id }) => id.toString('hex')))
    events = told.filter(({ id }) => fresh.has(id)).map(({ event }) => event)
  }

  const byHandle = new Map<string, Grant>()
  const handles = ordered.flatMap((insert) => insert.grant.handle ?? [])
  if (handles.length > 0) {
    const { rows } = await client.query<GrantValues>({
      rowMode: 'array',
      name: 'by_handle',
      text: byHandleText,
      values: [handles],
    })
    const termsOf = await terms.read(rows.map((row) => row[termsAt] as number))
    for (const row of rows) {
      const grant = toGrant(row, termsOf)
      byHandle.set(orderKey(grant), grant)
    }
  }
  for (const [place, { grant }] of inserts) {
    const there = grant.handle === null ? grant : byHandle.get(orderKey(grant))
    if (there !== undefined) answers.set(place, { ok: there })
    else answers.set(place, { error: new StorageUnavailable('a grant was deleted while it was inserted') })
  }
  return events
}

/** Handles before ids, each in order; the same in every process. */
function orderKey(grant: Grant): string {
  return grant.handle === null ? `i${grant.id.toString('hex')}` : `h${grant.handle.toString('hex')}`
}

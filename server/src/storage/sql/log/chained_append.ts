/** Appends events to a chain of the audit log, within a transaction: behind it nothing but the commit may be waited for. */
import { type ChainedText, type Head, type Link, nextLink, nothingBefore } from '../../../protocol/audit/chain.ts'
import type { AuditEvent } from '../../contract.ts'
import { storable } from '../../text.ts'
import { asBuffer } from '../bytes.ts'
import type { Connection, Db } from '../connection.ts'

/** Rows of one INSERT; each has 15 parameters and SQLite takes 32,766. */
const chunk = 1000

/** What is kept of what a program says of itself, in characters. */
const longestAgent = 300

function rowOf(event: AuditEvent): ChainedText {
  return {
    at: event.at,
    type: event.type,
    actor: storable(event.actor),
    operator: storable(event.operator),
    subject: storable(event.subject),
    client_id: storable(event.clientId),
    address: storable(event.address),
    user_agent: storable(event.userAgent?.slice(0, longestAgent) ?? null),
    request_id: storable(event.requestId),
    detail: JSON.stringify(event.detail),
  }
}

/** The rows of events behind the end of a chain. */
export function chainedRows(head: Head, events: readonly AuditEvent[]): (ChainedText & Link)[] {
  let end = head
  return events.map((event) => {
    const row = rowOf(event)
    const link = nextLink(end, row)
    end = link
    return { ...row, ...link }
  })
}

/** Where a chain begins that has no row yet. */
export function firstHead(node: string): Head {
  return { node, number: 0, digest: nothingBefore }
}

/**
 * The end of the chain is held until the commit, so that whoever appends next goes on from it. Nobody who holds it waits for
 * another row, and so no two transactions wait for each other.
 */
export async function appendChained(
  { chain, clock, facts }: Connection,
  db: Db,
  events: readonly AuditEvent[],
): Promise<void> {
  const held = () => db.selectFrom('audit_chains').selectAll().where('node', '=', chain).modifyEnd(facts.lock)
  let found = await held().executeTakeFirst()
  if (found === undefined) {
    const { number, digest } = firstHead(chain)
    await db
      .insertInto('audit_chains')
      .values({ node: chain, number, digest, started_at: clock.now() })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
    found = await held().executeTakeFirstOrThrow()
  }
  const rows = chainedRows({ ...found, digest: asBuffer(found.digest) }, events)
  for (let i = 0; i < rows.length; i += chunk) {
    await db
      .insertInto('audit_log')
      .values(rows.slice(i, i + chunk))
      .execute()
  }
  const last = rows.at(-1)
  if (last === undefined) return
  await db
    .updateTable('audit_chains')
    .set({ number: last.number, digest: last.digest })
    .where('node', '=', chain)
    .execute()
}

/** A prepared INSERT of one event by the grant verbs: its columns, and their values in the same order. */
export const auditColumns = [
  ...(['at', 'type', 'actor', 'operator', 'subject', 'client_id', 'address', 'user_agent'] as const),
  ...(['request_id', 'detail', 'node', 'number', 'digest', 'origin_proof', 'detail_proof'] as const),
]
export function auditValues(row: ChainedText & Link) {
  return auditColumns.map((name) => row[name])
}

/** Events of the audit log that belong to what a batch of the grant verbs writes: stored in its transaction. */
import type { AuditEvent } from '../contract.ts'
import { auditColumns, auditValues } from '../sql/log/audit.ts'
import type { Client } from './pool.ts'

const appendText = `insert into audit_log (${auditColumns.join(', ')})
  values (${auditColumns.map((_, at) => `$${at + 1}`).join(', ')})`

/** Few come in one batch: one for each password sign-in at a legacy protocol, and for each credential used again. */
export async function appendEvents(client: Client, events: readonly AuditEvent[]): Promise<void> {
  for (const event of events) await client.query({ name: 'append_event', text: appendText, values: auditValues(event) })
}

/** Events of the audit log, and jobs, that belong to what a batch of the grant verbs writes: stored in its transaction. */
import type { Millis } from '../../lib/clock.ts'
import type { AuditEvent, NewJob } from '../contract.ts'
import { jobColumns, jobValues } from '../sql/jobs.ts'
import { auditColumns, auditValues } from '../sql/log/audit.ts'
import type { Client } from './pool.ts'

const appendText = insertText('audit_log', auditColumns)
const jobText = insertText('jobs', jobColumns)

function insertText(table: string, columns: readonly string[]): string {
  return `insert into ${table} (${columns.join(', ')}) values (${columns.map((_, at) => `$${at + 1}`).join(', ')})`
}

/** Few come in one batch: one for each password sign-in at a legacy protocol, and for each credential used again. */
export async function appendEvents(client: Client, events: readonly AuditEvent[]): Promise<void> {
  for (const event of events) await client.query({ name: 'append_event', text: appendText, values: auditValues(event) })
}

/** Jobs that nobody has begun, as of `now`. The workers find them when they look next. */
export async function appendJobs(client: Client, jobs: readonly (readonly [NewJob, now: Millis])[]): Promise<void> {
  for (const [job, now] of jobs) {
    await client.query({ name: 'append_job', text: jobText, values: jobValues(job, now) })
  }
}

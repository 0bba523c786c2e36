/** Events of the audit log, and jobs, that belong to what a batch of the grant verbs writes: stored in its transaction. */
import type { Millis } from '../../lib/clock.ts'
import type { Head } from '../../protocol/audit/chain.ts'
import type { AuditEvent, NewJob } from '../contract.ts'
import { jobColumns, jobValues } from '../sql/jobs.ts'
import { auditColumns, auditValues, chainedRows, firstHead } from '../sql/log/chained_append.ts'
import type { Client } from './pool.ts'

/** One statement, so that the end of the chain is held for a short time. */
const appendText = `with moved as (update audit_chains set number = $${auditColumns.indexOf('number') + 1},
    digest = $${auditColumns.indexOf('digest') + 1} where node = $${auditColumns.indexOf('node') + 1})
  ${insertText('audit_log', auditColumns)}`
const holdText = 'select number, digest from audit_chains where node = $1 for update'
const beginText = `insert into audit_chains (node, number, digest, started_at) values ($1, $2, $3, $4)
  on conflict do nothing`
const jobText = insertText('jobs', jobColumns)

function insertText(table: string, columns: readonly string[]): string {
  return `insert into ${table} (${columns.join(', ')}) values (${columns.map((_, at) => `$${at + 1}`).join(', ')})`
}

type End = Pick<Head, 'number' | 'digest'>

async function holdEnd(client: Client, chain: string, now: Millis): Promise<Head> {
  const hold = async () => (await client.query<End>({ name: 'hold_chain', text: holdText, values: [chain] })).rows[0]
  const found = await hold()
  if (found !== undefined) return { node: chain, ...found }
  const first = firstHead(chain)
  await client.query(beginText, [chain, first.number, first.digest, now])
  return { ...first, ...(await hold()) }
}

/**
 * Few come in one batch: one for each password sign-in at a legacy protocol, and for each credential used again. They are
 * written last. The batches of a process have a chain of their own, so that none waits for somebody's act.
 */
export async function appendEvents(client: Client, chain: string, events: readonly AuditEvent[]): Promise<void> {
  const [first] = events
  if (first === undefined) return
  const end = await holdEnd(client, chain, first.at)
  for (const row of chainedRows(end, events)) {
    await client.query({ name: 'append_event', text: appendText, values: auditValues(row) })
  }
}

/** Jobs that nobody has begun, as of `now`. The workers find them when they look next. */
export async function appendJobs(client: Client, jobs: readonly (readonly [NewJob, now: Millis])[]): Promise<void> {
  for (const [job, now] of jobs) {
    await client.query({ name: 'append_job', text: jobText, values: jobValues(job, now) })
  }
}

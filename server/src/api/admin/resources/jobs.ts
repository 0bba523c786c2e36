/** Jobs: what the server does later and beside its requests. */
import { z } from 'zod'
import { type ListedJob, listJobs, type Retried, retryJob } from '../../../engine/operator/jobs.ts'
import { Problem } from '../../../http/problem_details.ts'
import { byId, type Operation, operation } from '../operation.ts'
import { keysOf, notOfThisList, pageBehind, pageOf, pageQuery } from '../pages.ts'
import { moment, momentOf, momentOrNull } from '../shapes.ts'

const states = ['waiting', 'done', 'given_up'] as const

const job = z.object({
  id: z.string(),
  kind: z.string(),
  target: z.string().nullable().meta({ description: 'ID of what it is about.' }),
  due_at: moment,
  attempts: z.int(),
  error: z.string().nullable().meta({ description: 'Class of the last error.' }),
  created_at: moment,
  ended_at: moment.nullable(),
  outcome: z.enum(['done', 'given_up']).nullable(),
  retryable: z.boolean().meta({ description: 'Whether it can be tried again now.' }),
})

function shown(one: ListedJob, state: (typeof states)[number]): z.output<typeof job> {
  return {
    id: one.id,
    kind: one.kind,
    target: one.target,
    due_at: momentOf(one.dueAt),
    attempts: one.attempts,
    error: one.error,
    created_at: momentOf(one.createdAt),
    ended_at: momentOrNull(one.endedAt),
    outcome: state === 'waiting' ? null : state,
    retryable: one.retryable,
  }
}

const notRetried: Readonly<Record<Exclude<Retried, 'queued' | 'unknown'>, string>> = {
  soon: 'It is being done, or is due within a minute.',
  done: 'It has been done.',
  emptied: 'What it needs went with its end.',
  too_late: 'It is a mail that nobody wants that late.',
}

export const jobOperations: readonly Operation[] = [
  operation({
    id: 'listJobs',
    method: 'GET',
    path: '/jobs',
    tag: 'jobs',
    summary: 'List jobs in one state, the newest first',
    right: 'read',
    query: z.strictObject({ ...pageQuery, state: z.enum(states).default('waiting') }),
    answer: pageOf(job),
    async run({ context, query: { limit, cursor, state } }) {
      const [after] = keysOf(cursor, z.tuple([z.string().max(2000)])) ?? []
      const page = await listJobs(context, state, { limit, after })
      if (page === undefined) throw notOfThisList()
      const items = page.items.map((one) => shown(one, state))
      return pageBehind(items, page.next)
    },
  }),
  operation({
    id: 'retryJob',
    method: 'POST',
    path: '/jobs/{id}/retry',
    tag: 'jobs',
    summary: 'Try a job again now that was given up or waits after an attempt that failed',
    right: 'run_server',
    status: 202,
    params: byId,
    answer: z.object({ id: z.string() }),
    problems: ['conflict'],
    async run({ context, by, params }) {
      const outcome = await retryJob(context, by, params.id)
      if (outcome === 'unknown') throw new Problem('not_found')
      if (outcome !== 'queued') throw new Problem('conflict', notRetried[outcome])
      return { body: { id: params.id } }
    },
  }),
]

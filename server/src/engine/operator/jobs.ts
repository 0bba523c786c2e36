/** Jobs of the server as the operator sees them, and another attempt at those that did not succeed. */
import type { Millis } from '../../lib/clock.ts'
import type { Context } from '../../runtime/context.ts'
import { type JobName, jobKinds, lifeOf } from '../../runtime/jobs/kinds.ts'
import { lease } from '../../runtime/jobs/worker.ts'
import type { JobOutcome, ListAsk, ListPage, StoredJob } from '../../storage/contract.ts'
import { type Operator, type OperatorContext, operate } from './operator.ts'

/** A job without what it carries. */
export interface ListedJob
  extends Pick<StoredJob, 'id' | 'kind' | 'target' | 'dueAt' | 'attempts' | 'error' | 'createdAt' | 'endedAt'> {
  /** Whether `retryJob` would do anything now. */
  readonly retryable: boolean
}

export type JobState = 'waiting' | JobOutcome

/** Jobs in a state, the newest first. Undefined where the place that is asked for is none. */
export async function listJobs(
  { storage, clock }: Pick<Context, 'storage' | 'clock'>,
  state: JobState,
  ask: ListAsk,
): Promise<ListPage<ListedJob> | undefined> {
  const page = await storage.jobs.search(state, ask)
  return page && { ...page, items: page.items.map((job) => listed(job, clock.now())) }
}

function listed(job: StoredJob, now: Millis): ListedJob {
  const { id, kind, target, dueAt, attempts, error, createdAt, endedAt, outcome } = job
  const failed = outcome === 'given_up' || (outcome === null && error !== null && dueAt > now + lease)
  const retryable = failed && whyLost(job, now) === undefined
  return { id, kind, target, dueAt, attempts, error, createdAt, endedAt, retryable }
}

/** Why another attempt at a job is of no use: what it needs is gone, or it is a mail that nobody wants that late. */
function whyLost({ kind, payload, secret, createdAt }: StoredJob, now: Millis): 'emptied' | 'too_late' | undefined {
  if (!Object.hasOwn(jobKinds, kind)) return 'emptied'
  const known = kind as JobName
  const life = lifeOf(known)
  // Every mail is built from something.
  const bare = life !== undefined && secret === null && Object.keys(payload).length === 0
  if (bare || !jobKinds[known].payload.safeParse(payload).success) return 'emptied'
  return life !== undefined && now - createdAt > life ? 'too_late' : undefined
}

/** What came of the wish to try a job again. */
export type Retried =
  /** It is done as soon as a worker is free. */
  | 'queued'
  /** It is being done, or is due within a minute by itself. */
  | 'soon'
  /** It has been done. */
  | 'done'
  /** Its secret went with its end, and it cannot be done without. */
  | 'emptied'
  /** It is a mail, and its life is over. */
  | 'too_late'
  | 'unknown'

/**
 * Tries a job again now that was given up, or that waits after an attempt that failed; its attempts begin anew. Nothing is
 * changed unless this answers 'queued'.
 */
export function retryJob(context: OperatorContext, by: Operator, id: string): Promise<Retried> {
  return operate(context, by, async ({ jobs }, record) => {
    const job = await jobs.find(id)
    if (job === undefined) return 'unknown'
    if (job.outcome === 'done') return 'done'
    const lost = whyLost(job, context.clock.now())
    if (lost !== undefined) return lost
    if (!(await jobs.retry(id, lease))) return 'soon'
    await record('job_retried', { detail: { job: id, kind: job.kind } })
    return 'queued'
  })
}

/**
 * Claims jobs that are due and does them. Any number of processes have workers: each job goes to one, which holds it by a
 * lease; where the process dies, the lease runs out and another one takes the job.
 */
import { type Millis, minute, second } from '../../lib/clock.ts'
import type { ClaimedJob } from '../../storage/contract.ts'
import { act } from '../act.ts'
import type { Context } from '../context.ts'
import { openSecret } from '../keys/secrets_at_rest.ts'
import { GiveUp, type Job, type JobHandler, type JobHandlers, LeaseLost } from './job.ts'
import { type JobName, jobKind, jobKinds, pauseAfter } from './kinds.ts'
import { jobPlace } from './queue.ts'

/** How long a worker holds a job before it has to say that it still does it. */
export const lease: Millis = minute
/** How long one attempt may keep its lease. */
const longestAttempt: Millis = 15 * minute
/** How often it is looked for jobs that another process has added, and for those that are due again. */
const lookEvery: Millis = 2 * second
const atOnce = 4
/** How long what is under way has to end when the process does; a mail that is cut off is sent twice. */
const closingTime: Millis = 5 * second

export interface Worker {
  /** Looks for jobs now. */
  wake(): void
  /** Does all that is due now; resolves when nothing is under way. */
  settle(): Promise<void>
  /** Begins nothing more, and waits for what is under way; after five seconds that is left for another worker. */
  close(): Promise<void>
}

/** A worker for jobs of some kinds, which does a few at once. `look` is false where it shall only work when it is woken. */
export function createWorker(
  context: Context,
  handlers: JobHandlers,
  kinds: readonly JobName[],
  { look = true }: { readonly look?: boolean } = {},
): Worker {
  const { jobs } = context.storage
  const underWay = new Set<Promise<void>>()
  const closing = new AbortController()
  let closed = false
  let wanted = false
  let looking: Promise<void> | undefined
  const timer = look ? setInterval(wake, lookEvery).unref() : undefined

  function wake(): void {
    wanted = true
    if (closed) return
    looking ??= takeWhatIsDue()
      .catch((error) => context.log.warn({ err: error }, 'jobs could not be looked for'))
      .finally(() => {
        looking = undefined
        if (wanted) wake()
      })
  }

  /** None is, as long as nothing may go out. */
  const anyDue = async () => !(await context.outbound.paused()) && (await jobs.anyDue(kinds))

  async function takeWhatIsDue(): Promise<void> {
    while (!closed) {
      wanted = false
      if (underWay.size >= atOnce) await Promise.race(underWay)
      if (!(await anyDue())) return
      for (const job of await jobs.claim(kinds, atOnce - underWay.size, lease)) begin(job)
    }
  }

  function begin(job: ClaimedJob): void {
    const done: Promise<void> = perform(context, handlers, job, closing.signal)
      .catch((error) => context.log.warn({ err: error, job: job.id, kind: job.kind }, 'a job could not be settled'))
      .finally(() => underWay.delete(done))
    underWay.add(done)
  }

  return {
    wake,
    async settle() {
      do {
        wake()
        await looking
        await Promise.all(underWay)
      } while (!closed && (await anyDue()))
    },
    async close() {
      clearInterval(timer)
      closed = true
      const late = setTimeout(() => closing.abort(), closingTime)
      await looking
      await Promise.all(underWay)
      clearTimeout(late)
    },
  }
}

/** Does a claimed job, and says in its row what became of it. */
async function perform(context: Context, handlers: JobHandlers, claimed: ClaimedJob, closing: AbortSignal) {
  const { storage, clock, log } = context
  const { attempts: most, every } = jobKind(claimed.kind as JobName)
  const { id, kind, attempts } = claimed
  const told = { job: id, kind, attempts }
  const giveUp = async (reason: string) => {
    if (await storage.jobs.end(claimed, 'given_up', reason)) log.error({ ...told, reason }, 'a job was given up')
  }
  // It was begun as often as it may be, and nobody lived to say how it went.
  if (every === undefined && attempts > most) return giveUp('unfinished')
  const held = hold(context, claimed)
  try {
    let rests = false
    const rest = () => {
      rests = true
    }
    const job = jobOf(context, claimed, AbortSignal.any([held.lost, closing]), rest)
    await (handlers[job.kind] as JobHandler<JobName>)(context, job)
    if (rests || every === undefined) await storage.jobs.end(claimed, 'done')
    else await storage.jobs.putOff(claimed, clock.now() + every)
  } catch (error) {
    if (error instanceof LeaseLost || held.lost.aborted) return
    // It was left because the process ends, which is no failure of the job.
    if (closing.aborted) return void (await storage.jobs.putOff(claimed, clock.now()))
    if (error instanceof GiveUp) return await giveUp(error.reason)
    const reason = classOf(error)
    log.warn({ err: error, ...told }, 'a job did not succeed')
    if (every !== undefined) await storage.jobs.putOff(claimed, clock.now() + every, reason)
    else if (attempts >= most) await giveUp(reason)
    else await storage.jobs.putOff(claimed, clock.now() + pauseAfter(attempts), reason)
  } finally {
    held.release()
  }
}

/** Keeps the lease alive while the job is done, for so long as an attempt may last. */
function hold({ storage, clock, log }: Context, claimed: ClaimedJob): { readonly lost: AbortSignal; release(): void } {
  const losing = new AbortController()
  const begun = clock.now()
  const timer = setInterval(() => {
    if (clock.now() - begun > longestAttempt) return losing.abort()
    storage.jobs.extend(claimed, lease).then(
      (kept) => kept || losing.abort(),
      (error) => log.warn({ err: error, job: claimed.id }, 'the lease of a job could not be kept'),
    )
  }, lease / 3).unref()
  return { lost: losing.signal, release: () => clearInterval(timer) }
}

function jobOf(context: Context, claimed: ClaimedJob, signal: AbortSignal, rest: () => void): Job<JobName> {
  const { id, attempts, createdAt } = claimed
  const kind = claimed.kind as JobName
  return {
    id,
    kind,
    attempts,
    createdAt,
    signal,
    rest,
    payload: jobKinds[kind].payload.parse(claimed.payload),
    secret: claimed.secret === null ? undefined : openedSecret(context, claimed),
    act: (by, work) =>
      act(context, by, async (acting, record) => {
        if (!(await acting.jobs.extend(claimed, lease))) throw new LeaseLost(`job ${id}`)
        return work(acting, record)
      }),
  }
}

function openedSecret({ keyring }: Context, { id, secret }: ClaimedJob): string {
  const opened = openSecret(keyring, secret, jobPlace(id))
  if (opened === undefined) throw new GiveUp('secret_unreadable')
  return opened
}

/** What may be stored of an error: its code or class, never its message. */
function classOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  return 'reason' in error && typeof error.reason === 'string' ? error.reason : error.name
}

/**
 * What a process does beside its requests. What must be done once, by whichever process, is a job: a row that a worker
 * claims, tried again until it is done or given up. What every process does for itself from time to time is a chore.
 * Not here: what a job does (`engine/job_handlers.ts`), and what is asked for by somebody who would wait for it.
 * Neighbours: `../lifecycle.ts` starts and ends both. To add: a kind of job, its row in `kinds.ts` and its
 * handler; a chore, a file here and its line in `../lifecycle.ts`.
 */
import type { Millis } from '../../lib/clock.ts'
import type { Acting } from '../../storage/contract.ts'
import type { Actor, ActRecorder } from '../act.ts'
import type { Context } from '../context.ts'
import type { JobName, JobPayload } from './kinds.ts'

/** A job as its handler gets it. */
export interface Job<Name extends JobName> {
  readonly id: string
  readonly kind: Name
  readonly payload: JobPayload<Name>
  readonly secret: string | undefined
  /** 1 at the first attempt. */
  readonly attempts: number
  readonly createdAt: Millis
  /** Aborted where the job has to be left: another worker has it, or the process ends. */
  readonly signal: AbortSignal
  /** Of one that comes again: it has nothing to do until somebody adds it, which is when it comes again. */
  rest(): void
  /** An act that writes nothing, and throws LeaseLost, where another worker has the job by now. */
  act<T>(by: Actor, work: (acting: Acting, record: ActRecorder) => Promise<T>): Promise<T>
}

/**
 * Does a job. It may be done again after it was done, where the process ended before it could say so, and so it has to be
 * such that doing it twice does no harm. What it throws puts the job off, GiveUp ends it.
 */
export type JobHandler<Name extends JobName> = (context: Context, job: Job<Name>) => Promise<void>

export type JobHandlers = { readonly [Name in JobName]: JobHandler<Name> }

/** It makes no sense to try again; `reason` is a word of ours, which is stored. */
export class GiveUp extends Error {
  override readonly name = 'GiveUp'
  readonly reason: string

  constructor(reason: string) {
    super(`given up: ${reason}`)
    this.reason = reason
  }
}

/** Another worker has the job by now. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost'
}

export interface Chore {
  readonly every: Millis
  readonly run: (context: Context) => Promise<unknown>
  /** What the log says where it did not work. The next turn tries again. */
  readonly failure: string
}

/** Runs each chore at its intervals, never beside itself. Answers what stops them. */
export function startChores(chores: readonly Chore[], context: Context): () => void {
  const timers = chores.map(({ every, run, failure }) => {
    let running = false
    const turn = () => {
      if (running) return
      running = true
      run(context)
        .catch((error) => context.log.warn({ err: error }, failure))
        .finally(() => {
          running = false
        })
    }
    return setInterval(turn, every).unref()
  })
  return () => timers.forEach((timer) => void clearInterval(timer))
}

/**
 * What a process does from time to time, beside its requests.
 * Not here: what is asked for by somebody, who would wait for it. Neighbours: `../lifecycle.ts` starts and ends the
 * jobs. To add: a job, a file here and its line there.
 */
import type { Millis } from '../../lib/clock.ts'
import type { Context } from '../context.ts'

export interface Job {
  readonly every: Millis
  readonly run: (context: Context) => Promise<unknown>
  /** What the log says where it did not work. The next turn tries again. */
  readonly failure: string
}

/** Runs each job at its intervals, never beside itself. Answers what stops them. */
export function startJobs(jobs: readonly Job[], context: Context): () => void {
  const timers = jobs.map(({ every, run, failure }) => {
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

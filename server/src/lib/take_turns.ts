/** When work beside the requests is done, so that nobody who waits for an answer is held up by it, or learns of it. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Millis } from './clock.ts'

/** Does one piece of long work, and waits as long as it took: whoever else wants to work gets half of the time. */
export async function thenRest<T>(piece: () => Promise<T>): Promise<T> {
  const began = performance.now()
  const done = await piece()
  await pause(performance.now() - began)
  return done
}

/**
 * Answers what has `work` done once within `most` milliseconds, at a moment by chance. Calls until then are one with the
 * first. It keeps no process alive.
 */
export function soon(work: () => void, most: Millis): () => void {
  let waits = false
  return () => {
    if (waits) return
    waits = true
    setTimeout(() => {
      waits = false
      work()
    }, Math.random() * most).unref()
  }
}

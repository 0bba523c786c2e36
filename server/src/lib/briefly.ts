/** Waiting for a write that one would like to see done, but does not need. */
import { setTimeout as wait } from 'node:timers/promises'
import { second } from './clock.ts'

/** For who reads: waits until what was gathered is written, for a second at most. Throws what the write throws by then. */
export function briefly(written: Promise<void>): Promise<void> {
  return Promise.race([written, wait(second, undefined, { ref: false })])
}

/** Long work in pieces, with a pause after each that is as long as it took: whoever else wants to work gets half of the time. */
import { setTimeout as pause } from 'node:timers/promises'

/** Does one piece, and waits as long as it took. */
export async function thenRest<T>(piece: () => Promise<T>): Promise<T> {
  const began = performance.now()
  const done = await piece()
  await pause(performance.now() - began)
  return done
}

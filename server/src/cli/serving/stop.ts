/** How a server ends: it first says so, then finishes what is under way, all within a limit. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Server } from '../../app.ts'
import { type Millis, second } from '../../lib/clock.ts'

/**
 * What a process is told: to end at once, as by somebody at its terminal; to end after proxies have noticed; or to leave its
 * place to another process on the same port.
 */
export type StopOrder = 'end' | 'drain' | 'leave'

/** How long what is under way may take, and jobs and the last writes after it. Supervisors have to wait longer. */
const closingTime: Millis = 20 * second

/** For how long connections are told that they end, where no proxy has to notice anything. */
const leavingTime: Millis = 5 * second

/** Resolves at the first signal to stop; a second one ends the process at once, by `atOnce` where something is to be done. */
export function stopSignal(atOnce: () => void = () => {}): Promise<StopOrder> {
  return new Promise((resolve) => {
    let asked = false
    for (const [signal, order] of [
      ['SIGINT', 'end'],
      ['SIGTERM', 'drain'],
    ] as const) {
      process.on(signal, () => {
        if (asked) {
          atOnce()
          process.exit(1)
        }
        asked = true
        resolve(order)
      })
    }
  })
}

/** How long `stopServer` takes at most. */
export function longestStop(drain: Millis): Millis {
  return Math.max(drain, leavingTime) + closingTime
}

/** Ends a server. `drain` is how long it still serves after it was told to drain. */
export async function stopServer(server: Server, order: StopOrder, drain: Millis): Promise<void> {
  if (order === 'leave') {
    server.leave()
    await pause(Math.max(drain, leavingTime))
  } else if (order === 'drain' && drain > 0) {
    server.drain()
    await pause(drain)
  }
  const late = setTimeout(() => process.exit(1), closingTime).unref()
  await server.close()
  clearTimeout(late)
}

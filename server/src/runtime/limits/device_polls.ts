/**
 * How often the devices that wait for a person ask (RFC 8628 §3.5). Each node knows those that have asked it, so that one that
 * asks too fast costs no read, and none a write.
 */
import { type Clock, type Millis, type Seconds, second } from '../../lib/clock.ts'

/** Seconds that a device waits between two questions, unless it is told to slow down. */
export const pollInterval: Seconds = 5

/** What a device adds each time it is told to slow down (RFC 8628 §3.5), and from where on nothing more is asked of it. */
const step: Seconds = 5
const longestInterval: Seconds = 60

/** By how much a question may come early, as networks do not carry each as fast. */
const grace: Millis = second / 2

/** However it was told to wait: below this a question is not even looked at. */
const least: Millis = second

const most = 100_000

export interface DevicePolls {
  /** Whether the code came less than a second after the last time. No I/O. */
  isHasty(code: string): boolean
  /**
   * Notes that a genuine code was looked at: whether it came before its time, by which its interval grows, and whether it
   * was the first here to come in time or not.
   */
  note(code: string): { readonly early: boolean; readonly first: boolean }
}

interface Poll {
  readonly at: Millis
  readonly interval: Seconds
}

export function createDevicePolls(clock: Clock): DevicePolls {
  let present = new Map<string, Poll>()
  let before = new Map<string, Poll>()

  function last(code: string): Poll | undefined {
    return present.get(code) ?? before.get(code)
  }

  return {
    isHasty(code) {
      const poll = last(code)
      return poll !== undefined && clock.now() - poll.at < least
    },
    note(code) {
      const poll = last(code)
      const at = clock.now()
      const interval = poll?.interval ?? pollInterval
      const early = poll !== undefined && at - poll.at < interval * second - grace
      if (present.size >= most) {
        before = present
        present = new Map()
      }
      present.set(code, { at, interval: early ? Math.min(interval + step, longestInterval) : interval })
      return { early, first: early ? interval === pollInterval : poll === undefined }
    },
  }
}

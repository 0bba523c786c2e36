/**
 * Token requests per account and day: the third documented reason why a token may stop working, until the next day.
 * Counted in memory and added to the shared counter once a second, never in a swap.
 */
import { type Clock, dayOf } from '../../lib/clock.ts'
import type { Log } from '../../lib/log.ts'
import type { UserId } from '../../protocol/names.ts'
import { Refusal } from '../../protocol/refusal.ts'
import type { Storage } from '../../storage/contract.ts'

export interface TokenRequests {
  /** token_requests_exceeded where the account has used up its day. Counts nothing. */
  whyExceeded(userId: UserId): Refusal | undefined
  count(userId: UserId): void
  flush(): Promise<void>
  close(): void
}

const accountsKept = 100_000

/** `limit` requests per account and day (UTC); 0 counts nothing and never refuses. */
export function createTokenRequests(storage: Storage, clock: Clock, log: Log, limit: number): TokenRequests {
  let day = ''
  /** What is known to be counted, what this node is adding, and what it has not begun to add. */
  let known = new Map<UserId, number>()
  let sending = new Map<UserId, number>()
  let pending = new Map<UserId, number>()
  let flushed: Promise<void> = Promise.resolve()
  let lastDay = -1

  function turn(): void {
    const present = Math.floor(clock.now() / 86_400_000)
    if (present === lastDay && known.size <= accountsKept) return
    if (present !== lastDay) {
      pending = new Map()
      sending = new Map()
    }
    lastDay = present
    day = dayOf(present * 86_400_000)
    known = new Map()
  }

  async function send(): Promise<void> {
    if (pending.size === 0) return
    const counts = [...pending]
      .map(([userId, count]) => ({ userId, count }))
      .sort((a, b) => (a.userId < b.userId ? -1 : 1))
    const of = day
    sending = pending
    pending = new Map()
    try {
      const totals = await storage.usage.add(of, counts)
      if (of !== day) return
      for (const [i, { userId }] of counts.entries()) known.set(userId, totals[i] ?? 0)
    } catch (error) {
      log.warn({ err: error }, 'token request counts could not be added')
      if (of === day) for (const { userId, count } of counts) pending.set(userId, (pending.get(userId) ?? 0) + count)
    }
    if (of === day) sending = new Map()
  }

  /** One after another: an older answer must not come after a newer one. */
  function flush(): Promise<void> {
    flushed = flushed.then(send)
    return flushed
  }

  function exceeded(userId: UserId): boolean {
    if (limit === 0) return false
    turn()
    const counted = [known, sending, pending].reduce((sum, counts) => sum + (counts.get(userId) ?? 0), 0)
    return counted >= limit
  }

  const timer = setInterval(() => void flush(), 1000).unref()
  return {
    whyExceeded(userId) {
      if (!exceeded(userId)) return undefined
      const untilTomorrow = Math.ceil(((lastDay + 1) * 86_400_000 - clock.now()) / 1000)
      return new Refusal('token_requests_exceeded', { retryAfter: untilTomorrow })
    },
    count(userId) {
      if (limit === 0) return
      turn()
      pending.set(userId, (pending.get(userId) ?? 0) + 1)
    },
    flush,
    close: () => clearInterval(timer),
  }
}

/**
 * What may be tried, and how often: only failures count (RFC 6749 §10.10, NIST SP 800-63B §5.2.2).
 *
 * What people choose, such as passwords, is guarded: an attempt takes its place in the budget before it is made. What
 * machines make, such as tags and generated secrets, is proved: it cannot be guessed, so a right one is good whatever
 * failed before, and only wrong ones are turned away. Counters lie in the database. While they cannot be read, what is guarded
 * is refused (503) without being tried; what is proved counts in this process.
 *
 * Not here: which act counts under which key; that is for whoever guards it to say. Neighbours: `../keys` is beside and
 * unknown. To add: a counter, its kind and limit in the table below.
 */
import type { Clock, Millis } from '../../lib/clock.ts'
import { Refusal } from '../../protocol/refusal.ts'
import type { Storage } from '../../storage/contract.ts'
import { createFailureCounts, createSharedCounters, type ThrottleKind } from './failure_counts.ts'
import { createOwnPlaces, createSharedPlaces, createTurns } from './places.ts'

/** What an attempt is counted under, such as the account and the address. */
export type ThrottleKeys = readonly (readonly [ThrottleKind, string])[]

export interface Attempted<T> {
  /** False where the attempt counts as a failure. */
  readonly ok: boolean
  readonly value: T
}

export interface Throttle {
  /** Whether the key has used up its failures, as far as this node knows. No I/O. */
  exceeded(kind: ThrottleKind, key: string): boolean
  /** Counts a failure. */
  fail(kind: ThrottleKind, key: string): void
  /**
   * Runs an attempt that may fail, such that never more attempts are under way, on all nodes together, than failures are
   * left: guesses sent in parallel gain nothing, and honest parallel attempts wait instead of being refused. Undefined
   * where a key was used up; `attempt` was not run then.
   */
  guard<T>(keys: ThrottleKeys, attempt: () => Promise<Attempted<T>>): Promise<T | undefined>
  /**
   * Runs an attempt at what cannot be guessed. It is always run; where the key is used up, one at a time and after other
   * work, and undefined is answered if it fails. Where `attempt` throws, nothing is counted.
   */
  prove<T>(kind: ThrottleKind, key: string, attempt: () => Promise<Attempted<T>>): Promise<T | undefined>
  /** Takes one from a budget whose every use counts; false where it is used up, on all nodes together. */
  take(kind: ThrottleKind, key: string): Promise<boolean>
  /** Whole seconds, at least one, after which, without further failures, all of the keys have an attempt left. */
  retryAfter(keys: ThrottleKeys): number
}

/** The refusal where too much has failed under the keys. */
export function tooManyFailures(throttle: Throttle, keys: ThrottleKeys): Refusal {
  return new Refusal('too_many_failures', { retryAfter: throttle.retryAfter(keys) })
}

export function createThrottle(storage: Storage, clock: Clock): Throttle {
  const counters = createSharedCounters(storage)
  const counts = createFailureCounts(counters, clock)
  const own = createOwnPlaces(counts)
  const shared = createSharedPlaces(counters, clock, counts)
  const inTurn = createTurns()

  return {
    exceeded: counts.exceeded,
    fail: (kind, key) => void counts.count(kind, key),
    async guard(keys, attempt) {
      const entered: (readonly [ThrottleKind, string])[] = []
      const reserved: (readonly [ThrottleKind, string, Millis])[] = []
      try {
        for (const [kind, key] of keys) {
          if (!(await own.enter(kind, key))) return undefined
          entered.push([kind, key])
        }
        for (const [kind, key] of keys) {
          const at = await shared.reserve(kind, key)
          if (at === undefined) return undefined
          reserved.push([kind, key, at])
        }
        const { ok, value } = await attempt()
        if (!ok) await Promise.all(keys.map(([kind, key]) => counts.count(kind, key)))
        return value
      } finally {
        // A place that cannot be given back is forgotten with its window; it must not hide the answer.
        await Promise.allSettled(reserved.map((place) => shared.release(...place)))
        for (const [kind, key] of entered) own.leave(kind, key)
      }
    },
    async prove(kind, key, attempt) {
      const open = !counts.exceeded(kind, key)
      const { ok, value } = open ? await attempt() : await inTurn(`${kind} ${key}`, attempt)
      if (ok) return value
      void counts.count(kind, key)
      return open ? value : undefined
    },
    take: counts.take,
    retryAfter: (keys) =>
      Math.max(1, Math.ceil(Math.max(...keys.map(([kind, key]) => counts.leftAfter(kind, key))) / 1000)),
  }
}

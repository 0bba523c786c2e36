/**
 * Counters of failures in windows of five minutes: only failures count (RFC 6749 §10.10, NIST SP 800-63B §5.2.2).
 * Kept in storage, so that nodes share them, with a local copy that decides without a read.
 */
import type { Clock, Millis } from '../lib/clock.ts'
import { minute } from '../lib/clock.ts'
import type { Storage } from '../storage/contract.ts'

export const throttleWindow: Millis = 5 * minute

/** Failures allowed per key and window. */
export const throttleLimits = {
  /** One account from one address. */
  account: 10,
  /** Any account from one address. */
  address: 100,
  /** One client, or guessed credentials at it, from one address. */
  client: 100,
  /** Answers of providers that were none, from one address: each has cost a call. */
  upstream: 100,
  /** Usernames invited from one network. */
  invitation: 30,
} as const

export type ThrottleKind = keyof typeof throttleLimits

/** What an attempt is counted under, such as the account and the address. */
export type ThrottleKeys = readonly (readonly [ThrottleKind, string])[]

export interface Throttle {
  /** Whether the key has used up its failures, as far as this node knows. No I/O. */
  exceeded(kind: ThrottleKind, key: string): boolean
  /** The same with the shared counter read first; for doors that are slow anyway. */
  exceededAnywhere(kind: ThrottleKind, key: string): Promise<boolean>
  /** Counts a failure. */
  fail(kind: ThrottleKind, key: string): void
  /**
   * Runs an attempt that may fail, such that never more attempts are under way than failures are left: guesses sent in
   * parallel gain nothing, and honest parallel attempts wait instead of being refused. `attempt` answers whether it
   * succeeded; undefined where the key was used up.
   */
  guard<T>(
    keys: ThrottleKeys,
    attempt: () => Promise<{ readonly ok: boolean; readonly value: T }>,
  ): Promise<T | undefined>
  /** Whole seconds after which, without further failures, all of the keys have an attempt left. */
  retryAfter(keys: ThrottleKeys): number
}

const entriesKept = 100_000

export function createThrottle(storage: Storage, clock: Clock): Throttle {
  /** Counts by window: the present one and the one before, so that a boundary forgives nothing at once. */
  let window = -1
  let present = new Map<string, number>()
  let before = new Map<string, number>()
  const underWay = new Map<string, { running: number; waiting: (() => void)[] }>()

  function turn(): void {
    const index = Math.floor(clock.now() / throttleWindow)
    if (index === window && present.size <= entriesKept) return
    before = index === window + 1 ? present : new Map()
    present = new Map()
    window = index
  }

  /** Failures within the last window's length: those of the window before count by the part that still overlaps. */
  function used(name: string): number {
    turn()
    const overlap = 1 - (clock.now() % throttleWindow) / throttleWindow
    return Math.ceil((before.get(name) ?? 0) * overlap) + (present.get(name) ?? 0)
  }

  /** Milliseconds until `used` is below the limit: a window's failures are forgotten bit by bit in the next one. */
  function leftAfter(kind: ThrottleKind, key: string): Millis {
    const name = `${kind} ${key}`
    if (used(name) < throttleLimits[kind]) return 0
    const elapsed = clock.now() % throttleWindow
    const allowed = throttleLimits[kind] - 1
    const now = present.get(name) ?? 0
    if (now > allowed) return throttleWindow - elapsed + throttleWindow * (1 - allowed / now)
    return throttleWindow * (1 - (allowed - now) / (before.get(name) ?? 1)) - elapsed
  }

  const exceeded = (kind: ThrottleKind, key: string) => used(`${kind} ${key}`) >= throttleLimits[kind]

  function learn(counts: Map<string, number>, name: string, count: number): void {
    if (count > (counts.get(name) ?? 0)) counts.set(name, count)
  }

  async function exceededAnywhere(kind: ThrottleKind, key: string): Promise<boolean> {
    if (exceeded(kind, key)) return true
    const name = `${kind} ${key}`
    const now = clock.now()
    const [current, previous] = await Promise.all([
      storage.failures.count(name, throttleWindow, now),
      storage.failures.count(name, throttleWindow, now - throttleWindow),
    ])
    turn()
    learn(present, name, current)
    learn(before, name, previous)
    return exceeded(kind, key)
  }

  function fail(kind: ThrottleKind, key: string): void {
    const name = `${kind} ${key}`
    turn()
    present.set(name, (present.get(name) ?? 0) + 1)
    const counts = present
    // The shared counter may be unreachable; the local one has counted.
    storage.failures.add(name, throttleWindow, clock.now()).then(
      (count) => learn(counts, name, count),
      () => {},
    )
  }

  async function enter(kind: ThrottleKind, key: string): Promise<boolean> {
    const name = `${kind} ${key}`
    for (;;) {
      if (await exceededAnywhere(kind, key)) {
        const idle = underWay.get(name)
        if (idle !== undefined && idle.running === 0 && idle.waiting.length === 0) underWay.delete(name)
        return false
      }
      const slot = underWay.get(name) ?? { running: 0, waiting: [] }
      underWay.set(name, slot)
      if (slot.running < throttleLimits[kind] - used(name)) {
        slot.running++
        return true
      }
      await new Promise<void>((resolve) => slot.waiting.push(resolve))
    }
  }

  function leave(kind: ThrottleKind, key: string): void {
    const name = `${kind} ${key}`
    const slot = underWay.get(name)
    if (slot === undefined) return
    slot.running--
    const waiting = slot.waiting
    slot.waiting = []
    if (slot.running === 0 && waiting.length === 0) underWay.delete(name)
    for (const resolve of waiting) resolve()
  }

  return {
    exceeded,
    exceededAnywhere,
    fail,
    async guard(keys, attempt) {
      const entered: (readonly [ThrottleKind, string])[] = []
      try {
        for (const [kind, key] of keys) {
          if (!(await enter(kind, key))) return undefined
          entered.push([kind, key])
        }
        const { ok, value } = await attempt()
        if (!ok) for (const [kind, key] of keys) fail(kind, key)
        return value
      } finally {
        for (const [kind, key] of entered) leave(kind, key)
      }
    },
    retryAfter: (keys) => Math.ceil(Math.max(...keys.map(([kind, key]) => leftAfter(kind, key))) / 1000),
  }
}

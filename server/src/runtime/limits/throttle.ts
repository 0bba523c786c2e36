/**
 * Counters of failures in windows of five minutes: only failures count (RFC 6749 §10.10, NIST SP 800-63B §5.2.2).
 * Kept in storage, so that nodes share them, with a local copy that decides without a read.
 *
 * What people choose, such as passwords, is guarded: an attempt takes its place in the budget before it is made. What
 * machines make, such as tags and generated secrets, is proved: it cannot be guessed, so a right one is good whatever
 * failed before, and only wrong ones are turned away.
 */
import { setImmediate, setTimeout } from 'node:timers/promises'
import type { Clock, Millis } from '../../lib/clock.ts'
import { minute } from '../../lib/clock.ts'
import { Refusal } from '../../protocol/refusal.ts'
import type { Storage } from '../../storage/contract.ts'

export const throttleWindow: Millis = 5 * minute

/** Failures allowed per key and window. */
const throttleLimits = {
  /** One account from one address. */
  account: 10,
  /** One account from one browser that has signed in to it before. */
  device: 10,
  /** Any account from one address. */
  address: 100,
  /** One client, or guessed credentials at it, from one address. */
  client: 100,
  /** Answers of providers that were none, from one address: each has cost a call. */
  provider_answer: 100,
  /** Usernames invited from one network. */
  invitation: 30,
  /** New passwords judged for one network or account: each takes a tenth of a second. */
  new_password: 100,
  /** Accounts opened from one network, by whatever way. */
  sign_up: 20,
  /** Answers of providers brought back from one network: each leaves a row. */
  provider_return: 1000,
} as const

export type ThrottleKind = keyof typeof throttleLimits

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

const entriesKept = 100_000

/** How long an attempt waits for those that are under way on other nodes, and how often it looks. */
const patience: Millis = 5000
const pause: Millis = 25

/** The refusal where too much has failed under the keys. */
export function tooManyFailures(throttle: Throttle, keys: ThrottleKeys): Refusal {
  return new Refusal('too_many_failures', { retryAfter: throttle.retryAfter(keys) })
}

export function createThrottle(storage: Storage, clock: Clock): Throttle {
  /** Counts by window: the present one and the one before, so that a boundary forgives nothing at once. */
  let window = -1
  let present = new Map<string, number>()
  let before = new Map<string, number>()
  const underWay = new Map<string, { running: number; waiting: (() => void)[] }>()
  /** The last proof that waits for its turn, by key. */
  const lanes = new Map<string, Promise<unknown>>()

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

  /** Counts a failure; resolves once the shared counter has it, or could not be reached: the local one has counted. */
  async function count(kind: ThrottleKind, key: string): Promise<void> {
    const name = `${kind} ${key}`
    turn()
    present.set(name, (present.get(name) ?? 0) + 1)
    const counts = present
    try {
      learn(counts, name, await storage.failures.add(name, throttleWindow, clock.now()))
    } catch {
      // Said above.
    }
  }

  /** Takes a place among the attempts under way on this node; false where the key is used up. */
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

  /**
   * Takes a place among the attempts under way on all nodes; answers when, or undefined where there was none. The place
   * is taken before the failures are read, and a failure is counted before its place is given back, so that no attempt
   * is overlooked. The places of a node that died are forgotten with their window.
   */
  async function reserve(kind: ThrottleKind, key: string): Promise<Millis | undefined> {
    const name = placesOf(kind, key)
    for (let waited = 0; ; waited += pause) {
      const at = clock.now()
      const current = await storage.failures.add(name, throttleWindow, at)
      let usedUp = true
      let taken = false
      try {
        const previous = await storage.failures.count(name, throttleWindow, at - throttleWindow)
        usedUp = await exceededAnywhere(kind, key)
        taken = !usedUp && current + previous <= throttleLimits[kind] - used(`${kind} ${key}`)
      } finally {
        // Also where the database has gone in between: the place would stay taken by nobody.
        if (!taken) await release(kind, key, at)
      }
      if (taken) return at
      if (usedUp || waited >= patience) return undefined
      await setTimeout(pause)
    }
  }

  function release(kind: ThrottleKind, key: string, at: Millis): Promise<unknown> {
    return storage.failures.add(placesOf(kind, key), throttleWindow, at, -1)
  }

  /** Runs what is left over: one after another for a key, and each after the work that is there already. */
  async function inLane<T>(name: string, work: () => Promise<T>): Promise<T> {
    const before = lanes.get(name)
    const turn = (async () => {
      await before
      await setImmediate()
      return work()
    })()
    const ended = turn.then(
      () => {},
      () => {},
    )
    lanes.set(name, ended)
    void ended.then(() => {
      if (lanes.get(name) === ended) lanes.delete(name)
    })
    return turn
  }

  return {
    exceeded,
    fail: (kind, key) => void count(kind, key),
    async guard(keys, attempt) {
      const entered: (readonly [ThrottleKind, string])[] = []
      const reserved: (readonly [ThrottleKind, string, Millis])[] = []
      try {
        for (const [kind, key] of keys) {
          if (!(await enter(kind, key))) return undefined
          entered.push([kind, key])
        }
        for (const [kind, key] of keys) {
          const at = await reserve(kind, key)
          if (at === undefined) return undefined
          reserved.push([kind, key, at])
        }
        const { ok, value } = await attempt()
        if (!ok) await Promise.all(keys.map(([kind, key]) => count(kind, key)))
        return value
      } finally {
        // A place that cannot be given back is forgotten with its window; it must not hide the answer.
        await Promise.allSettled(reserved.map((place) => release(...place)))
        for (const [kind, key] of entered) leave(kind, key)
      }
    },
    async prove(kind, key, attempt) {
      const open = !exceeded(kind, key)
      const { ok, value } = open ? await attempt() : await inLane(`${kind} ${key}`, attempt)
      if (ok) return value
      void count(kind, key)
      return open ? value : undefined
    },
    async take(kind, key) {
      if (await exceededAnywhere(kind, key)) return false
      const name = `${kind} ${key}`
      const counts = present
      const earlier = used(name) - (counts.get(name) ?? 0)
      const taken = await storage.failures.add(name, throttleWindow, clock.now())
      learn(counts, name, taken)
      return taken + earlier <= throttleLimits[kind]
    },
    retryAfter: (keys) => Math.max(1, Math.ceil(Math.max(...keys.map(([kind, key]) => leftAfter(kind, key))) / 1000)),
  }
}

/** Under what the attempts are counted that are under way. */
function placesOf(kind: ThrottleKind, key: string): string {
  return `under way ${kind} ${key}`
}

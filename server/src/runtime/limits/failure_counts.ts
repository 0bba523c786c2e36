/**
 * How often something has failed under a key in windows of five minutes, or an hour. Kept in storage, so that nodes share it, with a
 * local copy that decides without a read.
 */
import type { Clock, Millis } from '../../lib/clock.ts'
import { hour, minute } from '../../lib/clock.ts'
import { type Failures, type Storage, StorageUnavailable } from '../../storage/contract.ts'

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
  /** Pictures that one account has sent. */
  picture: 30,
  /** Other usernames that one account has asked for. */
  username: 20,
  /** Mails that strangers have sent from one network. */
  mail_from: 30,
  /** Mails that strangers have sent to one address. */
  mail_to: 10,
  /** Answers of providers brought back from one network: each leaves a row. */
  provider_return: 1000,
  /** Apps that registered themselves from one network. */
  registration: 60,
  /** Documents of apps fetched for one network. */
  document_network: 10,
  /** Documents of apps fetched from one host. */
  document_host: 30,
  /** Codes of a second factor in one sign-in. */
  factor_request: 5,
  /** Codes of a second factor for one account, from all addresses together. */
  factor: 10,
  /** Codes of devices that are none, typed in one session. */
  device_session: 5,
  /** The same from one network. */
  device_network: 50,
} as const

export type ThrottleKind = keyof typeof throttleLimits

/** Kinds that are counted in other windows than the usual one. */
const windows: Readonly<Partial<Record<ThrottleKind, Millis>>> = {
  factor_request: hour,
  factor: hour,
  username: hour,
  picture: hour,
  registration: hour,
  document_network: minute,
  document_host: hour,
  device_session: hour,
  device_network: hour,
}

const windowOf = (kind: ThrottleKind): Millis => windows[kind] ?? throttleWindow

/** No method but `count` and `take` changes anything. */
export interface FailureCounts {
  /** Whether the key has used up its failures, as far as this node knows. No I/O. */
  exceeded(kind: ThrottleKind, key: string): boolean
  /** The same, after a look at what other nodes have counted. */
  exceededAnywhere(kind: ThrottleKind, key: string): Promise<boolean>
  /** How many failures are left, as far as this node knows. */
  left(kind: ThrottleKind, key: string): number
  /** Milliseconds until a failure is left, where no other comes: a window's are forgotten bit by bit in the next one. */
  leftAfter(kind: ThrottleKind, key: string): Millis
  /** Counts a failure; resolves once the shared counter has it, or could not be reached: the local one has counted. */
  count(kind: ThrottleKind, key: string): Promise<void>
  /** Counts one where it is within the limit; false where it is not. */
  take(kind: ThrottleKind, key: string): Promise<boolean>
}

const entriesKept = 100_000

/** The counts of one length of window that this node has seen: the present window and the one before. */
interface Span {
  /** The counts of the present window; their map is another one in the next. */
  readonly present: () => Map<string, number>
  readonly before: () => Map<string, number>
  /** Failures within the last window's length: those of the window before count by the part that still overlaps. */
  readonly used: (name: string) => number
}

/** A boundary forgives nothing at once. */
function createSpan(clock: Clock, length: Millis): Span {
  let window = -1
  let present = new Map<string, number>()
  let before = new Map<string, number>()

  function turn(): void {
    const index = Math.floor(clock.now() / length)
    if (index === window && present.size <= entriesKept) return
    before = index === window + 1 ? present : new Map()
    present = new Map()
    window = index
  }

  return {
    present() {
      turn()
      return present
    },
    before() {
      turn()
      return before
    },
    used(name) {
      turn()
      const overlap = 1 - (clock.now() % length) / length
      return Math.ceil((before.get(name) ?? 0) * overlap) + (present.get(name) ?? 0)
    },
  }
}

/** The counters that all nodes share. What cannot be counted is not tried: whatever keeps them away is StorageUnavailable. */
export type SharedCounters = Pick<Failures, 'count' | 'add'>

export function createSharedCounters({ failures }: Pick<Storage, 'failures'>): SharedCounters {
  async function reached<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer
    } catch (error) {
      if (error instanceof StorageUnavailable) throw error
      throw new StorageUnavailable('the counters of failures cannot be read', { cause: error })
    }
  }
  return {
    count: (...of) => reached(failures.count(...of)),
    add: (...of) => reached(failures.add(...of)),
  }
}

export function createFailureCounts(shared: SharedCounters, clock: Clock): FailureCounts {
  const spans = new Map(
    [throttleWindow, ...Object.values(windows)].map((length) => [length, createSpan(clock, length)]),
  )
  const spanOf = (kind: ThrottleKind) => spans.get(windowOf(kind)) as Span

  function leftAfter(kind: ThrottleKind, key: string): Millis {
    const name = `${kind} ${key}`
    const span = spanOf(kind)
    if (span.used(name) < throttleLimits[kind]) return 0
    const length = windowOf(kind)
    const elapsed = clock.now() % length
    const allowed = throttleLimits[kind] - 1
    const now = span.present().get(name) ?? 0
    if (now > allowed) return length - elapsed + length * (1 - allowed / now)
    return length * (1 - (allowed - now) / (span.before().get(name) ?? 1)) - elapsed
  }

  const exceeded = (kind: ThrottleKind, key: string) => spanOf(kind).used(`${kind} ${key}`) >= throttleLimits[kind]

  function learn(counts: Map<string, number>, name: string, count: number): void {
    if (count > (counts.get(name) ?? 0)) counts.set(name, count)
  }

  async function exceededAnywhere(kind: ThrottleKind, key: string): Promise<boolean> {
    if (exceeded(kind, key)) return true
    const name = `${kind} ${key}`
    const length = windowOf(kind)
    const now = clock.now()
    const [current, previous] = await Promise.all([
      shared.count(name, length, now),
      shared.count(name, length, now - length),
    ])
    const span = spanOf(kind)
    learn(span.present(), name, current)
    learn(span.before(), name, previous)
    return exceeded(kind, key)
  }

  async function count(kind: ThrottleKind, key: string): Promise<void> {
    const name = `${kind} ${key}`
    const counts = spanOf(kind).present()
    counts.set(name, (counts.get(name) ?? 0) + 1)
    try {
      learn(counts, name, await shared.add(name, windowOf(kind), clock.now()))
    } catch {
      // The local counter has it.
    }
  }

  return {
    exceeded,
    exceededAnywhere,
    left: (kind, key) => throttleLimits[kind] - spanOf(kind).used(`${kind} ${key}`),
    leftAfter,
    count,
    async take(kind, key) {
      if (await exceededAnywhere(kind, key)) return false
      const name = `${kind} ${key}`
      const span = spanOf(kind)
      const counts = span.present()
      const earlier = span.used(name) - (counts.get(name) ?? 0)
      const taken = await shared.add(name, windowOf(kind), clock.now())
      learn(counts, name, taken)
      return taken + earlier <= throttleLimits[kind]
    },
  }
}

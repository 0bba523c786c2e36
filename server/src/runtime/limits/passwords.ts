/**
 * People's passwords: argon2id on a bounded pool, so that a login storm neither exhausts memory nor starves refreshes
 * (OWASP ASVS 5 V6.2, V11.4). Machine secrets never come here; they are long, random and stored as SHA-256.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { Algorithm } from '@node-rs/argon2'
import type { Millis } from '../../lib/clock.ts'
import { type PasswordHash, readPasswordHash } from './password_hash.ts'

export interface Passwords {
  /** A PHC string. Throws PasswordTooLong or PasswordQueueFull. */
  hash(password: string): Promise<string>
  /** How many hashes are under way, and how many wait for them. */
  readonly load: { readonly running: number; readonly waiting: number }
  /**
   * Whether the password is the one behind the hash, which may have been made by another server. Without a hash it costs the
   * same and is false. `others` are hashes of other servers that are in use: what is wrong is answered after the time that
   * the dearest of them takes, so that time does not tell whose hash was looked at.
   */
  verify(hash: string | null, password: string, others?: readonly string[]): Promise<boolean>
  /** Whether the hash is as `hash` makes them now. */
  isOwn(hash: string): boolean
}

/** Too many password checks are waiting; answer 503 with Retry-After. */
export class PasswordQueueFull extends Error {
  override readonly name = 'PasswordQueueFull'
}

/** Longer than 1,024 bytes: refused before any work is done on it. */
export class PasswordTooLong extends Error {
  override readonly name = 'PasswordTooLong'
}

export const passwordBytes = 1024

/** argon2id; the package's enumeration is a type only, its value is part of the PHC string's name. */
const argon2id: Algorithm = 2

/** What a hash takes: KiB of memory, and how many times it goes over them. */
export interface HashCost {
  readonly memory: number
  readonly passes: number
}

const ownCost: HashCost = { memory: 19_456, passes: 2 }

/** Loaded for the first password, which most processes of the command line never see. */
const argon2 = () => import('@node-rs/argon2')

/** What is done around the wait for a place and around the work. */
export type AroundPassword = <T>(part: 'queue' | 'work', doing: () => Promise<T>) => Promise<T>

interface PasswordOptions {
  /** Hashes that are computed at a time. */
  readonly parallel?: number
  /** Hashes that may wait for them. */
  readonly queue?: number
  readonly cost?: HashCost
  readonly around?: AroundPassword
}

const plainly: AroundPassword = (_part, doing) => doing()

/** A bounded pool, at the cost that OWASP asks for unless another is given. */
export function createPasswords(of: PasswordOptions = {}): Passwords {
  const { parallel = 2, queue = 100, cost = ownCost, around = plainly } = of
  const options = { algorithm: argon2id, memoryCost: cost.memory, timeCost: cost.passes, parallelism: 1 }
  let running = 0
  const waiting: (() => void)[] = []
  const prefix = `$argon2id$v=19$m=${cost.memory},t=${cost.passes},p=1$`
  const timesOf = new Map<string, Promise<Millis>>()
  let dummy: Promise<string> | undefined

  async function bounded<T>(work: () => Promise<T>): Promise<T> {
    if (running >= parallel) {
      if (waiting.length >= queue) throw new PasswordQueueFull('too many password checks are waiting')
      await around('queue', () => new Promise<void>((resolve) => waiting.push(resolve)))
    } else running++
    try {
      return await around('work', work)
    } finally {
      const next = waiting.shift()
      if (next === undefined) running--
      else next()
    }
  }

  /** Someone who does not exist costs as much as someone who does. */
  function nobody(): Promise<string> {
    dummy ??= argon2().then(({ hash }) => hash('nobody has this password', options))
    return dummy
  }

  async function matches(hash: string | null, password: string): Promise<boolean> {
    const text = prepare(password)
    const read = hash === null ? undefined : readPasswordHash(hash)
    if (typeof read === 'object')
      return read.text.startsWith(prefix) ? read.verify(text) : matchesOther(read, password, text)
    // What is no hash is nobody's, too.
    await (await argon2()).verify(await nobody(), text)
    return false
  }

  /** How long a check of a hash of this form takes here, measured once. */
  function timeOf({ form, verify }: PasswordHash): Promise<Millis> {
    const known = timesOf.get(form)
    if (known !== undefined) return known
    const measured = bounded(async () => {
      const began = performance.now()
      await verify('nobody has this password')
      return performance.now() - began
    })
    timesOf.set(form, measured)
    // Where the queue was full, the next one measures.
    measured.catch(() => timesOf.delete(form))
    return measured
  }

  async function longestOf(others: readonly string[]): Promise<Millis> {
    const read = others.map(readPasswordHash).filter((hash) => typeof hash === 'object')
    const times = await Promise.all(read.map(timeOf))
    return Math.max(0, ...times) * margin
  }

  return {
    get load() {
      return { running, waiting: waiting.length }
    },
    async hash(password) {
      const text = prepare(password)
      return bounded(async () => (await argon2()).hash(text, options))
    },
    async verify(hash, password, others = []) {
      prepare(password)
      const least = others.length === 0 ? 0 : await longestOf(others)
      const { right, began } = await bounded(async () => {
        const began = performance.now()
        return { right: await matches(hash, password), began }
      })
      const left = began + least - performance.now()
      if (!right && left > 0) await pause(left)
      return right
    },
    isOwn: (hash) => hash.startsWith(prefix),
  }
}

/** As other servers took a password, as it was typed; or else in the spelling of keyboards that compose otherwise. */
async function matchesOther({ verify }: PasswordHash, typed: string, text: string): Promise<boolean> {
  return (await verify(typed)) || (text !== typed && (await verify(text)))
}

/** How much longer a check may take on a busy machine than when it was measured, without telling anything. */
const margin = 1.5

/** One spelling per password, whatever keyboard it was typed on; nothing is cut off. */
function prepare(password: string): string {
  if (Buffer.byteLength(password) > passwordBytes) throw new PasswordTooLong('the password is longer than 1,024 bytes')
  return password.normalize('NFC')
}

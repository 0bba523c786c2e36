/**
 * People's passwords: argon2id on a bounded pool, so that a login storm neither exhausts memory nor starves refreshes
 * (OWASP ASVS 5 V6.2, V11.4). Machine secrets never come here; they are long, random and stored as SHA-256.
 */
import type { Algorithm } from '@node-rs/argon2'

export interface Passwords {
  /** A PHC string. Throws PasswordTooLong or PasswordQueueFull. */
  hash(password: string): Promise<string>
  /** Whether the password is the one behind the hash. Without a hash it costs the same and is false. */
  verify(hash: string | null, password: string): Promise<boolean>
  /** How many hashes are under way, and how many wait for them. */
  readonly load: { readonly running: number; readonly waiting: number }
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

interface PasswordOptions {
  /** Hashes that are computed at a time. */
  readonly parallel?: number
  /** Hashes that may wait for them. */
  readonly queue?: number
  readonly cost?: HashCost
}

/** A bounded pool, at the cost that OWASP asks for unless another is given. */
export function createPasswords({ parallel = 2, queue = 100, cost = ownCost }: PasswordOptions = {}): Passwords {
  const options = { algorithm: argon2id, memoryCost: cost.memory, timeCost: cost.passes, parallelism: 1 }
  let running = 0
  const waiting: (() => void)[] = []
  let dummy: Promise<string> | undefined

  async function bounded<T>(work: () => Promise<T>): Promise<T> {
    if (running >= parallel) {
      if (waiting.length >= queue) throw new PasswordQueueFull('too many password checks are waiting')
      await new Promise<void>((resolve) => waiting.push(resolve))
    } else running++
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next === undefined) running--
      else next()
    }
  }

  return {
    get load() {
      return { running, waiting: waiting.length }
    },
    async hash(password) {
      const text = prepare(password)
      return bounded(async () => (await argon2()).hash(text, options))
    },
    async verify(hash, password) {
      const text = prepare(password)
      // Someone who does not exist costs as much as someone who does.
      dummy ??= argon2().then(({ hash }) => hash('nobody has this password', options))
      const against = hash ?? (await dummy)
      const matches = await bounded(async () => (await argon2()).verify(against, text))
      return hash !== null && matches
    },
  }
}

/** One spelling per password, whatever keyboard it was typed on; nothing is cut off. */
function prepare(password: string): string {
  if (Buffer.byteLength(password) > passwordBytes) throw new PasswordTooLong('the password is longer than 1,024 bytes')
  return password.normalize('NFC')
}

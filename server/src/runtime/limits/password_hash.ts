/**
 * Password hashes as programs keep them: argon2, scrypt and PBKDF2 as PHC strings (the string format of the Password Hashing
 * Competition), bcrypt in its own form. Each is read before it is worked on, so that nothing is computed that costs more than
 * a second or so.
 */
import { pbkdf2, scrypt } from 'node:crypto'
import { promisify } from 'node:util'
import { equalBytes } from '../../lib/hash.ts'

export type HashProblem =
  /** Not of a kind that can be checked here. */
  | 'hash_unknown'
  /** Of a known kind, and broken. */
  | 'hash_malformed'
  /** It would take more time or memory than one check may. */
  | 'hash_too_costly'

/** A hash that can be checked. */
export interface PasswordHash {
  /** Such as `bcrypt`, `pbkdf2-sha256`, `scrypt` or `argon2id`. */
  readonly kind: string
  /** The kind with what it costs; the same for all hashes that were made by one program with one configuration. */
  readonly form: string
  /** The hash in its one spelling. */
  readonly text: string
  verify(password: string): Promise<boolean>
}

/** What one check may cost at most: about a second of one core, and 128 MiB. */
const most = {
  bcryptCost: 13,
  /** Iterations, each as often as the digest goes into the derived key. */
  pbkdf2: { sha1: 2_000_000, sha256: 2_000_000, sha512: 1_000_000 },
  /** Bytes of memory, and blocks that are worked on. */
  scryptMemory: 128 * 1024 * 1024,
  scryptWork: 2 ** 20,
  /** KiB of memory, and KiB times passes. */
  argon2Memory: 128 * 1024,
  argon2Work: 1024 * 1024,
  argon2Lanes: 16,
} as const

const digestBytes = { sha1: 20, sha256: 32, sha512: 64 } as const
type Digest = keyof typeof digestBytes

/** Bytes that a salt and a derived key have. */
const saltBytes = { least: 4, most: 128 }
const keyBytes = { least: 16, most: 128 }

/** No hash is longer than this, in characters. */
const longest = 500

const derivePbkdf2 = promisify(pbkdf2)
const deriveScrypt = promisify<string, Buffer, number, object, Buffer>(scrypt)

/** Reads a hash. Nothing is computed yet. */
export function readPasswordHash(text: string): PasswordHash | HashProblem {
  if (text.length > longest) return 'hash_malformed'
  const [empty, id = '', ...rest] = text.split('$')
  if (empty !== '' || rest.length === 0) return 'hash_unknown'
  if (/^2[aby]$/.test(id)) return readBcrypt(text)
  if (/^argon2(id|i|d)$/.test(id)) return readArgon2(id, rest)
  if (id === 'scrypt') return readScrypt(rest)
  if (id === 'pbkdf2') return readPbkdf2('sha1', rest)
  const digest = /^pbkdf2-(sha1|sha256|sha512)$/.exec(id)?.[1]
  return digest === undefined ? 'hash_unknown' : readPbkdf2(digest as Digest, rest)
}

/**
 * bcrypt looks at the first 72 bytes of a password and at no more. That is how the hash was made, so it is how it is checked. A
 * password with a NUL byte matches none.
 */
function readBcrypt(text: string): PasswordHash | HashProblem {
  const found = /^\$2[aby]\$(\d{2})\$[./A-Za-z0-9]{53}$/.exec(text)
  if (found === null) return 'hash_malformed'
  const cost = Number(found[1])
  if (cost < 4) return 'hash_malformed'
  if (cost > most.bcryptCost) return 'hash_too_costly'
  const verify = async (password: string) => {
    const bytes = Buffer.from(password).subarray(0, 72)
    return !bytes.includes(0) && (await import('@node-rs/bcrypt')).verify(bytes, text)
  }
  return { kind: 'bcrypt', form: `$2b$${found[1]}`, text, verify }
}

function readArgon2(id: string, parts: readonly string[]): PasswordHash | HashProblem {
  const hasVersion = parts[0]?.startsWith('v=') === true
  const version = hasVersion ? parts[0]?.slice(2) : '16'
  const [parameters = '', salt, key, ...more] = hasVersion ? parts.slice(1) : parts
  if ((version !== '16' && version !== '19') || more.length > 0) return 'hash_malformed'
  const numbers = numbersOf(parameters, ['m', 't', 'p'])
  const [m = 0, t = 0, p = 0] = numbers ?? []
  const sound = bytesOf(salt, { ...saltBytes, least: 8 }) !== undefined && bytesOf(key, keyBytes) !== undefined
  if (!sound || t < 1 || p < 1 || m < 8 * p) return 'hash_malformed'
  if (m > most.argon2Memory || m * t > most.argon2Work || p > most.argon2Lanes) return 'hash_too_costly'
  const form = `$${id}$v=${version}$m=${m},t=${t},p=${p}`
  const text = `${form}$${plain(salt)}$${plain(key)}`
  return { kind: id, form, text, verify: async (password) => (await import('@node-rs/argon2')).verify(text, password) }
}

function readScrypt(parts: readonly string[]): PasswordHash | HashProblem {
  const [parameters = '', salt, key, ...more] = parts
  const [ln = 0, r = 0, p = 0] = numbersOf(parameters, ['ln', 'r', 'p']) ?? []
  const saltIn = bytesOf(salt, saltBytes)
  const wanted = bytesOf(key, keyBytes)
  if (saltIn === undefined || wanted === undefined || more.length > 0) return 'hash_malformed'
  if (ln < 1 || r < 1 || p < 1) return 'hash_malformed'
  if (ln > 24 || 128 * 2 ** ln * r > most.scryptMemory || 2 ** ln * r * p > most.scryptWork) return 'hash_too_costly'
  const form = `$scrypt$ln=${ln},r=${r},p=${p}`
  const verify = async (password: string) => {
    const cost = { N: 2 ** ln, r, p, maxmem: 2 * most.scryptMemory }
    return equalBytes(await deriveScrypt(password, saltIn, wanted.length, cost), wanted)
  }
  return { kind: 'scrypt', form, text: `${form}$${plain(salt)}$${plain(key)}`, verify }
}

function readPbkdf2(digest: Digest, parts: readonly string[]): PasswordHash | HashProblem {
  const [parameters = '', salt, key, ...more] = parts
  const named = numbersOf(parameters, ['i', 'l']) ?? numbersOf(parameters, ['i'])
  const [iterations = 0, length] = named ?? []
  const saltIn = bytesOf(salt, saltBytes)
  const wanted = bytesOf(key, keyBytes)
  if (saltIn === undefined || wanted === undefined || more.length > 0 || iterations < 1) return 'hash_malformed'
  if (length !== undefined && length !== wanted.length) return 'hash_malformed'
  if (iterations * Math.ceil(wanted.length / digestBytes[digest]) > most.pbkdf2[digest]) return 'hash_too_costly'
  const verify = async (password: string) =>
    equalBytes(await derivePbkdf2(password, saltIn, iterations, wanted.length, digest), wanted)
  const form = `$pbkdf2-${digest}$i=${iterations},l=${wanted.length}`
  return { kind: `pbkdf2-${digest}`, form, text: `${form}$${plain(salt)}$${plain(key)}`, verify }
}

/** The numbers of `a=1,b=2`, where these are its names in their order. */
function numbersOf(text: string, names: readonly string[]): number[] | undefined {
  const pairs = text.split(',').map((pair) => /^([a-z]+)=(\d{1,10})$/.exec(pair))
  if (pairs.length !== names.length || pairs.some((pair, at) => pair?.[1] !== names[at])) return undefined
  return pairs.map((pair) => Number(pair?.[2]))
}

/** Base64 without padding, as PHC strings have it. */
function plain(text = ''): string {
  return text.replaceAll('.', '+').replace(/=+$/, '')
}

function bytesOf(text: string | undefined, { least, most: limit }: typeof saltBytes): Buffer | undefined {
  const base64 = plain(text)
  if (!/^[A-Za-z0-9+/]+$/.test(base64)) return undefined
  const bytes = Buffer.from(base64, 'base64')
  return bytes.length < least || bytes.length > limit ? undefined : bytes
}

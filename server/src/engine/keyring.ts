/** The server's own keys, derived from the root secret for one purpose each, by generation (RFC 5869). */
import { deriveKey } from '../lib/hash.ts'

export type Purpose =
  | 'credential'
  | 'access token'
  | 'authorization request'
  | 'csrf'
  | 'signing keys at rest'
  | 'pairwise subject'
  | 'setup link'
  | 'network'
  | 'secrets at rest'

export interface Keyring {
  /** The generation under which new things are made. */
  readonly generation: number
  /** The key for a purpose in a generation; undefined for a generation that this server has no secret of. */
  key(purpose: Purpose, generation?: number): Buffer | undefined
  /** The key of the present generation. */
  current(purpose: Purpose): Buffer
}

/** What is sealed for good must open after the issuer has changed, and for a command that was given another port. */
const withoutIssuer: ReadonlySet<Purpose> = new Set(['secrets at rest'])

/**
 * A keyring over root secrets by generation, oldest first. Keys are bound to issuer and installation, so that a copied
 * database or a reused secret opens nothing elsewhere.
 */
export function createKeyring(secrets: readonly string[], issuer: string, installation: Buffer): Keyring {
  const generation = secrets.length
  const derived = new Map<string, Buffer>()
  const key = (purpose: Purpose, of = generation): Buffer | undefined => {
    const name = `${of} ${purpose}`
    const known = derived.get(name)
    if (known !== undefined) return known
    const secret = secrets[of - 1]
    if (secret === undefined) return undefined
    const label = withoutIssuer.has(purpose) ? `consentry ${purpose}` : `consentry ${purpose} ${issuer}`
    const made = deriveKey(Buffer.from(secret), label, installation)
    derived.set(name, made)
    return made
  }
  return {
    generation,
    key,
    current(purpose) {
      const made = key(purpose)
      if (made === undefined) throw new Error('keyring: there is no root secret')
      return made
    },
  }
}

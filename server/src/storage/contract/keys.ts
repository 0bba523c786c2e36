/** Signing keys. */
import type { Millis } from '../../lib/clock.ts'

export interface SigningKey {
  readonly kid: string
  readonly alg: 'RS256' | 'ES256' | 'EdDSA'
  readonly state: 'next' | 'signing' | 'retired'
  readonly publicJwk: Readonly<Record<string, unknown>>
  /** The private JWK, sealed under a key derived from the root secret. */
  readonly sealedPrivate: Buffer
  readonly createdAt: Millis
  readonly activatedAt: Millis | null
  readonly retiredAt: Millis | null
}

/**
 * There is at most one key of an alg in 'next' and one in 'signing': save the old one as retired first. Every write but
 * `reseal` bumps the change signal of `onClientsChanged`.
 */
export interface Keys {
  list(): Promise<readonly SigningKey[]>
  /** Stores the key unless one of the same alg and state is there already; answers the one that is there after. */
  insertFirst(key: SigningKey): Promise<SigningKey>
  /** Replaces a sealed private key by the same one sealed anew, unless another node has done so. */
  reseal(kid: string, from: Buffer, to: Buffer): Promise<void>
  /**
   * Makes the key `to` (until now next) the one that signs, and `from` (until now signing) a retired one, both or
   * neither. Of several nodes that try the same, one gets true.
   */
  promote(from: string, to: string, at: Millis): Promise<boolean>
  delete(kid: string): Promise<void>
}

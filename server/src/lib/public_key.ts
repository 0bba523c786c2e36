/** Public keys that come as JWKs (RFC 7517 §4): their thumbprints (RFC 7638 §3), and whether they have signed something. */
import { constants, createPublicKey, type KeyObject, verify } from 'node:crypto'
import { sha256 } from './hash.ts'

export const publicKeyAlgorithms = ['ES256', 'ES384', 'EdDSA', 'Ed25519', 'PS256'] as const
export type PublicKeyAlgorithm = (typeof publicKeyAlgorithms)[number]

export interface PublicKey {
  readonly key: KeyObject
  readonly alg: PublicKeyAlgorithm
  /** SHA-256 over the members that make it the key that it is, 32 bytes. */
  readonly thumbprint: Buffer
}

interface Kind {
  readonly kty: 'EC' | 'OKP' | 'RSA'
  readonly crv?: string
  /** The members beside kty and crv, each with the lengths in bytes that it may have, shortest and longest. */
  readonly members: Readonly<Record<string, readonly [number, number]>>
}

const edwards: Kind = { kty: 'OKP', crv: 'Ed25519', members: { x: [32, 32] } }

const kinds: Readonly<Record<PublicKeyAlgorithm, Kind>> = {
  ES256: { kty: 'EC', crv: 'P-256', members: { x: [32, 32], y: [32, 32] } },
  ES384: { kty: 'EC', crv: 'P-384', members: { x: [48, 48], y: [48, 48] } },
  EdDSA: edwards,
  Ed25519: edwards,
  // Larger moduli cost whoever checks them more than those who sign gain.
  PS256: { kty: 'RSA', members: { e: [1, 4], n: [256, 512] } },
}

/** Members of private and of symmetric keys (RFC 7518 §6). */
const secretMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'] as const

/** The public key of a JWK for this algorithm, or what is wrong with it. Only the members of its kind are looked at. */
export function readPublicKey(
  jwk: Readonly<Record<string, unknown>>,
  alg: PublicKeyAlgorithm,
): PublicKey | 'private' | 'unusable' {
  if (secretMembers.some((name) => jwk[name] !== undefined)) return 'private'
  const { kty, crv, members } = kinds[alg]
  if (jwk.kty !== kty || jwk.crv !== crv) return 'unusable'
  const own: [string, string][] = [['kty', kty], ...(crv === undefined ? [] : [['crv', crv] as [string, string]])]
  for (const [name, [shortest, longest]] of Object.entries(members)) {
    const text = jwk[name]
    if (typeof text !== 'string' || text.length > 2 * longest) return 'unusable'
    const bytes = Buffer.from(text, 'base64url')
    // One spelling for each key, or one key would have several thumbprints.
    if (bytes.toString('base64url') !== text || bytes.length < shortest || bytes.length > longest) return 'unusable'
    if (kty === 'RSA' && bytes[0] === 0) return 'unusable'
    own.push([name, text])
  }
  const named = Object.fromEntries(own.sort(([a], [b]) => (a < b ? -1 : 1)))
  try {
    const key = createPublicKey({ key: named, format: 'jwk' })
    return { key, alg, thumbprint: sha256(JSON.stringify(named)) }
  } catch {
    // A point that is not on the curve, for one.
    return 'unusable'
  }
}

/** Whether the key has signed the text (RFC 7518 §3). */
export function hasSigned({ key, alg }: PublicKey, text: string, signature: Buffer): boolean {
  const data = Buffer.from(text)
  try {
    switch (alg) {
      case 'ES256':
        return signature.length === 64 && verify('sha256', data, { key, dsaEncoding: 'ieee-p1363' }, signature)
      case 'ES384':
        return signature.length === 96 && verify('sha384', data, { key, dsaEncoding: 'ieee-p1363' }, signature)
      case 'EdDSA':
      case 'Ed25519':
        return verify(null, data, key, signature)
      case 'PS256':
        return verify('sha256', data, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }, signature)
    }
  } catch {
    // An exponent or a modulus that the library will not work with.
    return false
  }
}

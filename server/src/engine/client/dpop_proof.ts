/**
 * DPoP proofs (RFC 9449 §4): one JWT for one request, signed with a key of the sender that it carries itself. Here is what
 * a proof has to look like whoever sends it; when it is good, and that it is good once, is in `dpop.ts`.
 */
import type { Seconds } from '../../lib/clock.ts'
import { sha256 } from '../../lib/hash.ts'
import { hasSigned, type PublicKeyAlgorithm, readPublicKey } from '../../lib/public_key.ts'
import { capabilities, has } from '../../protocol/capabilities.ts'

/** The request that a proof has to be made for. */
export interface ProofTarget {
  readonly method: string
  /** The address without query and fragment; undefined where the proxy in front does not say it. */
  readonly uri: string | undefined
  /** The access token that comes with it; undefined where none does. */
  readonly accessToken: string | undefined
}

/** A proof that was made for the request, by the holder of the key. */
export interface DpopProof {
  /** The thumbprint of the key (RFC 7638), 32 bytes. */
  readonly key: Buffer
  readonly jti: string
  readonly issuedAt: Seconds
  readonly nonce: string | undefined
}

/** What is wrong with a proof, for the app's developer. */
export interface BrokenProof {
  readonly cause: string
  readonly expected?: string
  readonly got?: string
}

const proofType = 'dpop+jwt'
const longestText = 8192
const longestJti = 200
/** How far the clock of a sender may be off where its JWT says from when and until when it counts. */
const tolerance: Seconds = 60

/** Reads a proof and checks all that is in it but its age (§4.3). */
export function readProof(text: string, target: ProofTarget, now: Seconds): DpopProof | BrokenProof {
  if (text.length > longestText) return { cause: 'The DPoP proof is too long.' }
  const parts = text.split('.')
  if (parts.length !== 3 || parts.some((part) => !/^[A-Za-z0-9_-]+$/.test(part))) {
    return { cause: 'The DPoP header must hold one JWT, and the request one such header.' }
  }
  const [head, body, mark] = parts as [string, string, string]
  const [header, claims] = [readObject(head), readObject(body)]
  if (header === undefined || claims === undefined) return { cause: 'The DPoP proof is not a JWT.' }
  const key = keyIn(header)
  if ('cause' in key) return key
  const signature = Buffer.from(mark, 'base64url')
  if (signature.toString('base64url') !== mark || !hasSigned(key, `${head}.${body}`, signature)) {
    return { cause: 'The DPoP proof was not signed with the key in it.' }
  }
  return claimed(claims, target, now) ?? found(claims, key.thumbprint)
}

function keyIn(
  header: Readonly<Record<string, unknown>>,
): Exclude<ReturnType<typeof readPublicKey>, string> | BrokenProof {
  const { typ, alg, jwk } = header
  if (typ !== proofType)
    return { cause: `typ of a DPoP proof must be ${proofType}.`, expected: proofType, got: shown(typ) }
  if (!isAlgorithm(alg)) {
    return { cause: 'Unknown alg of the DPoP proof.', expected: capabilities.dpopAlgorithms.join(' '), got: shown(alg) }
  }
  // "crit" names what must be understood, and nothing is here (RFC 7515 §4.1.11).
  if (header.crit !== undefined) return { cause: 'The DPoP proof has a crit header, of which nothing is known here.' }
  if (typeof jwk !== 'object' || jwk === null) return { cause: 'The DPoP proof has no jwk in its header.' }
  const key = readPublicKey({ ...jwk }, alg)
  if (key === 'private') return { cause: 'The jwk of the DPoP proof holds a private key. Use that key no more.' }
  return key === 'unusable' ? { cause: `The jwk of the DPoP proof is no public key for ${alg}.` } : key
}

function isAlgorithm(alg: unknown): alg is PublicKeyAlgorithm {
  return has('dpopAlgorithms', alg)
}

function found({ jti, iat, nonce }: Readonly<Record<string, unknown>>, key: Buffer): DpopProof {
  return {
    key,
    jti: jti as string,
    issuedAt: iat as Seconds,
    nonce: nonce as string | undefined,
  }
}

/** What is wrong with the claims (§4.2, §4.3); undefined where nothing is. */
function claimed(
  { jti, htm, htu, iat, ath, nonce, nbf, exp }: Readonly<Record<string, unknown>>,
  { method, uri, accessToken }: ProofTarget,
  now: Seconds,
): BrokenProof | undefined {
  if (typeof jti !== 'string' || jti === '' || jti.length > longestJti) {
    return { cause: `The DPoP proof needs a jti of at most ${longestJti} characters.` }
  }
  if (uri === undefined) {
    return {
      cause: 'The proxy does not say which method and address were asked for, so that htm and htu cannot be checked.',
    }
  }
  if (htm !== method) return { cause: 'htm of the DPoP proof is another method.', expected: method, got: shown(htm) }
  const target = typeof htu === 'string' ? plainAddress(htu) : undefined
  if (target === undefined || target !== plainAddress(uri)) {
    return {
      cause: 'htu of the DPoP proof is another address.',
      expected: uri,
      got: shown(htu),
    }
  }
  if (typeof iat !== 'number' || !Number.isSafeInteger(Math.floor(iat)) || iat < 0) {
    return { cause: 'The DPoP proof needs an iat.' }
  }
  if (nonce !== undefined && typeof nonce !== 'string') return { cause: 'nonce of the DPoP proof is not text.' }
  if (nbf !== undefined && !(typeof nbf === 'number' && nbf <= now + tolerance)) {
    return { cause: 'nbf of the DPoP proof lies in the future.' }
  }
  if (exp !== undefined && !(typeof exp === 'number' && exp > now - tolerance)) {
    return { cause: 'The DPoP proof has expired.' }
  }
  if (accessToken === undefined) return undefined
  const expected = sha256(accessToken).toString('base64url')
  if (ath === expected) return undefined
  return { cause: 'ath of the DPoP proof is not the SHA-256 of the access token.', expected, got: shown(ath) }
}

/**
 * An address in the one spelling that all its spellings have (RFC 3986 §6.2.2, §6.2.3): scheme and host in small letters,
 * no default port, no dot segments, and nothing escaped that need not be. A query and a fragment are left out: an htu should
 * have none (§4.2), and one that has is compared without (§4.3, 9). Undefined where it is none.
 */
function plainAddress(text: string): string | undefined {
  if (/[\s\\]/.test(text) || !/^https?:\/\/[^/@?#]+(?:[/?#]|$)/i.test(text) || !URL.canParse(text)) return undefined
  const { origin, pathname } = new URL(text)
  const path = pathname.replaceAll(/%[0-9a-f]{2}/gi, (escaped) => {
    const letter = String.fromCharCode(Number.parseInt(escaped.slice(1), 16))
    return /[A-Za-z0-9\-._~]/.test(letter) ? letter : escaped.toUpperCase()
  })
  return origin + path
}

function readObject(part: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString())
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined
  } catch {
    return undefined
  }
}

/** What was sent in place of something else, in short. */
function shown(value: unknown): string {
  return value === undefined ? 'none' : String(value).slice(0, 200)
}

/** A thumbprint as it stands in dpop_jkt and in cnf (§10, §6.1), or undefined. */
export function readThumbprint(text: unknown): Buffer | undefined {
  if (typeof text !== 'string' || !/^[A-Za-z0-9_-]{43}$/.test(text)) return undefined
  const bytes = Buffer.from(text, 'base64url')
  return bytes.toString('base64url') === text ? bytes : undefined
}

/** JWTs as a client sees them: their parts, their signature by the published keys, and proofs of possession (RFC 9449 §4.2). */
import {
  createLocalJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  errors,
  exportJWK,
  generateKeyPair,
  type JWK,
  jwtVerify,
  SignJWT,
} from 'jose'
import { type Clock, seconds } from '../lib/clock.ts'
import { sha256 } from '../lib/hash.ts'
import { randomText } from '../lib/random.ts'
import type { Probe } from './probe.ts'
import { NotChecked } from './verdict.ts'

export interface Jwt {
  readonly header: Readonly<Record<string, unknown>>
  readonly claims: Readonly<Record<string, unknown>>
}

/** The parts of a JWT; undefined where the text is none. */
export function partsOf(text: string): Jwt | undefined {
  try {
    return { header: decodeProtectedHeader(text), claims: decodeJwt(text) }
  } catch {
    return undefined
  }
}

/** What is wrong with the signature, by the keys that the server publishes; undefined where nothing is. */
export async function wrongSignature(probe: Probe, text: string): Promise<string | undefined> {
  const answer = await probe.http.ask(probe.endpoint('jwks_uri'))
  const keys = answer.json?.keys
  if (!Array.isArray(keys)) throw new NotChecked('The key set cannot be read.')
  try {
    // The claims are looked at one by one elsewhere: here time stands where it cannot matter.
    await jwtVerify(text, createLocalJWKSet({ keys: keys as JWK[] }), { currentDate: new Date(0) })
    return undefined
  } catch (error) {
    if (error instanceof errors.JWTClaimValidationFailed || error instanceof errors.JWTExpired) return undefined
    return error instanceof Error ? error.message : String(error)
  }
}

/** A key of a client, and the proofs that it makes. */
export interface ProofKey {
  proof(method: string, url: string, more?: ProofMore): Promise<string>
}

export interface ProofMore {
  readonly claims?: Readonly<Record<string, unknown>>
  readonly header?: Readonly<Record<string, unknown>>
  /** The token that it goes with. */
  readonly token?: string
  readonly nonce?: string | undefined
}

export async function newProofKey(clock: Clock): Promise<ProofKey> {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
  const jwk = await exportJWK(publicKey)
  return {
    proof(method, url, { claims, header, token, nonce } = {}) {
      const own = {
        jti: randomText(16),
        htm: method,
        htu: url.split(/[?#]/, 1)[0] ?? url,
        iat: seconds(clock.now()),
        ...(token === undefined ? {} : { ath: sha256(token).toString('base64url') }),
        ...(nonce === undefined ? {} : { nonce }),
      }
      return new SignJWT({ ...own, ...claims })
        .setProtectedHeader({ typ: 'dpop+jwt', alg: 'ES256', jwk, ...header })
        .sign(privateKey)
    },
  }
}

/**
 * The claims of JWT access tokens (RFC 9068 §2.2). Their jti carries the grant, so that our own API and introspection
 * can ask the row, although a resource that only checks the signature cannot.
 */
import type { Seconds } from '../lib/clock.ts'
import type { Actor } from './grant.ts'

export const jwtAccessTokenType = 'at+jwt'

/** What a jti of ours says: the grant's id, the step, and a part that tells tokens of one step apart. */
export interface TokenName {
  readonly grantId: Buffer
  readonly step: number
  readonly jti: Buffer
}

const bytes = 36

/** Writes a jti. */
export function encodeTokenName({ grantId, step, jti }: TokenName): string {
  const name = Buffer.allocUnsafe(bytes)
  grantId.copy(name, 0)
  name.writeUInt32BE(step, 16)
  jti.copy(name, 20)
  return name.toString('base64url')
}

/** Reads a jti of ours, or undefined. */
export function decodeTokenName(text: unknown): TokenName | undefined {
  if (typeof text !== 'string' || !/^[A-Za-z0-9_-]{48}$/.test(text)) return undefined
  const name = Buffer.from(text, 'base64url')
  return { grantId: name.subarray(0, 16), step: name.readUInt32BE(16), jti: name.subarray(20) }
}

export interface JwtAccessToken {
  readonly iss: string
  readonly sub: string
  readonly aud: string | readonly string[]
  readonly client_id: string
  readonly iat: Seconds
  readonly exp: Seconds
  readonly jti: string
  readonly scope: string
  readonly auth_time?: Seconds
  readonly acr?: string
  readonly amr?: readonly string[]
  readonly act?: Actor
  readonly may_act?: Actor
  /** The key that it is bound to (RFC 9449 §6.1). */
  readonly cnf?: { readonly jkt: string }
}

/**
 * The claims of the JWT that the JWT login hands out. Its type and audience are its own, so that nobody takes it for an
 * access token by RFC 9068, an ID token or a ticket; its jti carries the grant, as in those access tokens.
 */
import type { Seconds } from '../lib/clock.ts'

export const loginJwtType = 'JWT'

export interface LoginJwt {
  readonly iss: string
  readonly sub: string
  readonly aud: string
  readonly iat: Seconds
  readonly nbf: Seconds
  readonly exp: Seconds
  readonly jti: string
  readonly scope: string
}

/** The only audience of these JWTs. */
export function loginAudience(issuer: string): string {
  return `${issuer}/auth/v2`
}

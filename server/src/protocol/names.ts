/**
 * Names and ids that travel between the layers. Prefixes make an id say what it is, in types, logs and scanners. The
 * room has the pure rules and tables of the protocols.
 * Not here: clocks, storage and settings: a function here decides by its arguments alone. Neighbours: `lib/` below;
 * everything else above. To add: a rule of a specification, a file with its section; a reason, its row in
 * `refusals/`; an event, its row in `audit_events.ts`.
 */

export type UserId = `usr_${string}`
export function isUserId(id: string | null): id is UserId {
  return id?.startsWith('usr_') === true
}
export type SessionId = `ses_${string}`
/** A client_id (RFC 6749 §2.2): chosen by us, by `apply`, or by an older system that is being replaced. */
export type ClientId = string

/** What an ID that somebody else chose may be. One that begins with https:// is the address of a document that describes an app. */
export const givenClientId = /^(?!https:\/\/)[\x21-\x7e]{1,255}$/i

/** How a client may authenticate (RFC 7591 §2, token_endpoint_auth_method). */
export const clientAuthMethods = [
  'client_secret_basic',
  'client_secret_post',
  'private_key_jwt',
  'tls_client_auth',
  'self_signed_tls_client_auth',
  'none',
] as const
export type ClientAuthMethod = (typeof clientAuthMethods)[number]

/** Whether a client that authenticates so sends a secret that we keep the digest of. */
export function isSecretMethod(method: ClientAuthMethod): boolean {
  return method === 'client_secret_basic' || method === 'client_secret_post'
}

export const roles = ['owner', 'admin', 'support'] as const
export type Role = (typeof roles)[number]

/** The grant type of token exchange, and the types of tokens there (RFC 8693 §2.1, §3). */
export const tokenExchangeGrantType = 'urn:ietf:params:oauth:grant-type:token-exchange'
export const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token'

/** The grant type of assertions about a person (RFC 7523 §2.1). */
export const jwtBearerGrantType = 'urn:ietf:params:oauth:grant-type:jwt-bearer'

/** The grant type of devices that cannot show a browser (RFC 8628 §3.4). */
export const deviceGrantType = 'urn:ietf:params:oauth:grant-type:device_code'

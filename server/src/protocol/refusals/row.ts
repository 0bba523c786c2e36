/** What a row of the table of refusals holds, and what rows of several subjects share. */

/**
 * Error codes that reach the wire (RFC 6749 §4.1.2.1, §5.2; RFC 6750 §3.1; RFC 7591 §3.2.2; RFC 8628 §3.5; RFC 8707 §2; RFC 9449
 * §5, §8; RFC 9470 §3; OIDC Core §3.1.2.6).
 */
export type RefusalCode =
  | 'invalid_request'
  | 'invalid_client'
  | 'invalid_grant'
  | 'unauthorized_client'
  | 'unsupported_grant_type'
  | 'unsupported_response_type'
  | 'invalid_scope'
  | 'invalid_target'
  | 'access_denied'
  | 'login_required'
  | 'consent_required'
  | 'interaction_required'
  | 'unmet_authentication_requirements'
  | 'request_not_supported'
  | 'request_uri_not_supported'
  | 'invalid_request_uri'
  | 'registration_not_supported'
  | 'invalid_token'
  | 'invalid_dpop_proof'
  | 'use_dpop_nonce'
  | 'insufficient_scope'
  | 'insufficient_user_authentication'
  | 'invalid_redirect_uri'
  | 'invalid_client_metadata'
  | 'unapproved_software_statement'
  | 'temporarily_unavailable'
  | 'authorization_pending'
  | 'slow_down'
  | 'expired_token'

export interface Row {
  readonly error: RefusalCode
  readonly status: number
  /** What everybody may read. Printable ASCII without quote or backslash (RFC 6749 §5.2). */
  readonly text: string
  /** What the app's owner reads in the list, unless the check has said it more exactly. */
  readonly cause: string
  /** What the app's developer can do about it, in one sentence. */
  readonly repair: string
  /** The section that asks for the check. */
  readonly rfc: string
}

export const request = { error: 'invalid_request', status: 400 } as const
export const grant = { error: 'invalid_grant', status: 400 } as const
export const scope = { error: 'invalid_scope', status: 400, rfc: 'RFC 6749 §3.3' } as const

export const startAgain = 'Send the person through the authorization flow again.'
export const sameBrowser = 'Start the sign-in again, and finish it in the same browser.'
export const withoutIt = 'Take the member out of the app’s registration, or wait for a release that has it.'

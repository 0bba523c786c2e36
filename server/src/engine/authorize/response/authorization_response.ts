/** What comes back to the client (RFC 6749 §4.1.2, §4.2.2; RFC 9207 §2). How it travels is in `location.ts`. */
import { type Dialect, dialectFacts } from '../../../protocol/dialects.ts'
import type { Reason, Refusal } from '../../../protocol/refusal.ts'
import type { ResponseMode } from '../../../protocol/response_type.ts'
import type { Context } from '../../../runtime/context.ts'

/** Where a response goes, and how it is spelled there. */
export interface ReturnPath {
  readonly dialect: Dialect
  readonly redirectUri: string
  readonly state?: string | undefined
  readonly mode: ResponseMode
}

export type ResponseParameters = readonly (readonly [name: string, value: string])[]

export interface AuthorizationResponse {
  readonly redirectUri: string
  readonly mode: ResponseMode
  readonly parameters: ResponseParameters
}

export function authorizationResponse(
  context: Context,
  { dialect, redirectUri, mode, state: sent }: ReturnPath,
  parameters: ResponseParameters,
): AuthorizationResponse {
  const { stateLast = false } = dialectFacts[dialect]
  const state = sent ?? (stateLast && mode === 'query' ? '' : undefined)
  return {
    redirectUri,
    mode,
    parameters: [
      ...parameters,
      ...(state === undefined ? [] : [['state', state] as const]),
      ...(stateLast ? [] : [['iss', context.settings.issuer] as const]),
    ],
  }
}

/** The response that tells the client of a refusal (RFC 6749 §4.1.2.1). */
export function errorResponse(context: Context, to: ReturnPath, refusal: Refusal): AuthorizationResponse {
  return authorizationResponse(context, to, [
    ['error', refusal.error],
    ['error_description', refusal.text],
  ])
}

/** Refusals after which the redirect URI is not to be trusted, however far the request had come. */
const neverRedirects: ReadonlySet<Reason> = new Set([
  'client_unknown',
  'client_disabled',
  'app_in_development',
  'redirect_uri_not_registered',
  'redirect_uri_missing',
  'request_not_from_this_browser',
  'request_expired',
  'cookies_missing',
  'state_too_long',
  'client_document_changed',
  'request_uri_unknown',
  'request_uri_of_other_client',
  'request_uri_expired',
  'request_uri_used',
  'request_too_large',
])

/** Whether a refusal may be told at the redirect URI that the request had been given. */
export function mayRedirect(refusal: Refusal): boolean {
  return !neverRedirects.has(refusal.reason)
}

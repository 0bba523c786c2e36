/** Refusals where an access token is used (RFC 6750). */
import { type Row, request, startAgain } from './row.ts'

const token = { error: 'invalid_token', status: 401, rfc: 'RFC 6750 §3.1' } as const

export const accessTokenRefusals = {
  token_missing: {
    ...token,
    text: 'An access token is required.',
    cause: 'The request had no access token.',
    repair: 'Send the access token in the Authorization header, after the word Bearer.',
  },
  token_malformed: {
    ...token,
    text: 'The access token is not valid.',
    cause: 'This server did not issue this access token. It may be truncated or from another server.',
    repair: 'Check that the value comes from this server and is stored and sent in full.',
  },
  token_not_ours: {
    ...token,
    text: 'The access token is not valid.',
    cause: 'The access token is well formed, but this server did not issue it, or has deleted it since.',
    repair: 'Check that the token comes from this server. If it does, get a new one.',
  },
  token_expired: {
    ...token,
    text: 'The access token has expired.',
    cause: 'The access token has expired.',
    repair: 'Get a new access token with the refresh token, or send the person through the authorization flow again.',
  },
  token_revoked: {
    ...token,
    text: 'The access token has been revoked.',
    cause: 'The access token has been revoked.',
    repair: startAgain,
  },
  token_for_another_resource: {
    ...token,
    text: 'The access token is not valid for this resource.',
    cause: 'The access token was issued for another resource.',
    rfc: 'RFC 8707 §2',
    repair: 'Ask for an access token for this resource, with the resource parameter.',
  },
  token_in_query: {
    ...request,
    text: 'Send the access token in the Authorization header, not in the query string.',
    cause: 'The access token was sent in the query string.',
    rfc: 'RFC 9700 §4.3.2',
    repair: 'Send the token in the Authorization header.',
  },
  token_twice: {
    ...request,
    text: 'The access token was sent in more than one way.',
    cause: 'The access token was sent in more than one way.',
    rfc: 'RFC 6750 §2',
    repair: 'Send the token in the Authorization header only.',
  },
  token_scheme_unsupported: {
    ...request,
    text: 'The Authorization header is malformed.',
    cause: 'The Authorization header must be Bearer and one token.',
    rfc: 'RFC 6750 §2.1',
    repair: 'Send the word Bearer, one space and the token.',
  },
  scope_insufficient: {
    error: 'insufficient_scope',
    status: 403,
    text: 'The access token does not have the scope that this needs.',
    cause: 'The access token lacks the scope that this needs.',
    rfc: 'RFC 6750 §3.1',
    repair: 'Ask for the scope in a new authorization.',
  },
  sign_in_insufficient: {
    error: 'insufficient_user_authentication',
    status: 401,
    text: 'This needs a more recent sign-in, or a stronger one.',
    cause: 'The sign-in behind the access token is too old for this request, or not strong enough.',
    rfc: 'RFC 9470 §3',
    repair: 'Send the person through the authorization flow again, with the acr_values or max_age of the challenge.',
  },
} as const satisfies Record<string, Row>

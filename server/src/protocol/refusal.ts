/**
 * Refusals: the protocol says no. One table from the reason (for the log and the app's owner) to what the wire may say
 * (deliberately less). A fault is anything else that is thrown; it is never a Refusal and never changes state.
 */

/** Error codes that reach the wire (RFC 6749 §4.1.2.1, §5.2; RFC 6750 §3.1; RFC 8707 §2; OIDC Core §3.1.2.6). */
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
  | 'request_not_supported'
  | 'request_uri_not_supported'
  | 'registration_not_supported'
  | 'invalid_token'
  | 'insufficient_scope'
  | 'temporarily_unavailable'

interface Row {
  readonly error: RefusalCode
  readonly status: number
  /** What everybody may read. Printable ASCII without quote or backslash (RFC 6749 §5.2). */
  readonly text: string
  /** What the app's owner reads in the list, unless the check has said it more exactly. */
  readonly cause: string
  /** The section that asks for the check. */
  readonly rfc: string
}

const request = { error: 'invalid_request', status: 400 } as const
const client = {
  error: 'invalid_client',
  status: 401,
  text: 'Client authentication failed.',
  rfc: 'RFC 6749 §2.3.1',
} as const
const grant = { error: 'invalid_grant', status: 400 } as const
const scope = { error: 'invalid_scope', status: 400, rfc: 'RFC 6749 §3.3' } as const
const token = { error: 'invalid_token', status: 401, rfc: 'RFC 6750 §3.1' } as const
const notValid = 'The authorization code or refresh token is not valid for this client.'

const key = { error: 'invalid_client', status: 401, rfc: 'RFC 6749 §2.3' } as const
const noKey =
  'Access denied due to invalid subscription key. Make sure to provide a valid key for an active subscription.'

export const refusals = {
  // The request as such
  parameter_repeated: {
    ...request,
    text: 'A parameter is repeated.',
    cause: 'A parameter was sent more than once.',
    rfc: 'RFC 6749 §3.1',
  },
  parameter_malformed: {
    ...request,
    text: 'A parameter could not be decoded.',
    cause: 'A parameter is not valid percent-encoded UTF-8, or there are too many parameters.',
    rfc: 'RFC 6749 Appendix B',
  },
  parameter_missing: {
    ...request,
    text: 'A required parameter is missing.',
    cause: 'A required parameter is missing.',
    rfc: 'RFC 6749 §5.2',
  },
  parameter_too_long: {
    ...request,
    text: 'A parameter is too long.',
    cause: 'A parameter is longer than this server accepts.',
    rfc: 'RFC 6749 §4.1.2.1',
  },
  state_too_long: {
    ...request,
    text: 'The state parameter is longer than 4,096 characters.',
    cause: 'The state is longer than 4,096 characters.',
    rfc: 'RFC 6749 §4.1.2',
  },
  request_too_large: {
    ...request,
    text: 'The request is too large to be carried through sign-in. Make it shorter, or send it as a pushed authorization request.',
    cause: 'The parameters together are longer than 8 kB once they are encrypted.',
    rfc: 'RFC 6749 §4.1.2.1',
  },
  content_type_unsupported: {
    ...request,
    text: 'The request body must be application/x-www-form-urlencoded.',
    cause: 'The body is not application/x-www-form-urlencoded.',
    rfc: 'RFC 6749 §3.2',
  },
  credentials_in_query: {
    ...request,
    text: 'Parameters of this endpoint belong in the request body.',
    cause: 'The request carried parameters in its query string, where they end up in logs. Send them in the body.',
    rfc: 'RFC 9700 §4.3.2',
  },
  // The client
  client_authentication_missing: {
    ...client,
    cause: 'The request names no client. It has neither an Authorization header nor a client_id in the body.',
  },
  client_authentication_ambiguous: {
    ...request,
    text: 'More than one way of client authentication was used.',
    cause: 'The client authenticated twice: with the Authorization header and in the body. Use one.',
    rfc: 'RFC 6749 §2.3',
  },
  client_authentication_malformed: {
    ...client,
    cause: 'The Authorization header is not valid Basic authentication (form-encoded ID and secret, in base64).',
  },
  client_id_missing: {
    ...request,
    text: 'The client_id is missing.',
    cause: 'The request has no client_id.',
    rfc: 'RFC 6749 §4.1.1',
  },
  client_unknown: { ...client, cause: 'Unknown client_id.' },
  app_in_development: {
    error: 'unauthorized_client',
    status: 400,
    text: 'This app is not open yet. Its developer can invite you to test it.',
    cause: 'The app is in development, and the person is not one of its testers.',
    rfc: 'RFC 6749 §4.1.2.1',
  },
  client_disabled: { ...client, cause: 'The app is disabled.' },
  client_secret_missing: {
    ...client,
    cause: 'The app is registered with a secret, but the request has none.',
  },
  client_secret_wrong: { ...client, cause: 'Wrong client secret.' },
  client_secret_expired: { ...client, cause: 'The client secret is correct but has expired.' },
  client_assertion_invalid: {
    ...client,
    rfc: 'RFC 7523 §3',
    cause: 'The client assertion is not valid.',
  },
  client_auth_method_wrong: {
    ...client,
    cause: 'The app used another authentication method than the one it is registered for.',
  },
  client_auth_method_not_available: {
    ...client,
    cause: 'The app is registered to authenticate in a way that this server does not have yet.',
  },
  protection_not_available: {
    error: 'unauthorized_client',
    status: 400,
    text: 'This client is registered for a protection that this server does not have yet.',
    cause: 'The app is registered for a protection that this server does not have yet.',
    rfc: 'RFC 7591 §2',
  },
  too_many_failures: {
    error: 'temporarily_unavailable',
    status: 429,
    text: 'Too many failed attempts. Try again later.',
    cause: 'Too many attempts from this address failed within five minutes.',
    rfc: 'RFC 6749 §10.10',
  },
  other_page: {
    error: 'invalid_request',
    status: 403,
    text: 'This page may not send requests here. Register its origin for an app first.',
    cause: 'The request came from a page whose origin no approved app has registered.',
    rfc: 'RFC 6749 §10.12',
  },
  dialect_not_allowed: {
    error: 'unauthorized_client',
    status: 400,
    text: 'This client may not use this endpoint.',
    cause: 'The app is not registered for this protocol (dialects).',
    rfc: 'RFC 6749 §5.2',
  },
  dialect_closed: {
    error: 'invalid_request',
    status: 410,
    text: 'This way of asking for tokens has been closed.',
    cause: 'The operator has closed this legacy protocol.',
    rfc: 'RFC 9110 §15.5.11',
  },
  // The token request
  grant_type_unknown: {
    error: 'unsupported_grant_type',
    status: 400,
    text: 'This grant type is not supported.',
    cause: 'Unknown grant_type.',
    rfc: 'RFC 6749 §5.2',
  },
  grant_type_not_registered: {
    error: 'unauthorized_client',
    status: 400,
    text: 'This client may not use this grant type.',
    cause: 'The app is not registered for this grant type.',
    rfc: 'RFC 6749 §5.2',
  },
  client_credentials_public: {
    error: 'unauthorized_client',
    status: 400,
    text: 'This client may not use this grant type.',
    cause: 'A public app cannot use client_credentials.',
    rfc: 'RFC 6749 §4.4',
  },
  credential_malformed: {
    ...grant,
    text: notValid,
    cause: 'This server did not issue this code or token. It may be truncated or from another server.',
    rfc: 'RFC 6749 §5.2',
  },
  credential_kind_wrong: {
    ...grant,
    text: notValid,
    cause: 'The wrong kind of token was sent, such as an access token instead of a refresh token.',
    rfc: 'RFC 6749 §5.2',
  },
  credential_not_ours: {
    ...grant,
    text: notValid,
    cause: 'The code or token is well formed, but this server did not issue it, or has deleted it since.',
    rfc: 'RFC 6749 §5.2',
  },
  credential_of_another_client: {
    ...grant,
    text: notValid,
    cause: 'The code or refresh token belongs to another app.',
    rfc: 'RFC 6749 §5.2',
  },
  credential_of_another_protocol: {
    ...grant,
    text: notValid,
    cause: 'This code or refresh token was issued under a relaxed rule of a legacy protocol. It is only valid there.',
    rfc: 'RFC 9700 §2.1.1',
  },
  redirect_uri_missing_at_token: {
    ...grant,
    text: 'The redirect_uri does not match the authorization request.',
    cause: 'The authorization request had a redirect_uri, but the token request has none.',
    rfc: 'RFC 6749 §4.1.3',
  },
  redirect_uri_mismatch: {
    ...grant,
    text: 'The redirect_uri does not match the authorization request.',
    cause: 'The redirect_uri differs from the one in the authorization request.',
    rfc: 'RFC 6749 §4.1.3',
  },
  code_verifier_missing: {
    ...grant,
    text: 'The code_verifier is missing or wrong.',
    cause: 'The authorization request had a code_challenge, but the token request has no code_verifier.',
    rfc: 'RFC 7636 §4.6',
  },
  code_verifier_malformed: {
    ...grant,
    text: 'The code_verifier is missing or wrong.',
    cause: 'The code_verifier must be 43 to 128 unreserved characters.',
    rfc: 'RFC 7636 §4.1',
  },
  code_verifier_wrong: {
    ...grant,
    text: 'The code_verifier is missing or wrong.',
    cause: 'The code_verifier does not hash to the code_challenge of the authorization request.',
    rfc: 'RFC 7636 §4.6',
  },
  code_verifier_unexpected: {
    ...grant,
    text: 'The code_verifier is missing or wrong.',
    cause: 'The token request has a code_verifier, but the authorization request had no code_challenge.',
    rfc: 'RFC 9700 §4.8.2',
  },
  code_expired: {
    ...grant,
    text: 'The authorization code has expired.',
    cause: 'The code had expired before it was exchanged.',
    rfc: 'RFC 6749 §4.1.2',
  },
  code_spent: {
    ...grant,
    text: 'The authorization code was already used.',
    cause: 'This code was already exchanged. Everything issued for it has been revoked.',
    rfc: 'RFC 6749 §4.1.2',
  },
  code_spent_long_ago: {
    ...grant,
    text: 'The authorization code was already used.',
    cause: 'This code was already exchanged, long ago. Nothing was revoked.',
    rfc: 'RFC 6749 §4.1.2',
  },
  refresh_token_spent: {
    ...grant,
    text: 'The refresh token was already used; the authorization has been revoked.',
    cause:
      'This refresh token was sent again after its successor was used, so two parties hold it. The grant was ended.',
    rfc: 'RFC 9700 §4.14.2',
  },
  refresh_token_expired: {
    ...grant,
    text: 'The refresh token has expired.',
    cause: 'The grant has reached its maximum lifetime.',
    rfc: 'RFC 6749 §5.2',
  },
  unused_too_long: {
    ...grant,
    text: 'The authorization was not used for too long.',
    cause: 'The grant was not used for longer than the idle threshold.',
    rfc: 'RFC 9700 §4.14.2',
  },
  grant_revoked: {
    ...grant,
    text: 'The authorization has been revoked.',
    cause: 'The authorization has been revoked.',
    rfc: 'RFC 6749 §5.2',
  },
  grant_limit_reached: {
    ...grant,
    text: 'The limit of authorizations was reached and this one was ended.',
    cause: 'The person has more live authorizations at this app than allowed; the least recently used was ended.',
    rfc: 'RFC 6749 §5.2',
  },
  token_requests_exceeded: {
    // Not invalid_grant: on that clients throw their tokens away, and tomorrow these are as good as ever.
    error: 'temporarily_unavailable',
    status: 429,
    text: 'The limit of token requests for this account was reached.',
    cause: 'The account has made more token requests today than allowed. Nothing was ended or used up.',
    rfc: 'RFC 6749 §5.2',
  },
  consent_withdrawn: {
    ...grant,
    text: 'The authorization has been revoked.',
    cause: 'The person removed the app’s access.',
    rfc: 'RFC 6749 §5.2',
  },
  client_invalidated: {
    ...grant,
    text: 'The authorization has been revoked.',
    cause: 'Everything issued to this app before a certain time was revoked.',
    rfc: 'RFC 6749 §5.2',
  },
  password_wrong: {
    error: 'invalid_grant',
    status: 401,
    text: 'The username or the password is wrong.',
    cause: 'The username or the password is wrong.',
    rfc: 'RFC 6749 §4.3.2',
  },
  subscription_key_missing: {
    ...key,
    text: 'Access denied due to missing subscription key. Make sure to include subscription key when making requests to an API.',
    cause: 'The request had no subscription key.',
  },
  subscription_key_unknown: {
    ...key,
    text: noKey,
    cause: 'Unknown subscription key.',
  },
  subscription_key_disabled: {
    ...key,
    text: noKey,
    cause: 'The subscription key or its owner’s account is disabled.',
  },
  subscription_key_not_yours: {
    error: 'access_denied',
    status: 403,
    text: 'This subscription key does not sign in this account.',
    cause: 'The subscription key is for its owner and collaborators only. This was another person.',
    rfc: 'RFC 6749 §5.2',
  },
  subscription_key_of_another_grant: {
    ...grant,
    status: 401,
    text: 'The refresh token belongs to another subscription key.',
    cause: 'The refresh token was made with another subscription key.',
    rfc: 'RFC 6749 §6',
  },
  second_factor_required: {
    error: 'invalid_grant',
    status: 401,
    text: 'This account has a second factor, which this way of signing in does not ask for.',
    cause: 'The account has a second factor, so a password alone is not enough here.',
    rfc: 'RFC 9700 §2.4',
  },
  // Scope and resource
  scope_malformed: {
    ...scope,
    text: 'The scope is malformed.',
    cause: 'The scope parameter is malformed or too long.',
  },
  scope_not_registered: {
    ...scope,
    text: 'The scope is not allowed for this client.',
    cause: 'The app is not registered for a scope that it asked for.',
  },
  scope_unknown: {
    ...scope,
    text: 'The scope is not known to this server.',
    cause: 'A scope means nothing here: no resource has it.',
  },
  scope_reserved: {
    ...scope,
    text: 'The scope is not allowed for this client.',
    cause: 'A scope is for other apps than this one.',
  },
  scope_widened: {
    ...scope,
    text: 'The scope exceeds what was granted.',
    cause: 'The refresh asked for a scope that was not granted.',
  },
  target_invalid: {
    error: 'invalid_target',
    status: 400,
    text: 'The resource is not known.',
    cause: 'The resource parameter names a resource that this server does not issue tokens for.',
    rfc: 'RFC 8707 §2',
  },
  // The authorization request
  redirect_uri_missing: {
    ...request,
    text: 'The redirect_uri is missing.',
    cause: 'The request has no redirect_uri.',
    rfc: 'RFC 6749 §3.1.2.3',
  },
  redirect_uri_not_registered: {
    ...request,
    text: 'The redirect_uri is not registered for this client.',
    cause: 'This redirect URI is not registered. It must match exactly.',
    rfc: 'RFC 9700 §2.1',
  },
  response_type_missing: {
    ...request,
    text: 'The response_type is missing.',
    cause: 'The request has no response_type.',
    rfc: 'RFC 6749 §3.1.1',
  },
  response_type_unsupported: {
    error: 'unsupported_response_type',
    status: 400,
    text: 'This response_type is not supported.',
    cause: 'The only supported response_type is code.',
    rfc: 'RFC 6749 §3.1.1',
  },
  response_type_not_registered: {
    error: 'unauthorized_client',
    status: 400,
    text: 'This client may not use this response_type.',
    cause: 'The app is not registered for this response_type.',
    rfc: 'RFC 6749 §4.1.2.1',
  },
  front_channel_closed: {
    error: 'unsupported_response_type',
    status: 400,
    text: 'This response_type is not supported.',
    cause: 'Tokens in the redirect are disabled on this server (CONSENTRY_FRONT_CHANNEL_TOKENS).',
    rfc: 'RFC 9700 §2.1.2',
  },
  front_channel_not_registered: {
    error: 'unsupported_response_type',
    status: 400,
    text: 'This response_type is not supported.',
    cause: 'The app is not registered for tokens in the redirect (front_channel_tokens).',
    rfc: 'RFC 9700 §2.1.2',
  },
  nonce_missing: {
    ...request,
    text: 'The nonce is missing.',
    cause: 'The request asked for an ID token in the redirect but has no nonce.',
    rfc: 'OIDC Core §3.2.2.1',
  },
  openid_scope_missing: {
    ...scope,
    text: 'An ID token needs the scope openid.',
    cause: 'The request asked for an ID token without the openid scope.',
    rfc: 'OIDC Core §3.1.2.1',
  },
  response_mode_unsupported: {
    ...request,
    text: 'This response_mode is not supported.',
    cause: 'The only supported response_mode is query.',
    rfc: 'OAuth 2.0 Multiple Response Types §2.1',
  },
  code_challenge_missing: {
    ...request,
    text: 'PKCE is required: send code_challenge.',
    cause: 'The app must use PKCE, but the request has no code_challenge.',
    rfc: 'RFC 9700 §2.1.1',
  },
  code_challenge_malformed: {
    ...request,
    text: 'The code_challenge is not a base64url SHA-256.',
    cause: 'The code_challenge must be 43 base64url characters.',
    rfc: 'RFC 7636 §4.2',
  },
  code_challenge_method_unsupported: {
    ...request,
    text: 'The code_challenge_method must be S256.',
    cause: 'The code_challenge_method must be S256. If it is missing, it means plain.',
    rfc: 'RFC 7636 §4.3',
  },
  request_object_unsupported: {
    error: 'request_not_supported',
    status: 400,
    text: 'Request objects are not supported.',
    cause: 'The request has a request object, which is not supported.',
    rfc: 'OIDC Core §6.1',
  },
  request_uri_unsupported: {
    error: 'request_uri_not_supported',
    status: 400,
    text: 'The request_uri parameter is not supported.',
    cause: 'The request has a request_uri, which is not supported.',
    rfc: 'OIDC Core §6.2',
  },
  registration_unsupported: {
    error: 'registration_not_supported',
    status: 400,
    text: 'The registration parameter is not supported.',
    cause: 'The request has a registration parameter, which is not supported.',
    rfc: 'OIDC Core §7.2.1',
  },
  prompt_invalid: {
    ...request,
    text: 'The prompt parameter is not valid.',
    cause: 'The prompt parameter has an unknown value, or combines none with others.',
    rfc: 'OIDC Core §3.1.2.1',
  },
  max_age_invalid: {
    ...request,
    text: 'The max_age parameter is not a whole number of seconds.',
    cause: 'The max_age parameter is not a whole number of seconds.',
    rfc: 'OIDC Core §3.1.2.1',
  },
  login_required: {
    error: 'login_required',
    status: 400,
    text: 'The person is not signed in.',
    cause: 'The request allowed no page (prompt=none), but the person has to sign in.',
    rfc: 'OIDC Core §3.1.2.6',
  },
  consent_required: {
    error: 'consent_required',
    status: 400,
    text: 'The person has not agreed yet.',
    cause: 'The request allowed no page (prompt=none), but the person has to be asked for permission.',
    rfc: 'OIDC Core §3.1.2.6',
  },
  // Signing in through a provider
  provider_unknown: {
    ...request,
    text: 'Unknown provider.',
    cause: 'The operator has not set up this provider.',
    rfc: 'OIDC Core §3.1.2.1',
  },
  social_redirect_not_registered: {
    ...request,
    text: 'The redirectUrl is not registered.',
    cause: 'The redirectUrl is not a redirect URI of the app.',
    rfc: 'RFC 9700 §2.1',
  },
  upstream_state_invalid: {
    ...request,
    text: 'This sign-in was not started in this browser, or took too long. Please start again.',
    cause: 'The provider’s answer does not belong to a sign-in that this browser started.',
    rfc: 'RFC 9700 §2.1',
  },
  upstream_denied: {
    error: 'access_denied',
    status: 403,
    text: 'The person was not signed in by the provider.',
    cause: 'The person cancelled at the provider, or the provider refused.',
    rfc: 'RFC 6749 §4.1.2.1',
  },
  upstream_unavailable: {
    error: 'temporarily_unavailable',
    status: 503,
    text: 'The provider cannot be reached. Try again later.',
    cause: 'The provider did not answer, or its answer was not valid.',
    rfc: 'OIDC Core §3.1.2.6',
  },
  upstream_token_refused: {
    ...grant,
    status: 401,
    text: 'The provider did not issue this token for this server.',
    cause:
      'The provider did not issue the token to a client ID that the operator has set up, or the token has expired.',
    rfc: 'RFC 9700 §2.3',
  },
  social_code_invalid: {
    ...grant,
    text: 'The code is not valid.',
    cause: 'This server did not issue this code after a sign-in through a provider.',
    rfc: 'RFC 6749 §5.2',
  },
  account_disabled: {
    error: 'access_denied',
    status: 403,
    text: 'This account cannot sign in.',
    cause: 'The account is disabled.',
    rfc: 'RFC 6749 §4.1.2.1',
  },
  ticket_needs_page: {
    error: 'interaction_required',
    status: 400,
    text: 'A sign-in ticket needs the consent page.',
    cause: 'The request has a sign-in ticket and allowed no page (prompt=none). A ticket always needs consent.',
    rfc: 'OIDC Core §3.1.2.6',
  },
  ticket_spent: {
    error: 'access_denied',
    status: 400,
    text: 'The sign-in ticket was already used.',
    cause: 'The sign-in ticket was already used in another browser. Each ticket is for one authorization.',
    rfc: 'RFC 7519 §4.1.7',
  },
  consent_denied: {
    error: 'access_denied',
    status: 400,
    text: 'The person did not allow it.',
    cause: 'The person did not allow the app on the consent page.',
    rfc: 'RFC 6749 §4.1.2.1',
  },
  login_cancelled: {
    error: 'access_denied',
    status: 400,
    text: 'The person did not allow it.',
    cause: 'The person cancelled at sign-in.',
    rfc: 'RFC 6749 §4.1.2.1',
  },
  request_not_from_this_browser: {
    ...request,
    text: 'This sign-in was not started in this browser, or it has expired. Please start again.',
    cause: 'A sign-in page was opened in another browser than the one that started, or after it had expired.',
    rfc: 'RFC 9700 §4.7',
  },
  request_expired: {
    ...request,
    text: 'This sign-in has expired. Please start again.',
    cause: 'A sign-in page was used more than an hour after the request.',
    rfc: 'RFC 9700 §4.7',
  },
  cookies_missing: {
    ...request,
    text: 'The browser did not send the cookie of this sign-in. Please allow cookies and start again.',
    cause: 'The browser sent no cookie with the sign-in page.',
    rfc: 'RFC 9700 §4.7',
  },
  // Bearer tokens
  token_missing: { ...token, text: 'An access token is required.', cause: 'The request had no access token.' },
  token_malformed: {
    ...token,
    text: 'The access token is not valid.',
    cause: 'This server did not issue this access token. It may be truncated or from another server.',
  },
  token_not_ours: {
    ...token,
    text: 'The access token is not valid.',
    cause: 'The access token is well formed, but this server did not issue it, or has deleted it since.',
  },
  token_expired: { ...token, text: 'The access token has expired.', cause: 'The access token has expired.' },
  token_revoked: { ...token, text: 'The access token has been revoked.', cause: 'The access token has been revoked.' },
  token_for_another_resource: {
    ...token,
    text: 'The access token is not valid for this resource.',
    cause: 'The access token was issued for another resource.',
    rfc: 'RFC 8707 §2',
  },
  token_in_query: {
    ...request,
    text: 'Send the access token in the Authorization header, not in the query string.',
    cause: 'The access token was sent in the query string.',
    rfc: 'RFC 9700 §4.3.2',
  },
  token_twice: {
    ...request,
    text: 'The access token was sent in more than one way.',
    cause: 'The access token was sent in more than one way.',
    rfc: 'RFC 6750 §2',
  },
  token_scheme_unsupported: {
    ...request,
    text: 'The Authorization header is malformed.',
    cause: 'The Authorization header must be Bearer and one token.',
    rfc: 'RFC 6750 §2.1',
  },
  scope_insufficient: {
    error: 'insufficient_scope',
    status: 403,
    text: 'The access token does not have the scope that this needs.',
    cause: 'The access token lacks the scope that this needs.',
    rfc: 'RFC 6750 §3.1',
  },
} as const satisfies Record<string, Row>

export type Reason = keyof typeof refusals

/** What a check knows beyond its reason. `expected` and `got` reach only the owner of an authenticated client. */
export interface RefusalDetail {
  readonly expected?: string
  readonly got?: string
  /** A more exact sentence than the table's. */
  readonly cause?: string
  /** A more exact public text than the table's; printable ASCII, holds nothing that was sent. */
  readonly text?: string
  /** Seconds after which a retry makes sense. */
  readonly retryAfter?: number
  /** Scopes that would do (RFC 6750 §3). */
  readonly scope?: string
}

export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly reason: Reason
  readonly detail: RefusalDetail

  constructor(reason: Reason, detail: RefusalDetail = {}) {
    super(reason)
    this.reason = reason
    this.detail = detail
  }

  get error(): RefusalCode {
    return refusals[this.reason].error
  }

  get status(): number {
    return refusals[this.reason].status
  }

  /** The public error_description. */
  get text(): string {
    return this.detail.text ?? refusals[this.reason].text
  }

  /** One sentence for the app's owner. */
  get why(): string {
    return this.detail.cause ?? refusals[this.reason].cause
  }
}

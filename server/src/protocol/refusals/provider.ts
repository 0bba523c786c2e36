/** Refusals on the way through a provider. */
import { grant, type Row, request, sameBrowser } from './row.ts'

export const providerRefusals = {
  provider_unknown: {
    ...request,
    text: 'Unknown provider.',
    cause: 'The operator has not set up this provider.',
    rfc: 'OIDC Core §3.1.2.1',
    repair: 'Use a provider that the sign-in page offers, or ask the operator of the server to set this one up.',
  },
  social_redirect_not_registered: {
    ...request,
    text: 'The redirectUrl is not registered.',
    cause: 'The redirectUrl is not a redirect URI of the app.',
    rfc: 'RFC 9700 §2.1',
    repair: 'Register the redirectUrl as a redirect URI of the app.',
  },
  upstream_state_invalid: {
    ...request,
    text: 'This sign-in was not started in this browser, or took too long. Please start again.',
    cause: 'The provider’s answer does not belong to a sign-in that this browser started.',
    rfc: 'RFC 9700 §2.1',
    repair: sameBrowser,
  },
  upstream_denied: {
    error: 'access_denied',
    status: 403,
    text: 'The person was not signed in by the provider.',
    cause: 'The person cancelled at the provider, or the provider refused.',
    rfc: 'RFC 6749 §4.1.2.1',
    repair: 'Let the person try again, or sign in another way.',
  },
  upstream_unavailable: {
    error: 'temporarily_unavailable',
    status: 503,
    text: 'The provider cannot be reached. Try again later.',
    cause: 'The provider did not answer, or its answer was not valid.',
    rfc: 'OIDC Core §3.1.2.6',
    repair: 'Try again later, or let the person sign in another way.',
  },
  sign_up_closed: {
    error: 'access_denied',
    status: 403,
    text: 'This server does not open accounts for everybody. Ask its operator for an invitation.',
    cause: 'The person has no account yet, and the operator has not opened sign-up to everybody.',
    rfc: 'RFC 6749 §4.1.2.1',
    repair: 'Ask the operator to invite the person or to open sign-up.',
  },
  upstream_token_refused: {
    ...grant,
    status: 401,
    text: 'The provider did not issue this token for this server.',
    cause:
      'The provider did not issue the token to a client ID that the operator has set up, or the token has expired.',
    rfc: 'RFC 9700 §2.3',
    repair: 'Get the token with a client ID that the operator has set up here, and send it before it expires.',
  },
  social_code_invalid: {
    ...grant,
    text: 'The code is not valid.',
    cause: 'This server did not issue this code after a sign-in through a provider.',
    rfc: 'RFC 6749 §5.2',
    repair: 'Exchange the code once and at once, at the server that issued it.',
  },
  account_disabled: {
    error: 'access_denied',
    status: 403,
    text: 'This account cannot sign in.',
    cause: 'The account is disabled.',
    rfc: 'RFC 6749 §4.1.2.1',
    repair: 'The person has to ask the operator of the server.',
  },
} as const satisfies Record<string, Row>

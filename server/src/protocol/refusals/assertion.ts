/** Refusals of the JWT bearer grant (RFC 7523 §2.1). */
import { grant, type Row, startAgain } from './row.ts'

export const assertionRefusals = {
  assertion_public: {
    error: 'unauthorized_client',
    status: 400,
    text: 'This client may not use this grant type.',
    cause: 'Only an app that authenticates can get tokens by an assertion.',
    rfc: 'RFC 7523 §3.1',
    repair: 'Register the app with a secret or a key.',
  },
  assertion_invalid: {
    ...grant,
    text: 'The assertion is not valid.',
    cause: 'The assertion is not valid.',
    rfc: 'RFC 7523 §3',
    repair:
      'Check the issuer, the key, the audience, the lifetime and the jti of the assertion, and get a new one for each request.',
  },
  assertion_of_nobody: {
    ...grant,
    text: 'The assertion names nobody who is known here.',
    cause: 'No account here is connected with the issuer and subject of the assertion.',
    rfc: 'RFC 7523 §3',
    repair: 'Have the person sign in here through the provider once.',
  },
  assertion_not_agreed: {
    ...grant,
    text: 'The person has not allowed this app that access.',
    cause:
      'Neither the person has allowed the app these scopes, nor has the operator agreed to them for this provider.',
    rfc: 'RFC 7521 §4.1',
    repair: startAgain,
  },
} satisfies Record<string, Row>

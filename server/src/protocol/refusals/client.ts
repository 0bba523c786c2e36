/** Refusals that are about the client: who it is, how it proves that, and whether it may come here. */
import { type Row, request, withoutIt } from './row.ts'

const client = {
  error: 'invalid_client',
  status: 401,
  text: 'Client authentication failed.',
  rfc: 'RFC 6749 §2.3.1',
} as const

export const clientRefusals = {
  client_authentication_missing: {
    ...client,
    cause: 'The request names no client. It has neither an Authorization header nor a client_id in the body.',
    repair: 'Send the client ID: in the Authorization header, or as client_id in the body.',
  },
  client_authentication_ambiguous: {
    ...request,
    text: 'More than one way of client authentication was used.',
    cause: 'The client authenticated twice: with the Authorization header and in the body. Use one.',
    rfc: 'RFC 6749 §2.3',
    repair: 'Send the secret in the header or in the body, not in both.',
  },
  client_authentication_malformed: {
    ...client,
    cause: 'The Authorization header is not valid Basic authentication (form-encoded ID and secret, in base64).',
    repair: 'Form-encode ID and secret separately, join them with a colon, then encode the result in base64.',
  },
  client_id_missing: {
    ...request,
    text: 'The client_id is missing.',
    cause: 'The request has no client_id.',
    rfc: 'RFC 6749 §4.1.1',
    repair: 'Send the client_id of the app.',
  },
  client_unknown: {
    ...client,
    cause: 'Unknown client_id.',
    repair: 'Copy the client ID from the overview of the app. It has to be an app of this server.',
  },
  app_in_development: {
    error: 'unauthorized_client',
    status: 400,
    text: 'This app is not open yet. Its developer can invite you to test it.',
    cause: 'The app is in development, and the person is not one of its testers.',
    rfc: 'RFC 6749 §4.1.2.1',
    repair: 'Invite the person under “Testers”, or ask the operator of the server to approve the app.',
  },
  client_disabled: {
    ...client,
    cause: 'The app is disabled.',
    repair: 'Ask the operator of the server why the app is switched off.',
  },
  client_secret_missing: {
    ...client,
    cause: 'The app is registered with a secret, but the request has none.',
    repair: 'Send the secret, or register the app as public.',
  },
  client_secret_wrong: {
    ...client,
    cause: 'Wrong client secret.',
    repair: 'Check that it is the secret of this app and not truncated. If it is lost, make a new one.',
  },
  client_secret_expired: {
    ...client,
    cause: 'The client secret is correct but has expired.',
    repair: 'Use the newer secret.',
  },
  client_assertion_invalid: {
    ...client,
    rfc: 'RFC 7523 §3',
    cause: 'The client assertion is not valid.',
    repair:
      'Check the key, the audience, the lifetime and the jti of the assertion, and make a new one for each request.',
  },
  client_auth_method_wrong: {
    ...client,
    cause: 'The app used another authentication method than the one it is registered for.',
    repair: 'Use the method that the app is registered for, or register the other one.',
  },
  client_auth_method_not_available: {
    ...client,
    cause: 'The app is registered to authenticate in a way that this server does not have yet.',
    repair: 'Register the app for a secret or for private_key_jwt.',
  },
  protection_not_available: {
    error: 'unauthorized_client',
    status: 400,
    text: 'This client is registered for a protection that this server does not have yet.',
    cause: 'The app is registered for a protection that this server does not have yet.',
    rfc: 'RFC 7591 §2',
    repair: withoutIt,
  },
  too_many_failures: {
    error: 'temporarily_unavailable',
    status: 429,
    text: 'Too many failed attempts. Try again later.',
    cause: 'Too many attempts from this address failed within five minutes.',
    rfc: 'RFC 6749 §10.10',
    repair: 'Find out what keeps failing, and wait five minutes.',
  },
  other_page: {
    error: 'invalid_request',
    status: 403,
    text: 'This page may not send requests here. Register its origin for an app first.',
    cause: 'The request came from a page whose origin no approved app has registered.',
    rfc: 'RFC 6749 §10.12',
    repair:
      'Send the request from the app itself, or register a redirect URI with the origin of the page for an approved app.',
  },
  dialect_not_allowed: {
    error: 'unauthorized_client',
    status: 400,
    text: 'This client may not use this endpoint.',
    cause: 'The app is not registered for this protocol (dialects).',
    rfc: 'RFC 6749 §5.2',
    repair: 'Use the endpoints on the app’s overview, or allow this protocol under “Legacy clients”.',
  },
  dialect_closed: {
    error: 'invalid_request',
    status: 410,
    text: 'This way of asking for tokens has been closed.',
    cause: 'The operator has closed this legacy protocol.',
    rfc: 'RFC 9110 §15.5.11',
    repair: 'Use the standard endpoints on the app’s overview.',
  },
  dialect_brown_out: {
    error: 'invalid_request',
    status: 410,
    text: 'This way of asking for tokens will be closed, and is switched off for a few minutes.',
    cause:
      'The operator has switched this legacy protocol off for a while, so that apps that need it are found before it is closed.',
    rfc: 'RFC 9110 §15.5.11',
    repair: 'Move the app to the standard endpoints on its overview before the protocol is closed.',
  },
} as const satisfies Record<string, Row>

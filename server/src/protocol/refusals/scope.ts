/** Refusals of scopes and resources. */
import { type Row, scope } from './row.ts'

export const scopeRefusals = {
  scope_malformed: {
    ...scope,
    text: 'The scope is malformed.',
    cause: 'The scope parameter is malformed or too long.',
    repair: 'Send names of printable ASCII characters with a space between them, 2,000 characters at most.',
  },
  scope_not_registered: {
    ...scope,
    text: 'The scope is not allowed for this client.',
    cause: 'The app is not registered for a scope that it asked for.',
    repair: 'Ask for registered scopes only, or register the scope.',
  },
  scope_unknown: {
    ...scope,
    text: 'The scope is not known to this server.',
    cause: 'A scope means nothing here: no resource has it.',
    repair: 'Take the scope out of the request, or ask the operator to name it in a resource.',
  },
  scope_reserved: {
    ...scope,
    text: 'The scope is not allowed for this client.',
    cause: 'A scope is for other apps than this one.',
    repair: 'Do without the scope, or ask the operator to verify the app.',
  },
  scope_widened: {
    ...scope,
    text: 'The scope exceeds what was granted.',
    cause: 'The refresh asked for a scope that was not granted.',
    repair: 'Ask for no more than was granted, or start a new authorization.',
  },
  target_invalid: {
    error: 'invalid_target',
    status: 400,
    text: 'The resource is not known.',
    cause: 'The resource parameter names a resource that this server does not issue tokens for.',
    rfc: 'RFC 8707 §2',
    repair: 'Send a resource that the operator of the server has registered, or none.',
  },
} as const satisfies Record<string, Row>

/** Refusals of a request as such, at any endpoint. */
import { type Row, request } from './row.ts'

export const requestRefusals = {
  parameter_repeated: {
    ...request,
    text: 'A parameter is repeated.',
    cause: 'A parameter was sent more than once.',
    rfc: 'RFC 6749 §3.1',
    repair: 'Send each parameter once.',
  },
  parameter_malformed: {
    ...request,
    text: 'A parameter could not be decoded.',
    cause: 'A parameter is not valid percent-encoded UTF-8, or there are too many parameters.',
    rfc: 'RFC 6749 Appendix B',
    repair: 'Percent-encode each name and value as UTF-8, and send only the parameters that the request needs.',
  },
  parameter_missing: {
    ...request,
    text: 'A required parameter is missing.',
    cause: 'A required parameter is missing.',
    rfc: 'RFC 6749 §5.2',
    repair: 'Send the parameter, with a value.',
  },
  parameter_too_long: {
    ...request,
    text: 'A parameter is too long.',
    cause: 'A parameter is longer than this server accepts.',
    rfc: 'RFC 6749 §4.1.2.1',
    repair: 'Send a shorter value.',
  },
  state_too_long: {
    ...request,
    text: 'The state parameter is longer than 4,096 characters.',
    cause: 'The state is longer than 4,096 characters.',
    rfc: 'RFC 6749 §4.1.2',
    repair: 'Keep the data in your app, and send a short key to it as the state.',
  },
  request_too_large: {
    ...request,
    text: 'The request is too large to be carried through sign-in. Make it shorter, above all the state.',
    cause: 'The parameters together are longer than 8 kB once they are encrypted.',
    rfc: 'RFC 6749 §4.1.2.1',
    repair: 'Make the request shorter, above all the state.',
  },
  content_type_unsupported: {
    ...request,
    text: 'The request body must be application/x-www-form-urlencoded.',
    cause: 'The body is not application/x-www-form-urlencoded.',
    rfc: 'RFC 6749 §3.2',
    repair: 'Send the parameters as application/x-www-form-urlencoded, not as JSON.',
  },
  credentials_in_query: {
    ...request,
    text: 'Parameters of this endpoint belong in the request body.',
    cause: 'The request carried parameters in its query string, where they end up in logs. Send them in the body.',
    rfc: 'RFC 9700 §4.3.2',
    repair: 'Move the parameters into the body.',
  },
} as const satisfies Record<string, Row>

/** Refusals of token exchange (RFC 8693). */
import { type Row, request } from './row.ts'

export const exchangeRefusals = {
  exchange_public: {
    error: 'unauthorized_client',
    status: 400,
    text: 'This client may not use this grant type.',
    cause: 'Only an app that authenticates can exchange tokens.',
    rfc: 'RFC 8693 §2.1',
    repair: 'Register the app with a secret or a key.',
  },
  exchange_token_type: {
    ...request,
    text: 'Only access tokens of this server are exchanged, for access tokens.',
    cause: 'The subject_token_type or requested_token_type is not that of access tokens, or there is an actor_token.',
    rfc: 'RFC 8693 §2.1',
    repair: 'Send an access token as subject_token, name its type, and leave actor_token out.',
  },
  subject_token_invalid: {
    ...request,
    text: 'The subject_token is not valid.',
    cause: 'The subject token is not a live access token of this server.',
    rfc: 'RFC 8693 §2.2.2',
    repair: 'Send an access token that has neither expired nor been revoked.',
  },
  subject_token_of_others: {
    ...request,
    text: 'This client may not exchange the subject_token.',
    cause: 'The app is neither an API that the subject token is for, nor named by its may_act.',
    rfc: 'RFC 8693 §1.1',
    repair: 'Ask the operator to register the API with the app as its client_id, or to name the app in may_act.',
  },
  exchange_not_allowed: {
    error: 'invalid_target',
    status: 400,
    text: 'The subject_token cannot be exchanged for this resource.',
    cause: 'No rule of the operator (token_exchanges) allows this exchange.',
    rfc: 'RFC 8693 §2.2.2',
    repair: 'Ask the operator for a rule, or name the resource of one that there is.',
  },
  exchange_too_deep: {
    ...request,
    text: 'The subject_token was exchanged too often.',
    cause: 'Four apps act for one another already in the subject token.',
    rfc: 'RFC 8693 §4.1',
    repair: 'Exchange the token that came first.',
  },
} satisfies Record<string, Row>

/** Problem details (RFC 9457): the one table of types, and how each is spelled. For the admin API. */
import { adminApiPath } from '../protocol/endpoints.ts'
import type { Answer } from './endpoint.ts'
import type { Fault } from './faults.ts'

interface Row {
  readonly status: number
  readonly title: string
  /** When it is answered, for the API's document. */
  readonly when: string
}

export const problemTypes = {
  bad_request: {
    status: 400,
    title: 'The request is malformed',
    when: 'A parameter or a member of the body is unknown, missing or has a wrong value. `errors` names each.',
  },
  invalid_token: {
    status: 401,
    title: 'A valid access token is required',
    when: 'There is no access token for this API in the Authorization header, or it has expired or been revoked.',
  },
  insufficient_user_authentication: {
    status: 401,
    title: 'A recent sign-in with a second factor is required',
    when:
      'Where a second factor is required, a person changes something only within ten minutes of a sign-in with one. Send ' +
      'them through the authorization flow again, with the max_age of the challenge (RFC 9470).',
  },
  insufficient_scope: {
    status: 403,
    title: 'The access token lacks the scope',
    when: 'Reading needs admin.read, changing needs admin.write.',
  },
  not_allowed: {
    status: 403,
    title: 'The role does not allow this',
    when: 'Whoever calls has no role, or one that is too low for this or for the account that it would be done to.',
  },
  not_found: {
    status: 404,
    title: 'There is nothing here',
    when: 'The path is unknown, or what it names is not there.',
  },
  method_not_allowed: {
    status: 405,
    title: 'This address does not take that method',
    when: '`Allow` names those that it takes.',
  },
  conflict: {
    status: 409,
    title: 'That does not go with what is there',
    when: 'A name is taken, or what is there is not in a state in which this can be done.',
  },
  request_under_way: {
    status: 409,
    title: 'The first request with this Idempotency-Key is under way',
    when: 'Another request with the same `Idempotency-Key` has not been answered yet. Try again in a moment.',
  },
  answer_lost: {
    status: 409,
    title: 'The first request with this Idempotency-Key was carried out, and its answer is lost',
    when: 'The server stopped between the change and its answer. Look at what is there, and use a new key for anything else.',
  },
  precondition_failed: {
    status: 412,
    title: 'It has been changed meanwhile',
    when: '`If-Match` is not the `ETag` of what is there now. Read it again and decide anew.',
  },
  content_too_large: { status: 413, title: 'The body is too large', when: 'The body is larger than the server takes.' },
  unsupported_media_type: {
    status: 415,
    title: 'The body must be JSON',
    when: 'The `Content-Type` of the body is not application/json.',
  },
  idempotency_key_reused: {
    status: 422,
    title: 'This Idempotency-Key was used for another request',
    when: 'The same `Idempotency-Key` came with another body within 24 hours.',
  },
  precondition_required: {
    status: 428,
    title: 'Say which version this is about',
    when: 'A change or deletion needs `If-Match` with the `ETag` that was read.',
  },
  server_error: {
    status: 500,
    title: 'Something went wrong on our side',
    when: 'The details are in the server’s log.',
  },
  unavailable: {
    status: 503,
    title: 'The server cannot do this at the moment',
    when: 'The database is away, or the server is overloaded. `Retry-After` says when to try again.',
  },
} as const satisfies Readonly<Record<string, Row>>

export type ProblemType = keyof typeof problemTypes

/** What is wrong with one part of a request: a JSON Pointer into the body (RFC 6901), or the name of a parameter. */
export interface PartProblem {
  readonly pointer?: string
  readonly parameter?: string
  readonly detail: string
}

export interface ProblemDetail {
  /** What is wrong this time. */
  readonly detail?: string | undefined
  readonly errors?: readonly PartProblem[] | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
}

/** The URI of a type: it leads to its entry in the API's document. */
export function typeOf(issuer: string, type: ProblemType): string {
  return `${issuer}${adminApiPath}/openapi.json#/components/responses/${type}`
}

/** A problem as an answer that nobody may keep. */
export function problemAnswer(issuer: string, type: ProblemType, more: ProblemDetail = {}): Answer {
  const { status, title } = problemTypes[type]
  const { detail, errors, headers } = more
  return {
    status,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store', ...headers },
    body: JSON.stringify({ type: typeOf(issuer, type), title, status, code: type, detail, errors }),
  }
}

/** A fault as a problem; `error` is what was thrown. */
export function faultAnswer(issuer: string, fault: Fault, error: unknown): Answer {
  return problemAnswer(issuer, problemOf(fault), { detail: detailOf(fault, error) })
}

const problemsByStatus: Readonly<Record<number, ProblemType>> = {
  413: 'content_too_large',
  415: 'unsupported_media_type',
  503: 'unavailable',
}

function problemOf({ status }: Fault): ProblemType {
  return problemsByStatus[status] ?? (status < 500 ? 'bad_request' : 'server_error')
}

function detailOf({ status, text }: Fault, error: unknown): string {
  if (status === 415) return 'The body must be JSON (application/json).'
  const broken = error instanceof Error && 'code' in error && String(error.code).startsWith('FST_ERR_CTP_INVALID_JSON')
  return broken || error instanceof SyntaxError ? 'The body is not valid JSON.' : text
}

/** Thrown where a request cannot be answered otherwise; nothing was changed. */
export class Problem extends Error {
  override readonly name = 'Problem'
  readonly type: ProblemType
  readonly more: ProblemDetail
  constructor(type: ProblemType, more: ProblemDetail | string = {}) {
    super(type)
    this.type = type
    this.more = typeof more === 'string' ? { detail: more } : more
  }
}

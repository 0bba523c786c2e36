/** How the password token protocol says no: its documented codes and sentences, as pretty JSON. */
import { type Answer, json } from '../../http/endpoint.ts'
import type { Reason, Refusal } from '../../protocol/refusal.ts'

/** The documented errors that this protocol can come to. The status is sent only where the operator has asked for it. */
const documented = {
  1142: { type: 'OAuthException', message: 'Wrong username/password. Please try again.', status: 401 },
  1157: { type: 'OAuthException', message: 'Username/password not supplied.', status: 400 },
  2400: {
    type: 'APIMethodException',
    message: 'Incorrect data format or data supplied is too large. Please check documentation for more information.',
    status: 400,
  },
  2600: { type: 'APIMethodException', message: 'Unknown path components: ', status: 404 },
  3100: {
    type: 'APIMethodException',
    message: 'Unsupported get request. Please check documentation for more information.',
    status: 405,
  },
  5404: {
    type: 'ServerSideException',
    message: 'Unknown error occured. This should not happen normally. Please contact a developer.',
    status: 400,
  },
  5501: { type: 'ServerSideException', message: 'Server encountered an error. Please try again later', status: 500 },
} as const

type Code = keyof typeof documented

const codes: Partial<Record<Reason, Code>> = {
  password_wrong: 1142,
  second_factor_required: 1142,
  parameter_missing: 1157,
  parameter_malformed: 2400,
  parameter_repeated: 2400,
  parameter_too_long: 2400,
  other_page: 2400,
  too_many_failures: 5501,
  token_requests_exceeded: 5501,
}

/** Reasons for which the documents have a code but no sentence that would help: the code, and our own words. */
const ownWords: ReadonlySet<Reason> = new Set([
  'dialect_closed',
  'other_page',
  'second_factor_required',
  'too_many_failures',
  'token_requests_exceeded',
])

interface Problem {
  readonly code: Code
  /** The status by HTTP, whether it is sent or not. */
  readonly status: number
  readonly message: string
}

export function problem(code: Code, more: { readonly status?: number; readonly message?: string } = {}): Problem {
  return { code, status: more.status ?? documented[code].status, message: more.message ?? documented[code].message }
}

/** A refusal of the engine as a problem of this protocol. */
export function problemOf(refusal: Refusal): Problem {
  const code = codes[refusal.reason] ?? 5404
  if (!ownWords.has(refusal.reason)) return problem(code)
  return problem(code, { status: refusal.status, message: refusal.text })
}

/** Whether a refused request had been read: the codes for what cannot be say nothing of its person. */
export function wasDecoded({ reason }: Refusal): boolean {
  const code = codes[reason]
  return code !== 1157 && code !== 2400
}

const alwaysSent: ReadonlySet<number> = new Set([403, 404, 410, 413, 429])

/**
 * The status that is sent. The documented server answers every error with 200 and so do we, unless `plain` asks for
 * what HTTP has: but somebody else than the app must see that a path is not there or not for them, that it is too
 * much or too large, or a fault.
 */
function statusOf({ status }: Problem, plain: boolean): number {
  return plain || alwaysSent.has(status) || status >= 500 ? status : 200
}

/** The documented body of an error, its code as text. `plain`: see `statusOf`. */
export function encodeProblem(
  what: Problem,
  {
    plain,
    debug,
    headers,
  }: {
    readonly plain: boolean
    readonly debug?: Readonly<Record<string, string>> | undefined
    readonly headers?: Readonly<Record<string, string>>
  },
): Answer {
  const { code, message } = what
  const errors = { message, type: documented[code].type, code: String(code) }
  return pretty(statusOf(what, plain), { success: false, errors, ...(debug && { debug }) }, headers)
}

/** A body as the documented server sends it: readable. */
export function pretty(status: number, body: object, headers?: Readonly<Record<string, string>>): Answer {
  return json(status, body, headers, 2)
}

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
  parameter_missing: 1157,
  parameter_malformed: 2400,
  parameter_repeated: 2400,
  parameter_too_long: 2400,
}

/** Reasons for which the documents have a code but no sentence that would help: the code goes with our own words. */
const ownWords: Partial<Record<Reason, Code>> = {
  dialect_closed: 5404,
  dialect_brown_out: 5404,
  other_page: 2400,
  too_many_failures: 5501,
  token_requests_exceeded: 5501,
}

interface Problem {
  readonly code: Code
  /** The status by HTTP, whether it is sent or not. */
  readonly status: number
  readonly message: string
}

export function problem(code: Code, more?: Partial<Problem>): Problem {
  const { status, message } = documented[code]
  return { code, status, message, ...more }
}

/** A refusal of the engine as a problem of this protocol. */
export function problemOf({ reason, status, text }: Refusal): Problem {
  const code = ownWords[reason]
  return code === undefined ? problem(codes[reason] ?? 5404) : problem(code, { status, message: text })
}

/** Whether a refused request had been read: the codes for what cannot be say nothing of its person. */
export function wasDecoded({ reason }: Refusal): boolean {
  const code = codes[reason] ?? ownWords[reason]
  return code !== 1157 && code !== 2400
}

const alwaysSent: ReadonlySet<number> = new Set([403, 404, 410, 413, 429])

/**
 * The documented body of an error, its code as text. The documented server answers every error with 200 and so do we,
 * unless `plain` asks for what HTTP has: but somebody else than the app must see that a path is not there or not for
 * them, that it is too much or too large, or a fault.
 */
export function encodeProblem({ code, status, message }: Problem, plain: boolean, debug?: object): Answer {
  const errors = { message, type: documented[code].type, code: String(code) }
  const sent = plain || alwaysSent.has(status) || status >= 500 ? status : 200
  return pretty(sent, { success: false, errors, ...(debug && { debug }) })
}

/** A body as the documented server sends it: readable. */
export function pretty(status: number, body: object): Answer {
  return json(status, body, undefined, 2)
}

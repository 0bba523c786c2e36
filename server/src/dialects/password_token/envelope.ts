/** How the password token door says no: its documented codes and sentences, as pretty JSON. */
import type { FastifyReply } from 'fastify'
import { sendJson } from '../../http/bodies/json.ts'
import type { Reason, Refusal } from '../../protocol/refusal.ts'

/** The documented errors that this door can come to. The status is sent only where the operator has asked for it. */
const errors = {
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

export type Code = keyof typeof errors

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
  'other_page',
  'second_factor_required',
  'too_many_failures',
  'token_requests_exceeded',
])

export interface Problem {
  readonly code: Code
  /** The status by HTTP, whether it is sent or not. */
  readonly status: number
  readonly message: string
}

export function problem(code: Code, more: { readonly status?: number; readonly message?: string } = {}): Problem {
  return { code, status: more.status ?? errors[code].status, message: more.message ?? errors[code].message }
}

/** A refusal of the engine as a problem of this door. */
export function problemOf(refusal: Refusal): Problem {
  const code = codes[refusal.reason] ?? 5404
  if (!ownWords.has(refusal.reason)) return problem(code)
  return problem(code, { status: refusal.status, message: refusal.text })
}

const alwaysSent: ReadonlySet<number> = new Set([403, 404, 410, 413, 429])

/**
 * The status that is sent. The documented server answers every error with 200 and so do we, unless `plain` asks for
 * what HTTP has: but somebody else than the app must see that a path is not there or not for them, that it is too
 * much or too large, or a fault.
 */
export function statusOf({ status }: Problem, plain: boolean): number {
  return plain || alwaysSent.has(status) || status >= 500 ? status : 200
}

/** The documented body of an error, its code as text. */
export function errorBody({ code, message }: Problem, debug?: Readonly<Record<string, string>>): object {
  return {
    success: false,
    errors: { message, type: errors[code].type, code: String(code) },
    ...(debug === undefined ? {} : { debug }),
  }
}

/** Sends a body as the documented server does: readable. */
export function sendPretty(reply: FastifyReply, status: number, body: object): FastifyReply {
  return sendJson(reply, status, body, 2)
}

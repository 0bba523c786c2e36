/**
 * How the resource API says no: one body that every client of the older API finds its member in, and the challenge of
 * RFC 6750 §3.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { type ErrorBody, errorBody } from '../http/error_body.ts'
import { type Fault, faultOf } from '../http/faults.ts'
import { Refusal } from '../protocol/refusal.ts'

export const errorShape = z
  .object({
    status: z.literal('ERROR'),
    success: z.literal(false),
    code: z.int().meta({ description: 'The HTTP status.' }),
    error: z
      .string()
      .meta({ description: 'A code for programs, such as `invalid_token`.', examples: ['invalid_token'] }),
    error_description: z.string(),
    message: z.string(),
    errorMessage: z.string(),
    errors: z.array(z.object({ message: z.string() })),
  })
  .meta({ id: 'Error', description: 'The same sentence under every name that clients look for.' })

export const encodeError: (status: number, error: string, message: string) => ErrorBody = errorBody

/** The request cannot be answered as it is. Thrown where that is found out, before anything is changed. */
export class Problem extends Error {
  override readonly name = 'Problem'
  readonly statusCode: number
  readonly error: string
  readonly headers: Readonly<Record<string, string>>

  constructor(statusCode: number, error: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message)
    this.statusCode = statusCode
    this.error = error
    this.headers = headers
  }
}

export function badRequest(message: string): Problem {
  return new Problem(400, 'invalid_request', message)
}

export function notFound(message: string): Problem {
  return new Problem(404, 'not_found', message)
}

/** The first thing that a schema did not like, as one sentence. */
export function problemOf(error: z.ZodError): Problem {
  const issue = error.issues[0]
  if (issue === undefined) return badRequest('The request is malformed.')
  const path = issue.path
    .map((part, depth) => (typeof part === 'number' ? `[${part}]` : `${depth === 0 ? '' : '.'}${String(part)}`))
    .join('')
  return badRequest(path === '' ? issue.message : `${path}: ${issue.message}`)
}

/** The codes of broken requests, where they differ from what the token endpoints say. */
const codesOfBroken: Readonly<Record<number, string>> = {
  413: 'payload_too_large',
  415: 'unsupported_media_type',
}

/** Answers whatever was thrown, in the envelope. Only faults are logged; their cause never leaves the house. */
export function errorHandler(issuer: string) {
  return (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    if (error instanceof Refusal) return refuse(issuer, error, reply)
    if (error instanceof Problem) {
      return reply
        .headers(error.headers)
        .code(error.statusCode)
        .send(encodeError(error.statusCode, error.error, error.message))
    }
    const fault = faultOf(error, request)
    if (fault.retryAfter !== undefined) reply.header('retry-after', String(fault.retryAfter))
    const code = codesOfBroken[fault.status] ?? fault.error
    return reply.code(fault.status).send(encodeError(fault.status, code, textOf(fault, error)))
  }
}

function textOf(fault: Fault, error: unknown): string {
  if (fault.status === 415) return 'The request body must be JSON (application/json).'
  return error instanceof SyntaxError || isBrokenJson(error) ? 'The request body is not valid JSON.' : fault.text
}

/** Whether the framework's JSON parser refused the body: by its syntax, or by a name that would change prototypes. */
function isBrokenJson(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('FST_ERR_CTP_INVALID_JSON')
}

/** Codes that mean the same at a resource as at the token endpoint; every other one says that the token is no good. */
const ownCodes = ['invalid_request', 'invalid_token', 'insufficient_scope', 'temporarily_unavailable']

function refuse(issuer: string, refusal: Refusal, reply: FastifyReply): FastifyReply {
  const own = ownCodes.includes(refusal.error)
  const error = own ? refusal.error : 'invalid_token'
  const status = own ? refusal.status : 401
  if (refusal.detail.retryAfter !== undefined) reply.header('retry-after', String(refusal.detail.retryAfter))
  if (error !== 'temporarily_unavailable') {
    reply.header('www-authenticate', challenge(issuer, error, refusal))
  }
  return reply.code(status).send(encodeError(status, error, refusal.text))
}

/**
 * The WWW-Authenticate header (RFC 6750 §3, RFC 9728 §5.1). "If the request lacks any authentication information …,
 * the resource server SHOULD NOT include an error code or other error information" (RFC 6750 §3.1).
 */
function challenge(issuer: string, error: string, refusal: Refusal): string {
  const metadata = `resource_metadata="${issuer}/.well-known/oauth-protected-resource/api"`
  if (refusal.reason === 'token_missing') return `Bearer ${metadata}`
  const scope = error === 'insufficient_scope' ? refusal.detail.scope : undefined
  return [
    `Bearer error="${error}"`,
    `error_description="${quotable(refusal.text)}"`,
    ...(scope === undefined ? [] : [`scope="${quotable(scope)}"`]),
    metadata,
  ].join(', ')
}

/** The characters that RFC 6750 §3 allows in these values. */
function quotable(text: string): string {
  return text.replaceAll(/[^\x20\x21\x23-\x5b\x5d-\x7e]/g, '')
}

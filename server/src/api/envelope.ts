/**
 * How the resource API says no: one body that every client of the older API finds its member in, and the challenge of
 * RFC 6750 §3.
 */
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { challenge, isOfProof } from '../http/bearer_token.ts'
import type { Answer, Envelope } from '../http/endpoint.ts'
import { errorBody } from '../http/error_body.ts'
import type { Fault } from '../http/faults.ts'
import { ownApiMetadata } from '../http/resource_metadata.ts'
import type { Refusal } from '../protocol/refusal.ts'

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

/** The API's way to say no. */
export function apiEnvelope(issuer: string): Envelope {
  return {
    refuse: (refusal, request) => refuse(issuer, refusal, request),
    own: (error) =>
      error instanceof Problem ? failure(error.statusCode, error.error, error.message, error.headers) : undefined,
    fault: (fault, _request, error) =>
      failure(fault.status, codesOfBroken[fault.status] ?? fault.error, textOf(fault, error)),
  }
}

/** An answer with an error. */
export function failure(
  status: number,
  error: string,
  message: string,
  more: Readonly<Record<string, string>> = {},
): Answer {
  const headers = { 'content-type': 'application/json; charset=utf-8', ...more }
  return { status, headers, body: JSON.stringify(errorBody(status, error, message)) }
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
const ownCodes = [
  'invalid_request',
  'invalid_token',
  'invalid_dpop_proof',
  'use_dpop_nonce',
  'insufficient_scope',
  'temporarily_unavailable',
]

function refuse(issuer: string, refusal: Refusal, request: FastifyRequest): Answer {
  const own = ownCodes.includes(refusal.error)
  const error = own ? refusal.error : 'invalid_token'
  const status = own && !isOfProof(refusal) ? refusal.status : 401
  if (error === 'temporarily_unavailable') return failure(status, error, refusal.text)
  return failure(status, error, refusal.text, {
    'www-authenticate': challenge(error, refusal, ownApiMetadata({ issuer, dataApi: true }), request),
  })
}

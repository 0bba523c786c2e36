/** What the standard dialect's JSON endpoints share: reading a form, answering, refusing, and the record of both. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { repeatedCause } from '../../engine/authorize/checks/parameters.ts'
import { decodeClient } from '../../http/bodies/token_form.ts'
import { bodyText, callerOf, queryOf } from '../../http/caller.ts'
import { faultOf } from '../../http/faults.ts'
import { beginTrace } from '../../http/undecided.ts'
import { type Form, parseForm } from '../../lib/form.ts'
import type { ClientId } from '../../protocol/names.ts'
import { Refusal } from '../../protocol/refusal.ts'
import type { Context } from '../../runtime/context.ts'
import { Trace } from '../../runtime/log/trace.ts'

/**
 * Runs an endpoint and sends what it answers (JSON text) with status 200; refusals and faults in the
 * envelope of RFC 6749 §5.2. A record is kept in the app's request log where the route says how.
 */
export async function answered(
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  endpoint: (trace: Trace) => Promise<string>,
): Promise<FastifyReply> {
  // Fastify puts these options together each time that they are asked for.
  const { config, url = '' } = request.routeOptions
  const logged = config.logged !== undefined
  const trace = logged ? beginTrace(request, config.logged) : new Trace(url, request.method, callerOf(request))
  reply.header('cache-control', 'no-store').header('pragma', 'no-cache')
  try {
    const body = await endpoint(trace)
    if (logged) context.requests.record(trace, 200)
    return reply.type('application/json').send(body)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    if (logged) context.requests.record(trace, error.status, error)
    return refuse(reply, error, request.headers.authorization)
  }
}

/** A refusal on the wire. The reason stays behind. */
function refuse(reply: FastifyReply, refusal: Refusal, authorization: string | undefined): FastifyReply {
  if (refusal.detail.retryAfter !== undefined) reply.header('retry-after', String(refusal.detail.retryAfter))
  // "If the client attempted to authenticate via the Authorization request header field, [...] WWW-Authenticate"
  if (refusal.error === 'invalid_client' && authorization !== undefined) {
    reply.header('www-authenticate', 'Basic realm="Consentry", charset="UTF-8"')
  }
  return sendError(reply, refusal.status, refusal.error, refusal.text)
}

/** The envelope of RFC 6749 §5.2: exactly two members. */
export function sendError(reply: FastifyReply, status: number, error: string, text: string): FastifyReply {
  return reply
    .code(status)
    .type('application/json')
    .send(JSON.stringify({ error, error_description: text }))
}

/** The error handler of the plugin: faults, and requests that were too broken to reach an endpoint. */
export function failed(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  reply.header('cache-control', 'no-store').header('pragma', 'no-cache')
  if (error instanceof Refusal) return refuse(reply, error, request.headers.authorization)
  const fault = faultOf(error, request)
  if (fault.status === 415) return refuse(reply, new Refusal('content_type_unsupported'), undefined)
  if (fault.retryAfter !== undefined) reply.header('retry-after', String(fault.retryAfter))
  return sendError(reply, fault.status, fault.error, fault.text)
}

/** Parameters that must never stand in a query string of an endpoint that is posted to. */
const bodyOnly = [
  'client_id',
  'client_secret',
  'client_assertion',
  'grant_type',
  'code',
  'code_verifier',
  'refresh_token',
  'token',
  'access_token',
  'redirect_uri',
  'scope',
  'username',
  'password',
]

/** The body's parameters, each at most once. Throws Refusal. */
export function readForm(request: FastifyRequest): Form {
  const query = queryOf(request)
  if (query !== '') {
    const parameters = parseForm(query)
    if (parameters === undefined) throw new Refusal('parameter_malformed')
    if (bodyOnly.some((name) => parameters.has(name))) throw new Refusal('credentials_in_query')
  }
  const form = parseForm(bodyText(request))
  if (form === undefined) throw new Refusal('parameter_malformed')
  const repeated = form.repeated.find((name) => name !== 'resource' && name !== 'audience')
  if (repeated !== undefined) throw new Refusal('parameter_repeated', { cause: repeatedCause(repeated) })
  return form
}

/** The existing client that a request claims to come from, so that even an early refusal finds its owner. */
export async function claimedClient(
  context: Context,
  authorization: string | undefined,
  form: Form,
): Promise<ClientId | undefined> {
  try {
    return (await context.clients.find(decodeClient(authorization, form).clientId))?.id
  } catch (error) {
    if (error instanceof Refusal) return undefined
    throw error
  }
}

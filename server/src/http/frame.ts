/**
 * The frame around every endpoint and page. It alone begins a trace, catches what is thrown, has it classified (a
 * refusal, something of the surface's own, or a fault by the one table of faults), records how the request ended and
 * sends what the surface has spelled.
 * Not here: rules (`engine/`), and how one protocol spells things (`dialects/`). Neighbours: `dialects/`, `pages/` and
 * `api/` above, which hand it what `endpoint.ts` describes. To add: what every request passes, here; a kind of fault,
 * its row in `faults.ts`.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods, onRequestHookHandler } from 'fastify'
import type { ClosableDialect } from '../protocol/dialects.ts'
import { Refusal } from '../protocol/refusal.ts'
import type { Context } from '../runtime/context.ts'
import type { Ended } from '../runtime/log/request_log.ts'
import { Trace } from '../runtime/log/trace.ts'
import { undecided } from '../runtime/log/undecided.ts'
import { takeBodies, takeJson } from './bodies/bodies.ts'
import { refuseOtherPages } from './browser/other_pages.ts'
import { refusePrefetch } from './browser/prefetch.ts'
import { callerOf, takeForms } from './caller.ts'
import { compressAnswers } from './connection/compression.ts'
import { isHeld } from './connection/held.ts'
import { allowPages } from './cors.ts'
import {
  type Answer,
  type Audience,
  type Endpoint,
  type Envelope,
  type FixedAnswer,
  type Logged,
  type Protocol,
  pathOf,
  type Surface,
  type Visit,
} from './endpoint.ts'
import { faultOf } from './faults.ts'
import { closableOf, guardProtocol } from './legacy_dialect.ts'
import type { Served } from './metering.ts'
import { findOwner } from './owner.ts'
import { sayQuota } from './quota_headers.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    logged?: Logged
    claimed?: Endpoint['claimed']
    served?: Served
  }
  interface FastifyRequest {
    /** Of a request to an endpoint, once it was begun. */
    trace: Trace | undefined
    /** Why it was refused or not decided, once it was. */
    ended: Ended['reason'] | undefined
  }
}

/** Makes room for what the frame keeps of a request. */
export function raiseFrame(app: FastifyInstance): void {
  // Declared, so that a request has its place for it from the start.
  app.decorateRequest('trace', undefined)
  app.decorateRequest('ended', undefined)
}

/**
 * Answers all that is thrown in a scope, its hooks and parsers included, in an envelope. `context` is where its routes
 * are recorded; left out where none is.
 */
export function frame(scope: FastifyInstance, envelope: Envelope, context?: Context): void {
  scope.setErrorHandler((error, request, reply) => fail({ context, request, reply }, error, envelope))
}

/** Registers a surface in a scope of its own. */
export async function openSurface(app: FastifyInstance, context: Context, surface: Surface): Promise<void> {
  const { protocol, bodies, endpoints, fixed = [], forBrowsers, compressed } = surface
  await app.register(async (scope) => {
    if (bodies === 'forms') takeForms(scope)
    else if (bodies === 'json') takeJson(scope)
    else await takeBodies(scope)
    frame(scope, protocol, context)
    if (forBrowsers) refusePrefetch(scope)
    if (compressed) compressAnswers(scope)
    for (const endpoint of endpoints) serve(scope, context, protocol, endpoint)
    for (const one of fixed) serveFixed(scope, context, protocol, one)
  })
}

function serve(scope: FastifyInstance, context: Context, protocol: Protocol, endpoint: Endpoint<unknown>): void {
  const { paths, methods, pages, claimed, bodyLimit } = endpoint
  const logged = endpoint.logged && { ...endpoint.logged, dialect: protocol.dialect }
  const served = { protocol: protocol.dialect, endpoint: paths[0] ?? '' }
  const config = { served, ...(logged && { logged }), ...(claimed && { claimed }) }
  const onRequest = hooksOf(context, protocol, pages)
  const handler = handlerOf(context, protocol, endpoint)
  const limit = bodyLimit === undefined ? {} : { bodyLimit }
  for (const url of paths) {
    scope.route({ method: [...methods], url, exposeHeadRoute: false, config, onRequest, handler, ...limit })
  }
  serveFixed(scope, context, protocol, { paths, pages, ...(endpoint.others ?? othersOf(protocol, endpoint)) })
}

const everyMethod: readonly HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']

/** The 405 for methods that an endpoint does not take (RFC 9110 §15.5.6), as its protocol spells what is broken. */
function othersOf(protocol: Protocol, { methods, allow = methods.join(', ') }: Endpoint<unknown>) {
  const list = new Intl.ListFormat('en-GB').format(methods)
  const text = methods.length === 1 ? `Use ${list} for this endpoint.` : `This endpoint takes ${list}.`
  const fault = { status: 405, error: 'invalid_request', reason: 'unreadable', text } as const
  return {
    methods: everyMethod.filter((method) => !methods.includes(method)),
    async answer(request: FastifyRequest): Promise<Answer> {
      const answer = await protocol.fault(fault, request, undefined)
      return { ...answer, headers: { ...answer.headers, allow } }
    },
  }
}

function serveFixed(scope: FastifyInstance, context: Context, protocol: Protocol, fixed: FixedAnswer): void {
  const { paths, pages, answer, methods = everyMethod } = fixed
  const method = [...methods, ...(pages === undefined ? [] : (['OPTIONS'] as const))]
  const send = async (request: FastifyRequest, reply: FastifyReply) => {
    const given = typeof answer === 'function' ? await answer(request) : answer
    const { etag } = given.headers
    if (etag === undefined || !isHeld(request, etag)) return sendAnswer(reply, given)
    const { 'content-type': _none, ...headers } = given.headers
    return sendAnswer(reply, { status: 304, headers })
  }
  const onRequest = [...hooksOf(context, protocol, pages), send]
  const config = { served: { protocol: protocol.dialect, endpoint: paths[0] ?? '' } }
  for (const url of paths) scope.route({ method, url, exposeHeadRoute: false, config, onRequest, handler: send })
}

/** What comes before the body of a request is read. */
function hooksOf(context: Context, protocol: Protocol, pages: Audience | undefined): onRequestHookHandler[] {
  const guard = guardProtocol(context, protocol)
  return [...(pages === undefined ? [] : [allowPages(context, pages)]), ...(guard === undefined ? [] : [guard])]
}

function handlerOf(context: Context, protocol: Protocol, endpoint: Endpoint<unknown>) {
  const runs = { dialect: protocol.dialect, ruleset: endpoint.logged?.ruleset }
  const { logged, noOtherPages = false, about } = endpoint
  // The protocol as a whole is counted where its grants come about.
  const parts = protocol.version === undefined ? undefined : closableOf(protocol)
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const told = about?.(request)
    const trace = new Trace(told?.path ?? pathOf(request), told?.method ?? request.method, callerOf(request), runs)
    trace.client(logged?.clientId)
    request.trace = trace
    const visit = { context, request, reply, trace, state: endpoint.begin?.() }
    try {
      if (noOtherPages) await refuseOtherPages(context, request)
      const answer = await endpoint.answer(visit)
      if (logged !== undefined && logged.refusedOnly !== true) context.requests.record(trace, answer.status)
      if (parts !== undefined) countVersion(context, parts(request), trace)
      if (trace.quota !== undefined) sayQuota(reply, trace.quota)
      return sendAnswer(reply, answer)
    } catch (error) {
      return fail(visit, error, refusalsOf(protocol, endpoint, visit))
    }
  }
}

function countVersion(context: Context, parts: readonly ClosableDialect[], { clientId }: Trace): void {
  if (clientId !== undefined) for (const part of parts.slice(1)) context.legacyDialects.count(part, clientId)
}

/** The protocol, with the endpoint's own word for refusals where it has one. */
function refusalsOf(protocol: Protocol, endpoint: Endpoint<unknown>, visit: Visit<unknown>): Envelope {
  const { refuse } = endpoint
  if (refuse === undefined) return protocol
  return {
    refuse: async (refusal, request) => (await refuse(refusal, visit)) ?? protocol.refuse(refusal, request),
    fault: protocol.fault,
  }
}

type Failing = Pick<Visit, 'request' | 'reply'> & { readonly context: Context | undefined }

/** Ends a request in which something was thrown. */
export async function fail(failing: Failing, thrown: unknown, envelope: Envelope): Promise<FastifyReply> {
  const { request, reply } = failing
  let error = thrown
  try {
    const own = await envelope.own?.(error, request, reply)
    if (own !== undefined) return own === 'sent' ? reply : sendAnswer(reply, own)
  } catch (again) {
    error = again
  }
  if (error instanceof Refusal) {
    request.ended = error.reason
    await knowClaimed(failing)
    const answer = await envelope.refuse(error, request)
    if (request.trace?.quota !== undefined) sayQuota(reply, request.trace.quota)
    record(failing, answer.status, error)
    const { nonce, retryAfter } = error.detail
    if (nonce !== undefined) reply.header('dpop-nonce', nonce)
    return sendAnswer(reply, answer, retryAfter)
  }
  const fault = faultOf(error, request)
  request.ended = fault.reason
  const answer = await envelope.fault(fault, request, error)
  record(failing, answer.status, { reason: fault.reason, why: undecided[fault.reason].cause, detail: {} })
  return sendAnswer(reply, answer, fault.retryAfter)
}

/** A request that an endpoint refused before its client was looked at still finds its owner. */
async function knowClaimed({ context, request }: Failing): Promise<void> {
  const { trace } = request
  if (context === undefined || trace === undefined || trace.clientId !== undefined) return
  const { claimed } = request.routeOptions.config
  if (claimed === undefined) return
  try {
    const id = await claimed(request)
    if (id !== undefined) trace.client((await context.clients.find(id))?.id)
  } catch (error) {
    // What cannot be read names nobody.
    if (!(error instanceof Refusal)) throw error
  }
}

/** Records an end without an answer, where the route says how. */
function record({ context, request, reply }: Failing, status: number, ended: Ended): void {
  const { logged } = request.routeOptions.config
  if (context === undefined || logged === undefined) return
  const trace = request.trace ?? beginTrace(request, logged)
  // What an endpoint has refused has told all that it says of its client.
  if (trace.clientId !== undefined || (request.trace !== undefined && ended instanceof Refusal)) {
    context.requests.record(trace, status, ended)
    return
  }
  // Nobody waits for the name: what is broken may be what it is looked up in.
  findOwner(context, trace, request)
    .then(() => context.requests.record(trace, status, ended))
    .catch((err: unknown) => reply.log.warn({ err, requestId: request.id }, 'a request found no place in the log'))
}

function beginTrace(request: FastifyRequest, logged: Logged): Trace {
  const { rule, clientId } = logged
  const trace = new Trace(pathOf(request), request.method, callerOf(request), logged)
  if (rule !== undefined) trace.at(rule)
  trace.client(clientId)
  return trace
}

/** Sends what a surface has spelled. */
export function sendAnswer(reply: FastifyReply, { status, headers, body }: Answer, retryAfter?: number): FastifyReply {
  // A browser that is sent on has nothing to come back for.
  if (retryAfter !== undefined && status !== 303) reply.header('retry-after', String(retryAfter))
  return reply.code(status).headers(headers).send(body)
}

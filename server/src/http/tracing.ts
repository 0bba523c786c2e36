/** The span of each request, where there is a tracer: what it was and how it ended, in words of ours. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Span, SpanLink, Tracer } from '../runtime/tracing/tracer.ts'
import { outcomeOf, servedBy } from './metering.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Of a request that is traced. */
    span: Span | undefined
  }
}

/** Traces the requests to all routes, with all that is done for them. It has to come before whatever else they pass. */
export function traceRequests(app: FastifyInstance, tracer: Tracer): void {
  app.decorateRequest('span', undefined)
  app.addHook('onRequest', (request, reply, done) => {
    request.span = beginSpan(tracer, request, reply)
    tracer.within(request.span, done)
  })
  // What a body's last byte sets off is of nobody's making.
  app.addHook('preValidation', (request, _reply, done) => tracer.within(request.span, done))
}

/** Begins the span of a request, which ends with its answer, or with its connection. */
export function beginSpan(tracer: Tracer, request: FastifyRequest, reply: FastifyReply): Span | undefined {
  const method = methods.has(request.method) ? request.method : '_OTHER'
  const { url: route } = request.routeOptions
  const span = tracer.begin({
    name: `${method === '_OTHER' ? 'HTTP' : method}${route === undefined ? '' : ` ${route}`}`,
    kind: 'server',
    attributes: { 'http.request.method': method, 'http.route': route },
    link: linkOf(request.headers.traceparent),
  })
  if (span !== undefined) reply.raw.once('close', () => end(tracer, span, request, reply))
  return span
}

/** Those that are usual; any other name is the caller's. */
const methods: ReadonlySet<string> = new Set([
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'TRACE',
  'CONNECT',
])

function end(tracer: Tracer, span: Span, request: FastifyRequest, { raw }: FastifyReply): void {
  const { ended, routeOptions } = request
  const { protocol, endpoint } = routeOptions.url === undefined ? nowhere : servedBy(routeOptions)
  const aborted = !raw.writableFinished
  const outcome = aborted ? 'aborted' : outcomeOf(ended, raw.statusCode)
  tracer.end(
    span,
    {
      // Nobody has read the status of an answer that was not finished.
      'http.response.status_code': aborted ? undefined : raw.statusCode,
      'consentry.protocol': protocol,
      'consentry.endpoint': endpoint,
      'consentry.outcome': outcome,
      'consentry.reason': ended,
      // By which the log of the process and the request log are searched.
      'consentry.request.id': request.id,
    },
    outcome === 'fault' ? (ended ?? String(raw.statusCode)) : undefined,
  )
}

/** As metrics call what is not ours. */
const nowhere = { protocol: 'none', endpoint: 'none' }

const nothing = /^0+$/

/**
 * The caller's span, which ours only points to: whether it is sampled there decides nothing here, and its trace does not become
 * ours. Undefined where the header is not as W3C Trace Context §3.2 has it.
 */
function linkOf(header: string | string[] | undefined): SpanLink | undefined {
  const [, version = 'ff', traceId = '', spanId = '', more = ''] =
    /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(-.*)?$/.exec(String(header)) ?? []
  if (version === 'ff' || (version === '00' && more !== '') || nothing.test(traceId) || nothing.test(spanId)) {
    return undefined
  }
  return { traceId, spanId }
}

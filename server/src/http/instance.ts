/** The one Fastify instance: what holds for every request, whichever surface it reaches. */
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify, LogController } from 'fastify'
import type { Logger } from 'pino'
import { second } from '../lib/clock.ts'
import { randomText } from '../lib/random.ts'
import { adminApiPath, forwardAuthPath, nobodyThere } from '../protocol/endpoints.ts'
import type { Refusal } from '../protocol/refusal.ts'
import type { Context } from '../runtime/context.ts'
import type { Metrics } from '../runtime/metrics/metrics.ts'
import type { Tracer } from '../runtime/tracing/tracer.ts'
import { defaultBodyLimit, limitBodies } from './bodies/body_limit.ts'
import { ignoreTypeOfNothing } from './bodies/empty_body.ts'
import { endConnectionsOnClose, type Readiness, serving } from './connection/connections.ts'
import { limitHeaders } from './connection/header_count.ts'
import { serveInTurn } from './connection/in_turn.ts'
import { requireOneHost } from './connection/sound_host.ts'
import { type TlsSetting, tlsOptions } from './connection/tls.ts'
import type { Answer, Envelope } from './endpoint.ts'
import { errorBody } from './error_body.ts'
import type { Fault } from './faults.ts'
import { fail, frame, raiseFrame, sendAnswer } from './frame.ts'
import { meterRequests } from './metering.ts'
import { faultAnswer } from './problem_details.ts'
import { beginSpan, traceRequests } from './tracing.ts'

export interface Listening {
  readonly https?: TlsSetting | undefined
  readonly readiness?: Readiness | undefined
  /** Where requests are counted; left out where they are not. */
  readonly metrics?: Metrics | undefined
  /** What makes spans of requests; left out where none are made. */
  readonly tracer?: Tracer | undefined
}

/** How long a client may take for its headers, and how often that and the time for the whole request are looked after. */
const patience = { headersTimeout: 10_000, connectionsCheckingInterval: second }

/** An instance without routes. `notFoundPage` answers a browser that asks for an address at which nothing stands. */
export function createInstance(
  context: Context,
  { https, metrics, tracer, readiness = serving() }: Listening,
  notFoundPage: (context: Context, request: FastifyRequest) => Promise<Answer>,
): FastifyInstance {
  const app = fastify({
    loggerInstance: context.log as Logger,
    // Lines that concern a request name its id themselves; a child logger for each would cost more than most requests do.
    childLoggerFactory: (logger) => logger,
    logController: new LogController({ disableRequestLogging: true }),
    // Ours alone: a caller must not choose what the log is searched by.
    genReqId: () => randomText(12),
    requestIdHeader: false,
    bodyLimit: defaultBodyLimit,
    requestTimeout: 30_000,
    connectionTimeout: 60_000,
    keepAliveTimeout: 72_000,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    routerOptions: { maxParamLength: 1000 },
    trustProxy: trustProxyOption(context.settings.trustProxy),
    schemaController: { compilersFactory: noSchemas },
    ...(https === undefined ? { http: patience } : { https: { ...patience, ...tlsOptions(https) } }),
    frameworkErrors: (error, request, reply) => {
      reply.header('x-request-id', request.id)
      beginAsNobody(request, reply as FastifyReply)
      if (tracer !== undefined) beginSpan(tracer, request, reply as FastifyReply)
      const envelope = envelopeAt(request.url, context.settings)
      void fail({ request, reply: reply as FastifyReply, context: undefined }, error, envelope)
    },
  }) as unknown as FastifyInstance
  if (tracer !== undefined) traceRequests(app, tracer)
  if (metrics !== undefined) meterRequests(app, metrics)
  app.decorate('dataApi', context.settings.dataApi)
  app.decorate('development', context.settings.development)
  const secure = context.settings.issuer.startsWith('https:')
  serveInTurn(app)
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id).header('x-content-type-options', 'nosniff')
    if (secure) reply.header('strict-transport-security', 'max-age=31536000')
    beginAsNobody(request, reply)
    if (readiness.endsConnections) reply.header('connection', 'close')
    done()
  })
  endConnectionsOnClose(app)
  limitHeaders(app)
  requireOneHost(app)
  limitBodies(app)
  ignoreTypeOfNothing(app)
  raiseFrame(app)
  frame(app, plainEnvelope)
  app.setNotFoundHandler(async (request, reply) => {
    const forPeople = request.headers.accept?.includes('text/html')
    return sendAnswer(reply, forPeople ? await notFoundPage(context, request) : nothingHere)
  })
  return app
}

/** Whatever a proxy is answered that asks about somebody, no name is open for the client to fill in. */
function beginAsNobody({ url }: FastifyRequest, reply: FastifyReply): void {
  if (url.startsWith(forwardAuthPath)) reply.headers(nobodyThere)
}

const plainEnvelope = envelopeOf((_status, error, text) => ({ error, error_description: text }))
/** How what no router can read is answered: as everything else below that path. */
function envelopeAt(url: string, { issuer }: Context['settings']): Envelope {
  if (url.startsWith('/api/')) return legacyEnvelope
  if (!url.startsWith(`${adminApiPath}/`)) return plainEnvelope
  return { refuse: plainEnvelope.refuse, fault: (fault, _request, error) => faultAnswer(issuer, fault, error) }
}

/** Of addresses below the API's that no router can read. */
const legacyEnvelope = envelopeOf(errorBody)
const nothingHere = plainJson(404, { error: 'not_found', error_description: 'There is nothing at this path.' })

function envelopeOf(bodyOf: (status: number, error: string, text: string) => object): Envelope {
  const spell = ({ status, error, text }: Refusal | Fault) => plainJson(status, bodyOf(status, error, text))
  return { refuse: spell, fault: spell }
}

function plainJson(status: number, body: object): Answer {
  return { status, headers: { 'content-type': 'application/json; charset=utf-8' }, body: JSON.stringify(body) }
}

/**
 * The API brings the compilers of its own schemas. Fastify's, which nothing else here would use, take as long to load as
 * the rest of it.
 */
const noSchemas = {
  buildValidator: () => requireNoSchema,
  buildSerializer: () => requireNoSchema,
}

function requireNoSchema(): never {
  throw new Error('http: a route outside the API has a schema, and nothing to check it with')
}

/** Fastify's form of the setting: addresses, or how many hops in front of us are ours. */
function trustProxyOption(setting: number | readonly string[] | undefined) {
  if (setting === undefined) return false
  if (typeof setting === 'number') return (_address: string, hop: number) => hop < setting
  return [...setting]
}

/** The one Fastify instance: what holds for every request, whichever surface it reaches. */
import { type FastifyInstance, type FastifyReply, fastify, LogController } from 'fastify'
import type { Logger } from 'pino'
import { second } from '../lib/clock.ts'
import { randomText } from '../lib/random.ts'
import type { Context } from '../runtime/context.ts'
import { defaultBodyLimit, limitBodies } from './bodies/body_limit.ts'
import { ignoreTypeOfNothing } from './bodies/empty_body.ts'
import { endConnectionsOnClose } from './connection/connections.ts'
import { serveInTurn } from './connection/in_turn.ts'
import { requireOneHost } from './connection/sound_host.ts'
import { type TlsSetting, tlsOptions } from './connection/tls.ts'
import { registerCors } from './cors.ts'
import { errorBody } from './error_body.ts'
import { faultOf } from './faults.ts'
import { logUndecided } from './undecided.ts'

export interface Listening {
  /** Addresses of proxies, or how many hops in front of us are ours. */
  readonly trustProxy?: number | readonly string[] | undefined
  readonly https?: TlsSetting | undefined
}

/** How long a client may take for its headers, and how often that and the time for the whole request are looked after. */
const patience = { headersTimeout: 10_000, connectionsCheckingInterval: second }

/** An instance without routes. `sendNotFound` answers a browser that asks for an address at which nothing stands. */
export function createInstance(
  context: Context,
  { trustProxy, https }: Listening,
  sendNotFound: (context: Context, reply: FastifyReply) => Promise<FastifyReply>,
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
    trustProxy: trustProxyOption(trustProxy),
    schemaController: { compilersFactory: noSchemas },
    ...(https === undefined ? { http: patience } : { https: { ...patience, ...tlsOptions(https) } }),
    frameworkErrors: (error, request, reply) => {
      const fault = faultOf(error, request)
      void (reply as FastifyReply)
        .header('x-request-id', request.id)
        .code(fault.status)
        .send(
          request.url.startsWith('/api/')
            ? errorBody(fault.status, fault.error, fault.text)
            : { error: fault.error, error_description: fault.text },
        )
    },
  }) as unknown as FastifyInstance
  const secure = context.settings.issuer.startsWith('https:')
  serveInTurn(app)
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id).header('x-content-type-options', 'nosniff')
    if (secure) reply.header('strict-transport-security', 'max-age=31536000')
    done()
  })
  endConnectionsOnClose(app)
  requireOneHost(app)
  limitBodies(app)
  ignoreTypeOfNothing(app)
  logUndecided(app, context)
  registerCors(app, context)
  app.setErrorHandler((error, request, reply) => {
    const fault = faultOf(error, request)
    return reply.code(fault.status).send({ error: fault.error, error_description: fault.text })
  })
  app.setNotFoundHandler((request, reply) => {
    if (request.headers.accept?.includes('text/html')) return sendNotFound(context, reply)
    return reply.code(404).send({ error: 'not_found', error_description: 'There is nothing at this path.' })
  })
  return app
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

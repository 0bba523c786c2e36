/**
 * Cross-origin calls (Fetch standard): which endpoints answer whom. Authorize and pages never do; nothing ever does with
 * credentials, as no endpoint here lives by a cookie (RFC 9700 §2.6).
 */
import type { FastifyInstance, FastifyReply, onRequestHookHandler } from 'fastify'
import type { Context } from '../runtime/context.ts'
import type { Audience } from './endpoint.ts'

const allowedHeaders = [
  'Authorization',
  'Content-Type',
  'Accept',
  'DPoP',
  'Subscription-Key',
  'Ocp-Apim-Subscription-Key',
  'X-Client-Id',
  'X-Platform',
  'X-Timezone',
  'X-App-Version',
  'X-Framework',
  'X-Mashape-Key',
  'client_id',
  'client_secret',
].join(', ')
const exposedHeaders = 'WWW-Authenticate, DPoP-Nonce, X-Request-Id, Retry-After, RateLimit, RateLimit-Policy'
const allowedMethods = 'GET, POST, DELETE, OPTIONS'

/** Names of headers (RFC 9110 §5.1), separated by commas. */
const listOfNames = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+(?: ?, ?[!#$%&'*+\-.^_`|~0-9A-Za-z]+)*$/
const longestRequested = 1000

/** A hook that puts the headers on the calls to a route, and answers the preflights for it. It comes before all others of the route. */
export function allowPages(context: Context, audience: Audience): onRequestHookHandler {
  const apps = audience === 'apps'
  return (request, reply, done) => {
    if (apps) reply.header('vary', 'Origin')
    const { origin } = request.headers
    // Most calls come from servers, which have no origin: nothing to look up, nothing to wait for.
    if (origin === undefined && request.method !== 'OPTIONS') return done()
    answerOrigin(origin, reply).then((sent) => {
      if (!sent) done()
    }, done)
  }

  /** Whether this was all that was asked for, and is answered. */
  async function answerOrigin(origin: string | undefined, reply: FastifyReply): Promise<boolean> {
    if (origin !== undefined && (!apps || (await context.clients.hasOrigin(origin, 'in_use'))))
      allow(reply, apps ? origin : '*')
    if (reply.request.method !== 'OPTIONS') return false
    await reply
      .header('access-control-allow-methods', allowedMethods)
      .header('vary', apps ? 'Origin, Access-Control-Request-Headers' : 'Access-Control-Request-Headers')
      .header('access-control-allow-headers', allowedFor(reply.request.headers['access-control-request-headers']))
      .header('access-control-max-age', '600')
      .code(204)
      .send()
    return true
  }
}

/** Makes room for the preflights at paths of a scope whose hooks answer them. */
export function preflights(scope: FastifyInstance, ...paths: readonly string[]): void {
  for (const url of paths) scope.options(url, { schema: { hide: true } }, (_request, reply) => reply.code(204).send())
}

/**
 * No endpoint here lives by a cookie, so a header more does no harm: tracing and newer protocols bring theirs. What is
 * no list of names, or too long for one, is left out.
 */
function allowedFor(requested: string | undefined): string {
  const sound = requested !== undefined && requested.length <= longestRequested && listOfNames.test(requested)
  return sound ? `${allowedHeaders}, ${requested}` : allowedHeaders
}

function allow(reply: FastifyReply, origin: string): void {
  reply.header('access-control-allow-origin', origin).header('access-control-expose-headers', exposedHeaders)
}

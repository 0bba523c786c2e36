/**
 * Cross-origin calls (Fetch standard): which endpoints answer whom. Authorize and pages never do; nothing ever does with
 * credentials, as no endpoint here lives by a cookie (RFC 9700 §2.6).
 */
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Context } from '../engine/context.ts'

const forEverybody = /^\/(?:\.well-known\/[a-z-]+(?:\/api)?|oauth\/jwks)$/
const forApps = /^\/(?:oauth\/(?:token|revoke|userinfo)|api(?:\/.*)?)$/
/** The older spellings of authorize and token; many lie among the paths of the resource API. */
const olderOauth = /^(?:\/api)?(?:\/v[1-6])?(?:\/bshaffer)?\/oauth2?\/(authorize|token|access_token|accesstoken)$/

const allowedHeaders = [
  'Authorization',
  'Content-Type',
  'Accept',
  'DPoP',
  'Subscription-Key',
  'X-Client-Id',
  'X-Platform',
  'X-Timezone',
  'X-App-Version',
  'X-Framework',
  'X-Mashape-Key',
  'client_id',
  'client_secret',
].join(', ')
const exposedHeaders = 'WWW-Authenticate, DPoP-Nonce, X-Request-Id, Retry-After'
const allowedMethods = 'GET, POST, DELETE, OPTIONS'

/** Registers the answers to preflights and the headers on the calls themselves. */
export function registerCors(app: FastifyInstance, context: Context): void {
  app.addHook('onRequest', async (request, reply) => {
    const origin = request.headers.origin
    const path = request.url.split('?', 1)[0] ?? ''
    const older = olderOauth.exec(path)?.[1]
    const apps = older === undefined ? forApps.test(path) : older !== 'authorize'
    if (!apps && !forEverybody.test(path)) return
    if (apps) reply.header('vary', 'Origin')
    if (origin !== undefined && (!apps || (await context.clients.hasOrigin(origin)))) allow(reply, apps ? origin : '*')
    if (request.method === 'OPTIONS') {
      await reply
        .header('access-control-allow-methods', allowedMethods)
        .header('access-control-allow-headers', allowedHeaders)
        .header('access-control-max-age', '600')
        .code(204)
        .send()
    }
  })
}

function allow(reply: FastifyReply, origin: string): void {
  reply.header('access-control-allow-origin', origin).header('access-control-expose-headers', exposedHeaders)
}

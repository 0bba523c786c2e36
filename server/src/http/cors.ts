/**
 * Cross-origin calls (Fetch standard): which endpoints answer whom. Authorize and pages never do; nothing ever does with
 * credentials, as no endpoint here lives by a cookie (RFC 9700 §2.6).
 */
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Context } from '../engine/context.ts'
import type { Dialect } from '../protocol/names.ts'

const forEverybody = /^\/(?:\.well-known\/[a-z-]+(?:\/api)?|oauth\/jwks)$/
const forApps = /^\/(?:oauth\/(?:token|revoke|userinfo)|api(?:\/.*)?)$/
/** What an app may call from a page of its own at the password doors, where they are open. */
const passwordDoors: Partial<Record<Dialect, RegExp>> = {
  password_token: /^\/v1\/(?:oauth(?:\/(?:index\.php)?)?|add\/index\.php)$/,
  jwt_login: /^\/(?:auth\/v[12]\/[a-z-]+|status\/v[12])$/,
}
/** The social endpoints that apps call; their login is for browsers to go to. */
const social = /^(?:\/api)?\/v2\/auth\/social\/(login|authorizeCode|authorizeToken)$/
/** The older spellings of authorize and token; many lie among the paths of the resource API. */
const olderOauth = /^(?:\/api)?(?:\/v[1-6])?(?:\/bshaffer)?\/oauth2?\/(authorize|token|access_token|accesstoken)$/

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
const exposedHeaders = 'WWW-Authenticate, DPoP-Nonce, X-Request-Id, Retry-After'
const allowedMethods = 'GET, POST, DELETE, OPTIONS'

/** Registers the answers to preflights and the headers on the calls themselves. */
export function registerCors(app: FastifyInstance, context: Context): void {
  const open = [...context.settings.dialects].flatMap((dialect) => passwordDoors[dialect] ?? [])
  app.addHook('onRequest', (request, reply, done) => {
    const path = request.url.split('?', 1)[0] ?? ''
    const older = olderOauth.exec(path)?.[1] ?? social.exec(path)?.[1]
    const apps =
      older === undefined
        ? forApps.test(path) || open.some((paths) => paths.test(path))
        : older !== 'authorize' && older !== 'login'
    if (!apps && !forEverybody.test(path)) return done()
    if (apps) reply.header('vary', 'Origin')
    const { origin } = request.headers
    // Most calls come from servers, which have no origin: nothing to look up, nothing to wait for.
    if (origin === undefined && request.method !== 'OPTIONS') return done()
    answerOrigin(origin, apps, reply).then((sent) => {
      if (!sent) done()
    }, done)
  })

  /** Whether this was all that was asked for, and is answered. */
  async function answerOrigin(origin: string | undefined, apps: boolean, reply: FastifyReply): Promise<boolean> {
    if (origin !== undefined && (!apps || (await context.clients.hasOrigin(origin)))) allow(reply, apps ? origin : '*')
    if (reply.request.method !== 'OPTIONS') return false
    await reply
      .header('access-control-allow-methods', allowedMethods)
      .header('access-control-allow-headers', allowedHeaders)
      .header('access-control-max-age', '600')
      .code(204)
      .send()
    return true
  }
}

function allow(reply: FastifyReply, origin: string): void {
  reply.header('access-control-allow-origin', origin).header('access-control-expose-headers', exposedHeaders)
}

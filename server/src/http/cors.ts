/**
 * Cross-origin calls (Fetch standard): which endpoints answer whom. Authorize and pages never do; nothing ever does with
 * credentials, as no endpoint here lives by a cookie (RFC 9700 §2.6).
 */
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Dialect } from '../protocol/names.ts'
import type { Context } from '../runtime/context.ts'

const forEverybody = /^\/(?:\.well-known\/[a-z-]+(?:\/api)?|oauth\/jwks)$/
const forApps = /^\/(?:oauth\/(?:token|revoke|userinfo)|api(?:\/.*)?)$/
/** What an app may call from a page of its own at the password doors, where they are open. */
const passwordDoors: Partial<Record<Dialect, RegExp>> = {
  password_token: /^\/v1\/(?:oauth(?:\/(?:index\.php)?)?|add\/index\.php)$/,
  jwt_login: /^\/(?:auth\/v[1-3]\/[a-z-]+|status\/v[1-3])$/,
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

/** Names of headers (RFC 9110 §5.1), separated by commas. */
const listOfNames = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+(?: ?, ?[!#$%&'*+\-.^_`|~0-9A-Za-z]+)*$/
const longestRequested = 1000

/** Whose pages may call a path. */
type Audience = 'nobody' | 'apps' | 'everybody'
/** Paths of which the audience is remembered. */
const mostKnown = 1000
const longestKnown = 200

/** Registers the answers to preflights and the headers on the calls themselves. */
export function registerCors(app: FastifyInstance, context: Context): void {
  const open = [...context.settings.dialects].flatMap((dialect) => passwordDoors[dialect] ?? [])
  const known = new Map<string, Audience>()

  function judge(path: string): Audience {
    const older = olderOauth.exec(path)?.[1] ?? social.exec(path)?.[1]
    const apps =
      older === undefined
        ? forApps.test(path) || open.some((paths) => paths.test(path))
        : older !== 'authorize' && older !== 'login'
    if (apps) return 'apps'
    return forEverybody.test(path) ? 'everybody' : 'nobody'
  }

  function audienceOf(path: string): Audience {
    const found = known.get(path)
    if (found !== undefined) return found
    const audience = judge(path)
    if (known.size >= mostKnown) known.clear()
    if (path.length <= longestKnown) known.set(path, audience)
    return audience
  }

  app.addHook('onRequest', (request, reply, done) => {
    const audience = audienceOf(request.url.split('?', 1)[0] ?? '')
    if (audience === 'nobody') return done()
    const apps = audience === 'apps'
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

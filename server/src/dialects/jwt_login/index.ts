/**
 * The JWT login: a person's password for a JWT and a refresh token, asked for with a developer's subscription key. Its
 * first version is deprecated and asks for no key.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { requireLiveToken } from '../../engine/access_tokens/bearer.ts'
import { noteSubscriptionKey, requireSubscriptionKey } from '../../engine/client/subscription_key_rules.ts'
import { exchange, type TokenRequest } from '../../engine/token/token.ts'
import { takeBodies } from '../../http/bodies/bodies.ts'
import { sendJson } from '../../http/bodies/json.ts'
import { refuseOtherPages } from '../../http/browser/other_pages.ts'
import { callerOf } from '../../http/caller.ts'
import { guardOlderDoor } from '../../http/legacy_dialect.ts'
import { presentedKey } from '../../http/subscription_key.ts'
import { beginTrace, type Logged } from '../../http/undecided.ts'
import { seconds } from '../../lib/clock.ts'
import { Refusal } from '../../protocol/refusal.ts'
import type { Context } from '../../runtime/context.ts'
import { jwtLoginDoor } from '../../runtime/kept/builtin_clients.ts'
import type { SubscriptionKey } from '../../runtime/kept/subscription_keys.ts'
import type { Trace } from '../../runtime/log/trace.ts'
import { readJudgedToken, readMembers, readToken } from './decode.ts'
import { lifetime, tokenDocument } from './document.ts'
import { failed, refuse, sendError, statusOf } from './envelope.ts'

type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>

/** One version of the door: its paths, and whether it insists on a key. */
interface Version {
  readonly name: 'v1' | 'v2' | 'v3'
  readonly keyRequired: boolean
  readonly login: readonly string[]
  readonly refresh: readonly string[]
  readonly validate: readonly string[]
  /** Where a refresh request has its token. */
  readonly refreshMembers: readonly string[]
}

const second = {
  keyRequired: true,
  login: ['login'],
  refresh: ['refresh'],
  validate: ['validate'],
  refreshMembers: ['token'],
} as const

const versions: readonly Version[] = [
  {
    name: 'v1',
    keyRequired: false,
    login: ['login'],
    refresh: ['refresh-token', 'refresh'],
    validate: ['validate-token', 'validate'],
    refreshMembers: ['refresh_token', 'token'],
  },
  { name: 'v2', ...second },
  // Today's documents of the old API name these paths, with the bodies of the second version.
  { name: 'v3', ...second },
]

/** 10 June 2022, when the second version took its place: the first is deprecated, whatever the operator decides. */
const firstDeprecated = '@1654819200'

/** Registers the door's endpoints in both versions. */
export async function registerJwtLogin(app: FastifyInstance, context: Context): Promise<void> {
  for (const version of versions) await app.register(async (scope) => registerVersion(scope, context, version))
}

async function registerVersion(scope: FastifyInstance, context: Context, version: Version): Promise<void> {
  const base = `/auth/${version.name}`
  const under = (names: readonly string[]) => names.map((name) => `${base}/${name}`)
  await takeBodies(scope)
  for (const door of ['jwt_login', `jwt_login/${version.name}`] as const) {
    guardOlderDoor(scope, context, door, (_request, reply, text) => sendError(reply, 410, text))
  }
  if (version.name === 'v1') {
    scope.addHook('onRequest', async (_request, reply) => {
      if (!reply.hasHeader('deprecation')) reply.header('deprecation', firstDeprecated)
    })
  }
  scope.setErrorHandler(failed)

  post(scope, under(version.login), logged('token:password'), (request, reply) =>
    issued({ context, request, reply }, version, async (subscriptionKey) => {
      const { username, password } = await readMembers(request, 'username', 'password')
      return { grantType: 'password', username, password, label: callerOf(request).userAgent, subscriptionKey }
    }),
  )
  post(scope, under(version.refresh), logged('token:refresh_token'), (request, reply) =>
    issued({ context, request, reply }, version, async (subscriptionKey) => {
      const refreshToken = await readToken(request, ...version.refreshMembers)
      return { grantType: 'refresh_token', refreshToken, scope: undefined, resources: [], subscriptionKey }
    }),
  )
  post(scope, under(version.validate), undefined, (request, reply) => validate(context, request, reply))

  scope.get(`/status/${version.name}`, async (_request, reply) => sendJson(reply, 200, { message: 'running' }))
  if (version.name === 'v1') {
    const text = 'Codes are not exchanged here any more. Sign in with POST /auth/v2/login.'
    scope.get(`${base}/token`, async (_request, reply) => sendError(reply, 410, text))
  }
  const unknown: Handler = async (_request, reply) => sendError(reply, 404, 'Resource not found')
  scope.route({
    method: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    url: `${base}/*`,
    onRequest: unknown,
    handler: unknown,
  })
}

function logged(ruleset: Logged['ruleset']): Logged {
  return { ruleset, dialect: 'jwt_login', clientId: jwtLoginDoor.clientId }
}

/** Endpoints that are posted to, and say so to everything else (RFC 9110 §15.5.6). */
function post(scope: FastifyInstance, urls: readonly string[], log: Logged | undefined, handler: Handler): void {
  for (const url of urls) {
    scope.post(url, log === undefined ? {} : { config: { logged: log } }, handler)
    const notAllowed: Handler = async (_request, reply) =>
      sendError(reply.header('allow', 'POST'), 405, 'Use POST for this endpoint.')
    scope.route({
      method: ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE'],
      url,
      onRequest: notAllowed,
      handler: notAllowed,
    })
  }
}

interface Call {
  readonly context: Context
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

/** Login and refresh: the key first, as at the gateway, then the request, then 201 with a new pair of tokens. */
async function issued(
  { context, request, reply }: Call,
  version: Version,
  decode: (key: SubscriptionKey | undefined) => Promise<TokenRequest>,
): Promise<FastifyReply> {
  const trace = beginTrace(request)
  try {
    await refuseOtherPages(context, request)
    const key = await keyOf(context, version, request, trace)
    const client = { method: 'none', clientId: jwtLoginDoor.clientId } as const
    const minted = await exchange(context, client, await decode(key), trace)
    context.olderDoors.count(`jwt_login/${version.name}`, jwtLoginDoor.clientId)
    context.requests.record(trace, 201)
    return sendJson(reply, 201, tokenDocument(minted))
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    context.requests.record(trace, statusOf(error), error)
    return refuse(reply, error)
  }
}

/** The key of a request; undefined where there is none and none is needed. One that is there has to be good. */
async function keyOf(
  context: Context,
  version: Version,
  request: FastifyRequest,
  trace: Trace,
): Promise<SubscriptionKey | undefined> {
  const presented = presentedKey(request)
  if (presented === undefined && !version.keyRequired) return undefined
  return requireSubscriptionKey(context, presented, trace)
}

/** Whether a JWT of this door is good now, whatever its signature says. */
async function validate(context: Context, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  await noteSubscriptionKey(context, presentedKey(request))
  try {
    const text = await readJudgedToken(request)
    const { grant, expiresAt } = await requireLiveToken(context, text, { mark: false })
    if (grant.context.tokenFormat !== 'login_jwt' || grant.userId === null) throw new Refusal('token_not_ours')
    const account = await context.storage.accounts.find(grant.userId)
    const now = seconds(context.clock.now())
    return sendJson(reply, 200, {
      valid: true,
      ...lifetime(now, seconds(expiresAt) - now),
      username: account?.username,
    })
  } catch (error) {
    // What is wrong with the request says nothing about the token.
    if (!(error instanceof Refusal) || error.error === 'invalid_request') throw error
    return sendJson(reply, 401, { valid: false, message: error.text })
  }
}

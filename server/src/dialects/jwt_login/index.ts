/**
 * The JWT login: a person's password for a JWT and a refresh token, asked for with a developer's subscription key. Its
 * first version is deprecated and asks for no key.
 * Not here: rules of keys and passwords (`engine/client/subscription_key_rules.ts`, `engine/token/grants/password.ts`).
 * Neighbours: the other dialects, which it does not know. To add: a version, its row in the table of versions below.
 */

import type { FastifyRequest } from 'fastify'
import { judgeLoginJwt } from '../../engine/access_tokens/login_jwt.ts'
import { noteSubscriptionKey, requireSubscriptionKey } from '../../engine/client/subscription_key_rules.ts'
import { exchange, type TokenRequest } from '../../engine/token/token.ts'
import { callerOf } from '../../http/caller.ts'
import { allButPost, type Endpoint, json, type Protocol, type Surface, type Visit } from '../../http/endpoint.ts'
import { presentedKey } from '../../http/subscription_key.ts'
import { seconds } from '../../lib/clock.ts'
import { passwordClients } from '../../protocol/dialects.ts'
import { readJudgedToken, readMembers, readToken } from './decode.ts'
import { lifetime, tokenDocument } from './document.ts'
import { failure, refuse } from './envelope.ts'

type Key = Awaited<ReturnType<typeof requireSubscriptionKey>>

/** One version of the protocol: its paths, and whether it insists on a key. */
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

const { clientId } = passwordClients.jwt_login

export function jwtLogin(): readonly Surface[] {
  return versions.map(surfaceOf)
}

function surfaceOf(version: Version): Surface {
  const { name } = version
  const base = `/auth/${name}`
  const protocol: Protocol = {
    dialect: 'jwt_login',
    closable: ['jwt_login', `jwt_login/${name}`],
    ...(name === 'v1' ? { deprecated: firstDeprecated } : {}),
    refuse,
    fault: ({ status, text }) => failure(status, text),
  }
  const endpoint = (
    names: readonly string[],
    rest: Pick<Endpoint, 'answer' | 'logged' | 'noOtherPages' | 'refuse'>,
  ) => ({
    paths: names.map((last) => `${base}/${last}`),
    methods: ['POST'] as const,
    others: { methods: allButPost, answer: usePost },
    pages: 'apps' as const,
    ...rest,
  })
  const login = issuing('token:password', version, async (request, subscriptionKey) => {
    const { username, password } = await readMembers(request, 'username', 'password')
    return { grantType: 'password', username, password, label: callerOf(request).userAgent, subscriptionKey }
  })
  const refresh = issuing('token:refresh_token', version, async (request, subscriptionKey) => {
    const refreshToken = await readToken(request, ...version.refreshMembers)
    return { grantType: 'refresh_token', refreshToken, scope: undefined, resources: [], subscriptionKey }
  })
  const first = [
    { paths: [`${base}/token`], methods: ['GET', 'HEAD'] as const, pages: 'apps' as const, answer: noCodes },
  ]
  return {
    protocol,
    bodies: 'every kind',
    endpoints: [
      endpoint(version.login, login),
      endpoint(version.refresh, refresh),
      endpoint(version.validate, { answer: validate, refuse: refuseValidation }),
    ],
    fixed: [
      { paths: [`/status/${name}`], methods: ['GET', 'HEAD'], pages: 'apps', answer: running },
      ...(name === 'v1' ? first : []),
      { paths: [`${base}/*`], methods: [...allButPost, 'POST'], pages: 'apps', answer: unknown },
    ],
  }
}

const usePost = failure(405, 'Use POST for this endpoint.', { allow: 'POST' })
const noCodes = failure(410, 'Codes are not exchanged here any more. Sign in with POST /auth/v2/login.')
const unknown = failure(404, 'Resource not found')
const running = json(200, { message: 'running' })

/** Login and refresh: the key first, as at the gateway, then the request, then 201 with a new pair of tokens. */
function issuing(
  ruleset: `token:${string}`,
  { keyRequired }: Version,
  decode: (request: FastifyRequest, key: Key | undefined) => Promise<TokenRequest>,
): Pick<Endpoint, 'answer' | 'logged' | 'noOtherPages'> {
  return {
    logged: { ruleset, clientId },
    noOtherPages: true,
    async answer({ context, request, trace }) {
      const presented = presentedKey(request)
      // One that is there has to be good, also where none is needed.
      const without = presented === undefined && !keyRequired
      const key = without ? undefined : await requireSubscriptionKey(context, presented, trace)
      const tokens = await exchange(context, { method: 'none', clientId }, await decode(request, key), trace)
      return json(201, tokenDocument(tokens))
    },
  }
}

/** Whether a JWT of this protocol is good now, whatever its signature says. */
async function validate({ context, request }: Visit) {
  await noteSubscriptionKey(context, presentedKey(request))
  const { username, expiresAt } = await judgeLoginJwt(context, await readJudgedToken(request))
  const now = seconds(context.clock.now())
  return json(200, { valid: true, ...lifetime(now, seconds(expiresAt) - now), username })
}

/** What is wrong with the request says nothing about the token. */
function refuseValidation(refusal: Parameters<typeof refuse>[0]) {
  return refusal.error === 'invalid_request' ? refuse(refusal) : json(401, { valid: false, message: refusal.text })
}

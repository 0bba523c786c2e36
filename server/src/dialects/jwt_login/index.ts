/**
 * The JWT login: a person's password for a JWT and a refresh token, asked for with a developer's subscription key. Its
 * first version is deprecated and asks for no key.
 * Not here: rules of keys and passwords (`engine/client/subscription_key_rules.ts`, `engine/token/grants/password.ts`).
 * Neighbours: the other dialects, which it does not know. To add: a version, its name in the facts of this dialect.
 */

import { judgeLoginJwt } from '../../engine/access_tokens/login_jwt.ts'
import { noteSubscriptionKey, requireSubscriptionKey } from '../../engine/client/subscription_key_rules.ts'
import { exchange, type TokenRequest } from '../../engine/token/token.ts'
import { callerOf } from '../../http/caller.ts'
import { type Endpoint, json, type Surface, type Visit } from '../../http/endpoint.ts'
import { presentedKey } from '../../http/subscription_key.ts'
import { seconds } from '../../lib/clock.ts'
import { dialectFacts, passwordClients } from '../../protocol/dialects.ts'
import type { Refusal } from '../../protocol/refusal.ts'
import { readJudgedToken, readMember } from './decode.ts'
import { failure, lifetime, refuse, tokenDocument } from './envelope.ts'

type Key = Awaited<ReturnType<typeof requireSubscriptionKey>>

/** 10 June 2022, when the second version took its place: the first is deprecated, whatever the operator decides. */
const firstDeprecated = '@1654819200'

const { clientId } = passwordClients.jwt_login

export function jwtLogin(): readonly Surface[] {
  return (dialectFacts.jwt_login.versions ?? []).map(surfaceOf)
}

/** One version. The first has names of its own besides; today's documents name the third, with the bodies of the second. */
function surfaceOf(version: string): Surface {
  const first = version === 'v1'
  const at = (...names: readonly string[]) => ({
    paths: names.map((name) => `/auth/${version}/${name}`),
    pages: 'apps' as const,
  })
  const endpoint = (names: readonly string[], answer: Endpoint['answer'], rest: Partial<Endpoint>): Endpoint => {
    return { ...at(...names), methods: ['POST'], answer, ...rest }
  }
  const login = issuing(first, async ({ request }, subscriptionKey) => {
    const username = await readMember(request, 'username')
    const password = await readMember(request, 'password')
    return { grantType: 'password', username, password, label: callerOf(request).userAgent, subscriptionKey }
  })
  const refresh = issuing(first, async ({ request }, subscriptionKey) => {
    const refreshToken = await readMember(request, ...(first ? ['refresh_token', 'token'] : ['token']))
    return { grantType: 'refresh_token', refreshToken, scope: undefined, resources: [], subscriptionKey }
  })
  const reading = ['GET', 'HEAD'] as const
  return {
    protocol: {
      dialect: 'jwt_login',
      version,
      ...(first && { deprecated: firstDeprecated }),
      refuse,
      fault: ({ status, text }) => failure(status, text),
    },
    bodies: 'every kind',
    endpoints: [
      endpoint(['login'], login, logged('token:password')),
      endpoint(first ? ['refresh-token', 'refresh'] : ['refresh'], refresh, logged('token:refresh_token')),
      endpoint(first ? ['validate-token', 'validate'] : ['validate'], validate, { refuse: refuseValidation }),
    ],
    fixed: [
      { paths: [`/status/${version}`], methods: reading, pages: 'apps', answer: json(200, { message: 'running' }) },
      ...(first ? [{ ...at('token'), methods: reading, answer: failure(410, noCodes) }] : []),
      { ...at('*'), answer: failure(404, 'Resource not found') },
    ],
  }
}

const noCodes = 'Codes are not exchanged here any more. Sign in with POST /auth/v2/login.'

function logged(ruleset: `token:${string}`): Partial<Endpoint> {
  return { logged: { ruleset, clientId }, noOtherPages: true }
}

/**
 * Login and refresh: the key first, as at the gateway, then the request, then 201 with a new pair of tokens. One that is
 * there has to be good, also where none is needed.
 */
function issuing(keyless: boolean, decode: (visit: Visit, key: Key | undefined) => Promise<TokenRequest>) {
  return async (visit: Visit) => {
    const { context, request, trace } = visit
    const presented = presentedKey(request)
    const without = keyless && presented === undefined
    const key = without ? undefined : await requireSubscriptionKey(context, presented, trace)
    const tokenRequest = await decode(visit, key)
    return json(201, tokenDocument(await exchange(context, { method: 'none', clientId }, tokenRequest, trace)))
  }
}

/** Whether a JWT of this protocol is good now, whatever its signature says. */
async function validate({ context, request }: Visit) {
  await noteSubscriptionKey(context, presentedKey(request))
  const { username, expiresAt } = await judgeLoginJwt(context, await readJudgedToken(context.settings.issuer, request))
  const now = seconds(context.clock.now())
  return json(200, { valid: true, ...lifetime(now, seconds(expiresAt) - now), username })
}

/** What is wrong with the request says nothing about the token. */
function refuseValidation(refusal: Refusal) {
  return refusal.error === 'invalid_request' ? refuse(refusal) : json(401, { valid: false, message: refusal.text })
}

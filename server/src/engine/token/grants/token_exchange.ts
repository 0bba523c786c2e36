/**
 * Token exchange (RFC 8693): an app that has got a token of somebody else's, as the API that it is for, gets one of its own for
 * the next API. The operator's rules say which; the new token is worth no more than the old one, and ends with its grant.
 */
import type { Form } from '../../../lib/form.ts'
import { sha256 } from '../../../lib/hash.ts'
import type { TokenExchangeRule } from '../../../protocol/client_metadata.ts'
import { standardDialect } from '../../../protocol/dialects.ts'
import type { Actor, GrantView } from '../../../protocol/grant.ts'
import { accessTokenType, tokenExchangeGrantType } from '../../../protocol/names.ts'
import { orThrow, Refusal } from '../../../protocol/refusal.ts'
import { isAdminScope, isWithin, parseScope } from '../../../protocol/scope.ts'
import type { Context } from '../../../runtime/context.ts'
import { type Client, registeredScope } from '../../../runtime/kept/clients.ts'
import { ownApi } from '../../../runtime/kept/known_resources.ts'
import type { Trace } from '../../../runtime/log/trace.ts'
import { findLiveToken, type LiveToken } from '../../access_tokens/bearer.ts'
import { whyOtherKey } from '../../client/dpop.ts'
import { newGrant } from '../../grant/new_grant.ts'
import { scopeAt } from '../../grant/resources.ts'
import { usableScopes } from '../../grant/scopes.ts'
import type { GrantType, Proof, Sender } from '../grant_type.ts'
import { missingParameter, readScope, requireParameter } from '../token_parameters.ts'

export interface TokenExchangeRequest {
  readonly grantType: typeof tokenExchangeGrantType
  readonly subjectToken: string
  /** Whether nothing but an access token is sent and asked for. */
  readonly accessTokens: boolean
  readonly scope: readonly string[] | undefined
  readonly resource: string
}

/** How many apps may act for one another. */
const longestChain = 4

export const tokenExchange: GrantType<TokenExchangeRequest> = {
  name: tokenExchangeGrantType,
  rules: [
    'subject_token',
    'sender_key',
    'exchange_rule',
    'scope',
    'resource',
    'standing',
    'account_limit',
    'plan',
    'dpop_once',
  ],
  decode: (form) => ({
    grantType: tokenExchangeGrantType,
    subjectToken: requireParameter(form, 'subject_token'),
    accessTokens:
      requireParameter(form, 'subject_token_type') === accessTokenType &&
      (form.get('requested_token_type') ?? accessTokenType) === accessTokenType &&
      !form.has('actor_token'),
    scope: readScope(form),
    resource: readTarget(form),
  }),
  prove,
}

/** The one API that the token is for: a resource, or an audience of the same name (§2.1). Throws Refusal. */
function readTarget(form: Form): string {
  const named = [...new Set([...form.all('resource'), ...form.all('audience')])]
  const [target] = named
  if (target === undefined) throw missingParameter('resource')
  if (named.length > 1) throw new Refusal('target_invalid', { cause: 'Ask for one token each.', got: named.join(' ') })
  return target
}

async function prove(
  context: Context,
  request: TokenExchangeRequest,
  { client, method, senderKey }: Sender,
  trace: Trace,
): Promise<Proof> {
  trace.at('subject_token')
  if (method === 'none') throw new Refusal('exchange_public')
  if (!request.accessTokens) throw new Refusal('exchange_token_type')
  const subject = await findLiveToken(context, request.subjectToken)
  if (subject instanceof Refusal) throw new Refusal('subject_token_invalid', { cause: subject.why })
  requireExchangeable(subject)
  const audiences = await audiencesOf(context, subject)
  if (!audiences.some(({ clientId }) => clientId === client.id) && subject.client.metadata.may_act !== client.id) {
    throw new Refusal('subject_token_of_others')
  }
  trace.proved(subject.grant.userId)
  trace.at('sender_key')
  const bound = subject.senderKey ?? subject.grant.senderKey
  if (bound === null) trace.skip('sender_key')
  else orThrow(whyOtherKey(bound, senderKey))

  trace.at('exchange_rule')
  const rules = (client.metadata.token_exchanges ?? []).filter(
    (rule) => rule.resource === request.resource && isFor(rule, subject, audiences),
  )
  if (rules.length === 0) throw new Refusal('exchange_not_allowed', { got: request.resource })
  const act = actorOf(client, subject)

  trace.at('scope')
  if (request.scope === undefined) trace.skip('scope')
  const scope = await usableScopes(context, client, requireScope(client, subject, rules, request.scope))
  trace.at('resource')
  const { grant, standing } = await findOrMake(context, client, subject, { scope, act, resource: request.resource })
  trace.note('The app got a token in exchange for another one.')
  return { kind: 'use', grant, standing, scope, resources: [request.resource], until: subject.expiresAt }
}

/** Throws Refusal for tokens of older protocols, personal tokens, and tokens for the admin API, which are not to travel. */
function requireExchangeable({ grant, scope }: LiveToken): void {
  if (grant.context.tokenFormat === undefined && !scope.some(isAdminScope)) return
  throw new Refusal('subject_token_invalid', {
    cause: 'The subject token is a personal one, one of an older protocol or of the admin API.',
  })
}

interface NamedAudience {
  readonly uri: string
  readonly clientId: string | undefined
}

/** The APIs that the subject token counts at, with the clients that those authenticate as. */
async function audiencesOf(context: Context, subject: LiveToken): Promise<readonly NamedAudience[]> {
  const scope = await usableScopes(context, subject.client, subject.scope)
  const registered = (await context.resources.list()).filter(
    (resource) => scopeAt(context, resource, { scope, resources: subject.resources }) !== undefined,
  )
  const own = ownApi(context.settings.issuer)
  const isOwn = subject.resources.length === 0 || subject.resources.includes(own)
  return [...registered, ...(isOwn ? [{ uri: own, clientId: undefined }] : [])]
}

function isFor(rule: TokenExchangeRule, subject: LiveToken, audiences: readonly NamedAudience[]): boolean {
  if (rule.subject_client !== undefined) return rule.subject_client === subject.client.id
  return audiences.some(({ uri }) => uri === rule.subject_audience)
}

/** The exchanging app, which acts for whoever acted before. Throws Refusal. */
function actorOf(client: Client, { grant: { context: agreed } }: LiveToken): Actor {
  let depth = 1
  for (let actor = agreed.act; actor !== undefined; actor = actor.act) depth++
  if (depth > longestChain) throw new Refusal('exchange_too_deep')
  return { sub: client.id, ...(agreed.act === undefined ? {} : { act: agreed.act }) }
}

/** Of what is asked for, or of all, what the rules, the subject token and the app's registration allow. Throws Refusal. */
function requireScope(
  client: Client,
  subject: LiveToken,
  rules: readonly TokenExchangeRule[],
  asked: readonly string[] | undefined,
): readonly string[] {
  const ruled = new Set(rules.flatMap((rule) => parseScope(rule.scope) ?? []))
  const registered = registeredScope(client)
  const allowed = subject.scope.filter(
    (name) => ruled.has(name) && registered.includes(name) && !isAdminScope(name) && !ofSignIn.has(name),
  )
  if (asked !== undefined && !isWithin(asked, allowed)) {
    throw new Refusal('scope_widened', { expected: allowed.join(' '), got: asked.join(' ') })
  }
  if (allowed.length === 0) {
    const cause = 'The rule, the subject token and the registration of the app have no scope in common.'
    throw new Refusal('scope_not_registered', { cause, expected: [...ruled].join(' ') })
  }
  return asked ?? allowed
}

/** Nobody signs in by an exchange, and nothing of it is refreshed. */
const ofSignIn: ReadonlySet<string> = new Set(['openid', 'offline_access'])

/** The grant of an exchange: one for each subject grant and what is wanted of it, however often that is. */
async function findOrMake(
  context: Context,
  client: Client,
  subject: LiveToken,
  wanted: { readonly scope: readonly string[]; readonly resource: string; readonly act: Actor },
): Promise<GrantView> {
  const { scope, resource, act } = wanted
  const { grant: from } = subject
  const ttl = client.metadata.access_token_ttl ?? context.settings.accessTokenTtl
  const exchangedFrom = { grant: from.id.toString('base64url'), step: from.userId === null ? from.step : 0 }
  const { generation } = context.keyring
  const name = [exchangedFrom, from.expiresAt, client.id, client.validAfter, scope, resource, act, ttl, generation]
  const handle = sha256(JSON.stringify(['token_exchange', ...name]))
  const { grants } = context.storage
  const found = await grants.findByHandle(handle)
  if (found !== undefined) return found
  const grant = newGrant(context, client, undefined, {
    createdAt: context.clock.now(),
    state: 'live',
    step: 1,
    expiresAt: from.expiresAt,
    dialect: standardDialect,
    context: {
      grantType: tokenExchangeGrantType,
      scope,
      resources: [resource],
      refreshable: false,
      accessTokenTtl: ttl,
      refreshTokenTtl: 0,
      exchangedFrom,
      act,
    },
  })
  await grants.insertByHandle({ ...grant, userId: from.userId, userValidAfter: from.userValidAfter, handle })
  return orThrow((await grants.findByHandle(handle)) ?? new Refusal('grant_revoked'))
}

/**
 * The JWT bearer grant (RFC 7523 §2.1): an app brings the signed word of a provider about somebody who signs in here through it,
 * and gets a token for them. Nobody signs in by it: it opens no session and no account, and needs a yes from before, the
 * person's own or the operator's.
 */
import type { JWTPayload } from 'jose'
import { day, type Millis } from '../../../lib/clock.ts'
import { sha256 } from '../../../lib/hash.ts'
import { standardDialect } from '../../../protocol/dialects.ts'
import type { GrantView } from '../../../protocol/grant.ts'
import { jwtBearerGrantType } from '../../../protocol/names.ts'
import { orThrow, Refusal } from '../../../protocol/refusal.ts'
import { isAdminScope, isWithin } from '../../../protocol/scope.ts'
import type { Context } from '../../../runtime/context.ts'
import { type Client, registeredScope } from '../../../runtime/kept/clients.ts'
import type { Trace } from '../../../runtime/log/trace.ts'
import type { Provider } from '../../../runtime/providers/provider.ts'
import type { Account } from '../../../storage/contract.ts'
import { claimAssertion, readAssertion, type Unsound, whyElsewhere } from '../../client/signed_assertion.ts'
import { newGrant } from '../../grant/new_grant.ts'
import { findResources } from '../../grant/resources.ts'
import { usableScopes } from '../../grant/scopes.ts'
import type { GrantType, Proof, Sender } from '../grant_type.ts'
import { readScope, requireParameter } from '../token_parameters.ts'

export interface JwtBearerRequest {
  readonly grantType: typeof jwtBearerGrantType
  readonly assertion: string
  readonly scope: readonly string[] | undefined
  readonly resources: readonly string[]
}

export const jwtBearer: GrantType<JwtBearerRequest> = {
  name: jwtBearerGrantType,
  rules: [
    'assertion',
    'assertion_person',
    'scope',
    'agreed',
    'resource',
    'assertion_once',
    'standing',
    'account_limit',
    'plan',
    'dpop_once',
  ],
  decode: (form) => ({
    grantType: jwtBearerGrantType,
    assertion: requireParameter(form, 'assertion'),
    scope: readScope(form),
    resources: form.all('resource'),
  }),
  prove,
}

/** A provider whose word counts, and what it has said. */
interface Vouched {
  readonly provider: Provider & { readonly jwtBearer: NonNullable<Provider['jwtBearer']> }
  readonly claims: JWTPayload
}

async function prove(
  context: Context,
  request: JwtBearerRequest,
  { client, method }: Sender,
  trace: Trace,
): Promise<Proof> {
  trace.at('assertion')
  if (method === 'none') throw new Refusal('assertion_public')
  const { provider, claims } = await requireVouched(context, request.assertion)

  trace.at('assertion_person')
  const { sub }: { sub?: unknown } = claims
  // By issuer and subject alone: an address changes hands, and whoever says it is not asked.
  const found = typeof sub !== 'string' ? undefined : await context.storage.identities.find(provider.issuer, sub)
  if (found === undefined) throw new Refusal('assertion_of_nobody')
  const { account } = found
  trace.proved(account.id)

  trace.at('scope')
  if (request.scope === undefined) trace.skip('scope')
  const allowed = await allowedScopes(context, client, request.scope)
  trace.at('agreed')
  const agreed = await requireAgreed(context, { client, provider, account }, request.scope, allowed)
  trace.at('resource')
  if (request.resources.length === 0) trace.skip('resource')
  const resources = orThrow(await findResources(context, request.resources))
  trace.at('assertion_once')
  const used = await claimAssertion(context, 'grant_assertion', provider.issuer, claims)
  if (used !== undefined) throw invalid(used)
  const { grant, standing } = await findOrMake(context, client, account, { ...agreed, resources })
  trace.note('The app got a token by the word of a provider.')
  return { kind: 'use', grant, standing, scope: agreed.scope, resources }
}

/** Throws Refusal unless a provider whose word opens grants has signed the assertion, for this server and not long ago. */
async function requireVouched(context: Context, assertion: string): Promise<Vouched> {
  const { decodeJwt, errors } = await import('jose')
  let issuer: string | undefined
  try {
    issuer = decodeJwt(assertion).iss
  } catch (error) {
    if (!(error instanceof errors.JOSEError || error instanceof TypeError)) throw error
    throw invalid({ cause: 'The assertion is not a signed JWT.' })
  }
  // What is not verified yet only picks the keys; what they have signed is read below.
  const parties = await context.providers.list()
  const provider = parties.map((party) => party.provider).find((one) => one.issuer === issuer && one.jwtBearer)
  if (provider?.jwtBearer === undefined) {
    throw invalid({
      cause: 'iss of the assertion is no provider whose assertions the operator trusts.',
      got: `${issuer}`,
    })
  }
  const { jwtBearer: trusted } = provider
  const keys = (afresh: boolean) => context.providerKeys.of(trusted.keys, afresh)
  const read = await readAssertion(context, assertion, { keys, types: /^jwt$/i })
  if ('cause' in read) throw invalid(read)
  const { issuer: here, assertionAudience } = context.settings
  const elsewhere = whyElsewhere(here, read.claims.aud, { mayNameEndpoint: assertionAudience === 'compat' })
  if (elsewhere !== undefined) throw invalid(elsewhere)
  return { provider: { ...provider, jwtBearer: trusted }, claims: read.claims }
}

/** Nobody signs in by an assertion, and nothing of it is refreshed. */
const ofSignIn: ReadonlySet<string> = new Set(['openid', 'offline_access'])

/** What the app may have by an assertion, of what it is registered for. Throws Refusal where it asks for more. */
async function allowedScopes(
  context: Context,
  client: Client,
  asked: readonly string[] | undefined,
): Promise<readonly string[]> {
  const registered = registeredScope(client).filter((name) => !isAdminScope(name) && !ofSignIn.has(name))
  const allowed = await usableScopes(context, client, registered)
  if (asked !== undefined && !isWithin(asked, allowed)) {
    throw new Refusal('scope_not_registered', { expected: allowed.join(' '), got: asked.join(' ') })
  }
  return allowed
}

/**
 * The scopes that the operator has agreed to for this app and provider, or else those that the person has allowed the app; then
 * the grant ends when they take that back. Throws Refusal where neither covers what is asked for.
 */
async function requireAgreed(
  context: Context,
  { client, provider, account }: { readonly client: Client; readonly account: Account } & Pick<Vouched, 'provider'>,
  asked: readonly string[] | undefined,
  allowed: readonly string[],
): Promise<{ readonly scope: readonly string[]; readonly consentValidAfter: Millis | null }> {
  const covered = (scope: readonly string[]) => {
    const within = allowed.filter((name) => scope.includes(name))
    if (asked !== undefined) return isWithin(asked, within) ? asked : []
    return within
  }
  const byOperator = covered(provider.jwtBearer.agreed.get(client.id) ?? [])
  if (byOperator.length > 0) return { scope: byOperator, consentValidAfter: null }
  const consent = await context.storage.consents.find(account.id, client.id)
  const byPerson = consent?.enabled === true ? covered(consent.scope) : []
  if (consent === undefined || byPerson.length === 0) {
    throw new Refusal('assertion_not_agreed', { got: asked?.join(' ') ?? 'no scope' })
  }
  return { scope: byPerson, consentValidAfter: consent.validAfter }
}

/** The grant of assertions about one person for one app: one a day for each set of scopes, however many assertions come. */
async function findOrMake(
  context: Context,
  client: Client,
  account: Account,
  wanted: {
    readonly scope: readonly string[]
    readonly resources: readonly string[]
    readonly consentValidAfter: Millis | null
  },
): Promise<GrantView> {
  const { scope, resources, consentValidAfter } = wanted
  const { generation } = context.keyring
  const accessTokenTtl = client.metadata.access_token_ttl ?? context.settings.accessTokenTtl
  const now = context.clock.now()
  const until = (Math.floor(now / day) + 1) * day + accessTokenTtl * 1000
  const stands = [client.validAfter, account.validAfter, consentValidAfter]
  const name = [client.id, account.id, ...stands, scope, resources, accessTokenTtl, generation, until]
  const handle = sha256(JSON.stringify(['jwt_bearer', ...name]))
  const { grants } = context.storage
  const found = await grants.findByHandle(handle)
  if (found !== undefined) return found
  const grant = newGrant(context, client, account, {
    createdAt: now,
    state: 'live',
    step: 1,
    expiresAt: until,
    dialect: standardDialect,
    handle,
    consentValidAfter,
    context: {
      grantType: jwtBearerGrantType,
      scope,
      resources,
      refreshable: false,
      accessTokenTtl,
      refreshTokenTtl: 0,
    },
  })
  await grants.insertByHandle({ ...grant, handle })
  return orThrow((await grants.findByHandle(handle)) ?? new Refusal('grant_revoked'))
}

function invalid(why: Unsound): Refusal {
  return new Refusal('assertion_invalid', { ...why })
}

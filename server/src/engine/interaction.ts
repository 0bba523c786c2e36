/**
 * An authorization request on its way through sign-in and consent. It is sealed and bound to the browser that started
 * it, so anonymous traffic stores nothing; steps never route to one another, each returns to `decideNext`.
 */
import type { Millis } from '../lib/clock.ts'
import { randomBytes } from '../lib/random.ts'
import { seal, unseal } from '../lib/seal.ts'
import type { Grant, GrantContext } from '../protocol/grant.ts'
import { appendQuery, matchRedirectUri } from '../protocol/redirect_uri.ts'
import { Refusal } from '../protocol/refusal.ts'
import { isWithin } from '../protocol/scope.ts'
import type { Consent } from '../storage/contract.ts'
import { type AuthorizationRequest, anyLoopbackPort, isNativeRedirect } from './authorize.ts'
import type { Client } from './clients.ts'
import { requiresPkce } from './clients.ts'
import type { Context } from './context.ts'
import { makeCode } from './credentials.ts'
import { newGrantId } from './grant_id.ts'
import { lifetimesOf } from './lifetimes.ts'
import type { LiveSession } from './sessions.ts'

/** How long a person may take over sign-in and consent. */
const requestLife = 60 * 60 * 1000
/** How long a request that came by POST may take to come back by GET. */
const handoverLife = 2 * 60 * 1000
/** What stands in place of a browser meanwhile; no cookie has this value. */
const handover = 'handover'
/** How long a sign-in counts as the one that a request has asked for: as long as the pages after it may take. */
const signInCounts = 10 * 60 * 1000

/** Seals a request for one browser (its cookie's value), or for any where the cookie could not come along. */
export function sealRequest(context: Context, request: AuthorizationRequest, browser: string | undefined): string {
  const key = context.keyring.current('authorization request')
  return seal(key, JSON.stringify(request), browser ?? handover).toString('base64url')
}

/** Opens what this browser was given. Throws request_not_from_this_browser where it is not, or too old. */
export function openRequest(context: Context, sealed: string, browser: string): AuthorizationRequest {
  return open(context, sealed, browser, requestLife)
}

/** The same at authorize itself, which also takes what has just come by POST and is bound to no browser yet. */
export function resumeRequest(context: Context, sealed: string, browser: string): AuthorizationRequest {
  try {
    return openRequest(context, sealed, browser)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return open(context, sealed, handover, handoverLife)
  }
}

function open(context: Context, sealed: string, bound: string, life: Millis): AuthorizationRequest {
  const bytes = Buffer.from(sealed, 'base64url')
  let opened: Buffer | undefined
  for (const key of context.keyring.all('authorization request')) opened ??= unseal(key, bytes, bound)
  if (opened === undefined) throw new Refusal('request_not_from_this_browser')
  const request = JSON.parse(opened.toString()) as AuthorizationRequest
  if (context.clock.now() - request.startedAt > life) throw new Refusal('request_not_from_this_browser')
  return request
}

export type Next =
  | { readonly step: 'sign_in'; readonly client: Client }
  | {
      readonly step: 'consent'
      readonly client: Client
      readonly live: LiveSession
      readonly remembered: Consent | undefined
    }
  | {
      readonly step: 'issue'
      readonly client: Client
      readonly live: LiveSession
      readonly consent: Consent | undefined
    }

/**
 * What has to happen next, judged as of now from the sealed request and the session; nothing that a page's form could
 * tamper with goes in. Throws a Refusal where `prompt=none` forbids what would be needed.
 */
export async function decideNext(
  context: Context,
  request: AuthorizationRequest,
  live: LiveSession | undefined,
): Promise<Next> {
  const client = await requireUnchangedClient(context, request)
  const silent = request.prompt.includes('none')
  if (live === undefined || needsSignIn(context, request, live)) {
    if (silent) throw new Refusal('login_required')
    return { step: 'sign_in', client }
  }
  if (client.metadata.first_party) return { step: 'issue', client, live, consent: undefined }
  const consent = await context.storage.consents.find(live.account.id, client.id)
  const remembered = consent?.enabled === true ? consent : undefined
  const enough =
    remembered !== undefined &&
    isWithin(request.scope, remembered.scope) &&
    !request.prompt.includes('consent') &&
    // A yes is never silent where another program could pose as the app (RFC 8252 §8.6).
    !(isNativeRedirect(request.redirectUri) && !client.confidential)
  if (enough) return { step: 'issue', client, live, consent: remembered }
  if (silent) throw new Refusal('consent_required')
  return { step: 'consent', client, live, remembered }
}

/** The client as it is now; a request sealed for what has since been taken away goes no further. */
export async function requireUnchangedClient(context: Context, request: AuthorizationRequest): Promise<Client> {
  const client = await context.clients.find(request.clientId)
  if (client === undefined || !client.enabled)
    throw new Refusal('client_disabled', { text: 'This app is not known here.' })
  if (matchRedirectUri(request.redirectUri, client.metadata.redirect_uris, anyLoopbackPort(client)) === undefined) {
    throw new Refusal('redirect_uri_not_registered')
  }
  if (request.codeChallenge === undefined && requiresPkce(client)) throw new Refusal('code_challenge_missing')
  return client
}

function needsSignIn(context: Context, request: AuthorizationRequest, { session, account }: LiveSession): boolean {
  const age = context.clock.now() - session.authTime
  // An address of ours that is opened again from the history must not stand in for a sign-in.
  const fresh = session.authTime >= request.startedAt && age <= signInCounts
  if (request.hintSubject !== undefined && request.hintSubject !== account.id) return true
  if (fresh) return false
  if (request.prompt.includes('login') || request.prompt.includes('select_account')) return true
  return request.maxAge !== undefined && age > request.maxAge * 1000
}

/** Remembers the person's yes and issues the code. */
export async function allow(
  context: Context,
  request: AuthorizationRequest,
  next: Extract<Next, { live: LiveSession }>,
): Promise<string> {
  const consent = await context.storage.consents.remember(next.live.account.id, next.client.id, request.scope)
  return issueCode(context, request, next.client, next.live, consent)
}

/** Stores the grant with its code out, and answers the URI to send the browser to (RFC 6749 §4.1.2, RFC 9207 §2). */
export async function issueCode(
  context: Context,
  request: AuthorizationRequest,
  client: Client,
  live: LiveSession,
  consent: Consent | undefined,
): Promise<string> {
  const now = context.clock.now()
  const { code } = lifetimesOf(context.settings, client, request.dialect)
  const grant: Grant = {
    id: newGrantId(now),
    key: randomBytes(16),
    clientId: client.id,
    userId: live.account.id,
    state: 'offered',
    endReason: null,
    step: 0,
    steppedAt: now,
    generation: context.keyring.generation,
    createdAt: now,
    expiresAt: now + code * 1000,
    usedAt: now,
    endedAt: null,
    epoch: 0,
    attempt: null,
    dialect: request.dialect,
    label: null,
    authMethod: null,
    senderKey: null,
    handle: null,
    context: agreed(context, request, client, live),
    clientValidAfter: client.validAfter,
    userValidAfter: live.account.validAfter,
    consentValidAfter: consent?.validAfter ?? null,
  }
  await context.storage.grants.insert(grant)
  return answer(context, request.redirectUri, [['code', makeCode(context, grant)]], request.state)
}

function agreed(context: Context, request: AuthorizationRequest, client: Client, live: LiveSession): GrantContext {
  const openid = request.scope.includes('openid')
  const offline = request.scope.includes('offline_access')
  const refreshable = client.metadata.grant_types.includes('refresh_token') && (!openid || offline)
  const lifetimes = lifetimesOf(context.settings, client, request.dialect)
  return {
    grantType: 'authorization_code',
    scope: request.scope,
    resources: request.resources,
    redirectUri: request.redirectUri,
    redirectUriSent: request.redirectUriSent,
    refreshable,
    accessTokenTtl: lifetimes.accessToken,
    refreshTokenTtl: lifetimes.refreshToken,
    ...(request.codeChallenge === undefined ? {} : { codeChallenge: request.codeChallenge }),
    ...(request.nonce === undefined ? {} : { nonce: request.nonce }),
    ...(openid ? { authTime: Math.floor(live.session.authTime / 1000), amr: live.session.amr } : {}),
    // What was asked for as a sign-in ends with the session, unless it was asked to outlast it (OIDC Core §11).
    ...(openid && !offline ? { session: live.session.id } : {}),
  }
}

/** The URI by which a refusal goes back to the client. */
export function refusalUri(context: Context, redirectUri: string, refusal: Refusal, state: string | undefined): string {
  return answer(
    context,
    redirectUri,
    [
      ['error', refusal.error],
      ['error_description', refusal.text],
    ],
    state,
  )
}

function answer(
  context: Context,
  redirectUri: string,
  parameters: readonly (readonly [string, string])[],
  state: string | undefined,
): string {
  return appendQuery(redirectUri, [
    ...parameters,
    ...(state === undefined ? [] : [['state', state] as const]),
    ['iss', context.settings.issuer],
  ])
}

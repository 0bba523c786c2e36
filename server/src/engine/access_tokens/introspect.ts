/**
 * Token introspection (RFC 7662 §2): what a token is worth, told to the client that it was issued to, and to the APIs of
 * the operator that it is for.
 */
import { seconds } from '../../lib/clock.ts'
import { capabilities } from '../../protocol/capabilities.ts'
import { decodeCredential, proveCredential } from '../../protocol/credential.ts'
import type { Actor, Grant } from '../../protocol/grant.ts'
import { Refusal } from '../../protocol/refusal.ts'
import type { Context } from '../../runtime/context.ts'
import { type Client, scopeNow } from '../../runtime/kept/clients.ts'
import { ownApi } from '../../runtime/kept/known_resources.ts'
import { subjectOf } from '../../runtime/keys/subjects.ts'
import { scopeAt } from '../grant/resources.ts'
import { usableScopes } from '../grant/scopes.ts'
import { whyNotStanding } from '../grant/standing.ts'
import { noteSeen, whyUnused } from '../grant/use.ts'
import { findLiveToken, type LiveToken } from './bearer.ts'

export type Introspection =
  | { readonly active: false }
  | {
      readonly active: true
      readonly token_type: 'Bearer' | 'DPoP' | 'refresh_token'
      readonly scope: string
      readonly client_id: string
      readonly username?: string
      readonly sub: string
      readonly aud?: string | readonly string[]
      readonly iss: string
      readonly iat: number
      readonly exp: number
      readonly jti?: string
      /** When and how the person signed in for it (RFC 9470 §6.2). */
      readonly auth_time?: number
      readonly acr?: string
      readonly amr?: readonly string[]
      /** Who acts with the token, and who may exchange it (RFC 8693 §4.1, §4.4). */
      readonly act?: Actor
      readonly may_act?: Actor
      /** The key that it is bound to (RFC 9449 §6.2). */
      readonly cnf?: { readonly jkt: string }
    }

/** The media type of an answer that is signed, and the type of that JWT (RFC 9701 §4, §5). */
export const introspectionJwtType = 'token-introspection+jwt'

/**
 * The answer as a JWT for the client that asked (RFC 9701 §5). Its own claims say nothing of the token, so that it is taken
 * for no access token or ID token (§8.1).
 */
export function signIntrospection(
  { signer, settings, clock }: Context,
  { id, metadata }: Client,
  answer: Introspection,
): string {
  const registered = metadata.introspection_signed_response_alg
  const alg = capabilities.introspectionAlgorithms.find((one) => one === registered) ?? 'RS256'
  return signer.sign(alg, introspectionJwtType, {
    iss: settings.issuer,
    aud: id,
    iat: seconds(clock.now()),
    token_introspection: answer,
  })
}

const inactive: Introspection = { active: false }

/**
 * The state of a token. Whatever is not live, not ours, or not the caller's is only `active: false` (§2.2): what a
 * foreign token is must not be learnt here.
 */
export function introspect(context: Context, client: Client, text: string): Promise<Introspection> {
  return text.startsWith('rt') ? refreshToken(context, client, text) : accessToken(context, client, text)
}

async function accessToken(context: Context, client: Client, text: string): Promise<Introspection> {
  const token = await findLiveToken(context, text)
  if (token instanceof Refusal) return inactive
  const worth =
    token.grant.clientId === client.id ? await worthOf(context, token) : await worthAt(context, client, token)
  if (worth === undefined) return inactive
  return {
    active: true,
    token_type: token.senderKey === null ? 'Bearer' : 'DPoP',
    scope: worth.scope.join(' '),
    client_id: token.grant.clientId,
    // An API reads the name that the app knows, as in a JWT.
    sub: nameOf(context, token.client, token.grant),
    aud: worth.audience,
    iss: context.settings.issuer,
    iat: seconds(token.issuedAt),
    exp: seconds(token.expiresAt),
    jti: token.jti,
    ...signInOf(token.grant),
    ...(token.grant.context.act === undefined ? {} : { act: token.grant.context.act }),
    ...(token.client.metadata.may_act === undefined ? {} : { may_act: { sub: token.client.metadata.may_act } }),
    ...(token.senderKey === null ? {} : { cnf: { jkt: token.senderKey.toString('base64url') } }),
  }
}

/** What is known of the sign-in behind a grant; nothing where an app acts for itself. */
function signInOf({ context: { authTime, acr, amr } }: Grant) {
  return {
    ...(authTime === undefined ? {} : { auth_time: authTime }),
    ...(acr === undefined ? {} : { acr }),
    ...(amr === undefined ? {} : { amr }),
  }
}

interface Worth {
  readonly scope: readonly string[]
  readonly audience: string | readonly string[]
}

/** What a token is worth altogether; undefined where none of its resources is registered any more. */
async function worthOf(context: Context, { scope, resources }: LiveToken): Promise<Worth | undefined> {
  if (resources.length === 0) return { scope, audience: ownApi(context.settings.issuer) }
  const found = await Promise.all(resources.map((uri) => context.resources.find(uri)))
  const audience = found.flatMap((resource) => (resource === undefined ? [] : [resource.uri]))
  return audience.length === 0 ? undefined : { scope, audience }
}

/** What a token is worth at the APIs that authenticate as this client; undefined where it is for none of them. */
async function worthAt(context: Context, client: Client, token: LiveToken): Promise<Worth | undefined> {
  const audience: string[] = []
  const scope = new Set<string>()
  const usable = { scope: await usableScopes(context, token.client, token.scope), resources: token.resources }
  for (const resource of await context.resources.list()) {
    if (resource.clientId !== client.id) continue
    const there = scopeAt(context, resource, usable)
    if (there === undefined) continue
    audience.push(resource.uri)
    for (const name of there) scope.add(name)
  }
  return audience.length === 0 ? undefined : { scope: [...scope], audience }
}

async function refreshToken(context: Context, client: Client, text: string): Promise<Introspection> {
  const presented = decodeCredential(text)
  if (presented === undefined || presented.kind !== 'refresh') return inactive
  const view = await context.storage.grants.find(presented.grantId)
  const key = context.keyring.key('credential', presented.generation)
  if (view === undefined || key === undefined || !proveCredential(presented, key, view.grant)) return inactive
  const { grant } = view
  noteSeen(context, grant, presented.step)
  if (grant.clientId !== client.id || presented.step !== grant.step || grant.state !== 'live') return inactive
  const now = context.clock.now()
  if (now >= grant.expiresAt) return inactive
  if ((whyNotStanding(view) ?? whyUnused(view, client, context.settings, now)) !== undefined) return inactive
  return {
    active: true,
    token_type: 'refresh_token',
    scope: scopeNow(client, grant.context.scope).join(' '),
    client_id: grant.clientId,
    sub: nameOf(context, client, grant),
    iss: context.settings.issuer,
    iat: seconds(grant.steppedAt),
    exp: seconds(grant.expiresAt),
  }
}

/** The person as this client knows them, or the client itself. */
function nameOf(context: Context, client: Client, { userId, clientId }: Grant): string {
  return userId === null ? clientId : subjectOf(context, client, userId)
}

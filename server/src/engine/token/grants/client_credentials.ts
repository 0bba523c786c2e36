/**
 * The client_credentials grant (RFC 6749 §4.4). It writes nothing: each client has one grant row per set of scopes and
 * resources, found by a digest, and tokens differ by a random jti.
 */
import { sha256 } from '../../../lib/hash.ts'
import type { GrantView } from '../../../protocol/grant.ts'
import { orThrow, Refusal } from '../../../protocol/refusal.ts'
import { isAdminScope, isWithin, openidScopes } from '../../../protocol/scope.ts'
import type { Context } from '../../../runtime/context.ts'
import { type Client, registeredScope } from '../../../runtime/kept/clients.ts'
import type { Trace } from '../../../runtime/log/trace.ts'
import { requireOwnApiOnly } from '../../client/app_development.ts'
import type { AuthenticatedClient } from '../../client/client_authentication.ts'
import { whyNotAdmin } from '../../grant/admin_scopes.ts'
import { newGrant } from '../../grant/new_grant.ts'
import { findResources, whyNoResource } from '../../grant/resources.ts'
import { usableScopes, usesAdminApi, whyUnusable } from '../../grant/scopes.ts'
import type { GrantType, Proof } from '../grant_type.ts'
import { readScope } from '../token_parameters.ts'

/** Sets of resources for which a client's grant is kept; any number can be asked for. */
const ownGrantsKept = 100

export interface ClientCredentialsRequest {
  readonly grantType: 'client_credentials'
  readonly scope: readonly string[] | undefined
  readonly resources: readonly string[]
}

export const clientCredentials: GrantType<ClientCredentialsRequest> = {
  name: 'client_credentials',
  rules: ['scope', 'resource', 'standing', 'plan', 'dpop_once'],
  decode: (form) => ({
    grantType: 'client_credentials',
    scope: readScope(form),
    resources: form.all('resource'),
  }),
  prove,
}

async function prove(
  context: Context,
  request: ClientCredentialsRequest,
  { client }: AuthenticatedClient,
  trace: Trace,
): Promise<Proof> {
  trace.at('scope')
  const ofTheApp = registeredScope(client).filter((scope) => !(openidScopes as readonly string[]).includes(scope))
  const registered = await usableScopes(context, client, ofTheApp)
  if (request.scope !== undefined && !isWithin(request.scope, registered)) {
    if (isWithin(request.scope, ofTheApp)) orThrow(await whyUnusable(context, client, request.scope))
    throw new Refusal('scope_not_registered', { expected: registered.join(' '), got: request.scope.join(' ') })
  }
  if (request.scope === undefined) trace.skip('scope')
  const unasked = usesAdminApi(client) ? registered.filter((name) => !isAdminScope(name)) : registered
  const scope = request.scope ?? unasked
  // An app without scopes gets a token that proves who it is, and no more.
  if (scope.length === 0 && usesAdminApi(client))
    throw new Refusal('scope_not_registered', { cause: onlyUnasked, got: 'no scope' })
  trace.at('resource')
  if (request.resources.length === 0) trace.skip('resource')
  const resources = orThrow(await findResources(context, request.resources))
  orThrow(whyNoResource(client, resources))
  const admin = isForAdmin(context, client, scope, resources)
  requireOwnApiOnly(context, client, resources)
  const view = await clientGrant(context, client, admin ? registered.filter(isAdminScope) : unasked, resources)
  trace.note('The app got a token of its own.')
  return {
    kind: 'use',
    grant: view.grant,
    standing: view.standing,
    scope,
    resources,
  }
}

const onlyUnasked =
  'The app is registered for no scope that it could get without naming it. Those of the admin API are asked for with scope and resource.'

/** Whether the token is one for the admin API. Throws the Refusal where the app may not have it so. */
function isForAdmin(context: Context, client: Client, scope: readonly string[], resources: readonly string[]): boolean {
  if (resources.length === 0 && !usesAdminApi(client)) return false
  const refused = whyNotAdmin(context, client, { scope, resources, for: 'app', dialect: 'oauth' })
  if (refused !== undefined) throw refused
  return scope.some(isAdminScope)
}

/**
 * The client's own grant, kept with the cached client: it is never older than what is known of the client anyway, and
 * what it says of the client's standing neither. Its tokens are judged by the row at every use.
 */
async function clientGrant(
  context: Context,
  client: Client,
  scope: readonly string[],
  resources: readonly string[],
): Promise<GrantView> {
  const name = JSON.stringify(resources)
  const kept = client.ownGrants.get(name)
  if (kept !== undefined) return kept
  const view = await findOrMake(context, client, scope, resources)
  if (client.ownGrants.size < ownGrantsKept) client.ownGrants.set(name, view)
  return view
}

async function findOrMake(
  context: Context,
  client: Client,
  scope: readonly string[],
  resources: readonly string[],
): Promise<GrantView> {
  const ttl = client.metadata.access_token_ttl ?? context.settings.accessTokenTtl
  const { generation } = context.keyring
  // After everything of the client has been ended, a row of its own begins anew; so it does under a newer root secret,
  // because the row's tokens are made under the generation that it was born with.
  const name = ['client_credentials', client.id, scope, resources, ttl, client.validAfter, generation]
  const handle = sha256(JSON.stringify(name))
  const { grants } = context.storage
  const found = await grants.findByHandle(handle)
  if (found !== undefined) return found
  const grant = newGrant(context, client, undefined, {
    createdAt: context.clock.now(),
    state: 'live',
    step: 1,
    expiresAt: Number.MAX_SAFE_INTEGER,
    dialect: 'oauth',
    context: {
      grantType: 'client_credentials',
      scope,
      resources,
      refreshable: false,
      accessTokenTtl: ttl,
      refreshTokenTtl: 0,
    },
  })
  await grants.insertByHandle({ ...grant, handle })
  const made = await grants.findByHandle(handle)
  if (made === undefined) throw new Error('client_credentials: the grant that was just stored is not there')
  return made
}

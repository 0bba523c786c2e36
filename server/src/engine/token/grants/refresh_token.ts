/**
 * The refresh_token grant (RFC 6749 §6). It proves that the caller holds a refresh token of one of this client's
 * grants; the pipeline advances the grant, so rotation and reuse (RFC 9700 §4.14.2) are not decided here.
 */
import { Refusal } from '../../../protocol/refusal.ts'
import { isWithin } from '../../../protocol/scope.ts'
import type { Context } from '../../../runtime/context.ts'
import { type Client, registeredScope } from '../../../runtime/kept/clients.ts'
import type { Trace } from '../../../runtime/log/trace.ts'
import type { SubscriptionKey } from '../../../storage/contract.ts'
import type { AuthenticatedClient } from '../../client/client_authentication.ts'
import { requireSecretFor } from '../../client/leniencies.ts'
import { openOwnCredential } from '../../client/own_credential.ts'
import { requireKeyOfGrant } from '../../client/subscription_key_rules.ts'
import { requireGrantedResources } from '../../grant/resources.ts'
import { usableScopes } from '../../grant/scopes.ts'
import type { GrantType, Proof } from '../grant_type.ts'
import { readScope, requireParameter } from '../token_parameters.ts'

export interface RefreshTokenRequest {
  readonly grantType: 'refresh_token'
  readonly refreshToken: string
  readonly scope: readonly string[] | undefined
  readonly resources: readonly string[]
  /** The key that was presented, in a protocol that knows such keys. */
  readonly subscriptionKey?: SubscriptionKey | undefined
}

export const refreshToken: GrantType<RefreshTokenRequest> = {
  name: 'refresh_token',
  rules: [
    'credential',
    'credential_client',
    'scope',
    'sender_key',
    'resource',
    'standing',
    'recent_use',
    'account_limit',
    'plan',
    'dpop_once',
    'once',
  ],
  decode: (form) => ({
    grantType: 'refresh_token',
    refreshToken: requireParameter(form, 'refresh_token'),
    scope: readScope(form),
    resources: form.all('resource'),
  }),
  prove,
}

async function prove(
  context: Context,
  request: RefreshTokenRequest,
  { client, method }: AuthenticatedClient,
  trace: Trace,
): Promise<Proof> {
  const opened = await openOwnCredential(context, { text: request.refreshToken, kind: 'refresh' }, client, trace)
  const { grant } = opened
  requireKeyOfGrant(request.subscriptionKey, grant)
  trace.proved(grant.userId)
  // No other grant type is open to a client that has a secret and shows none.
  trace.at('client_authentication')
  requireSecretFor(grant, client, method)

  trace.at('scope')
  if (request.scope === undefined) trace.skip('scope')
  const scope = await usableScopes(context, client, narrow(request.scope, grant.context.scope, client))
  trace.at('resource')
  if (request.resources.length === 0) trace.skip('resource')
  const resources = requireGrantedResources(request.resources, grant.context.resources)
  return {
    kind: 'advance',
    credential: 'refresh',
    grant,
    standing: opened.standing,
    step: opened.step,
    issued: opened.issued,
    scope,
    resources,
  }
}

/**
 * "The requested scope MUST NOT include any scope not originally granted by the resource owner" (RFC 6749 §6). What the
 * client has since been deprived of falls away; without offline_access there is nothing left to refresh.
 */
function narrow(asked: readonly string[] | undefined, granted: readonly string[], client: Client): readonly string[] {
  if (asked !== undefined && !isWithin(asked, granted)) {
    throw new Refusal('scope_widened', { expected: granted.join(' '), got: asked.join(' ') })
  }
  const registered = registeredScope(client)
  if (granted.includes('offline_access') && !registered.includes('offline_access')) {
    throw new Refusal('grant_revoked', { cause: 'The app is no longer registered for offline_access.' })
  }
  return (asked ?? granted).filter((scope) => registered.includes(scope))
}

/** What the client may do (RFC 6749 §3.3), and at which services (RFC 8707 §2). */
import { Refusal } from '../../../protocol/refusal.ts'
import type { FrontChannel } from '../../../protocol/response_type.ts'
import { isWithin, parseScope } from '../../../protocol/scope.ts'
import { type Client, defaultScopeOf, registeredScope } from '../../../runtime/kept/clients.ts'
import { whyNotAdmin } from '../../grant/admin_scopes.ts'
import { findResources, whyNoResource } from '../../grant/resources.ts'
import { usableScopes, whyUnusable } from '../../grant/scopes.ts'
import type { Asking } from './checks.ts'

export async function findScope(
  { context, form }: Asking,
  { client, frontChannel }: { readonly client: Client; readonly frontChannel: FrontChannel | undefined },
): Promise<{ readonly scope: readonly string[] } | Refusal> {
  const asked = soundScope(form.get('scope'), client)
  if (asked instanceof Refusal) return asked
  const refused = form.has('scope') ? await whyUnusable(context, client, asked) : undefined
  if (refused !== undefined) return refused
  const scope = form.has('scope') ? asked : await usableScopes(context, client, asked)
  if (frontChannel?.idToken === true && !scope.includes('openid')) return new Refusal('openid_scope_missing')
  return { scope }
}

function soundScope(asked: string | undefined, client: Client): readonly string[] | Refusal {
  const registered = registeredScope(client)
  if (asked === undefined) return defaultScopeOf(client)
  const scope = parseScope(asked)
  if (scope === undefined || scope.length === 0) return new Refusal('scope_malformed')
  // An offline_access that cannot be honoured is ignored (OIDC Core §11).
  const wanted = scope.filter((name) => name !== 'offline_access' || mayBeOffline(client, scope))
  if (!isWithin(wanted, registered)) {
    const foreign = wanted.filter((name) => !registered.includes(name))
    return new Refusal('scope_not_registered', {
      cause: 'The app is not registered for a scope that it asked for.',
      expected: registered.join(' '),
      got: foreign.join(' '),
    })
  }
  return wanted
}

function mayBeOffline(client: Client, scope: readonly string[]): boolean {
  return (
    scope.includes('openid') &&
    client.metadata.grant_types.includes('refresh_token') &&
    registeredScope(client).includes('offline_access')
  )
}

export async function findAudience(
  { context, form, trace }: Asking,
  {
    client,
    scope,
    frontChannel,
    for: holder = 'person',
  }: {
    readonly client: Client
    readonly scope: readonly string[]
    readonly frontChannel: FrontChannel | undefined
    readonly for?: 'person' | 'device'
  },
): Promise<{ readonly resources: readonly string[] } | Refusal> {
  if (!form.has('resource')) trace.skip('resource')
  const resources = await findResources(context, form.all('resource'))
  if (resources instanceof Refusal) return resources
  const inRedirect = frontChannel?.accessToken === true
  const asked = { scope, resources, for: holder, dialect: trace.dialect, inRedirect } as const
  return whyNoResource(client, resources) ?? whyNotAdmin(context, client, asked) ?? { resources }
}

/** What the client may do (RFC 6749 §3.3), and at which services (RFC 8707 §2). */
import { Refusal } from '../../../protocol/refusal.ts'
import type { FrontChannel } from '../../../protocol/response_type.ts'
import { isWithin, parseScope } from '../../../protocol/scope.ts'
import { type Client, registeredScope } from '../../../runtime/kept/clients.ts'
import { requireResources } from '../../grant/resources.ts'
import { requireUsableScopes, usableScopes } from '../../grant/scopes.ts'
import type { Asking } from './checks.ts'

export async function findScope(
  { context, form }: Asking,
  { client, frontChannel }: { readonly client: Client; readonly frontChannel: FrontChannel | undefined },
): Promise<{ readonly scope: readonly string[] }> {
  const asked = soundScope(form.get('scope'), client)
  if (form.has('scope')) await requireUsableScopes(context, client, asked)
  const scope = form.has('scope') ? asked : await usableScopes(context, client, asked)
  if (frontChannel?.idToken === true && !scope.includes('openid')) throw new Refusal('openid_scope_missing')
  return { scope }
}

function soundScope(asked: string | undefined, client: Client): readonly string[] {
  const registered = registeredScope(client)
  if (asked === undefined) return registered
  const scope = parseScope(asked)
  if (scope === undefined || scope.length === 0) throw new Refusal('scope_malformed')
  // An offline_access that cannot be honoured is ignored (OIDC Core §11).
  const wanted = scope.filter((name) => name !== 'offline_access' || mayBeOffline(client, scope))
  if (!isWithin(wanted, registered)) {
    const foreign = wanted.filter((name) => !registered.includes(name))
    throw new Refusal('scope_not_registered', {
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

export async function findResources({
  context,
  form,
  trace,
}: Asking): Promise<{ readonly resources: readonly string[] }> {
  if (!form.has('resource')) trace.skip('resource')
  return { resources: await requireResources(context, form.all('resource')) }
}

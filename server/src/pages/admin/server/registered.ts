/** /admin/apis and /admin/providers: what the operator's document has registered beside people and apps. */
import { readScopes } from '../../../engine/grant/scopes.ts'
import type { Context } from '../../../runtime/context.ts'
import { operating } from '../../guards.ts'
import { hostOf } from '../../kit/app_facts.tsx'
import { paths } from '../../kit/paths.ts'
import { page } from '../../page.ts'
import { viewerOf } from '../../visit.ts'
import { type ApiShown, apiList, type ProviderShown, providerList } from './registered_view.tsx'

async function apisOf(context: Pick<Context, 'resources' | 'settings'>): Promise<readonly ApiShown[]> {
  const { find } = await readScopes(context)
  return (await context.resources.list()).map(({ name, scopes, scope, ...api }) => ({
    ...api,
    name: name ?? hostOf(api.uri),
    scopes: scopes && (scope ?? []).flatMap((one) => find(one) ?? []),
  }))
}

async function providersOf({ providers }: Pick<Context, 'providers'>): Promise<readonly ProviderShown[]> {
  const parties = await providers.list()
  return Promise.all(
    parties.map(async ({ provider, isReachable }) => ({
      id: provider.id,
      name: provider.name,
      kind: provider.kind,
      host: hostOf(provider.kind === 'oidc' ? provider.issuer : (provider.endpoints.authorization ?? provider.issuer)),
      clientId: provider.clientId,
      state: provider.secretUnreadable ? 'unreadable' : (await isReachable()) ? 'ready' : 'away',
    })),
  )
}

export const registeredPages = [
  page({
    path: paths.consoleApis,
    guard: operating('read'),
    get: async (visit) => apiList({ viewer: viewerOf(visit), apis: await apisOf(visit.context) }),
  }),
  page({
    path: paths.consoleProviders,
    guard: operating('read'),
    get: async (visit) => providerList({ viewer: viewerOf(visit), providers: await providersOf(visit.context) }),
  }),
]

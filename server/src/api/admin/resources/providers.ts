/** Identity providers with which people sign in. The operator's document makes and changes them. */
import { z } from 'zod'
import { listProviders, type StoredProvider } from '../../../engine/operator/admin_api/directory.ts'
import { byId, type Operation, operation, type Thing } from '../operation.ts'
import { pageOf } from '../pages.ts'

const provider = z.object({
  id: z.string().meta({ examples: ['google'] }),
  kind: z.enum(['oidc', 'oauth2', 'facebook']),
  name: z.string().nullable(),
  issuer: z.string().nullable(),
  authorization_endpoint: z.string().nullable(),
  token_endpoint: z.string().nullable(),
  userinfo_endpoint: z.string().nullable(),
  jwks_uri: z.string().nullable(),
  token_info_endpoint: z.string().nullable(),
  scope: z.string().nullable(),
  client_id: z.string(),
  has_secret: z.boolean().meta({ description: 'Whether a client secret is stored. It is shown nowhere.' }),
  native_client_ids: z.array(z.string()),
  email_authoritative: z.boolean(),
})

function shown(one: StoredProvider): z.output<typeof provider> {
  return {
    id: one.id,
    kind: one.kind,
    name: one.name ?? null,
    issuer: one.issuer ?? null,
    authorization_endpoint: one.authorization_endpoint ?? null,
    token_endpoint: one.token_endpoint ?? null,
    userinfo_endpoint: one.userinfo_endpoint ?? null,
    jwks_uri: one.jwks_uri ?? null,
    token_info_endpoint: one.token_info_endpoint ?? null,
    scope: one.scope ?? null,
    client_id: one.client_id,
    has_secret: one.client_secret !== undefined,
    native_client_ids: [...(one.native_client_ids ?? [])],
    email_authoritative: one.email_authoritative === true,
  }
}

const aProvider: Thing<z.output<typeof byId>> = {
  kind: 'provider',
  key: ({ id }) => id,
  read: async ({ context }, id) => {
    const found = (await listProviders(context)).find((one) => one.id === id)
    return found && shown(found)
  },
}

export const providerOperations: readonly Operation[] = [
  operation({
    id: 'listProviders',
    method: 'GET',
    path: '/providers',
    tag: 'providers',
    summary: 'List the identity providers with which people sign in',
    right: 'read',
    answer: pageOf(provider),
    run: async ({ context }) => ({ body: { items: (await listProviders(context)).map(shown), next: null } }),
  }),
  operation({
    id: 'getProvider',
    method: 'GET',
    path: '/providers/{id}',
    tag: 'providers',
    summary: 'Read one identity provider, without its secret',
    right: 'read',
    params: byId,
    answer: provider,
    thing: aProvider,
  }),
]

/**
 * The clients that the server makes itself. Those of the password protocols (RFC 6749 §4.3), one for each: nobody else
 * may ask for tokens with a person's password, and by another protocol these clients get nothing. The one with which
 * people try the data API on the page of its reference, and the one of the tokens that they make for themselves.
 */
import { isDeepStrictEqual } from 'node:util'
import { type ClientMetadata, clientMetadataSchema, longestIdleTtl } from '../../protocol/client_metadata.ts'
import { type Dialect, dialectFacts, dialects, type PasswordClient } from '../../protocol/dialects.ts'
import type { ClientId } from '../../protocol/names.ts'
import { dataApiScopes, formatScope, resourceScopes } from '../../protocol/scope.ts'
import type { Storage } from '../../storage/contract.ts'

/** What a password protocol gives out, and to which client. */
export type PasswordDialect = PasswordClient & { readonly dialect: Dialect }

const protocols: readonly PasswordDialect[] = dialects.flatMap((dialect) => {
  const { passwordClient } = dialectFacts[dialect]
  return passwordClient === undefined ? [] : { ...passwordClient, dialect }
})

/** The client of the page at /docs/api, and where on this server people return to it. */
export const referenceClient = {
  clientId: 'api-reference',
  name: 'API reference',
  redirectPath: '/docs/api/static/oauth2-redirect.html',
} as const

/** The client of tokens that people make for themselves. It asks for nothing: no request names it but those about its tokens. */
export const personalClient = { clientId: 'personal-tokens', name: 'Personal tokens' } as const

/** Whether a client belongs to a part of this server that is switched off. */
export function isOff(
  clientId: ClientId,
  { dataApi, personalTokens }: { readonly dataApi: boolean; readonly personalTokens: boolean },
): boolean {
  if (clientId === referenceClient.clientId) return !dataApi
  return clientId === personalClient.clientId && !personalTokens
}

/** Whether a client is the same on every server: the operator's document cannot describe it. */
export function isFixed(clientId: ClientId): boolean {
  return clientId === referenceClient.clientId || clientId === personalClient.clientId
}

/** Whether the server makes the client itself: nobody registers an app under its ID, and nobody prunes it. */
export function isBuiltIn(clientId: ClientId): boolean {
  return isFixed(clientId) || passwordDialectOf(clientId) !== undefined
}

/** The protocol that a client is built in for; undefined for every other client. */
export function passwordDialectOf(clientId: ClientId): PasswordDialect | undefined {
  return protocols.find((protocol) => protocol.clientId === clientId)
}

/** Members that no document can change: they keep a built-in client to its protocol. Empty for every other client. */
export function fixedMetadata(clientId: ClientId): Partial<ClientMetadata> {
  const protocol = passwordDialectOf(clientId)
  if (protocol === undefined) return {}
  return {
    redirect_uris: [],
    grant_types: ['password', ...(protocol.refreshes ? ['refresh_token'] : [])],
    token_endpoint_auth_method: 'none',
    token_format: 'opaque',
    dialects: [protocol.dialect],
    first_party: true,
  }
}

/** Members that a built-in client has until the operator says otherwise. Empty for every other client. */
export function defaultMetadata(clientId: ClientId): Partial<ClientMetadata> {
  const protocol = passwordDialectOf(clientId)
  return protocol === undefined ? {} : { client_name: protocol.name, scope: formatScope(dataApiScopes) }
}

/** Makes the rows of the built-in clients whose protocol is open, as far as they are not there yet. */
export async function ensureBuiltInClients(
  storage: Storage,
  {
    dialects,
    dataApi,
    personalTokens,
    issuer,
  }: {
    readonly dialects: ReadonlySet<Dialect>
    readonly dataApi: boolean
    readonly personalTokens: boolean
    readonly issuer: string
  },
): Promise<void> {
  for (const { clientId, dialect } of protocols) {
    if (!dialects.has(dialect) || (await storage.clients.find(clientId)) !== undefined) continue
    const metadata = { ...defaultMetadata(clientId), ...fixedMetadata(clientId) }
    await storage.clients.insert({ clientId, ownerId: null, status: 'enabled', metadata, secrets: [] })
  }
  if (dataApi) await ensureReferenceClient(storage, issuer)
  if (personalTokens) await ensureClient(storage, personalClient.clientId, personalMetadata)
}

/**
 * Makes the reference's client, or brings it up to this release and issuer. It is public, so PKCE and a consent page go
 * with every code, and it gets no refresh token: who tries the API signs in again after an hour.
 */
async function ensureReferenceClient(storage: Storage, issuer: string): Promise<void> {
  const { clientId, name, redirectPath } = referenceClient
  const metadata = clientMetadataSchema.parse({
    client_name: name,
    redirect_uris: [`${issuer}${redirectPath}`],
    grant_types: ['authorization_code'],
    token_endpoint_auth_method: 'none',
    scope: formatScope(resourceScopes),
    first_party: true,
  })
  await ensureClient(storage, clientId, metadata)
}

const personalMetadata = clientMetadataSchema.parse({
  client_name: personalClient.name,
  grant_types: [],
  token_endpoint_auth_method: 'none',
  scope: formatScope(dataApiScopes),
  // Each has its own end, and is not over before it for want of use.
  idle_ttl: longestIdleTtl,
})

async function ensureClient(storage: Storage, clientId: ClientId, metadata: ClientMetadata): Promise<void> {
  const present = await storage.clients.find(clientId)
  if (present === undefined) {
    await storage.clients.insert({ clientId, ownerId: null, status: 'enabled', metadata, secrets: [] })
  } else if (!isDeepStrictEqual(clientMetadataSchema.safeParse(present.metadata).data, metadata)) {
    await storage.clients.amend(clientId, () => ({ metadata }))
  }
}

/**
 * The clients that the server makes itself. Those of the password protocols (RFC 6749 §4.3), one for each: nobody else
 * may ask for tokens with a person's password, and by another protocol these clients get nothing. And the one with
 * which people try the data API on the page of its reference.
 */
import { isDeepStrictEqual } from 'node:util'
import { type ClientMetadata, clientMetadataSchema } from '../../protocol/client_metadata.ts'
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

/** Whether the server makes the client itself: nobody registers an app under its ID, and nobody prunes it. */
export function isBuiltIn(clientId: ClientId): boolean {
  return clientId === referenceClient.clientId || passwordDialectOf(clientId) !== undefined
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
    issuer,
  }: { readonly dialects: ReadonlySet<Dialect>; readonly dataApi: boolean; readonly issuer: string },
): Promise<void> {
  for (const { clientId, dialect } of protocols) {
    if (!dialects.has(dialect) || (await storage.clients.find(clientId)) !== undefined) continue
    const metadata = { ...defaultMetadata(clientId), ...fixedMetadata(clientId) }
    await storage.clients.insert({ clientId, ownerId: null, status: 'enabled', metadata, secrets: [] })
  }
  if (dataApi) await ensureReferenceClient(storage, issuer)
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
  const present = await storage.clients.find(clientId)
  if (present === undefined) {
    await storage.clients.insert({ clientId, ownerId: null, status: 'enabled', metadata, secrets: [] })
  } else if (!isDeepStrictEqual(clientMetadataSchema.safeParse(present.metadata).data, metadata)) {
    await storage.clients.amend(clientId, () => ({ metadata }))
  }
}

/** The resources that there are: our own APIs and those the operator has registered (RFC 8707 §2). */
import type { Clock } from '../../lib/clock.ts'
import { adminApi } from '../../protocol/endpoints.ts'
import type { ClientId } from '../../protocol/names.ts'
import { adminScopes, dataApiScopes, openidScopes } from '../../protocol/scope.ts'
import { readScopeEntries, type ScopeEntry } from '../../protocol/scope_entry.ts'
import type { Storage, StoredResource } from '../../storage/contract.ts'
import { findByResource } from './resource_uri.ts'
import { keepAll } from './rows.ts'

export interface Resource {
  /** Its identifier: an absolute URI. */
  readonly uri: string
  /** Scopes that mean something there; undefined: all of them. */
  readonly scope: readonly string[] | undefined
  readonly format: 'opaque' | 'jwt'
}

/** A resource that the operator has registered, with what people are told of it. */
export interface RegisteredResource
  extends Resource,
    Pick<StoredResource, 'name' | 'publisher' | 'website' | 'terms' | 'openapi' | 'stability' | 'sunset' | 'proxy'> {
  /** The client that it authenticates as. */
  readonly clientId: ClientId | undefined
  /** Its scopes with their words and whom they are for; undefined: all of them. */
  readonly scopes: readonly ScopeEntry[] | undefined
}

export interface Resources {
  /** The one that is asked for by `uri`, whose own spelling counts from then on. */
  find(uri: string): Promise<Resource | undefined>
  /** Those that the operator has registered, at most five seconds old; the same list until something has changed. */
  list(): Promise<readonly RegisteredResource[]>
}

/** The identifier of our own APIs. */
export function ownApi(issuer: string): string {
  return `${issuer}/api`
}

export function createResources(
  storage: Storage,
  clock: Clock,
  { issuer, dataApi }: { readonly issuer: string; readonly dataApi: boolean },
): Resources {
  // Userinfo belongs to it, and stays where the data API is off.
  const scope = [...(dataApi ? dataApiScopes : []), ...openidScopes]
  const own: Resource = { uri: ownApi(issuer), scope, format: 'opaque' }
  const admin: Resource = { uri: adminApi(issuer), scope: adminScopes, format: 'opaque' }
  // Nobody else is told of tokens for the admin API.
  const list = keepAll({ storage, clock }, async () =>
    (await readResources(storage)).filter(({ uri }) => uri !== admin.uri),
  )
  return {
    find: async (uri) => findByResource([own, admin], uri) ?? findByResource(await list(), uri),
    list,
  }
}

export async function readResources(storage: Pick<Storage, 'resources'>): Promise<readonly RegisteredResource[]> {
  return (await storage.resources.list()).map(
    ({ resource: uri, scopes: stored, token_format, client_id: clientId, ...told }) => {
      const scopes = readScopeEntries(stored)
      return {
        uri,
        scopes,
        scope: scopes?.map(({ name }) => name),
        format: token_format ?? 'opaque',
        clientId,
        ...told,
      }
    },
  )
}

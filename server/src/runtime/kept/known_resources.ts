/** The resources that there are: our own API and those the operator has registered (RFC 8707 §2). */
import { openidScopes } from '../../protocol/scope.ts'
import { readScopeEntries } from '../../protocol/scope_entry.ts'
import type { Storage } from '../../storage/contract.ts'

export interface Resource {
  /** Its identifier: an absolute URI. */
  readonly uri: string
  /** Scopes that mean something there; undefined: all of them. */
  readonly scope: readonly string[] | undefined
  readonly format: 'opaque' | 'jwt'
}

export interface Resources {
  find(uri: string): Promise<Resource | undefined>
}

/** The identifier of our own data API. */
export function ownApi(issuer: string): string {
  return `${issuer}/api`
}

/** Scopes of our own data API; userinfo belongs to it. */
const ownScope = ['basic', 'readmeasurements', 'writemeasurements', ...openidScopes]

/** Our own API and, read as of now, the operator's resources: what `apply` has changed counts at once. */
export function createResources(storage: Storage, issuer: string): Resources {
  const own: Resource = { uri: ownApi(issuer), scope: ownScope, format: 'opaque' }
  return {
    async find(uri) {
      if (uri === own.uri) return own
      if (uri.length > 500) return undefined
      const body = await storage.documents.get('resources', uri)
      if (body === undefined) return undefined
      const scope = readScopeEntries(body.scopes)?.map(({ name }) => name)
      return { uri, scope, format: body.token_format === 'jwt' ? 'jwt' : 'opaque' }
    },
  }
}

/** The resources that there are: our own API and those the operator has registered (RFC 8707 §2). */
import type { Clock, Millis } from '../lib/clock.ts'
import { openidScopes } from '../protocol/scope.ts'
import type { Storage } from '../storage/contract.ts'

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

const cacheAge: Millis = 5000
const cacheSize = 1000

/** The identifier of our own data API. */
export function ownApi(issuer: string): string {
  return `${issuer}/api`
}

/** Scopes of our own data API; userinfo belongs to it. */
const ownScope = ['basic', 'readmeasurements', 'writemeasurements', ...openidScopes]

/** A cache over the operator's resources, at most five seconds old. */
export function createResources(storage: Storage, clock: Clock, issuer: string): Resources {
  const own: Resource = { uri: ownApi(issuer), scope: ownScope, format: 'opaque' }
  const cache = new Map<string, { readonly resource: Resource; readonly at: Millis }>()
  return {
    async find(uri) {
      if (uri === own.uri) return own
      const now = clock.now()
      const hit = cache.get(uri)
      if (hit !== undefined && now - hit.at < cacheAge && now >= hit.at) return hit.resource
      if (uri.length > 500) return undefined
      const body = await storage.documents.get('resources', uri)
      if (body === undefined) {
        cache.delete(uri)
        return undefined
      }
      const scope = Array.isArray(body.scopes) ? body.scopes.filter((name) => typeof name === 'string') : undefined
      const resource: Resource = { uri, scope, format: body.token_format === 'jwt' ? 'jwt' : 'opaque' }
      if (cache.size >= cacheSize) cache.clear()
      cache.set(uri, { resource, at: now })
      return resource
    },
  }
}

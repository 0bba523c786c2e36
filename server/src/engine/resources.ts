/** Which resources (APIs that accept our tokens) a request may name (RFC 8707 §2). */
import { Refusal } from '../protocol/refusal.ts'
import type { Context } from './context.ts'

const maxResources = 8

/** The identifier of our own data API. */
export function ownApi(issuer: string): string {
  return `${issuer}/api`
}

/** Throws `target_invalid` unless every named resource is our API or one that the operator has registered. */
export async function requireResources(context: Context, resources: readonly string[]): Promise<readonly string[]> {
  if (resources.length === 0) return resources
  const distinct = [...new Set(resources)]
  if (distinct.length > maxResources) throw new Refusal('target_invalid', { cause: 'Too many resources were named.' })
  for (const resource of distinct) {
    if (resource === ownApi(context.settings.issuer)) continue
    if (resource.length <= 500 && (await context.storage.documents.get('resources', resource)) !== undefined) continue
    throw new Refusal('target_invalid', { got: resource })
  }
  return distinct
}

/** Throws `token_for_another_resource` where a token was asked for other APIs only (RFC 8707 §2). */
export function requireOwnApi(context: Context, resources: readonly string[]): void {
  const own = ownApi(context.settings.issuer)
  if (resources.length > 0 && !resources.includes(own)) {
    throw new Refusal('token_for_another_resource', { expected: own })
  }
}

/** Throws `target_invalid` unless the resources lie within those granted (RFC 8707 §2.2). */
export function requireGrantedResources(asked: readonly string[], granted: readonly string[]): readonly string[] {
  for (const resource of asked) {
    if (!granted.includes(resource)) {
      throw new Refusal('target_invalid', {
        cause: 'The resource is none of those that were named in the authorization request.',
        expected: granted.join(' ') || 'no resource',
        got: resource,
      })
    }
  }
  return asked.length > 0 ? [...new Set(asked)] : granted
}

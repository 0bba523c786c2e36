/**
 * What a request's resources (APIs that accept our tokens) make of its token (RFC 8707 §2): only the scopes that mean
 * something there, in the format that they read.
 */
import { needsResource } from '../../protocol/profiles/profiles.ts'
import { Refusal } from '../../protocol/refusal.ts'
import type { Context } from '../../runtime/context.ts'
import type { Client } from '../../runtime/kept/clients.ts'
import { ownApi, type RegisteredResource } from '../../runtime/kept/known_resources.ts'
import { findByResource } from '../../runtime/kept/resource_uri.ts'
import { isOwnScope } from './scopes.ts'

const maxResources = 8

/**
 * The named resources as they are registered, each once; `target_invalid` unless each is our API or one that the operator has
 * registered.
 */
export async function findResources(context: Context, named: readonly string[]): Promise<readonly string[] | Refusal> {
  if (named.length === 0) return named
  const distinct = [...new Set(named)]
  if (distinct.length > maxResources) return new Refusal('target_invalid', { cause: 'Too many resources were named.' })
  const found = new Set<string>()
  for (const uri of distinct) {
    const resource = await context.resources.find(uri)
    if (resource === undefined) return new Refusal('target_invalid', { got: uri })
    found.add(resource.uri)
  }
  return [...found]
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
  const found = asked.map((resource) => {
    const one = findByResource(
      granted.map((uri) => ({ uri })),
      resource,
    )
    if (one !== undefined) return one.uri
    throw new Refusal('target_invalid', {
      cause: 'The authorization request did not name this resource.',
      expected: granted.join(' ') || 'no resource',
      got: resource,
    })
  })
  return found.length > 0 ? [...new Set(found)] : granted
}

/**
 * The scopes that a token has at an API of the operator; undefined where it is not for that API. It is where it names the
 * API, and one that names none (RFC 8707 §2) where it has a scope of the API's own, as the consent page has told.
 */
export function scopeAt(
  context: Pick<Context, 'settings'>,
  resource: Pick<RegisteredResource, 'uri' | 'scope'>,
  token: { readonly scope: readonly string[]; readonly resources: readonly string[] },
): readonly string[] | undefined {
  const own = resource.scope
  const theirs = own === undefined ? token.scope : token.scope.filter((name) => own.includes(name))
  if (token.resources.includes(resource.uri)) return theirs
  if (token.resources.length > 0 || own === undefined) return undefined
  return theirs.some((name) => !isOwnScope(context, name)) ? theirs : undefined
}

/** `target_invalid` where the app's profile wants each token to be for APIs that its request names, and this one names none. */
export function whyNoResource({ metadata }: Client, resources: readonly string[]): Refusal | undefined {
  if (resources.length > 0 || !needsResource(metadata)) return undefined
  return new Refusal('target_invalid', {
    cause: `The profile of the app (${metadata.profile}) needs the resource parameter.`,
  })
}

/** What a token for some resources is: its format, and the scopes that mean something at one of them. */
export interface Audience {
  readonly format: 'opaque' | 'jwt'
  readonly scope: readonly string[]
}

/**
 * Format and scopes of a token for `resources`. Without any, the client's registered format and every scope. A Refusal
 * where the resources read different formats, as one token cannot be both, or where nothing would be left.
 */
export async function audienceOf(
  context: Context,
  client: Client,
  scope: readonly string[],
  resources: readonly string[],
): Promise<Audience | Refusal> {
  if (resources.length === 0) return { format: client.metadata.token_format ?? 'opaque', scope }
  const found = await Promise.all(resources.map((uri) => context.resources.find(uri)))
  const known = found.filter((resource) => resource !== undefined)
  if (known.length < resources.length) {
    return new Refusal('target_invalid', { cause: 'A resource of this authorization is no longer registered.' })
  }
  const format = known[0]?.format ?? 'opaque'
  if (known.some((resource) => resource.format !== format)) {
    return new Refusal('target_invalid', {
      cause: 'The resources need tokens of different formats. Ask for one token each.',
      got: resources.join(' '),
    })
  }
  const meaningful = scope.filter((name) => known.some((resource) => resource.scope?.includes(name) ?? true))
  if (meaningful.length === 0) {
    return new Refusal('scope_not_registered', {
      cause: 'The resource knows none of the scopes.',
      expected: known.flatMap((resource) => resource.scope ?? []).join(' '),
      got: scope.join(' '),
    })
  }
  return { format, scope: meaningful }
}

/** The operator's resources at which the scopes of a request mean something, as people are told of them. */
import { openidScopes } from '../../protocol/scope.ts'
import type { Context } from '../../runtime/context.ts'
import type { RegisteredResource } from '../../runtime/kept/known_resources.ts'
import { isOwnScope } from './scopes.ts'

/** What the operator says of a resource, and the scopes that are asked for there. */
export interface AskedResource extends Pick<RegisteredResource, 'uri' | 'name' | 'publisher' | 'website' | 'terms'> {
  readonly scope: readonly string[]
}

/**
 * The resources that a request has named (RFC 8707 §2); where it has named none, each that has one of the scopes for its
 * own. Our own data API is not among them: its scopes are built in, and nobody else runs it.
 */
export async function findAskedResources(
  context: Pick<Context, 'resources' | 'settings'>,
  scope: readonly string[],
  named: readonly string[],
): Promise<readonly AskedResource[]> {
  if (named.length === 0 && scope.every((one) => isOwnScope(context, one))) return []
  const found: AskedResource[] = []
  for (const { uri, scope: own, name, publisher, website, terms } of await context.resources.list()) {
    const theirs =
      named.length === 0
        ? scope.filter((one) => own?.includes(one) === true && !isOwnScope(context, one))
        : scope.filter((one) => own?.includes(one) !== false && !isOpenid(one))
    if (theirs.length === 0 || (named.length > 0 && !named.includes(uri))) continue
    found.push({ uri, name, publisher, website, terms, scope: theirs })
  }
  return found
}

function isOpenid(name: string): boolean {
  return openidScopes.some((scope) => scope === name)
}

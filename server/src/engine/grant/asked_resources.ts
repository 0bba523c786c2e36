/** The operator's resources at which the scopes of a request mean something, as people are told of them. */
import { isBuiltInScope, openidScopes } from '../../protocol/scope.ts'
import { readScopeEntries } from '../../protocol/scope_entry.ts'
import type { Storage } from '../../storage/contract.ts'

/** What the operator says of a resource, and the scopes that are asked for there. */
export interface AskedResource {
  readonly uri: string
  readonly name: string | undefined
  readonly publisher: string | undefined
  readonly website: string | undefined
  readonly terms: string | undefined
  readonly scope: readonly string[]
}

/**
 * The resources that a request has named (RFC 8707 §2); where it has named none, each that has one of the scopes for its
 * own. Our own data API is not among them: its scopes are built in, and nobody else runs it.
 */
export async function findAskedResources(
  { documents }: Pick<Storage, 'documents'>,
  scope: readonly string[],
  named: readonly string[],
): Promise<readonly AskedResource[]> {
  if (named.length === 0 && scope.every(isBuiltInScope)) return []
  const found: AskedResource[] = []
  for (const { name: uri, body } of await documents.list('resources')) {
    const own = readScopeEntries(body.scopes)?.map((entry) => entry.name)
    const theirs =
      named.length === 0
        ? scope.filter((name) => own?.includes(name) === true && !isBuiltInScope(name))
        : scope.filter((name) => own?.includes(name) !== false && !isOpenid(name))
    if (theirs.length === 0 || (named.length > 0 && !named.includes(uri))) continue
    const [name, publisher, website, terms] = [body.name, body.publisher, body.website, body.terms].map(textOf)
    found.push({ uri, name, publisher, website, terms, scope: theirs })
  }
  return found
}

function isOpenid(name: string): boolean {
  return openidScopes.some((scope) => scope === name)
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

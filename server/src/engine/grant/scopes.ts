/**
 * Every scope that means something here: the built-in ones, and those of the operator's resources with the words that people
 * read and the apps that may have them. Whatever else is registered or asked for has no meaning, and is refused.
 */

import { claimPermitted } from '../../protocol/openid/claims.ts'
import { Refusal } from '../../protocol/refusal.ts'
import { builtInScopesOf, isAdminScope, isBuiltInScope, type ScopeMeaning, scopeMeaning } from '../../protocol/scope.ts'
import type { ScopeEntry, ScopeHolder } from '../../protocol/scope_entry.ts'
import type { Context } from '../../runtime/context.ts'
import type { Client } from '../../runtime/kept/clients.ts'
import type { RegisteredResource } from '../../runtime/kept/known_resources.ts'

/** A scope with who may have it. */
export interface Scope extends ScopeMeaning {
  readonly for: ScopeHolder
  /** Whether the operator has given it a title; people read its bare name otherwise. */
  readonly titled: boolean
}

export interface ScopeCatalogue {
  readonly all: readonly Scope[]
  /** Whether some resource takes any scope, so that none is unknown. */
  readonly open: boolean
  /** The words for a scope; plain ones where it has none. */
  meaning(name: string): ScopeMeaning
  find(name: string): Scope | undefined
  /** The words for each of the scopes, but for those of a part of this server that is switched off. */
  shown(names: readonly string[]): readonly ScopeMeaning[]
}

const strictness: Readonly<Record<ScopeHolder, number>> = { every_app: 0, reviewed: 1, first_party: 2 }

const catalogues = new WeakMap<readonly RegisteredResource[], ScopeCatalogue>()

/** The catalogue, at most five seconds old; a change in this process counts at once. */
export async function readScopes({
  resources,
  settings,
}: Pick<Context, 'resources' | 'settings'>): Promise<ScopeCatalogue> {
  const registered = await resources.list()
  // The list stays the same one until something has changed.
  const made = catalogues.get(registered) ?? catalogueOf(registered, settings)
  catalogues.set(registered, made)
  return made
}

/** The catalogue of these resources and of the server itself. */
export function catalogueOf(
  registered: readonly RegisteredResource[],
  settings: { readonly dataApi: boolean },
): ScopeCatalogue {
  const builtIn = builtInScopesOf(settings)
  const known = new Map<string, Scope>(
    builtIn.map((scope) => [scope.name, { ...scope, for: 'every_app', titled: true }]),
  )
  let open = false
  for (const { scopes } of registered) {
    open ||= scopes === undefined
    for (const entry of scopes ?? []) {
      if (isAdminScope(entry.name)) continue
      const before = known.get(entry.name)
      if (before === undefined) known.set(entry.name, scopeOf(entry))
      else if (!builtIn.some(({ name }) => name === entry.name)) known.set(entry.name, both(before, scopeOf(entry)))
    }
  }
  const meaning = (name: string) => known.get(name) ?? scopeMeaning(name)
  return {
    all: [...known.values()],
    open,
    meaning,
    shown: (names) => names.filter((name) => known.has(name) || !isBuiltInScope(name)).map(meaning),
    find: (name) => known.get(name),
  }
}

function scopeOf({ name, title, detail, kind, for: holder }: ScopeEntry): Scope {
  const plain = scopeMeaning(name)
  return {
    ...plain,
    title,
    detail,
    ...(kind === undefined ? {} : { kind }),
    for: holder ?? 'every_app',
    titled: title !== undefined,
  }
}

/** One scope of two resources: the words of the one that has some, and the stricter rule. */
function both(first: Scope, second: Scope): Scope {
  const worded = first.titled ? first : second
  return { ...worded, for: strictness[first.for] >= strictness[second.for] ? first.for : second.for }
}

/** Whether the client may have a scope for such apps. A verified app is one that somebody has reviewed. */
export function mayHave(
  { metadata, verification }: Pick<Client, 'metadata' | 'verification'>,
  of: ScopeHolder,
): boolean {
  if (of === 'every_app' || metadata.first_party) return true
  return of === 'reviewed' && verification !== undefined
}

/** Whether the operator lets the app use the admin API: for people who run the server, or by a role of its own. */
export function usesAdminApi({ metadata }: Pick<Client, 'metadata'>): boolean {
  return metadata.admin_api === true || metadata.admin_role !== undefined
}

/** `scope_unknown` for a scope that means nothing here, `scope_reserved` for one that is not for this client. */
export async function whyUnusable(
  context: Context,
  client: Client,
  scope: readonly string[],
): Promise<Refusal | undefined> {
  const notBuiltIn = scope.filter((name) => !isOwnScope(context, name))
  if (notBuiltIn.length === 0) return undefined
  const own = notBuiltIn.filter((name) => !isAdminScope(name))
  const admin = notBuiltIn.filter(isAdminScope)
  if (admin.length > 0 && !usesAdminApi(client)) {
    const cause = 'The operator has not let this app use the admin API.'
    return new Refusal('scope_reserved', { cause, got: admin.join(' ') })
  }
  if (own.length === 0) return undefined
  const { find, open } = await readScopes(context)
  const unknown = own.filter((name) => find(name) === undefined && !isTaken(name, open))
  if (unknown.length > 0) {
    return new Refusal('scope_unknown', {
      cause: `No resource of this server has the scope ${unknown.join(', ')}.`,
      got: unknown.join(' '),
    })
  }
  for (const name of own) {
    const holder = find(name)?.for ?? 'every_app'
    if (!mayHave(client, holder))
      return new Refusal('scope_reserved', { cause: `The scope ${name} is ${forWhom[holder]}.`, got: name })
  }
  return undefined
}

/** Whether a scope is built in, and the part of this server that it belongs to is on: then there is nothing to look up. */
export function isOwnScope({ settings }: Pick<Context, 'settings'>, name: string): boolean {
  return isBuiltInScope(name) && (settings.dataApi || builtInScopesOf(settings).some((scope) => scope.name === name))
}

/** Whether a scope that nobody has named is taken: where a resource takes any, but never one that is switched off. */
function isTaken(name: string, open: boolean): boolean {
  return open && !isBuiltInScope(name) && !isAdminScope(name) && claimPermitted(name) === undefined
}

/** Whom a scope is for, as the end of a sentence. */
export const forWhom: Readonly<Record<ScopeHolder, string>> = {
  every_app: 'for every app',
  reviewed: 'for apps that the operator has verified, and this one is not',
  first_party: 'for the operator’s own apps, and this is not one of them',
}

/** Those of the scopes that mean something here and that the client may have as of now. */
export async function usableScopes(
  context: Context,
  client: Client,
  scope: readonly string[],
): Promise<readonly string[]> {
  if (scope.every((name) => isOwnScope(context, name))) return scope
  const { find, open } = await readScopes(context)
  return scope.filter((name) => {
    if (isAdminScope(name)) return usesAdminApi(client)
    const known = find(name)
    return known === undefined ? isTaken(name, open) : mayHave(client, known.for)
  })
}

/** The scopes that an app can be registered for: where it is not the operator's own, none that are kept for those. */
export async function offeredScopes(
  context: Pick<Context, 'resources' | 'settings'>,
  client?: Pick<Client, 'metadata'>,
): Promise<readonly ScopeMeaning[]> {
  const own = client?.metadata.first_party === true
  return (await readScopes(context)).all.filter((scope) => own || scope.for !== 'first_party')
}

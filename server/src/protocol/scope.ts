/** Scopes as ordered sets of tokens (RFC 6749 §3.3) and what the built-in ones let an app do. */

import { claimPermitted } from './openid/claims.ts'

const token = /^[\x21\x23-\x5b\x5d-\x7e]+$/
/** Longer scope parameters are refused before they are split. */
export const maxScopeLength = 2000
const maxScopes = 64

/** The scopes of a parameter in order, each once; undefined where a character is not allowed or it is too long. */
export function parseScope(text: string): string[] | undefined {
  if (text.length > maxScopeLength) return undefined
  const scopes: string[] = []
  for (const part of text.split(' ')) {
    if (part === '') continue
    if (!token.test(part)) return undefined
    if (!scopes.includes(part)) scopes.push(part)
    if (scopes.length > maxScopes) return undefined
  }
  return scopes
}

/** The scopes as one wire value. */
export function formatScope(scope: readonly string[]): string {
  return scope.join(' ')
}

/** Whether every scope of `part` is in `whole`. */
export function isWithin(part: readonly string[], whole: readonly string[]): boolean {
  return part.every((scope) => whole.includes(scope))
}

/** Scopes that name a person's sign-in rather than an API (OIDC Core §5.4, §11). */
export const openidScopes = ['openid', 'profile', 'email', 'phone', 'address', 'offline_access'] as const

/** What a scope lets an app do: see something, change something, or keep its access while the person is away. */
export type ScopeKind = 'see' | 'change' | 'stay'

/** A text by language (BCP 47). */
export type Texts = Readonly<Record<string, string>>

export interface ScopeMeaning {
  readonly name: string
  /** What the operator says of it: a verb in plain words, and a sentence that says more. Else pages have words of their own. */
  readonly title?: Texts | undefined
  readonly detail?: Texts | undefined
  readonly kind: ScopeKind
  /** Whether the consent page lists it on its own. */
  readonly shown: boolean
}

export const builtInScopes = [
  { name: 'openid', kind: 'see', shown: true },
  { name: 'profile', kind: 'see', shown: true },
  { name: 'email', kind: 'see', shown: true },
  { name: 'phone', kind: 'see', shown: true },
  { name: 'address', kind: 'see', shown: true },
  { name: 'offline_access', kind: 'stay', shown: true },
  { name: 'basic', kind: 'see', shown: true },
  { name: 'readmeasurements', kind: 'see', shown: true },
  { name: 'writemeasurements', kind: 'change', shown: true },
] as const satisfies readonly ScopeMeaning[]

export type BuiltInScope = (typeof builtInScopes)[number]['name']

const builtInNames: ReadonlySet<string> = new Set(builtInScopes.map(({ name }) => name))

/** Whether a scope means the same on every server of this kind. */
export function isBuiltInScope(name: string): name is BuiltInScope {
  return builtInNames.has(name)
}

/** Scopes that the data API alone gives a meaning. */
export const dataApiScopes = ['basic', 'readmeasurements', 'writemeasurements'] as const

/** The built-in scopes that mean something on a server with or without the data API. */
export function builtInScopesOf({ dataApi }: { readonly dataApi: boolean }): readonly ScopeMeaning[] {
  if (dataApi) return builtInScopes
  return builtInScopes.filter(({ name }) => !dataApiScopes.some((scope) => scope === name))
}

/** Scopes that are asked for where the data API is: all that are not about the sign-in alone. */
export const resourceScopes: readonly string[] = builtInScopes
  .map(({ name }) => name)
  .filter((name) => name !== 'openid' && name !== 'offline_access')

/** Scopes of the operator's own API: for what is looked at and for what is changed. Neither holds the other. */
export const adminScopes = ['admin.read', 'admin.write'] as const
export type AdminScope = (typeof adminScopes)[number]

export function isAdminScope(name: string): name is AdminScope {
  return (adminScopes as readonly string[]).includes(name)
}

/** What a scope of the admin API lets an app do. */
const adminMeanings: Readonly<Record<AdminScope, ScopeMeaning>> = {
  'admin.read': { name: 'admin.read', kind: 'see', shown: true },
  'admin.write': { name: 'admin.write', kind: 'change', shown: true },
}

/** The meaning of a built-in scope, of one claim that is allowed by itself, or of one of which nothing but its name is known. */
export function scopeMeaning(name: string): ScopeMeaning {
  if (claimPermitted(name) !== undefined) return { name, kind: 'see', shown: true }
  return (
    builtInScopes.find((scope) => scope.name === name) ??
    adminScopes.filter((scope) => scope === name).map((scope) => adminMeanings[scope])[0] ?? {
      name,
      // Nothing else is known of it. What may be a change is shown as one.
      kind: /write|manage|delete|update|edit|create|admin|full/i.test(name) ? 'change' : 'see',
      shown: true,
    }
  )
}

/** Scopes as ordered sets of tokens (RFC 6749 §3.3) and what the built-in ones mean to a person. */

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

export interface ScopeMeaning {
  readonly name: string
  /** A verb in plain words, as a button's owner would say it. */
  readonly sentence: string
  readonly detail: string
  /** Whether the consent page lists it on its own. */
  readonly shown: boolean
}

export const builtInScopes: readonly ScopeMeaning[] = [
  {
    name: 'openid',
    sentence: 'Sign you in with this account',
    detail: 'it learns an id that stands for you, and when you signed in',
    shown: true,
  },
  {
    name: 'profile',
    sentence: 'See your profile',
    detail: 'name, username, picture and what else you have given, such as your birthday',
    shown: true,
  },
  { name: 'email', sentence: 'See your e-mail address', detail: 'and whether it is confirmed', shown: true },
  { name: 'phone', sentence: 'See your phone number', detail: 'and whether it is confirmed', shown: true },
  { name: 'address', sentence: 'See your postal address', detail: 'as far as you have given it', shown: true },
  {
    name: 'offline_access',
    sentence: 'Stay connected when you are away',
    detail: 'it keeps this access until you take it back',
    shown: true,
  },
  {
    name: 'basic',
    sentence: 'Look up your account on this server',
    detail: 'whose it is: username, display name, e-mail address, role and how long it has been there',
    shown: true,
  },
  {
    name: 'readmeasurements',
    sentence: 'Read your measurements',
    detail: 'everything that you have recorded, past and future',
    shown: true,
  },
  { name: 'writemeasurements', sentence: 'Add and change measurements', detail: 'in your name', shown: true },
]

/** The built-in meaning of a scope, or a plain one that shows its name. */
export function scopeMeaning(name: string): ScopeMeaning {
  return (
    builtInScopes.find((scope) => scope.name === name) ?? {
      name,
      sentence: `Use “${name}”`,
      detail: 'a permission that this service has defined itself',
      shown: true,
    }
  )
}

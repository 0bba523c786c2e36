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
    detail: 'It gets an ID for you and the time you signed in.',
    shown: true,
  },
  {
    name: 'profile',
    sentence: 'See your profile',
    detail: 'Your name, username, picture and other details you have added, such as your birthday.',
    shown: true,
  },
  { name: 'email', sentence: 'See your e-mail address', detail: 'And whether it is confirmed.', shown: true },
  { name: 'phone', sentence: 'See your phone number', detail: 'And whether it is confirmed.', shown: true },
  { name: 'address', sentence: 'See your postal address', detail: 'As far as you have added it.', shown: true },
  {
    name: 'offline_access',
    sentence: 'Stay connected when you are away',
    detail: 'It keeps this access until you remove the app.',
    shown: true,
  },
  {
    name: 'basic',
    sentence: 'See your account details',
    detail: 'Username, display name, e-mail address, role and when you joined.',
    shown: true,
  },
  {
    name: 'readmeasurements',
    sentence: 'Read your measurements',
    detail: 'Everything you have recorded so far and will record.',
    shown: true,
  },
  { name: 'writemeasurements', sentence: 'Add and change measurements', detail: 'On your behalf.', shown: true },
]

/** The built-in meaning of a scope, or a plain one that shows its name. */
export function scopeMeaning(name: string): ScopeMeaning {
  return (
    builtInScopes.find((scope) => scope.name === name) ?? {
      name,
      sentence: `Use “${name}”`,
      detail: 'A permission that this service has defined.',
      shown: true,
    }
  )
}

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

/** What a scope lets an app do: see something, change something, or keep its access while the person is away. */
export type ScopeKind = 'see' | 'change' | 'stay'

export interface ScopeMeaning {
  readonly name: string
  /** A verb in plain words, as a button's owner would say it. */
  readonly sentence: string
  /** A sentence or a list that says more, with a full stop. */
  readonly detail: string
  readonly kind: ScopeKind
  /** Whether the consent page lists it on its own. */
  readonly shown: boolean
}

export const builtInScopes: readonly ScopeMeaning[] = [
  {
    name: 'openid',
    sentence: 'Sign you in with this account',
    detail: 'It gets an ID for you and the time you signed in.',
    kind: 'see',
    shown: true,
  },
  {
    name: 'profile',
    sentence: 'See your profile',
    detail: 'Your name, username, picture and other details you have added, such as your birthday.',
    kind: 'see',
    shown: true,
  },
  {
    name: 'email',
    sentence: 'See your e-mail address',
    detail: 'And whether it is confirmed.',
    kind: 'see',
    shown: true,
  },
  {
    name: 'phone',
    sentence: 'See your phone number',
    detail: 'And whether it is confirmed.',
    kind: 'see',
    shown: true,
  },
  {
    name: 'address',
    sentence: 'See your postal address',
    detail: 'As far as you have added it.',
    kind: 'see',
    shown: true,
  },
  {
    name: 'offline_access',
    sentence: 'Stay connected when you are away',
    detail: 'It keeps this access until you remove the app.',
    kind: 'stay',
    shown: true,
  },
  {
    name: 'basic',
    sentence: 'See your account details',
    detail: 'Username, display name, e-mail address, role and when you joined.',
    kind: 'see',
    shown: true,
  },
  {
    name: 'readmeasurements',
    sentence: 'Read your measurements',
    detail: 'Everything you have recorded so far and will record.',
    kind: 'see',
    shown: true,
  },
  {
    name: 'writemeasurements',
    sentence: 'Add, change and delete measurements',
    detail: 'On your behalf.',
    kind: 'change',
    shown: true,
  },
]

const builtInNames: ReadonlySet<string> = new Set(builtInScopes.map(({ name }) => name))

/** Whether a scope means the same on every server of this kind. */
export function isBuiltInScope(name: string): boolean {
  return builtInNames.has(name)
}

/** Scopes of the data API: all that are not about the sign-in alone. */
export const resourceScopes: readonly string[] = builtInScopes
  .map(({ name }) => name)
  .filter((name) => name !== 'openid' && name !== 'offline_access')

/** The built-in meaning of a scope, or a plain one that shows its name. */
export function scopeMeaning(name: string): ScopeMeaning {
  return (
    builtInScopes.find((scope) => scope.name === name) ?? {
      name,
      sentence: `Use “${name}”`,
      detail: 'A permission that this service has defined.',
      // Nothing else is known of it. What may be a change is shown as one.
      kind: /write|manage|delete|update|edit|create|admin|full/i.test(name) ? 'change' : 'see',
      shown: true,
    }
  )
}

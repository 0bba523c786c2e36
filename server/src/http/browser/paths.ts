/** Paths at which the protocols and the pages hand a person over to each other. */

/** Where a sealed authorization request goes on, whatever page it comes from. */
export function resumePath(sealed: string): string {
  return `/oauth/authorize?resume=${encodeURIComponent(sealed)}`
}

/** A page of the interaction with the sealed request in its address, or with where to go afterwards. */
export function interactionPath(
  page:
    | '/login'
    | '/login/password'
    | '/login/address'
    | '/login/factor'
    | '/login/terms'
    | '/signup'
    | '/forgot'
    | '/consent'
    | '/account/security/totp'
    | '/account/security/passkeys',
  sealed: string | undefined,
  next?: string | undefined,
): string {
  if (sealed !== undefined) return `${page}?request=${encodeURIComponent(sealed)}`
  return next === undefined ? page : `${page}?next=${encodeURIComponent(next)}`
}

/** Where a person types the code of a device; behind it may stand the code. */
export const devicePath = '/device'

/** The page for signing out, with an app's sealed request for it. */
export function signOutPath(sealed: string): string {
  return `/logout?request=${encodeURIComponent(sealed)}`
}

/** A page of a sign-in that waits for its second factor, with that sealed, and the app's request, if any. */
export function factorPath(
  step: string,
  sealed: string | undefined,
  page: '/login/factor' | '/login/factor/lost' = '/login/factor',
): string {
  const query = new URLSearchParams({ step, ...(sealed === undefined ? {} : { request: sealed }) })
  return `${page}?${query}`
}

/** Where a language is chosen, with the page that it was chosen on. */
export const languagePath = '/language'

export function choicePath(language: string, back: string): string {
  return `${languagePath}/${language}?${new URLSearchParams({ back })}`
}

/** Characters of the address of a page that one comes back to. */
export const longestPlace = 9000

/** The address of a page of ours, as a path with its query, or undefined: never another site, however it is spelled. */
export function ownPlace(text: string | undefined, issuer: string): string | undefined {
  if (text === undefined || text.length > longestPlace || !/^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(text))
    return undefined
  if (!URL.canParse(text, issuer)) return undefined
  const { origin, pathname, search } = new URL(text, issuer)
  return origin === new URL(issuer).origin && !pathname.startsWith('//') ? `${pathname}${search}` : undefined
}

/** A path of ours that a sign-in may lead to, or undefined: never another site, however it is spelled. */
export function ownPath(text: string | undefined): string | undefined {
  if (text === undefined || text.length > 500) return undefined
  return /^\/((account|developer|admin|device)(\/[A-Za-z0-9_.~%-]+)*|invitation)$/.test(text) ? text : undefined
}

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

/** A path of ours that a sign-in may lead to, or undefined: never another site, however it is spelled. */
export function ownPath(text: string | undefined): string | undefined {
  if (text === undefined || text.length > 500) return undefined
  return /^\/((account|developer|admin)(\/[A-Za-z0-9_.~%-]+)*|invitation)$/.test(text) ? text : undefined
}

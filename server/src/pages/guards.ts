/** Who may come to a page: what is proved before its route runs, and what the route then knows. */
import { isRecent, type LiveSession } from '../engine/account/sessions.ts'
import { may, type Right, roleOf } from '../engine/operator/ranks.ts'
import type { FormBinding } from '../http/bodies/form_token.ts'
import { interactionPath, ownPath } from '../http/browser/paths.ts'
import { callerOf } from '../http/caller.ts'
import { paths } from './kit/paths.ts'
import { type Arrival, goTo, PageProblem, readQuery, type SignedIn, StaleForm, shownPath, type Visit } from './visit.ts'

/** What a page asks of whoever comes, before its route runs. */
export interface Guard<V extends Arrival> {
  /** What the forms of the page are bound to; undefined where no cookie is read or set, and no form is taken. */
  readonly bound: FormBinding | undefined
  /**
   * Lets a visit through, with what was found out of it; undefined after the browser was sent elsewhere. A form that was
   * posted is known to be ours by then. Throws PageProblem, and StaleForm for a form of somebody who has gone.
   */
  readonly admit: (visit: Visit, posted: boolean) => Promise<V | undefined>
}

/** Who comes is not asked. */
export const unasked: Guard<Arrival> = { bound: undefined, admit: async (visit) => visit }

/** Anyone, signed in or not. */
export const anyone: Guard<Visit> = { bound: 'browser', admit: async (visit) => visit }

/** Anyone, but a form is good only for whoever it was drawn for. */
export const anyAccount: Guard<Visit> = { bound: 'account', admit: async (visit) => visit }

/** Whoever is signed in; others are sent to sign in and back to this page. */
export const signedIn: Guard<SignedIn> = signedInOr(
  ({ request }) => `/login?next=${encodeURIComponent(shownPath(request))}`,
)

/** Whoever is signed in; others are sent to the address that `elsewhere` says. */
function signedInOr(elsewhere: (visit: Visit) => string): Guard<SignedIn> {
  return {
    bound: 'account',
    admit: async (visit, posted) => {
      const { live, enrolling, accepting } = visit.browser
      if (live !== undefined) return asSignedIn(visit, live)
      if (posted) throw new StaleForm()
      const first = enrolling === undefined ? accepting && paths.acceptTerms : paths.totp
      goTo(visit, first === undefined ? elsewhere(visit) : onTheWay(first, visit))
      return undefined
    },
  }
}

/**
 * Whoever is signed in, also before the second factor that they must have, and between that and the terms: their recovery codes
 * are shown once.
 */
export const enrolling: Guard<SignedIn> = {
  bound: 'account',
  admit: async (visit, posted) => {
    const { enrolling: first = visit.browser.accepting } = visit.browser
    return first === undefined ? signedIn.admit(visit, posted) : asSignedIn(visit, first)
  },
}

/** Whoever has just signed in; others do that first, with what they came for. */
export const justSignedIn = signedInOr((visit) => {
  const query = readQuery(visit)
  return interactionPath(paths.signIn, query.get('request'), ownPath(query.get('next')))
})

/** Whoever has just signed in, also before they have accepted the terms. */
export const accepting: Guard<SignedIn> = {
  bound: 'account',
  admit: async (visit, posted) => {
    const { browser } = visit
    return browser.accepting === undefined ? justSignedIn.admit(visit, posted) : asSignedIn(visit, browser.accepting)
  },
}

/**
 * Whoever is signed in, also before they have accepted the terms: who will not accept them can take their data along and close
 * the account.
 */
export const leaving: Guard<SignedIn> = {
  bound: 'account',
  admit: async (visit, posted) => {
    const { accepting: first } = visit.browser
    return first === undefined ? signedIn.admit(visit, posted) : asSignedIn(visit, first)
  },
}

function asSignedIn(visit: Visit, live: LiveSession): SignedIn {
  return { ...visit, live, by: { account: live.account, caller: callerOf(visit.request) } }
}

/** Where what a session lacks is done, on the way to the page that was asked for. */
function onTheWay(to: typeof paths.totp | typeof paths.acceptTerms, { request }: Visit): string {
  return interactionPath(to, undefined, ownPath(shownPath(request)))
}

/** A guard that asks more of those whom another lets through: `ask` says what it has found, or throws PageProblem. */
export function further<V extends Arrival, Found extends object>(
  { bound, admit }: Guard<V>,
  ask: (visit: V) => Found | Promise<Found>,
): Guard<V & Found> {
  return {
    bound,
    admit: async (visit, posted) => {
      const admitted = await admit(visit, posted)
      return admitted && { ...admitted, ...(await ask(admitted)) }
    },
  }
}

/**
 * Those who run the server and have the right; others get 403. A form of a page of the console needs a sign-in that counts as
 * recent, which is asked for where there is none; with `recently`, so does the page itself, such as the question before
 * something that cannot be undone. Whose form it is, its page has a `get`: that is where the sign-in leads back.
 */
export function operating(right: Right, recently: 'recently' | undefined = undefined): Guard<SignedIn> {
  const { bound, admit } = further(signedIn, ({ by }) => {
    if (!may(roleOf(by.account), right)) throw new PageProblem('not_allowed')
    return {}
  })
  return {
    bound,
    admit: async (visit, posted) => {
      const admitted = await admit(visit, posted)
      if (admitted === undefined) return undefined
      if ((!posted && recently === undefined) || isRecent(visit.context, admitted.live)) return admitted
      goTo(visit, `${paths.signIn}?next=${encodeURIComponent(shownPath(visit.request))}`)
      return undefined
    },
  }
}

/** Who may come to a page: what is proved before its route runs, and what the route then knows. */
import type { LiveSession } from '../engine/account/sessions.ts'
import { isOperator } from '../engine/developer/developer_apps.ts'
import type { FormBinding } from '../http/bodies/form_token.ts'
import { interactionPath, ownPath } from '../http/browser/paths.ts'
import { callerOf } from '../http/caller.ts'
import { paths } from './kit/paths.ts'
import { type Arrival, goTo, PageProblem, type SignedIn, StaleForm, shownPath, type Visit } from './visit.ts'

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
export function signedInOr(elsewhere: (visit: Visit) => string): Guard<SignedIn> {
  return {
    bound: 'account',
    admit: async (visit, posted) => {
      const { live, enrolling } = visit.browser
      if (live !== undefined) return asSignedIn(visit, live)
      if (posted) throw new StaleForm()
      goTo(visit, enrolling === undefined ? elsewhere(visit) : enrolmentPath(visit))
      return undefined
    },
  }
}

/** Whoever is signed in, also before the second factor that they must have. */
export const enrolling: Guard<SignedIn> = {
  bound: 'account',
  admit: async (visit, posted) => {
    const { browser } = visit
    if (browser.enrolling === undefined) return signedIn.admit(visit, posted)
    return asSignedIn(visit, browser.enrolling)
  },
}

function asSignedIn(visit: Visit, live: LiveSession): SignedIn {
  return { ...visit, live, by: { account: live.account, caller: callerOf(visit.request) } }
}

/** Where a second factor is added, on the way to the page that was asked for. */
function enrolmentPath({ request }: Visit): string {
  return interactionPath(paths.totp, undefined, ownPath(shownPath(request)))
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

/** Those who run the server. */
export const operator: Guard<SignedIn> = further(signedIn, ({ by }) => {
  if (!isOperator(by.account)) throw new PageProblem('not_allowed')
  return {}
})

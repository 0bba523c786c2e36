/** Acts of the console that cannot be undone: they are asked for, confirmed on a page of their own, then done. */
import type { FastifyReply } from 'fastify'
import { confirm } from '../confirm_view.tsx'
import type { Guard } from '../guards.ts'
import { page, type Route, type WithForm } from '../page.ts'
import { goTo, type SignedIn, secrets } from '../visit.ts'

/** What is asked before it is done, in the words of the visit. */
export interface Question {
  readonly heading: string
  /** Who or what it is done to. */
  readonly name: string
  /** What it means. */
  readonly text: string
  /** What the button says. */
  readonly submit: string
  /** The address of the page itself. */
  readonly action: string
  /** What the form carries besides. */
  readonly fields?: Readonly<Record<string, string>> | undefined
}

/**
 * The page at which something that cannot be undone is confirmed: `#confirm-submit` sends its form. A form elsewhere that posts
 * here gets the question too. Its guard is `operating(right, 'recently')`, so that nobody confirms in vain.
 */
export function confirmed<V extends SignedIn>(spec: {
  readonly path: string
  readonly guard: Guard<V>
  /** Where one goes who does not want it, or who has not said what. */
  readonly backHref: (visit: V) => string
  /** Undefined where the visit does not say what is to be done. */
  readonly ask: (visit: V) => Question | undefined
  readonly act: (visit: V & WithForm) => Promise<FastifyReply>
}): Route {
  const show = (visit: V) => {
    const backHref = spec.backHref(visit)
    const question = spec.ask(visit)
    if (question === undefined) return goTo(visit, backHref)
    const fields = { ...question.fields, confirm: 'yes' }
    return confirm({ ...secrets(visit), ...question, backHref, id: 'confirm', submitId: 'confirm-submit', fields })
  }
  return page({
    path: spec.path,
    guard: spec.guard,
    get: show,
    post: (visit) => (visit.form.get('confirm') === 'yes' ? spec.act(visit) : show(visit)),
  })
}

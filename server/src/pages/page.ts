/** Pages as data: an address, who may come there, what it shows and what its form does. Every page comes by here. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { isFormToken } from '../http/bodies/form_token.ts'
import { type Browser, readBrowser } from '../http/browser/cookies.ts'
import { sendPage } from '../http/browser/page_headers.ts'
import { heedApp, wordsOf } from '../http/browser/words.ts'
import { bodyText } from '../http/caller.ts'
import { loggedPage } from '../http/endpoint.ts'
import { type Form, parseForm } from '../lib/form.ts'
import type { Context } from '../runtime/context.ts'
import type { Page } from '../words/index.ts'
import type { Guard } from './guards.ts'
import { type Arrival, PageProblem, StaleForm, type Visit } from './visit.ts'

/** What a route answers: the page, or what it has sent itself. */
type Answer = Page | FastifyReply | Promise<Page | FastifyReply>

/** A form that was posted, as the route gets it. */
export interface WithForm {
  readonly form: Form
}

export interface PageSpec<V extends Arrival> {
  readonly path: string
  readonly guard: Guard<V>
  /** Shows the page. */
  readonly get?: (visit: V) => Answer
  /** Carries out a form of a page of ours. */
  readonly post?: (visit: V & WithForm) => Answer
  /** The field of the form that may come more than once, if any. */
  readonly repeatable?: string
  /** False where showing the page uses something up. */
  readonly head?: false
  /** On the way of an app's request: the rule under way there, for the request log. */
  readonly logged?: 'sign_in' | 'consent'
  /** The path of the page that has the form, where it is not the nearest one above. */
  readonly drawnAt?: string
  /** Where what failed is tried once more, where that is not the page itself or the one that has the form. */
  readonly againAt?: (request: FastifyRequest, context: Context) => string | undefined
}

/** Registers a page in the scope of all pages. */
export type Route = (scope: FastifyInstance, context: Context) => void

export function page<V extends Arrival>(spec: PageSpec<V>): Route {
  const { path, guard, get, post, repeatable, head = true, logged, drawnAt, againAt } = spec
  const config = { ...(logged && loggedPage(logged)), ...(drawnAt && { drawnAt }), ...(againAt && { againAt }) }
  return (scope, context) => {
    if (get !== undefined) {
      scope.get(path, { exposeHeadRoute: head, config }, async (request, reply) => {
        const visit = await guard.admit(await visitOf({ context, request, reply }, guard.bound), false)
        return visit === undefined ? reply : answer(reply, await get(visit))
      })
    }
    if (post !== undefined) {
      scope.post(path, { config }, async (request, reply) => {
        const arrived = await visitOf({ context, request, reply }, guard.bound)
        const form = readOwnForm(arrived, repeatable)
        const visit = await guard.admit(arrived, true)
        return visit === undefined ? reply : answer(reply, await post({ ...visit, form }))
      })
    }
  }
}

/** Sends what a route has answered. */
export function answer(reply: FastifyReply, given: unknown): FastifyReply {
  return typeof given === 'function' ? sendPage(reply, 200, given as Page) : reply
}

/** Whoever comes to a page that does not ask. */
const nobody: Browser = { ids: [], id: '', known: false, sessionToken: undefined, held: undefined, live: undefined }

/** The visit of whoever comes, as far as the guard wants to know of the browser. */
export async function visitOf(arrival: Arrival, bound: Guard<Arrival>['bound']): Promise<Visit> {
  const { context, request, reply } = arrival
  heedApp(context, request)
  const browser = bound === undefined ? nobody : await readBrowser(context, request, reply)
  return { ...arrival, words: wordsOf(request), bound: bound ?? 'browser', browser }
}

/**
 * The form that was posted, once it is sure that a page of ours sent it in this browser: by its CSRF token, and by what
 * the browser says of its origin (OWASP ASVS 5 V3.5). Only the field `repeatable` may come more than once. Throws
 * StaleForm where the browser vouches for the origin and the token is not right, PageProblem for all else.
 */
function readOwnForm(visit: Visit, repeatable: string | undefined): Form {
  const form = parseForm(bodyText(visit.request))
  if (form === undefined || form.repeated.some((name) => name !== repeatable)) throw new PageProblem('request_unclear')
  requireOwnForm(visit, form.get('csrf') ?? '')
  return form
}

/** Throws as `readOwnForm` says unless the token is that of a form of ours in this browser. */
export function requireOwnForm({ context, request, browser, bound }: Visit, csrf: string): void {
  const { origin } = request.headers
  const site = request.headers['sec-fetch-site']
  if (origin !== undefined && origin !== new URL(context.settings.issuer).origin) throw new PageProblem('form_refused')
  if (site !== undefined && site !== 'same-origin' && site !== 'none') throw new PageProblem('form_refused')
  if (isFormToken(context, browser, bound, csrf)) return
  // A browser that says nothing of the origin may have been sent here by anybody.
  throw origin !== undefined || site === 'same-origin' ? new StaleForm() : new PageProblem('form_refused')
}

/** What the routes of pages share: reading a form that is ours, sending on, and the pages for what went wrong. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Caller, Context } from '../engine/context.ts'
import type { LiveSession } from '../engine/sessions.ts'
import { bodyText, callerOf, queryOf } from '../http/caller.ts'
import { type Browser, csrfToken, isCsrfToken, readBrowser } from '../http/cookies.ts'
import { faultOf } from '../http/faults.ts'
import { sendPage } from '../http/page_headers.ts'
import { type Form, parseForm } from '../lib/form.ts'
import { Refusal } from '../protocol/refusal.ts'
import type { Account } from '../storage/contract.ts'
import type { FormSecrets } from './kit/form.tsx'
import type { Viewer } from './kit/layout.tsx'
import { oauthError } from './views/oauth_error.tsx'
import { type ProblemKind, problem, problemStatus } from './views/problem.tsx'

/** A browser in which somebody is signed in. */
export type SignedIn = Browser & { readonly live: LiveSession }

/** A form of ours from somebody who is signed in, and from where. */
export interface SignedForm {
  readonly browser: SignedIn
  readonly form: Form
  readonly by: { readonly account: Account; readonly caller: Caller }
}

/** Thrown by a route that ends in one of the pages for problems. */
export class PageProblem extends Error {
  override readonly name = 'PageProblem'
  readonly kind: ProblemKind
  constructor(kind: ProblemKind) {
    super(kind)
    this.kind = kind
  }
}

/** The query of a page. Throws PageProblem where it is broken. */
export function readQuery(request: FastifyRequest): Form {
  const form = parseForm(queryOf(request))
  if (form === undefined) throw new PageProblem('request_unclear')
  return form
}

/**
 * The form that was posted, once it is sure that a page of ours sent it in this browser: by its CSRF token, and by what
 * the browser says of its origin (OWASP ASVS 5 V3.5). Only the field `repeatable` may come more than once. Throws
 * PageProblem.
 */
export function readOwnForm(
  context: Context,
  request: FastifyRequest,
  browser: Browser,
  bound: 'browser' | 'session',
  repeatable?: string,
): Form {
  const form = parseForm(bodyText(request))
  if (form === undefined || form.repeated.some((name) => name !== repeatable)) throw new PageProblem('request_unclear')
  const { origin } = request.headers
  const site = request.headers['sec-fetch-site']
  if (origin !== undefined && origin !== new URL(context.settings.issuer).origin) throw new PageProblem('form_refused')
  if (site !== undefined && site !== 'same-origin' && site !== 'none') throw new PageProblem('form_refused')
  if (!isCsrfToken(context, browser, bound, form.get('csrf') ?? '')) throw new PageProblem('form_refused')
  return form
}

/** The form that was posted by somebody who is signed in, as `readOwnForm` takes it. Throws PageProblem. */
export async function readSignedForm(
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  repeatable?: string,
): Promise<SignedForm> {
  const browser = await readBrowser(context, request, reply)
  const form = readOwnForm(context, request, browser, 'session', repeatable)
  const { live } = browser
  if (live === undefined) throw new PageProblem('form_refused')
  return { browser: { ...browser, live }, form, by: { account: live.account, caller: callerOf(request) } }
}

/** The sentence for what a redirect of ours says was done; nothing that comes in the address is shown itself. */
export function noticeOf(request: FastifyRequest, notices: Readonly<Record<string, string>>): string | undefined {
  const done = readQuery(request).get('done') ?? ''
  return Object.hasOwn(notices, done) ? notices[done] : undefined
}

export function secrets(
  context: Context,
  browser: Browser,
  bound: 'browser' | 'session',
  request?: string | undefined,
): FormSecrets {
  return { csrf: csrfToken(context, browser, bound), request }
}

export function viewerOf(live: LiveSession): Viewer {
  return { username: live.account.username }
}

/** Sends the browser on. Never with a status that would repeat a password elsewhere (RFC 9700 §4.12). */
export function goTo(reply: FastifyReply, uri: string): FastifyReply {
  return reply
    .header('location', uri)
    .header('cache-control', 'no-store')
    .header('referrer-policy', 'no-referrer')
    .code(303)
    .send()
}

/** The signed-in browser, or undefined after it has been sent to sign in and back to this page. */
export async function requireSignedIn(
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<SignedIn | undefined> {
  const browser = await readBrowser(context, request, reply)
  if (browser.live !== undefined) return { ...browser, live: browser.live }
  const path = request.url.split('?', 1)[0] ?? '/account'
  goTo(reply, `/login?next=${encodeURIComponent(path)}`)
  return undefined
}

export function sendProblem(
  reply: FastifyReply,
  kind: ProblemKind,
  requestId: string,
  retryAfter?: number,
): FastifyReply {
  if (retryAfter !== undefined) reply.header('retry-after', String(retryAfter))
  return sendPage(reply, problemStatus(kind), problem({ kind, requestId, retryAfter }))
}

/** Ends what a page's route has thrown in a page. */
export function handleProblems(app: FastifyInstance): void {
  app.setErrorHandler((error, request, reply) => {
    if (error instanceof PageProblem) return sendProblem(reply, error.kind, request.id)
    if (error instanceof Refusal) {
      const status = error.status === 401 ? 400 : error.status
      return sendPage(reply, status, oauthError({ code: error.error, text: error.text, requestId: request.id }))
    }
    const fault = faultOf(error, request)
    if (fault.status === 503) return sendProblem(reply, 'unavailable', request.id, fault.retryAfter)
    if (fault.status === 500) return sendProblem(reply, 'fault', request.id)
    return sendPage(reply, fault.status, problem({ kind: 'request_unclear', requestId: request.id }))
  })
}

/** What the routes of pages share: reading a form that is ours, who is signed in, and sending on. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { findSession, type LiveSession } from '../engine/account/sessions.ts'
import { type FormBinding, formToken, isFormToken } from '../http/bodies/form_token.ts'
import { type Browser, cookieName, readBrowser, readCookies } from '../http/browser/cookies.ts'
import { bodyText, callerOf, queryOf } from '../http/caller.ts'
import { type Form, parseForm } from '../lib/form.ts'
import type { Caller, Context } from '../runtime/context.ts'
import type { Account } from '../storage/contract.ts'
import type { FormSecrets } from './kit/form.tsx'
import type { Viewer } from './kit/layout.tsx'
import type { ProblemKind } from './problem/problem_view.tsx'

/** A browser in which somebody is signed in. */
export type SignedIn = Browser & { readonly live: LiveSession }

/** A request for a page, on the way to its answer. */
export interface Visit<B extends Browser = Browser> {
  readonly context: Context
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly browser: B
}

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

/** Thrown for a form that a page of ours has made in this browser, but not for who is signed in now, or too long ago. */
export class StaleForm extends Error {
  override readonly name = 'StaleForm'
}

/**
 * What a page is asked to show: its query, or the fields of the form in answer to which it is drawn again. Throws
 * PageProblem where it is broken.
 */
export function readQuery(request: FastifyRequest): Form {
  const form = parseForm(request.method === 'POST' ? bodyText(request) : queryOf(request))
  if (form === undefined) throw new PageProblem('request_unclear')
  return form
}

/**
 * The form that was posted, once it is sure that a page of ours sent it in this browser: by its CSRF token, and by what
 * the browser says of its origin (OWASP ASVS 5 V3.5). Only the field `repeatable` may come more than once. Throws
 * StaleForm where the browser vouches for the origin and the token is not right, PageProblem for all else.
 */
export function readOwnForm(
  { context, request, browser }: Omit<Visit, 'reply'>,
  bound: FormBinding,
  repeatable?: string,
): Form {
  const form = parseForm(bodyText(request))
  if (form === undefined || form.repeated.some((name) => name !== repeatable)) throw new PageProblem('request_unclear')
  const { origin } = request.headers
  const site = request.headers['sec-fetch-site']
  if (origin !== undefined && origin !== new URL(context.settings.issuer).origin) throw new PageProblem('form_refused')
  if (site !== undefined && site !== 'same-origin' && site !== 'none') throw new PageProblem('form_refused')
  if (isFormToken(context, browser, bound, form.get('csrf') ?? '')) return form
  // A browser that says nothing of the origin may have been sent here by anybody.
  throw origin !== undefined || site === 'same-origin' ? new StaleForm() : new PageProblem('form_refused')
}

/** The form that was posted by somebody who is signed in, as `readOwnForm` takes it. Throws StaleForm and PageProblem. */
export async function readSignedForm(
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  repeatable?: string,
): Promise<SignedForm> {
  const browser = await readBrowser(context, request, reply)
  const form = readOwnForm({ context, request, browser }, 'account', repeatable)
  const { live } = browser
  if (live === undefined) throw new StaleForm()
  return { browser: { ...browser, live }, form, by: { account: live.account, caller: callerOf(request) } }
}

/** The status for a form that was not taken; where waiting helps, the answer says how long. */
export function notTaken(reply: FastifyReply, { retryAfter }: { readonly retryAfter?: number | undefined }): number {
  if (retryAfter === undefined) return 400
  reply.header('retry-after', String(retryAfter))
  return 429
}

/** Which page of a list is asked for, counted from 1. Throws PageProblem. */
export function readPage(request: FastifyRequest): number {
  const page = readQuery(request).get('page') ?? '1'
  if (!/^[1-9][0-9]{0,6}$/.test(page)) throw new PageProblem('request_unclear')
  return Number(page)
}

/** What of a list lies on a page. */
export function partOf(page: number, size: number): { readonly limit: number; readonly offset: number } {
  return { limit: size, offset: (page - 1) * size }
}

/** The sentence for what a redirect of ours says was done; nothing that comes in the address is shown itself. */
export function noticeOf(
  request: FastifyRequest,
  notices: Readonly<Record<string, string>>,
  name: 'done' | 'ended' = 'done',
): string | undefined {
  const done = readQuery(request).get(name) ?? ''
  return Object.hasOwn(notices, done) ? notices[done] : undefined
}

export function secrets(
  context: Context,
  browser: Browser,
  bound: FormBinding,
  request?: string | undefined,
): FormSecrets {
  return { csrf: formToken(context, browser, bound), request }
}

export function viewerOf(live: LiveSession): Viewer {
  return { username: live.account.username }
}

/**
 * Who is signed in, for the frame of a page that says what went wrong. It names no browser, and what goes wrong here as
 * well leaves the page without its frame.
 */
export async function whoIsSignedIn(context: Context, request: FastifyRequest): Promise<LiveSession | undefined> {
  const token = readCookies(request).get(cookieName(context, 'session'))
  if (token === undefined) return undefined
  return findSession(context, token).catch(() => undefined)
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

const drawnAgain = new WeakMap<FastifyRequest, string>()

/** Notes that a form was not taken, and that the page at `path` is drawn again in answer to it. */
export function drawAgainAt(request: FastifyRequest, path: string): void {
  drawnAgain.set(request, path)
}

/** Whether the answer to a request is a page that is drawn again because its form was not taken. */
export function isDrawnAgain(request: FastifyRequest): boolean {
  return drawnAgain.has(request)
}

/** The path of the page that a request shows. */
function shownPath(request: FastifyRequest): string {
  return drawnAgain.get(request) ?? request.url.split('?', 1)[0] ?? '/account'
}

/** The signed-in browser, or undefined after it has been sent to sign in and back to this page. */
export async function requireSignedIn(
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<SignedIn | undefined> {
  const browser = await readBrowser(context, request, reply)
  if (browser.live !== undefined) return { ...browser, live: browser.live }
  const path = shownPath(request)
  goTo(reply, `/login?next=${encodeURIComponent(path)}`)
  return undefined
}

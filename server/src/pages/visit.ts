/** A request for a page on its way to the answer: what its guard has found out, and what routes do with it. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { ownPicture } from '../engine/account/profile/picture.ts'
import { findSession, type LiveSession } from '../engine/account/sessions.ts'
import type { Developer } from '../engine/developer/developer_apps.ts'
import type { Operator } from '../engine/operator/operator.ts'
import { roleOf } from '../engine/operator/ranks.ts'
import { type FormBinding, formToken } from '../http/bodies/form_token.ts'
import { type Browser, cookieName, heedLanguageCookie, readCookies } from '../http/browser/cookies.ts'
import { heedSignedIn, wordsOf } from '../http/browser/words.ts'
import { bodyText, queryOf } from '../http/caller.ts'
import { type Form, parseForm } from '../lib/form.ts'
import type { Context } from '../runtime/context.ts'
import type { FormProblem } from '../words/form_problem.ts'
import type { Words } from '../words/index.ts'
import type { FormSecrets } from './kit/form.tsx'
import type { Viewer } from './kit/layout.tsx'
import type { ProblemKind } from './problem/problem_view.tsx'

/** A request for a page of which nothing is known yet. */
export interface Arrival {
  readonly context: Context
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

/** A request from a browser. */
export interface Visit extends Arrival {
  readonly browser: Browser
  /** What the forms of the page are bound to. */
  readonly bound: FormBinding
  /** The words of who reads the answer. */
  readonly words: Words
}

/** A request from somebody who is signed in. */
export interface SignedIn extends Visit {
  readonly live: LiveSession
  /** Who acts, and from where. */
  readonly by: Developer
}

/** Thrown by a guard or a route that ends in one of the pages for problems. */
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

/** A part of the page's address that its path leaves open, such as `id`; the empty text where there is none. */
export function partOfPath({ request }: Arrival, name: string): string {
  return (request.params as Readonly<Record<string, string | undefined>>)[name] ?? ''
}

/**
 * What a page is asked to show: its query, or the fields of the form in answer to which it is drawn again. Throws
 * PageProblem where it is broken.
 */
export function readQuery({ request }: Arrival): Form {
  const form = parseForm(request.method === 'POST' ? bodyText(request) : queryOf(request))
  if (form === undefined) throw new PageProblem('request_unclear')
  return form
}

/** The status for a form that was not taken; where waiting helps, the answer says how long. */
export function notTaken({ reply }: Arrival, { retryAfter }: { readonly retryAfter?: number | undefined }): number {
  if (retryAfter === undefined) return 400
  reply.header('retry-after', String(retryAfter))
  return 429
}

/** That too many mails were asked for from here, or codes tried. */
export function tooManyMails({ request }: Arrival, { retryAfter }: { readonly retryAfter: number }): FormProblem {
  return { key: 'mails_too_many', wait: wordsOf(request).time.waiting(retryAfter) }
}

/** Which page of a list is asked for, counted from 1. Throws PageProblem. */
export function readPage(visit: Arrival): number {
  const page = readQuery(visit).get('page') ?? '1'
  if (!/^[1-9][0-9]{0,6}$/.test(page)) throw new PageProblem('request_unclear')
  return Number(page)
}

/** What of a list lies on a page. */
export function partOf(page: number, size: number): { readonly limit: number; readonly offset: number } {
  return { limit: size, offset: (page - 1) * size }
}

/** The sentence for what a redirect of ours says was done; nothing that comes in the address is shown itself. */
export function noticeOf(
  visit: Arrival,
  notices: Readonly<Record<string, string>>,
  name: 'done' | 'ended' | 'sent' = 'done',
): string | undefined {
  const done = readQuery(visit).get(name) ?? ''
  return Object.hasOwn(notices, done) ? notices[done] : undefined
}

/** What the forms of a page carry: their token and, where it waits, the app's request, sealed. */
export function secrets({ context, browser, bound }: Visit, request?: string | undefined): FormSecrets {
  return { csrf: formToken(context, browser, bound), request }
}

/** Who is signed in, for the frame of a page. */
export function viewerOf({ context, live }: Pick<SignedIn, 'context' | 'live'>): Viewer {
  const { username } = live.account
  return { username, picture: ownPicture(context, live.account), role: roleOf(live.account) }
}

/** Who acts as the operator by a page of the console. */
export function operatorOf({ by }: SignedIn): Operator {
  return { via: 'account', id: by.account.id, caller: by.caller }
}

/**
 * Who is signed in, for the frame of a page that says what went wrong. It names no browser, and what goes wrong here as
 * well leaves the page without its frame.
 */
export async function whoIsSignedIn(context: Context, request: FastifyRequest): Promise<LiveSession | undefined> {
  heedLanguageCookie(context, request)
  const token = readCookies(request).get(cookieName(context, 'session'))
  if (token === undefined) return undefined
  const live = await findSession(context, token).catch(() => undefined)
  heedSignedIn(request, { held: live })
  return live
}

/** Sends the browser on. Never with a status that would repeat a password elsewhere (RFC 9700 §4.12). */
export function goTo({ reply }: Arrival, uri: string): FastifyReply {
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
export function shownPath(request: FastifyRequest): string {
  return drawnAgain.get(request) ?? request.url.split('?', 1)[0] ?? '/account'
}

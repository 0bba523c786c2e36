/**
 * What every door's authorize does once the request has passed its checks (RFC 6749 §3.1): send the browser to the page
 * that comes next, or back to the client with an answer or an error.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Checked } from '../engine/authorize/authorize.ts'
import { completeAuthorization } from '../engine/authorize/complete.ts'
import { decideNext, type Next } from '../engine/authorize/next_step.ts'
import type { AuthorizationRequest } from '../engine/authorize/request.ts'
import { parkRequest, resumeRequest } from '../engine/authorize/request_store.ts'
import {
  type AuthorizationResponse,
  errorResponse,
  type ReturnPath,
} from '../engine/authorize/response/authorization_response.ts'
import { locationOf } from '../engine/authorize/response/location.ts'
import { RequestLost } from '../engine/authorize/ways_on.ts'
import type { ClientId } from '../protocol/names.ts'
import { Refusal } from '../protocol/refusal.ts'
import type { Context } from '../runtime/context.ts'
import type { Trace } from '../runtime/log/trace.ts'
import { type Browser, readBrowser } from './browser/cookies.ts'
import { interactionPath } from './browser/paths.ts'

/** Sends the page for what cannot be sent back to a client; given by the composition root. */
export type ErrorPage = (
  reply: FastifyReply,
  error: {
    readonly code: Refusal['error'] | 'server_error'
    readonly status: number
    readonly text: string
    readonly requestId: string
    /** The app that the request named, where it is known. */
    readonly clientId?: ClientId | undefined
    /** What was refused, where it was a request that is not, or no longer, for this browser. */
    readonly lost?: RequestLost | undefined
  },
) => Promise<void>

/** The parameter in which a sealed request comes back. */
export const resume = 'resume'

/** The parameter in which a copy of a request comes back that is to be begun anew. */
export const again = 'again'

/** Where a person would have to act next. */
export type Interaction = Extract<Next, { step: 'sign_in' | 'consent' }>['step']

/** A request at an authorization endpoint, on the way to its answer. */
export interface AuthorizationVisit {
  readonly context: Context
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly trace: Trace
  /** Tells whoever asked of a refusal that no client can be told of. */
  readonly fail: (refusal: Refusal) => Promise<void>
  /** The dialect's own answer in place of the page on which a person acts. */
  readonly interact?: ((step: Interaction) => FastifyReply) | undefined
}

/**
 * Continues with a request that was just checked at `path`. One that was posted has come from another site without our
 * cookies, so it decides nothing but comes back by GET, sealed.
 */
export async function continueFlow(visit: AuthorizationVisit, path: string, checked: Checked): Promise<FastifyReply> {
  const { context, request, reply, trace } = visit
  if ('refusal' in checked) return refused(visit, checked.refusal, checked.to)
  if (request.method !== 'POST') {
    const browser = await readBrowser(context, request, reply)
    return proceed(visit, browser, browser.id, checked.request)
  }
  const sealed = parkRequest(context, checked.request, undefined)
  trace.runs('authorize:sign_in')
  trace.note('The request was sent by POST and redirected to a GET.')
  context.requests.record(trace, 303)
  return redirect(reply, `${path}?${resume}=${sealed}`)
}

/** Continues with the request that a browser brings back sealed. Throws RequestLost. */
export async function resumeFlow(visit: AuthorizationVisit, sealed: string): Promise<FastifyReply> {
  const { context, request, reply, trace } = visit
  trace.at('request')
  const browser = await readBrowser(context, request, reply)
  const { request: resumed, bound } = await resumeRequest(context, sealed, browser)
  trace.resumed(resumed.clientId, resumed.dialect)
  return proceed(visit, browser, bound ?? browser.id, resumed)
}

/**
 * Sends the browser to the next page with the request sealed for its cookie of the value `bound`, or back to the client
 * with a response.
 */
async function proceed(
  visit: AuthorizationVisit,
  browser: Browser,
  bound: string,
  checked: AuthorizationRequest,
): Promise<FastifyReply> {
  try {
    return await takeNextStep(visit, browser, bound, checked)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return refused(visit, error, checked)
  }
}

/** Throws Refusal. */
async function takeNextStep(
  { context, reply, trace, interact }: AuthorizationVisit,
  browser: Browser,
  bound: string,
  checked: AuthorizationRequest,
): Promise<FastifyReply> {
  trace.skipAbsent(checked)
  trace.at('sign_in')
  const next = await decideNext(context, checked, browser).catch((error: unknown) => {
    if (error instanceof Refusal && afterSignIn.has(error.reason)) trace.at('consent')
    throw error
  })
  if (next.step === 'issue') {
    trace.at('consent')
    const response = await completeAuthorization(context, checked, next)
    trace.proved(next.person.account.id)
    trace.note(`${whatWasSent(checked)}; the person had agreed before.`)
    context.requests.record(trace, 303)
    return sendResponse(reply, response)
  }
  trace.runs(`authorize:${next.step}`)
  if (next.step === 'sign_in' && checked.ticket !== undefined) trace.warn(ticketIgnored)
  if (interact !== undefined) {
    trace.note(`The app asked for JSON, but the person still has to ${next.step === 'consent' ? 'agree' : 'sign in'}.`)
    const answered = interact(next.step)
    context.requests.record(trace, answered.statusCode)
    return answered
  }
  // Whoever is not the person that the app wants would only open one more account that is not theirs.
  const signUp = checked.prompt.includes('create') && checked.hintSubject === undefined
  const page = next.step === 'consent' ? '/consent' : signUp ? '/signup' : '/login'
  trace.note(next.step === 'consent' ? 'The person was asked to agree.' : 'The person was asked to sign in.')
  context.requests.record(trace, 303)
  return redirect(reply, interactionPath(page, parkRequest(context, checked, bound)))
}

/** Refusals that come once it is known who the person is. */
const afterSignIn: ReadonlySet<string> = new Set(['consent_required', 'app_in_development'])

const ticketIgnored = 'The sign-in ticket was ignored: it is for another browser, or was used before.'

/** What an answer held, for the request log. */
export function whatWasSent({ frontChannel }: AuthorizationRequest): string {
  return frontChannel === undefined ? 'A code was sent' : 'Tokens were sent in the fragment of the redirect'
}

/** Where an error goes: to the client once its redirect URI is proved (`to`), else to whoever asked. */
export async function refused(
  { context, reply, trace, fail }: AuthorizationVisit,
  refusal: Refusal,
  to?: ReturnPath,
): Promise<FastifyReply> {
  if (to === undefined || !mayRedirect(refusal)) {
    await fail(refusal)
    context.requests.record(trace, reply.statusCode, refusal)
    return reply
  }
  context.requests.record(trace, 303, refusal)
  return sendResponse(reply, errorResponse(context, to, refusal))
}

/** Refusals after which the redirect URI is not to be trusted, however far the request had come. */
const neverRedirects: ReadonlySet<string> = new Set([
  'client_unknown',
  'client_disabled',
  'app_in_development',
  'redirect_uri_not_registered',
  'redirect_uri_missing',
  'request_not_from_this_browser',
  'request_expired',
  'cookies_missing',
  'state_too_long',
  'request_too_large',
])

/** Whether a refusal may be told at the redirect URI that the request had been given. */
export function mayRedirect(refusal: Refusal): boolean {
  return !neverRedirects.has(refusal.reason)
}

/** The error page for a refusal. A page has no 401: there is nothing to authenticate with. */
export function refusalPage(errorPage: ErrorPage, reply: FastifyReply, refusal: Refusal, trace: Trace): Promise<void> {
  const { retryAfter } = refusal.detail
  if (retryAfter !== undefined) reply.header('retry-after', String(retryAfter))
  return errorPage(reply, {
    code: refusal.error,
    status: refusal.status === 401 ? 400 : refusal.status,
    text: refusal.text,
    requestId: trace.caller.requestId,
    clientId: trace.clientId ?? undefined,
    lost: refusal instanceof RequestLost ? refusal : undefined,
  })
}

/** Sends an authorization response to the client by way of the browser. */
export function sendResponse(reply: FastifyReply, response: AuthorizationResponse): FastifyReply {
  return redirect(reply, locationOf(response))
}

export function redirect(reply: FastifyReply, uri: string): FastifyReply {
  return reply
    .header('cache-control', 'no-store')
    .header('referrer-policy', 'no-referrer')
    .header('x-content-type-options', 'nosniff')
    .header('location', uri)
    .code(303)
    .send()
}

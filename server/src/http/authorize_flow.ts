/**
 * The authorization endpoint of every protocol (RFC 6749 §3.1). Once a request has passed its checks, it sends the browser
 * to the page that comes next, or back to the client with a response.
 */
import type { FastifyRequest } from 'fastify'
import type { SignedIn } from '../engine/account/sessions.ts'
import { type Checked, checkAuthorization } from '../engine/authorize/authorize.ts'
import { completeAuthorization } from '../engine/authorize/complete.ts'
import { asksForNewAccount, decideNextIn, type Next } from '../engine/authorize/next_step.ts'
import type { AuthorizationRequest } from '../engine/authorize/request.ts'
import { parkRequest, resumeRequest } from '../engine/authorize/request_store.ts'
import {
  type AuthorizationResponse,
  errorResponse,
  mayRedirect,
  type ReturnPath,
} from '../engine/authorize/response/authorization_response.ts'
import { locationOf } from '../engine/authorize/response/location.ts'
import { parametersAgain } from '../engine/authorize/sources/copy.ts'
import { findPushed, namesPushed } from '../engine/authorize/sources/pushed.ts'
import type { Form } from '../lib/form.ts'
import { orThrow } from '../protocol/refusal.ts'
import type { Client } from '../runtime/kept/clients.ts'
import { readSender, type Sender } from './browser/cookies.ts'
import { interactionPath } from './browser/paths.ts'
import { heedSignedIn } from './browser/words.ts'
import { queryForm } from './caller.ts'
import type { Answer, Endpoint, Visit } from './endpoint.ts'

/** The parameter in which a sealed request comes back. */
const resume = 'resume'

/** The parameter in which a copy of a request comes back that is to be begun anew. */
const again = 'again'

/** Where a person would have to act next. */
export type Interaction = Extract<Next, { step: 'sign_in' | 'consent' }>['step']

/** Where a refusal goes, once the redirect URI of the request is proved. */
export interface Progress {
  to?: ReturnPath | undefined
}

/** A request at an authorization endpoint, on the way to its answer. */
export type AuthorizationVisit = Visit<Progress>

/** How a dialect spells an authorization request. */
export interface AuthorizationDialect {
  /** The parameters in `query` and body under the standard's names. Throws Refusal. */
  read(request: FastifyRequest, query: Form): Form | Promise<Form>
  /** The page that posts a response, where the protocol knows such responses. */
  readonly postPage?: PostPage
  /** Looks at the request before its checks. */
  before?(visit: AuthorizationVisit, form: Form, query: Form): Promise<void>
  /** Adds to the request what only this dialect has. */
  after?(visit: AuthorizationVisit, form: Form, request: AuthorizationRequest): AuthorizationRequest
  /** The dialect's own answer in place of the page on which a person acts; undefined for the page. */
  interact?(visit: AuthorizationVisit, step: Interaction): Answer | undefined
}

/** What is said at a path for browsers to what may not decide anything, and has nothing to show. */
export const others = {
  methods: ['HEAD', 'OPTIONS'],
  answer: {
    status: 405,
    headers: { allow: 'GET, POST', 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' },
  },
} as const

/** The authorization endpoint (RFC 6749 §3.1) of a dialect at its paths. */
export function authorizationEndpoint(paths: readonly string[], dialect: AuthorizationDialect): Endpoint<Progress> {
  return {
    paths,
    methods: ['GET', 'POST'],
    others,
    logged: { ruleset: 'authorize' },
    begin: () => ({}),
    answer: (visit) => authorize(visit, dialect),
    refuse(refusal, { context, request, trace, state: { to } }) {
      if (trace.rule === 'sign_in' && afterSignIn.has(refusal.reason)) trace.at('consent')
      if (to === undefined || !mayRedirect(refusal)) return undefined
      return responseAnswer(request, errorResponse(context, to, refusal), dialect.postPage)
    },
  }
}

async function authorize(visit: AuthorizationVisit, dialect: AuthorizationDialect): Promise<Answer> {
  const { context, request, trace, state } = visit
  const query = queryForm(request)
  const isGet = request.method === 'GET'
  const sealed = isGet ? query.get(resume) : undefined
  if (sealed !== undefined) return resumeFlow(visit, dialect, sealed)
  const copy = isGet ? query.get(again) : undefined
  const read = copy === undefined ? dialect.read(request, query) : parametersAgain(context, copy, trace.endpoint)
  const form = read instanceof Promise ? await read : read
  if (dialect.before !== undefined) await dialect.before(visit, form, query)
  const checked = namesPushed(form, trace.dialect)
    ? await checkPushedBefore(visit, form)
    : await checkAuthorization(context, form, trace)
  state.to = checked.to
  if ('refusal' in checked) throw checked.refusal
  const after = dialect.after?.(visit, form, checked.request) ?? checked.request
  return continueFlow(visit, dialect, after, checked.client)
}

/** Checks a request that its app has pushed before. Throws Refusal. */
async function checkPushedBefore({ context, trace }: AuthorizationVisit, form: Form): Promise<Checked> {
  const { form: parameters, pushed } = orThrow(await findPushed(context, form, trace))
  return checkAuthorization(context, parameters, trace, pushed)
}

/**
 * Continues with a request that was just checked. One that was posted has come from another site without our cookies, so
 * it decides nothing but comes back by GET, sealed. Throws Refusal.
 */
async function continueFlow(
  visit: AuthorizationVisit,
  dialect: AuthorizationDialect,
  checked: AuthorizationRequest,
  client: Client,
): Promise<Answer> {
  const { context, request, reply, trace } = visit
  if (request.method !== 'POST') {
    const browser = readSender(context, request, reply)
    return takeNextStep(visit, dialect, { browser, bound: browser.id, checked, client })
  }
  const sealed = parkRequest(context, checked, undefined)
  trace.runs('authorize:sign_in')
  trace.note('The request was sent by POST and redirected to a GET.')
  return redirect(`${trace.endpoint}?${resume}=${sealed}`)
}

/** Continues with the request that a browser brings back sealed. Throws Refusal. */
async function resumeFlow(visit: AuthorizationVisit, dialect: AuthorizationDialect, sealed: string): Promise<Answer> {
  const { context, request, reply, trace, state } = visit
  trace.at('request')
  const browser = readSender(context, request, reply)
  const { request: checked, bound } = await resumeRequest(context, sealed, browser)
  trace.resumed(checked.clientId, checked.dialect)
  state.to = checked
  return takeNextStep(visit, dialect, { browser, bound: bound ?? browser.id, checked })
}

/**
 * Sends the browser to the next page with the request sealed for its cookie of the value `bound`, or back to the client
 * with a response. Throws Refusal.
 */
async function takeNextStep(
  visit: AuthorizationVisit,
  dialect: AuthorizationDialect,
  {
    browser,
    bound,
    checked,
    client,
  }: {
    readonly browser: Sender
    readonly bound: string
    readonly checked: AuthorizationRequest
    /** Of a request whose checks it has only just passed. */
    readonly client?: Client
  },
): Promise<Answer> {
  const { context, trace } = visit
  trace.skipAbsent(checked)
  trace.at('sign_in')
  const { next: decided, signedIn } = await decideNextIn(context, checked, browser, client)
  heedSignedIn(visit.request, signedIn)
  const next = orThrow(decided)
  if (next.step === 'complete') {
    trace.at('consent')
    const granted = orThrow(await completeAuthorization(context, checked, next, trace.caller))
    trace.proved(next.person.account.id)
    trace.note(`${whatWasSent(checked)}; the person had agreed before.`)
    return responseAnswer(visit.request, granted, dialect.postPage)
  }
  // A second factor is a part of signing in, and so is accepting the terms.
  const step = next.step === 'consent' ? 'consent' : 'sign_in'
  trace.runs(`authorize:${step}`)
  if (next.step === 'sign_in' && checked.ticket !== undefined) trace.warn(ticketIgnored)
  const instead = dialect.interact?.(visit, step)
  if (instead !== undefined) {
    trace.note(`The app asked for JSON, but the person still has to ${step === 'consent' ? 'agree' : 'sign in'}.`)
    return instead
  }
  trace.note(asked[next.step])
  const page = pageOf(next.step, checked, signedIn)
  return redirect(interactionPath(page, parkRequest(context, checked, bound)))
}

const asked = {
  sign_in: 'The person was asked to sign in.',
  factor: 'The person was asked for their second factor.',
  consent: 'The person was asked to agree.',
} as const

function pageOf(step: keyof typeof asked, request: AuthorizationRequest, { enrolling, accepting }: SignedIn) {
  if (step === 'consent') return '/consent'
  if (step === 'factor') return '/login/factor'
  if (enrolling !== undefined) return '/account/security/totp'
  if (accepting !== undefined) return '/login/terms'
  // Whoever is not the person that the app wants would only open one more account that is not theirs.
  return asksForNewAccount(request) ? '/signup' : '/login'
}

/** Refusals that come once it is known who the person is. */
const afterSignIn: ReadonlySet<string> = new Set(['consent_required', 'app_in_development'])

const ticketIgnored = 'The sign-in ticket was ignored: it is for another browser, or was used before.'

/** What an answer held, for the request log. */
export function whatWasSent({ frontChannel, mode }: AuthorizationRequest): string {
  const where = mode === 'form_post' ? 'in a posted form' : 'in the fragment of the redirect'
  if (frontChannel === undefined) return mode === 'query' ? 'A code was sent' : `A code was sent ${where}`
  return frontChannel.code === true ? `A code and tokens were sent ${where}` : `Tokens were sent ${where}`
}

/** Draws the page that posts a response; given by the composition root. */
export type PostPage = (request: FastifyRequest, response: AuthorizationResponse) => Answer

/** An authorization response, sent to the client by way of the browser. */
export function responseAnswer(
  request: FastifyRequest,
  response: AuthorizationResponse,
  postPage: PostPage | undefined,
): Answer {
  if (response.mode !== 'form_post') return redirect(locationOf(response))
  if (postPage === undefined) throw new Error('authorize: a protocol without a page to post from was to post')
  return postPage(request, response)
}

/** Sends the browser on. */
export function redirect(uri: string): Answer {
  return { status: 303, headers: { ...onward, location: uri } }
}

const onward = { 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' } as const

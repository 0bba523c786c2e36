/**
 * /oauth/authorize (RFC 6749 §3.1, OIDC Core §3.1.2.1) by GET and POST. It decides and sends on; the pages where a
 * person acts return here. A POST comes from another site without our cookies, so it decides nothing but comes back by
 * GET with the request sealed.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type AuthorizationRequest, checkAuthorization, type Progress, repeatedCause } from '../../engine/authorize.ts'
import type { Context } from '../../engine/context.ts'
import { decideNext, issueCode, refusalUri, resumeRequest, sealRequest } from '../../engine/interaction.ts'
import { startTrace, type Trace } from '../../engine/request_log.ts'
import { at } from '../../engine/rules.ts'
import { bodyText, callerOf, queryOf } from '../../http/caller.ts'
import { type Browser, readBrowser } from '../../http/cookies.ts'
import { faultOf } from '../../http/faults.ts'
import { interactionPath, resumePath } from '../../http/paths.ts'
import { type Form, parseForm } from '../../lib/form.ts'
import { Refusal } from '../../protocol/refusal.ts'
import { endpoints } from './endpoints.ts'

/** Draws the page for what cannot be sent back to a client; given by the composition root. */
export type ErrorPage = (
  reply: FastifyReply,
  error: {
    readonly code: Refusal['error'] | 'server_error'
    readonly status: number
    readonly text: string
    readonly requestId: string
  },
) => FastifyReply

/** The parameter in which a sealed request comes back. */
const resume = 'resume'

export function registerAuthorize(app: FastifyInstance, context: Context, errorPage: ErrorPage): void {
  app.setErrorHandler((error, request, reply) => {
    const fault = faultOf(error, request)
    if (fault.retryAfter !== undefined) reply.header('retry-after', String(fault.retryAfter))
    const code = fault.error === 'server_error' ? 'server_error' : fault.error
    return errorPage(reply, { code, status: fault.status, text: fault.text, requestId: request.id })
  })
  app.get(endpoints.authorization_endpoint, (request, reply) => authorize(context, errorPage, request, reply))
  app.post(endpoints.authorization_endpoint, (request, reply) => authorize(context, errorPage, request, reply))
}

async function authorize(
  context: Context,
  errorPage: ErrorPage,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const trace = startTrace('/oauth/authorize', request.method, callerOf(request))
  trace.ruleset = 'authorize'
  const progress: Progress = {}
  try {
    const form = readParameters(request)
    const sealed = request.method === 'GET' ? form.get(resume) : undefined
    if (sealed !== undefined) return await resumed(context, request, reply, sealed, progress, trace)
    const checked = await checkAuthorization(context, form, progress, trace)
    if (request.method === 'POST') {
      trace.ruleset = 'authorize:sign_in'
      trace.note = 'The request came by POST and was sent on to come back by GET.'
      context.requests.record(trace, 303)
      return redirect(reply, resumePath(sealRequest(context, checked, undefined)))
    }
    return await proceed(context, await readBrowser(context, request, reply), reply, checked, trace)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return refused(context, errorPage, reply, error, progress, trace)
  }
}

/** The parameters in query or body; one that stands in both is repeated (RFC 6749 §3.1). Throws Refusal. */
function readParameters(request: FastifyRequest): Form {
  const query = parseForm(queryOf(request))
  if (query === undefined) throw new Refusal('parameter_malformed')
  if (request.method !== 'POST') return query
  const body = parseForm(bodyText(request))
  if (body === undefined) throw new Refusal('parameter_malformed')
  const repeated = query.names.find((name) => body.has(name))
  if (repeated !== undefined) throw new Refusal('parameter_repeated', { cause: repeatedCause(repeated) })
  return body
}

async function resumed(
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  sealed: string,
  progress: Progress,
  trace: Trace,
): Promise<FastifyReply> {
  at(trace, 'request')
  const browser = await readBrowser(context, request, reply)
  const opened = resumeRequest(context, sealed, browser.id)
  trace.clientId = opened.clientId
  progress.redirectUri = opened.redirectUri
  if (opened.state !== undefined) progress.state = opened.state
  return proceed(context, browser, reply, opened, trace)
}

/** Sends the browser to the next page, or back to the client with a code. */
async function proceed(
  context: Context,
  browser: Browser,
  reply: FastifyReply,
  checked: AuthorizationRequest,
  trace: Trace,
): Promise<FastifyReply> {
  at(trace, 'sign_in')
  const next = await decideNext(context, checked, browser.live)
  if (next.step === 'issue') {
    at(trace, 'consent')
    const uri = await issueCode(context, checked, next.client, next.live, next.consent)
    trace.authenticated = true
    trace.userId = next.live.account.id
    trace.note = 'A code was sent; the person had agreed before.'
    context.requests.record(trace, 303)
    return redirect(reply, uri)
  }
  const page = next.step === 'consent' ? '/consent' : checked.prompt.includes('create') ? '/signup' : '/login'
  trace.ruleset = `authorize:${next.step}`
  trace.note = next.step === 'consent' ? 'The person was asked to agree.' : 'The person was asked to sign in.'
  context.requests.record(trace, 303)
  return redirect(reply, interactionPath(page, sealRequest(context, checked, browser.id)))
}

/** Where an error goes: to the client once its redirect URI is proved, else to a page. */
function refused(
  context: Context,
  errorPage: ErrorPage,
  reply: FastifyReply,
  refusal: Refusal,
  progress: Progress,
  trace: Trace,
): FastifyReply {
  const redirectUri = neverRedirects.has(refusal.reason) ? undefined : progress.redirectUri
  context.requests.record(trace, redirectUri === undefined ? refusal.status : 303, refusal)
  if (redirectUri !== undefined) {
    return redirect(reply, refusalUri(context, redirectUri, refusal, progress.state))
  }
  return errorPage(reply, {
    code: refusal.error,
    status: refusal.status === 401 ? 400 : refusal.status,
    text: refusal.text,
    requestId: trace.caller.requestId,
  })
}

/** Refusals after which the redirect URI is not to be trusted, however far the request had come. */
const neverRedirects: ReadonlySet<string> = new Set([
  'client_unknown',
  'client_disabled',
  'redirect_uri_not_registered',
  'redirect_uri_missing',
  'request_not_from_this_browser',
])

function redirect(reply: FastifyReply, uri: string): FastifyReply {
  return reply
    .header('cache-control', 'no-store')
    .header('referrer-policy', 'no-referrer')
    .header('x-content-type-options', 'nosniff')
    .header('location', uri)
    .code(303)
    .send()
}

/**
 * Authorize under all of its older addresses, by GET and POST (RFC 6749 §3.1). The old clients send more than they
 * should (their secret, a token of another kind) and less (no redirect URI, no scope); the checks are the engine's.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Checked, checkAuthorization } from '../../engine/authorize/authorize.ts'
import { parametersAgain } from '../../engine/authorize/sources/copy.ts'
import { parametersIn } from '../../engine/authorize/sources/query.ts'
import { openTicket } from '../../engine/authorize/ticket.ts'
import { secretWarning } from '../../engine/client/secret_in_query.ts'
import {
  type AuthorizationVisit,
  again,
  continueFlow,
  type ErrorPage,
  type Interaction,
  refusalPage,
  refused,
  resume,
  resumeFlow,
} from '../../http/authorize_flow.ts'
import { takeBodies } from '../../http/bodies/bodies.ts'
import { refuseHead, refusePrefetch } from '../../http/browser/prefetch.ts'
import { queryOf } from '../../http/caller.ts'
import { errorBody } from '../../http/error_body.ts'
import { faultOf } from '../../http/faults.ts'
import { guardOlderDoor } from '../../http/legacy_dialect.ts'
import { beginTrace } from '../../http/undecided.ts'
import { type Form, formFrom } from '../../lib/form.ts'
import { Refusal } from '../../protocol/refusal.ts'
import type { Context } from '../../runtime/context.ts'
import { send } from './envelope.ts'
import { loginUrl, wantsJson } from './json_caller.ts'
import { readParameters, spellingsOf } from './parameters.ts'
import { authorizeRoutes, pathOf } from './paths.ts'
import { registerSocialLogin } from './social.ts'

const logged = { ruleset: 'authorize', dialect: 'quantimodo' } as const

export async function registerAuthorize(app: FastifyInstance, context: Context, errorPage: ErrorPage): Promise<void> {
  await app.register(async (scope) => {
    await takeBodies(scope)
    scope.addHook('onRequest', async (_request, reply) => {
      // The address may hold a secret or a ticket.
      reply.header('cache-control', 'no-store').header('referrer-policy', 'no-referrer')
    })
    scope.setErrorHandler((error, request, reply) => {
      const fault = faultOf(error, request)
      if (fault.retryAfter !== undefined) reply.header('retry-after', String(fault.retryAfter))
      if (wantsJson(request)) return send(reply, fault.status, fault.error, fault.text)
      return errorPage(reply, { code: fault.error, status: fault.status, text: fault.text, requestId: request.id })
    })
    refusePrefetch(scope)
    guardOlderDoor(scope, context, 'quantimodo', (request, reply, text) => {
      if (wantsJson(request)) return send(reply, reply.statusCode, 'invalid_request', text)
      return errorPage(reply, { code: 'invalid_request', status: reply.statusCode, text, requestId: request.id })
    })
    registerSocialLogin(scope, context, errorPage)
    for (const url of authorizeRoutes) {
      refuseHead(scope, url)
      scope.route({
        method: ['GET', 'POST'],
        url,
        exposeHeadRoute: false,
        config: { logged },
        handler: (request, reply) => authorize(context, errorPage, request, reply),
      })
    }
  })
}

async function authorize(
  context: Context,
  errorPage: ErrorPage,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const path = pathOf(request)
  const trace = beginTrace(request)
  const json = wantsJson(request)
  const interact = json ? (step: Interaction) => sendSteps(context, request, reply, step) : undefined
  const fail = async (refusal: Refusal) => {
    if (json) sendRefusal(reply, refusal)
    else await refusalPage(errorPage, reply, refusal, trace)
  }
  const visit = { context, request, reply, trace, interact, fail }
  try {
    const query = parametersIn(queryOf(request))
    const sealed = request.method === 'GET' ? query.get(resume) : undefined
    if (sealed !== undefined) return await resumeFlow(visit, sealed)
    const copy = request.method === 'GET' ? query.get(again) : undefined
    const form = withSignUp(copy === undefined ? await readParameters(request) : parametersAgain(context, copy, path))
    const secrets = spellingsOf('client_secret').flatMap((name) => query.all(name))
    trace.warn(await secretWarning(context, form.get('client_id'), secrets))
    return await continueFlow(visit, path, withTicket(visit, form, await checkAuthorization(context, form, trace)))
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return refused(visit, error)
  }
}

/** `register=true` is how these clients ask for sign-up. */
function withSignUp(form: Form): Form {
  if (form.get('register') !== 'true' || form.has('prompt')) return form
  const pairs = form.names.flatMap((name) => form.all(name).map((value) => [name, value] as const))
  return formFrom([...pairs, ['prompt', 'create']])
}

/** The request with the ticket that came in `token` or as bearer token. Whatever else stands there says nothing. */
function withTicket({ context, request, trace }: AuthorizationVisit, form: Form, checked: Checked): Checked {
  if ('refusal' in checked) return checked
  const bearer = /^Bearer +([A-Za-z0-9._-]+)$/i.exec(request.headers.authorization ?? '')?.[1]
  for (const text of [form.get('token'), bearer]) {
    const ticket = text === undefined ? undefined : openTicket(context, text, checked.request)
    if (ticket !== undefined) return { ...checked, request: { ...checked.request, ticket } }
  }
  if (form.has('token')) trace.warn(noTicket)
  return checked
}

const noTicket = 'What came as token is no sign-in ticket for this request, or has expired; it was ignored.'

/** What a program is told in place of a page: that a person has to act first, and where. */
function sendSteps(context: Context, request: FastifyRequest, reply: FastifyReply, step: Interaction): FastifyReply {
  const refusal = new Refusal(step === 'consent' ? 'consent_required' : 'login_required')
  const status = step === 'consent' ? 403 : 401
  const body = {
    ...errorBody(status, refusal.error, refusal.text),
    login_url: loginUrl(context.settings.issuer, request),
  }
  // Every 401 names a way to authenticate (RFC 9110 §15.5.2).
  if (status === 401) reply.header('www-authenticate', 'Bearer')
  return reply.code(status).type('application/json').send(JSON.stringify(body))
}

/** Never by 401, which tells a program that a person has to sign in. */
function sendRefusal(reply: FastifyReply, refusal: Refusal): FastifyReply {
  return send(reply, refusal.status === 401 ? 400 : refusal.status, refusal.error, refusal.text)
}

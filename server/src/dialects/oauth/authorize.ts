/**
 * /oauth/authorize (RFC 6749 §3.1, OIDC Core §3.1.2.1) by GET and POST. It decides and sends on; the pages where a
 * person acts return here. A POST comes from another site without our cookies, so it decides nothing but comes back by
 * GET with the request sealed.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { checkAuthorization } from '../../engine/authorize/authorize.ts'
import { parametersAgain } from '../../engine/authorize/sources/copy.ts'
import { parametersIn, parametersPosted } from '../../engine/authorize/sources/query.ts'
import {
  again,
  continueFlow,
  type ErrorPage,
  refusalPage,
  refused,
  resume,
  resumeFlow,
} from '../../http/authorize_flow.ts'
import { refuseHead, refusePrefetch } from '../../http/browser/prefetch.ts'
import { bodyText, queryOf } from '../../http/caller.ts'
import { faultOf } from '../../http/faults.ts'
import { beginTrace } from '../../http/undecided.ts'
import { endpoints } from '../../protocol/endpoints.ts'
import { Refusal } from '../../protocol/refusal.ts'
import type { Context } from '../../runtime/context.ts'

const logged = { ruleset: 'authorize', dialect: 'oauth' } as const

export function registerAuthorize(app: FastifyInstance, context: Context, errorPage: ErrorPage): void {
  app.setErrorHandler((error, request, reply) => {
    const fault = faultOf(error, request)
    if (fault.retryAfter !== undefined) reply.header('retry-after', String(fault.retryAfter))
    return errorPage(reply, { code: fault.error, status: fault.status, text: fault.text, requestId: request.id })
  })
  refusePrefetch(app)
  refuseHead(app, endpoints.authorization_endpoint)
  app.get(endpoints.authorization_endpoint, { exposeHeadRoute: false, config: { logged } }, (request, reply) =>
    authorize(context, errorPage, request, reply),
  )
  app.post(endpoints.authorization_endpoint, { config: { logged } }, (request, reply) =>
    authorize(context, errorPage, request, reply),
  )
}

async function authorize(
  context: Context,
  errorPage: ErrorPage,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const trace = beginTrace(request)
  const fail = (refusal: Refusal) => refusalPage(errorPage, reply, refusal, trace)
  const visit = { context, request, reply, trace, fail }
  try {
    const query = parametersIn(queryOf(request))
    const posted = request.method === 'POST' ? parametersPosted(query, bodyText(request)) : undefined
    const sealed = posted === undefined ? query.get(resume) : undefined
    if (sealed !== undefined) return await resumeFlow(visit, sealed)
    const copy = posted === undefined ? query.get(again) : undefined
    const form = copy === undefined ? (posted ?? query) : parametersAgain(context, copy, trace.endpoint)
    return await continueFlow(visit, endpoints.authorization_endpoint, await checkAuthorization(context, form, trace))
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return refused(visit, error)
  }
}

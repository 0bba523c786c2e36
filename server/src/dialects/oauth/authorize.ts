/**
 * /oauth/authorize (RFC 6749 §3.1, OIDC Core §3.1.2.1) by GET and POST. It decides and sends on; the pages where a
 * person acts return here. A POST comes from another site without our cookies, so it decides nothing but comes back by
 * GET with the request sealed.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { checkAuthorization, type Progress, repeatedCause } from '../../engine/authorize/authorize.ts'
import { parametersAgain } from '../../engine/authorize/way_back.ts'
import { again, type ErrorPage, goOn, goOnSealed, refusalPage, refused, resume } from '../../http/authorize_flow.ts'
import { refuseHead, refusePrefetch } from '../../http/browser/prefetch.ts'
import { bodyText, queryOf } from '../../http/caller.ts'
import { faultOf } from '../../http/faults.ts'
import { beginTrace } from '../../http/undecided.ts'
import { type Form, parseForm } from '../../lib/form.ts'
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
  const progress: Progress = {}
  const visit = { context, request, reply, trace, progress }
  try {
    const form = readParameters(request)
    const sealed = request.method === 'GET' ? form.get(resume) : undefined
    if (sealed !== undefined) return await goOnSealed(visit, sealed)
    const copy = request.method === 'GET' ? form.get(again) : undefined
    const asked = copy === undefined ? form : parametersAgain(context, copy, trace.endpoint)
    const checked = await checkAuthorization(context, asked, progress, trace)
    return await goOn(visit, endpoints.authorization_endpoint, checked)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return refused(visit, error, (refusal) => refusalPage(errorPage, reply, refusal, trace))
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

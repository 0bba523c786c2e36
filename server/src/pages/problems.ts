/**
 * The pages for what went wrong, and a page that is drawn again. A form that has gone stale (somebody else signed in, or
 * the browser's cookie has gone) is answered by the page that it stands on, with a word on top: nothing was carried out,
 * and what is on the page now can be sent.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteHandlerMethod } from 'fastify'
import { RequestLost } from '../engine/way_back.ts'
import type { ErrorPage } from '../http/authorize_flow.ts'
import { faultOf } from '../http/faults.ts'
import { sendPage, setPageHeaders } from '../http/page_headers.ts'
import { Refusal } from '../protocol/refusal.ts'
import { withNote } from './kit/layout.tsx'
import { drawAgainAt, isDrawnAgain, PageProblem, StaleForm } from './page.ts'
import { oauthError } from './views/oauth_error.tsx'
import { type ProblemKind, problem, problemStatus } from './views/problem.tsx'
import { requestLost } from './views/request_lost.tsx'

export function sendProblem(
  reply: FastifyReply,
  kind: ProblemKind,
  requestId: string,
  retryAfter?: number,
): FastifyReply {
  if (retryAfter !== undefined) reply.header('retry-after', String(retryAfter))
  return sendPage(reply, problemStatus(kind), problem({ kind, requestId, retryAfter }))
}

/** Ends what a page's route has thrown in a page. To be called before the routes of the scope are registered. */
export function handleProblems(app: FastifyInstance): void {
  const pages = new Map<string, RouteHandlerMethod>()
  app.addHook('onRoute', ({ method, url, handler }) => {
    if (method === 'GET') pages.set(url, handler)
  })
  app.addHook('onSend', async (request, reply, payload) => {
    return isDrawnAgain(request) ? asDrawnAgain(request, reply, payload) : payload
  })
  app.setErrorHandler(async (error, request, reply) => {
    if (!(error instanceof StaleForm)) return answerError(error, request, reply)
    const page = pageOf(request.routeOptions.config.drawnAt ?? request.routeOptions.url ?? '', pages)
    if (page === undefined) return sendProblem(reply, 'form_expired', request.id)
    drawAgainAt(request, request.url.split('?', 1)[0]?.split('/').slice(0, page.segments).join('/') || '/')
    try {
      return await page.handler.call(app, request, reply)
    } catch (again) {
      if (again instanceof PageProblem) return sendProblem(reply, 'form_expired', request.id)
      return answerError(again, request, reply)
    }
  })
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route of the page that has the form, where it is not the nearest one above. */
    drawnAt?: string
  }
}

/** The page at a route, or the nearest one above it: forms go to paths below their page's. */
function pageOf(
  route: string,
  pages: ReadonlyMap<string, RouteHandlerMethod>,
): { readonly handler: RouteHandlerMethod; readonly segments: number } | undefined {
  const segments = route.split('/')
  for (let count = segments.length; count > 1; count--) {
    const handler = pages.get(segments.slice(0, count).join('/'))
    if (handler !== undefined) return { handler, segments: count }
  }
  return undefined
}

/** What a page's route has answered, made the answer to a form that was not taken. */
function asDrawnAgain(request: FastifyRequest, reply: FastifyReply, payload: unknown): unknown {
  if (reply.statusCode === 200 && typeof payload === 'string') {
    reply.code(403)
    return withNote(payload, 'This form has expired, so nothing was done.', 'Please check it and send it again.')
  }
  const onward = reply.getHeader('location')
  if (reply.statusCode !== 303 || typeof onward !== 'string') return payload
  setPageHeaders(reply.removeHeader('location').code(403))
  return problem({ kind: 'form_expired', requestId: request.id, onward: { href: onward, text: 'Continue' } })
}

/** The page for an OAuth error that cannot be sent back to a client (RFC 6749 §4.1.2.1). */
export const sendOauthError: ErrorPage = (reply, { code, text, status, requestId, lost }) => {
  if (lost === undefined) return sendPage(reply, status, oauthError({ code, text, requestId }))
  const kind = lost.reason === 'cookies_missing' ? 'no_cookies' : 'expired'
  const shown = { kind, code: lost.error, text, requestId, ways: lost.ways } as const
  return sendPage(reply, status, requestLost(shown))
}

function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (error instanceof PageProblem) return sendProblem(reply, error.kind, request.id)
  if (error instanceof Refusal) {
    const { error: code, text } = error
    const { retryAfter } = error.detail
    if (retryAfter !== undefined) reply.header('retry-after', String(retryAfter))
    const lost = error instanceof RequestLost ? error : undefined
    return sendOauthError(reply, {
      code,
      text,
      status: error.status === 401 ? 400 : error.status,
      requestId: request.id,
      lost,
    })
  }
  const fault = faultOf(error, request)
  if (fault.status === 503) return sendProblem(reply, 'unavailable', request.id, fault.retryAfter)
  if (fault.status === 500) return sendProblem(reply, 'fault', request.id)
  return sendPage(reply, fault.status, problem({ kind: 'request_unclear', requestId: request.id }))
}

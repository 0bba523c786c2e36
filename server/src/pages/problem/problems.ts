/**
 * The pages for what went wrong, and a page that is drawn again. A form that has gone stale (somebody else signed in, or
 * the browser's cookie has gone) is answered by the page that it stands on, with a word on top: nothing was carried out,
 * and what is on the page now can be sent.
 * Not here: which faults there are (`http/faults.ts`) and which refusals (`protocol/refusal.ts`). Neighbours: every page
 * may end here; `http/error_page.ts` asks for them where a browser cannot be sent back to an app. To add: a problem, its
 * status in `problem_view.tsx` and its text in `words/`.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteHandlerMethod } from 'fastify'
import { findOwnApp } from '../../engine/developer/developer_apps.ts'
import { NotAllowed } from '../../engine/operator/ranks.ts'
import { cookieName, readCookies } from '../../http/browser/cookies.ts'
import { pageAnswer, setPageHeaders } from '../../http/browser/page_headers.ts'
import { heedApp, wordsOf } from '../../http/browser/words.ts'
import { bodyText } from '../../http/caller.ts'
import type { Answer } from '../../http/endpoint.ts'
import { type ErrorPage, refusalPage } from '../../http/error_page.ts'
import { frame } from '../../http/frame.ts'
import { parseForm } from '../../lib/form.ts'
import type { ClientId } from '../../protocol/names.ts'
import type { Context } from '../../runtime/context.ts'
import { withExpired } from '../kit/layout.tsx'
import { requestPath } from '../kit/paths.ts'
import { drawAgainAt, isDrawnAgain, PageProblem, StaleForm, whoIsSignedIn } from '../visit.ts'
import { type OAuthErrorProps, oauthError } from './oauth_error_view.tsx'
import { type ProblemKind, type ProblemProps, problem, problemStatus } from './problem_view.tsx'
import { type RequestLostProps, requestLost } from './request_lost_view.tsx'

/** The page for a problem, with the ways to the other pages where somebody is signed in. */
export async function problemPage(
  context: Context,
  request: FastifyRequest,
  kind: ProblemKind,
  more: Pick<ProblemProps, 'retryAfter' | 'againHref'> = {},
): Promise<Answer> {
  const signedIn = await isSignedIn(context, request, kind)
  return pageAnswer(request, problemStatus(kind), problem({ kind, requestId: request.id, signedIn, ...more }))
}

async function isSignedIn(context: Context, request: FastifyRequest, kind: ProblemKind): Promise<boolean> {
  // The database may be what is away: nothing is asked of it. Behind the links it is asked who comes.
  if (kind === 'unavailable') return readCookies(request).has(cookieName(context, 'session'))
  return (await whoIsSignedIn(context, request)) !== undefined
}

/** Ends what a page's route has thrown in a page. To be called before the routes of the scope are registered. */
export function handleProblems(app: FastifyInstance, context: Context): void {
  const pages: Pages = new Map()
  app.addHook('onRoute', ({ method, url, handler }) => {
    if (method === 'GET') pages.set(url, handler)
  })
  app.addHook('onSend', async (request, reply, payload) => {
    return isDrawnAgain(request) ? asDrawnAgain(context, request, reply, payload) : payload
  })
  frame(
    app,
    {
      own: (error, request, reply) => {
        if (error instanceof PageProblem) return problemPage(context, request, error.kind)
        if (error instanceof NotAllowed) return problemPage(context, request, 'not_allowed')
        return error instanceof StaleForm ? drawAgain(context, pageOf(request, pages), request, reply) : undefined
      },
      refuse: (refusal, request) => refusalPage(oauthErrorPage(context), request, refusal),
      async fault({ status, retryAfter }, request) {
        const again = { againHref: againHref(context, request, pages) }
        if (status === 503) return problemPage(context, request, 'unavailable', { retryAfter, ...again })
        if (status === 500) return problemPage(context, request, 'fault', again)
        return pageAnswer(request, status, problem({ kind: 'request_unclear', requestId: request.id }))
      },
    },
    context,
  )
}

/** Answers a stale form by the page that has it. */
async function drawAgain(
  context: Context,
  page: ReturnType<typeof pageOf>,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Answer | 'sent'> {
  if (page === undefined) return problemPage(context, request, 'form_expired')
  drawAgainAt(request, page.path)
  try {
    await page.handler.call(reply.server, request, reply)
    return 'sent'
  } catch (again) {
    if (again instanceof PageProblem) return problemPage(context, request, 'form_expired')
    throw again
  }
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route of the page that has the form, where it is not the nearest one above. */
    drawnAt?: string
    /** Where what failed is tried once more, where that is not the page itself or the one that has the form. */
    againAt?: (request: FastifyRequest, context: Context) => string | undefined
  }
}

/** The pages by their routes. */
type Pages = Map<string, RouteHandlerMethod>

/** The page that has the form which a request has sent: its own route, or the nearest one above that is a page. */
function pageOf(
  request: FastifyRequest,
  pages: Pages,
): { readonly handler: RouteHandlerMethod; readonly path: string } | undefined {
  const { config, url = '' } = request.routeOptions
  const segments = (config.drawnAt ?? url).split('/')
  const path = (request.url.split('?', 1)[0] ?? '').split('/')
  for (let count = segments.length; count > 1; count--) {
    const handler = pages.get(segments.slice(0, count).join('/'))
    if (handler !== undefined) return { handler, path: path.slice(0, count).join('/') || '/' }
  }
  return undefined
}

/** Fields of forms that the page of the form reads from its query. */
const ofThePage = ['request', 'next', 'uri'] as const

/** Where a person tries once more what has failed: the page that they asked for, or the one that they filled in. */
function againHref(context: Context, request: FastifyRequest, pages: Pages): string | undefined {
  const { againAt } = request.routeOptions.config
  if (againAt !== undefined) return againAt(request, context)
  if (request.method !== 'POST') return ''
  const page = pageOf(request, pages)
  if (page === undefined) return undefined
  const form = parseForm(bodyText(request))
  const query = new URLSearchParams()
  for (const name of ofThePage) {
    const value = form?.get(name)
    if (value !== undefined) query.set(name, value)
  }
  return query.size === 0 ? page.path : `${page.path}?${query}`
}

/** What a page's route has answered, made the answer to a form that was not taken. */
async function asDrawnAgain(
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
): Promise<unknown> {
  if (reply.statusCode === 200 && typeof payload === 'string') {
    reply.code(403)
    return withExpired(payload, wordsOf(request))
  }
  const onward = reply.getHeader('location')
  if (reply.statusCode !== 303 || typeof onward !== 'string') return payload
  setPageHeaders(reply.removeHeader('location').code(403))
  const signedIn = await isSignedIn(context, request, 'form_expired')
  const expired = problem({
    kind: 'form_expired',
    requestId: request.id,
    signedIn,
    onwardHref: onward,
  })
  return expired(wordsOf(request))
}

/** Draws the page for an OAuth error that cannot be sent back to a client (RFC 6749 §4.1.2.1). */
export function oauthErrorPage(context: Context): ErrorPage {
  return async (request, { code, text, status, clientId, lost }) => {
    heedApp(context, request)
    const requestId = request.id
    if (lost !== undefined) {
      const kind = lostKinds[lost.reason] ?? 'expired'
      const shown = { kind, code: lost.error, text, requestId, ways: lost.ways } as const
      return pageAnswer(request, status, requestLost(shown))
    }
    const known = clientId === undefined ? {} : await describeApp(context, request, clientId)
    const repeatable = request.method !== 'POST'
    return pageAnswer(request, status, oauthError({ code, text, requestId, repeatable, ...known }))
  }
}

const lostKinds: Readonly<Record<string, RequestLostProps['kind']>> = {
  cookies_missing: 'no_cookies',
  upstream_state_invalid: 'sign_in_over',
}

/** The site of the app, and for those who work on it the way to the entry in its request log. */
async function describeApp(
  context: Context,
  request: FastifyRequest,
  clientId: ClientId,
): Promise<Pick<OAuthErrorProps, 'entryHref' | 'app'>> {
  const live = await whoIsSignedIn(context, request)
  const [client, own] = await Promise.all([
    context.clients.find(clientId).catch(() => undefined),
    live === undefined ? undefined : findOwnApp(context, live.account, clientId).catch(() => undefined),
  ])
  const href = client?.metadata.client_uri
  return {
    app: client === undefined || href === undefined ? undefined : { name: client.name, href },
    entryHref: own === undefined ? undefined : requestPath(clientId, request.id),
  }
}

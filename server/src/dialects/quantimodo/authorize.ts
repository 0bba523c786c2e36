/**
 * Authorize under all of its older addresses, by GET and POST (RFC 6749 §3.1). The old clients send more than they
 * should (their secret, a token of another kind) and less (no redirect URI, no scope); the checks are the engine's.
 */
import type { FastifyRequest } from 'fastify'
import { openTicket } from '../../engine/authorize/ticket.ts'
import { secretWarning } from '../../engine/client/secret_in_query.ts'
import { authorizationEndpoint, type Interaction } from '../../http/authorize_flow.ts'
import type { Answer, Protocol } from '../../http/endpoint.ts'
import { errorBody } from '../../http/error_body.ts'
import { type ErrorPage, pageEnvelope } from '../../http/error_page.ts'
import { type Form, formFrom } from '../../lib/form.ts'
import { Refusal } from '../../protocol/refusal.ts'
import { failure, unkept } from './envelope.ts'
import { loginUrl, wantsJson } from './json_caller.ts'
import { readParameters, spellingsOf } from './parameters.ts'
import { authorizeRoutes, versionOfPath } from './paths.ts'

/** How it says no where browsers are sent: a page, or JSON for who can show none. */
export function forBrowsers(errorPage: ErrorPage): Protocol {
  const pages = pageEnvelope(errorPage)
  return {
    dialect: 'quantimodo',
    version: versionOfPath,
    async refuse(refusal, request) {
      if (!wantsJson(request)) return unkeptPage(await pages.refuse(refusal, request))
      // Never by 401, which tells a program that a person has to sign in.
      return failure(refusal.status === 401 ? 400 : refusal.status, refusal.error, refusal.text)
    },
    async fault(fault, request, error) {
      if (!wantsJson(request)) return unkeptPage(await pages.fault(fault, request, error))
      return failure(fault.status, fault.error, fault.text)
    },
  }
}

export const authorizeEndpoint = authorizationEndpoint(authorizeRoutes, {
  read: async (request) => withSignUp(await readParameters(request)),
  async before({ context, trace }, form, query) {
    const secrets = spellingsOf('client_secret').flatMap((name) => query.all(name))
    trace.warn(await secretWarning(context, form.get('client_id'), secrets))
  },
  /** Adds the ticket that came in `token` or as bearer token. Whatever else stands there says nothing. */
  after({ context, request, trace }, form, checked) {
    const bearer = /^Bearer +([A-Za-z0-9._-]+)$/i.exec(request.headers.authorization ?? '')?.[1]
    for (const text of [form.get('token'), bearer]) {
      const ticket = text === undefined ? undefined : openTicket(context, text, checked)
      if (ticket !== undefined) return { ...checked, ticket }
    }
    if (form.has('token')) trace.warn(noTicket)
    return checked
  },
  interact: ({ context, request }, step) =>
    wantsJson(request) ? steps(context.settings.issuer, request, step) : undefined,
})

/** The address may hold a secret or a ticket. */
function unkeptPage(page: Answer): Answer {
  return { ...page, headers: { ...page.headers, 'referrer-policy': 'no-referrer' } }
}

/** `register=true` is how these clients ask for sign-up. */
function withSignUp(form: Form): Form {
  if (form.get('register') !== 'true' || form.has('prompt')) return form
  const pairs = form.names.flatMap((name) => form.all(name).map((value) => [name, value] as const))
  return formFrom([...pairs, ['prompt', 'create']])
}

const noTicket = 'What came as token is no sign-in ticket for this request, or has expired; it was ignored.'

/** What a program is told in place of a page: that a person has to act first, and where. */
function steps(issuer: string, request: FastifyRequest, step: Interaction): Answer {
  const { error, text } = new Refusal(step === 'consent' ? 'consent_required' : 'login_required')
  const status = step === 'consent' ? 403 : 401
  const body = { ...errorBody(status, error, text), login_url: loginUrl(issuer, request) }
  // Every 401 names a way to authenticate (RFC 9110 §15.5.2).
  return unkept(status, body, status === 401 ? { 'www-authenticate': 'Bearer' } : undefined)
}

/**
 * The social endpoints: a provider's sign-in in a popup (login, then authorizeCode), and tokens of the providers' own
 * SDKs (authorizeToken). Their answer is a sign-in ticket, which older documents call the JWT of the user.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { ticketLife } from '../../engine/authorize/ticket.ts'
import {
  requireSocialDestination,
  type SocialReturn,
  socialErrorUri,
  startSocial,
  ticketForCode,
  ticketForToken,
} from '../../engine/providers/social.ts'
import { type ErrorPage, redirect, refusalPage } from '../../http/authorize_flow.ts'
import { readBrowser } from '../../http/browser/cookies.ts'
import { beginTrace, type Logged } from '../../http/undecided.ts'
import { seconds } from '../../lib/clock.ts'
import type { Form } from '../../lib/form.ts'
import { Refusal } from '../../protocol/refusal.ts'
import type { Context } from '../../runtime/context.ts'
import type { RulesetName } from '../../runtime/log/rules.ts'
import type { Trace } from '../../runtime/log/trace.ts'
import { keepPrivate, refuse } from './envelope.ts'
import { readParameters, requireOnce } from './parameters.ts'

const bases = ['/api/v2/auth/social', '/v2/auth/social'] as const

/** What these endpoints take besides the parameters of the door. */
const own = { provider: [], provider_token: ['accessToken', 'access_token'] } as const

const once: ReadonlySet<string> = new Set(['client_id', 'redirect_uri', 'code', ...Object.keys(own)])

/** Registers /login, which browsers are sent to and which answers with redirects and pages. */
export function registerSocialLogin(app: FastifyInstance, context: Context, errorPage: ErrorPage): void {
  for (const base of bases) {
    app.get(`${base}/login`, { exposeHeadRoute: false, config: logged('social:login') }, async (request, reply) => {
      const trace = beginTrace(request)
      let to: SocialReturn | undefined
      try {
        const form = await readOnce(request)
        to = await requireSocialDestination(context, form.get('redirect_uri'), form.get('client_id'), trace)
        const browser = await readBrowser(context, request, reply)
        const uri = await startSocial(context, { providerId: form.get('provider'), browser: browser.id }, to, trace)
        trace.note('The person was sent to the provider to sign in.')
        context.requests.record(trace, 303)
        return redirect(reply, uri)
      } catch (error) {
        if (!(error instanceof Refusal)) throw error
        if (to === undefined) {
          context.requests.record(trace, error.status, error)
          await refusalPage(errorPage, reply, error, trace)
          return reply
        }
        context.requests.record(trace, 303, error)
        return redirect(reply, socialErrorUri(to, error))
      }
    })
  }
}

/** Registers the endpoints that apps call themselves. */
export function registerSocialTokens(app: FastifyInstance, context: Context): void {
  const endpoints = {
    authorizeCode: [
      'social:code',
      (form, trace) => ticketForCode(context, form.get('provider'), form.get('code'), trace),
    ],
    authorizeToken: [
      'social:token',
      (form, trace) =>
        ticketForToken(
          context,
          { providerId: form.get('provider'), text: form.get('provider_token'), clientId: form.get('client_id') },
          trace,
        ),
    ],
  } satisfies Record<string, readonly [RulesetName, (form: Form, trace: Trace) => Promise<string>]>
  for (const base of bases) {
    for (const [name, [ruleset, ticketFor]] of Object.entries(endpoints)) {
      app.route({
        method: ['GET', 'POST'],
        url: `${base}/${name}`,
        exposeHeadRoute: false,
        config: logged(ruleset),
        handler: (request, reply) => answer(context, request, reply, ticketFor),
      })
    }
  }
}

async function answer(
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  ticketFor: (form: Form, trace: Trace) => Promise<string>,
): Promise<FastifyReply> {
  const trace = beginTrace(request)
  keepPrivate(reply)
  try {
    const token = await ticketFor(await readOnce(request), trace)
    trace.note('A sign-in ticket was issued.')
    context.requests.record(trace, 200)
    return reply.type('application/json').send(encodeTicket(token))
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    context.requests.record(trace, error.status, error)
    return refuse(request, reply, error)
  }
}

function logged(ruleset: RulesetName): { readonly logged: Logged } {
  return { logged: { ruleset, dialect: 'quantimodo' } }
}

async function readOnce(request: FastifyRequest): Promise<Form> {
  const form = await readParameters(request, own)
  requireOnce(form, once)
  return form
}

/** The documents call it the JWT token; apps read `data.token`. */
function encodeTicket(token: string): string {
  const life = seconds(ticketLife)
  return JSON.stringify({ success: true, data: { token, expiresIn: life, expires_in: life } })
}

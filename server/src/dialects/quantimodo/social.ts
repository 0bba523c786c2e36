/**
 * The social endpoints: a provider's sign-in in a popup (login, then authorizeCode), and tokens of the providers' own
 * SDKs (authorizeToken). Their answer is a sign-in ticket, which older documents call the JWT of the user.
 */
import type { FastifyRequest } from 'fastify'
import { ticketLife } from '../../engine/authorize/ticket.ts'
import {
  requireSocialDestination,
  type SocialReturn,
  socialErrorUri,
  startSocial,
  ticketForCode,
  ticketForToken,
} from '../../engine/providers/social.ts'
import { others, redirect } from '../../http/authorize_flow.ts'
import { readBrowser } from '../../http/browser/cookies.ts'
import type { Answer, Endpoint, Envelope } from '../../http/endpoint.ts'
import { seconds } from '../../lib/clock.ts'
import type { Form } from '../../lib/form.ts'
import { unkept } from './envelope.ts'
import { readParameters, requireOnce } from './parameters.ts'

/** What these endpoints take besides the parameters of the protocol. */
const own = { provider: [], provider_token: ['accessToken', 'access_token'] } as const

const once: ReadonlySet<string> = new Set(['client_id', 'redirect_uri', 'code', ...Object.keys(own)])

function pathsOf(name: string): readonly string[] {
  return ['/api/v2/auth/social', '/v2/auth/social'].map((base) => `${base}/${name}`)
}

/** Where browsers are sent to sign in; it answers with redirects and pages. */
export function socialLogin(refuse: Envelope['refuse']): Endpoint<{ to?: SocialReturn }> {
  return {
    paths: pathsOf('login'),
    methods: ['GET'],
    others,
    logged: { ruleset: 'social:login' },
    begin: () => ({}),
    async answer({ context, request, reply, trace, state }) {
      const form = await readOnce(request)
      const to = await requireSocialDestination(context, form.get('redirect_uri'), form.get('client_id'), trace)
      state.to = to
      const browser = await readBrowser(context, request, reply)
      const uri = await startSocial(context, { providerId: form.get('provider'), browser: browser.id }, to, trace)
      trace.note('The person was sent to the provider to sign in.')
      return redirect(uri)
    },
    refuse: (refusal, { request, state: { to } }) =>
      to === undefined ? refuse(refusal, request) : redirect(socialErrorUri(to, refusal)),
  }
}

/** The endpoints that apps call themselves. */
export const socialTokens: readonly Endpoint[] = [
  {
    paths: pathsOf('authorizeCode'),
    methods: ['GET', 'POST'],
    pages: 'apps',
    logged: { ruleset: 'social:code' },
    async answer({ context, request, trace }) {
      const form = await readOnce(request)
      return ticket(await ticketForCode(context, form.get('provider'), form.get('code'), trace))
    },
  },
  {
    paths: pathsOf('authorizeToken'),
    methods: ['GET', 'POST'],
    pages: 'apps',
    logged: { ruleset: 'social:token' },
    async answer({ context, request, trace }) {
      const form = await readOnce(request)
      const [providerId, clientId] = [form.get('provider'), form.get('client_id')]
      return ticket(await ticketForToken(context, { providerId, text: form.get('provider_token'), clientId }, trace))
    },
  },
]

async function readOnce(request: FastifyRequest): Promise<Form> {
  const form = await readParameters(request, own)
  requireOnce(form, once)
  return form
}

/** The documents call it the JWT token; apps read `data.token`. */
function ticket(token: string): Answer {
  const life = seconds(ticketLife)
  return unkept(200, { success: true, data: { token, expiresIn: life, expires_in: life } })
}

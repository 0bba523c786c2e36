/**
 * The social endpoints: a provider's sign-in in a popup (login, then authorizeCode), and tokens of the providers' own
 * SDKs (authorizeToken). Their answer is a sign-in ticket, which older documents call the JWT of the user.
 */
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
import type { Answer, Endpoint } from '../../http/endpoint.ts'
import { seconds } from '../../lib/clock.ts'
import { unkept } from './envelope.ts'
import { readParameters } from './parameters.ts'

/** What these endpoints take besides the parameters of the protocol, and what must not come with two values. */
const own = { provider: [], provider_token: ['accessToken', 'access_token'] } as const
const reading = { more: own, once: ['client_id', 'redirect_uri', 'code', ...Object.keys(own)] }

function pathsOf(name: string): readonly string[] {
  return ['/api/v2/auth/social', '/v2/auth/social'].map((base) => `${base}/${name}`)
}

/** Where browsers are sent to sign in; it answers with redirects and pages. */
export const socialLogin: Endpoint<{ to?: SocialReturn }> = {
  paths: pathsOf('login'),
  methods: ['GET'],
  others,
  logged: { ruleset: 'social:login' },
  begin: () => ({}),
  async answer({ context, request, reply, trace, state }) {
    const form = await readParameters(request, reading)
    const to = await requireSocialDestination(context, form.get('redirect_uri'), form.get('client_id'), trace)
    state.to = to
    const browser = await readBrowser(context, request, reply)
    const uri = await startSocial(context, { providerId: form.get('provider'), browser: browser.id }, to, trace)
    trace.note('The person was sent to the provider to sign in.')
    return redirect(uri)
  },
  refuse: (refusal, { state: { to } }) => (to === undefined ? undefined : redirect(socialErrorUri(to, refusal))),
}

const called = { methods: ['GET', 'POST'], pages: 'apps' } as const

/** The endpoints that apps call themselves. */
export const socialTokens: readonly Endpoint[] = [
  {
    paths: pathsOf('authorizeCode'),
    ...called,
    logged: { ruleset: 'social:code' },
    async answer({ context, request, trace }) {
      const form = await readParameters(request, reading)
      return ticket(await ticketForCode(context, form.get('provider'), form.get('code'), trace))
    },
  },
  {
    paths: pathsOf('authorizeToken'),
    ...called,
    logged: { ruleset: 'social:token' },
    async answer({ context, request, trace }) {
      const form = await readParameters(request, reading)
      const [providerId, clientId] = [form.get('provider'), form.get('client_id')]
      return ticket(await ticketForToken(context, { providerId, text: form.get('provider_token'), clientId }, trace))
    },
  },
]

/** The documents call it the JWT token; apps read `data.token`. */
function ticket(token: string): Answer {
  const life = seconds(ticketLife)
  return unkept(200, { success: true, data: { token, expiresIn: life, expires_in: life } })
}

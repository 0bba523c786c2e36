/** Signing out (OpenID Connect RP-Initiated Logout 1.0, Back-Channel Logout 1.0). */
import { randomText } from '../../lib/random.ts'
import type { Arrival, Browser } from '../browser.ts'
import type { Check } from '../check.ts'
import { partsOf, wrongSignature } from '../jwt.ts'
import { isLoopback, type Metadata } from '../metadata.ts'
import { type Parameters, type Probe, summaryOf } from '../probe.ts'
import { must, NotChecked } from '../verdict.ts'

const strange = 'https://attacker.example/after'
const event = 'http://schemas.openid.net/event/backchannel-logout'

const shared = {
  level: 'MUST',
  offered: (metadata: Metadata) => metadata.url('end_session_endpoint') !== undefined,
} as const

function logoutUrl(probe: Probe, parameters: Parameters): URL {
  const url = new URL(probe.endpoint('end_session_endpoint'))
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) url.searchParams.set(name, value)
  return url
}

function mustStay({ way }: Arrival): void {
  for (const answer of way) {
    const location = answer.headers.get('location') ?? ''
    must(!location.startsWith(strange), `The browser is sent to ${location.split('?', 1)[0]}.`, answer)
  }
}

/** A sign-in in a browser of its own, which can be ended without ending what other checks use. */
async function signedIn(probe: Probe): Promise<{ readonly browser: Browser; readonly idToken: string }> {
  if (probe.given.browse !== undefined)
    throw new NotChecked('A real browser is not signed out.', '--username and --password')
  if (probe.given.person?.cookie !== undefined) {
    throw new NotChecked('The browser whose cookies were given stays signed in.', '--username and --password')
  }
  const browser = probe.newBrowser()
  const request = await probe.request()
  const { back } = await probe.authorize(request.url, { browser })
  const code = back?.get('code')
  if (code == null) throw new NotChecked('Nobody could be signed in.')
  const answer = await probe.call('token_endpoint', {
    grant_type: 'authorization_code',
    code,
    redirect_uri: probe.given.redirectUri,
    code_verifier: request.verifier,
  })
  const idToken = answer.json?.id_token
  if (typeof idToken !== 'string') throw new NotChecked('No ID token came.')
  return { browser, idToken }
}

const afterwards = (probe: Probe) => probe.given.postLogoutRedirectUri ?? probe.given.redirectUri

export const logout: readonly Check[] = [
  {
    ...shared,
    id: 'logout.open_redirect',
    title: 'Signing out sends nobody to an address that no client has registered',
    of: 'OIDC RP-Initiated Logout §3',
    sends: 'post_logout_redirect_uri without anything that proves it',
    expects: 'no redirect to it',
    async run(probe) {
      const url = logoutUrl(probe, { post_logout_redirect_uri: strange, state: randomText(8) })
      mustStay(await probe.newBrowser().open(url.href, strange))
    },
  },
  {
    ...shared,
    id: 'logout.unregistered',
    title: 'Nor to one that the client has not registered',
    of: 'OIDC RP-Initiated Logout §3',
    sends: 'client_id, and a post_logout_redirect_uri that it has not registered',
    expects: 'no redirect to it',
    needs: ['client'],
    async run(probe) {
      const url = logoutUrl(probe, { post_logout_redirect_uri: strange, client_id: (await probe.client()).id })
      mustStay(await probe.newBrowser().open(url.href, strange, { leaving: true }))
    },
  },
  {
    ...shared,
    id: 'logout.post',
    title: 'Signing out may be posted',
    of: 'OIDC RP-Initiated Logout §2',
    sends: 'POST without anything in it',
    expects: 'what GET leads to; no error of the method',
    async run(probe) {
      const url = logoutUrl(probe, {})
      const got = await probe.http.ask(url.href, { headers: { accept: 'text/html' } })
      const form = new URLSearchParams({ state: randomText(8) })
      const answer = await probe.http.ask(url.href, { form, headers: { accept: 'text/html' } })
      const fits =
        answer.status < 400 || (answer.status === got.status && answer.status !== 405 && answer.status !== 404)
      must(fits, `POST is answered with ${answer.status}, GET with ${got.status}.`, answer, got)
    },
  },
  {
    ...shared,
    id: 'logout.redirects',
    title: 'After the sign-out the browser comes back with the state',
    of: 'OIDC RP-Initiated Logout §3',
    sends: 'id_token_hint, a registered post_logout_redirect_uri and state, and a yes on the page',
    expects: 'a redirect there with the same state',
    needs: ['client', 'sign_in', 'post_logout'],
    async run(probe) {
      const { browser, idToken } = await signedIn(probe)
      const state = randomText(12)
      const uri = afterwards(probe)
      const url = logoutUrl(probe, { id_token_hint: idToken, post_logout_redirect_uri: uri, state })
      const { back, answer } = await browser.open(url.href, uri, { leaving: true })
      must(back !== undefined, `It ends with ${summaryOf(answer)}, and no redirect.`, answer)
      must(back.get('state') === state, `state is ${back.get('state') ?? 'missing'}.`, answer)
    },
  },
  {
    ...shared,
    id: 'logout.ends_the_session',
    title: 'After the sign-out nobody is signed in',
    of: 'OIDC RP-Initiated Logout §2',
    sends: 'id_token_hint, and a yes on the page; then prompt=none',
    expects: 'login_required',
    needs: ['client', 'sign_in', 'post_logout'],
    async run(probe) {
      const { browser, idToken } = await signedIn(probe)
      const uri = afterwards(probe)
      const out = logoutUrl(probe, { id_token_hint: idToken, post_logout_redirect_uri: uri })
      const { answer: left, back: ended } = await browser.open(out.href, uri, { leaving: true })
      if (ended === undefined) throw new NotChecked('The sign-out does not come to an end.')
      const { url } = await probe.request({ prompt: 'none', scope: 'openid' })
      const { back, answer } = await browser.open(url.href, probe.given.redirectUri)
      must(back?.get('code') == null, 'A code is given.', left, answer)
      must(
        back?.get('error') === 'login_required',
        `The client is told ${back?.get('error') ?? 'nothing'}.`,
        left,
        answer,
      )
    },
  },
  {
    ...shared,
    id: 'backchannel.token',
    title: 'The client hears of the sign-out, by a logout token that holds',
    of: 'OIDC Back-Channel Logout §2.4',
    sends: 'a sign-out, with a receiver that the client has registered',
    expects: 'a signed logout_token with iss, aud, iat, exp, jti, events, and sub or sid; no nonce',
    needs: ['client', 'sign_in', 'receiver'],
    offered: (metadata) => shared.offered(metadata) && metadata.is('backchannel_logout_supported'),
    async run(probe) {
      const { browser, idToken } = await signedIn(probe)
      const uri = afterwards(probe)
      const url = logoutUrl(probe, { id_token_hint: idToken, post_logout_redirect_uri: uri })
      const { answer } = await browser.open(url.href, uri, { leaving: true })
      const token = await probe.given.receiver?.next()
      const own = isLoopback(probe.given.receiver?.uri ?? '')
      if (token === undefined && own) {
        throw new NotChecked(
          'Nothing comes. A server may refuse to call an address of its own machine.',
          '--logout-receiver at an address that the server calls',
        )
      }
      must(token !== undefined, 'Nothing comes within fifteen seconds.', answer)
      const parts = partsOf(token)
      must(parts !== undefined, 'What comes is no JWT.', answer)
      const { claims, header } = parts
      const wrong = header.alg === 'none' ? 'it is not signed' : await wrongSignature(probe, token)
      must(wrong === undefined, `The signature does not hold: ${wrong}.`, answer)
      const gone = ['iss', 'aud', 'iat', 'exp', 'jti', 'events'].filter((name) => claims[name] === undefined)
      must(gone.length === 0, `The logout token has no ${gone.join(', no ')}.`, answer)
      must(claims.iss === probe.given.issuer, `iss is ${JSON.stringify(claims.iss)}.`, answer)
      const { id } = await probe.client()
      must([claims.aud].flat().includes(id), `aud is ${JSON.stringify(claims.aud)}.`, answer)
      must(claims.sub !== undefined || claims.sid !== undefined, 'It names neither person nor session.', answer)
      must(claims.nonce === undefined, 'It has a nonce.', answer)
      const told = typeof claims.events === 'object' && claims.events !== null && event in claims.events
      must(told, `events is ${JSON.stringify(claims.events)}.`, answer)
    },
  },
]

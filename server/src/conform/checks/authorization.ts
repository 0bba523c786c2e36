/**
 * The authorization endpoint as somebody without an account meets it (RFC 6749 §4.1.2.1, RFC 9207, RFC 9700, OpenID Connect
 * Core 1.0 §3.1.2): where it must not send a browser, and what it tells the client in an error.
 */
import { randomText } from '../../lib/random.ts'
import type { Arrival } from '../browser.ts'
import type { Check } from '../check.ts'
import type { Answer } from '../http.ts'
import type { Metadata } from '../metadata.ts'
import { type Parameters, type Probe, summaryOf } from '../probe.ts'
import { must, NotChecked } from '../verdict.ts'

const strange = 'https://attacker.example/steal'

const hasAuthorization = (metadata: Metadata) => metadata.url('authorization_endpoint') !== undefined

/** A request with these parameters, by a browser in which nobody is signed in. */
async function ask(probe: Probe, parameters: Parameters): Promise<Arrival & { readonly state: string }> {
  if (parameters.client_id === undefined) await probe.accepted()
  const { url, state } = await probe.request({ prompt: undefined, ...parameters })
  return { ...(await probe.authorize(url, { untouched: true })), state }
}

/** The same to its end: where a page comes, somebody signs in, as far as a sign-in was given. */
async function askToTheEnd(probe: Probe, parameters: Parameters): Promise<Arrival> {
  const before = await ask(probe, parameters)
  const mayGoOn = probe.given.person !== undefined && before.back === undefined && before.answer.status < 400
  if (!mayGoOn) return before
  const { url } = await probe.request({ prompt: undefined, ...parameters })
  return probe.authorize(url, { browser: probe.newBrowser() })
}

/** Nothing on the way may send the browser where the attacker wants it. */
function mustStay({ way, answer, back }: Arrival, at: string): void {
  for (const answer of way) {
    const location = answer.headers.get('location') ?? ''
    must(!location.startsWith(at), `The browser is sent to ${location.split('?', 1)[0]}.`, answer)
    const action = answer.text.includes(`action="${at}`)
    must(!action, `The page posts to ${at}.`, answer)
  }
  if (back === undefined && answer.status < 400) {
    throw new NotChecked('The server shows a page first. Where it would lead after the sign-in is not seen.')
  }
}

/** The error that the client was told. */
function mustTell({ back, answer, way }: Arrival, wanted: readonly string[]): URLSearchParams {
  if (back === undefined && answer.status < 400 && way.every((one) => one.status < 400)) {
    throw new NotChecked('The server shows a page first. What it would say after the sign-in is not seen.')
  }
  must(back !== undefined, `The client is told nothing; a page with status ${answer.status} is shown.`, answer)
  const error = back.get('error')
  must(error !== null && wanted.includes(error), `The client is told ${error ?? 'no error'}.`, answer)
  return back
}

export const authorization: readonly Check[] = [
  {
    id: 'authorization.unknown_client',
    title: 'An unknown client gets nobody sent anywhere',
    of: 'RFC 6749 §4.1.2.1',
    level: 'MUST',
    sends: 'an authorization request of a client that does not exist, with a redirect URI of its own',
    expects: 'a page; no redirect to that address',
    offered: hasAuthorization,
    async run(probe) {
      const request = { client_id: `unknown-${randomText(9)}`, redirect_uri: strange }
      mustStay(await askToTheEnd(probe, request), strange)
    },
  },
  {
    id: 'authorization.missing_client',
    title: 'A request without a client gets nobody sent anywhere',
    of: 'RFC 6749 §4.1.2.1',
    level: 'MUST',
    sends: 'an authorization request without client_id',
    expects: 'a page; no redirect',
    offered: hasAuthorization,
    async run(probe) {
      const { url } = await probe.request({ client_id: 'nobody', redirect_uri: strange, prompt: undefined })
      url.searchParams.delete('client_id')
      mustStay(await probe.authorize(url, { untouched: true }), strange)
    },
  },
  {
    id: 'authorization.no_cors',
    title: 'Scripts of other origins cannot read the authorization endpoint',
    of: 'RFC 9700 §2.6',
    level: 'MUST',
    sends: 'an authorization request with Origin: https://attacker.example',
    expects: 'no Access-Control-Allow-Origin',
    offered: hasAuthorization,
    async run(probe) {
      const { url } = await probe.request({ client_id: 'nobody', redirect_uri: strange, prompt: undefined })
      const answer = await probe.http.ask(url.href, {
        headers: { origin: 'https://attacker.example', accept: 'text/html' },
      })
      const allowed = answer.headers.get('access-control-allow-origin')
      must(allowed === null, `Access-Control-Allow-Origin is ${allowed}.`, answer)
    },
  },
  {
    id: 'authorization.unregistered_redirect',
    title: 'A redirect URI that is not registered gets nobody sent there',
    of: 'RFC 6749 §4.1.2.1',
    level: 'MUST',
    sends: 'a request of the client with a redirect URI that it never registered',
    expects: 'a page; no redirect to that address',
    needs: ['client'],
    offered: hasAuthorization,
    async run(probe) {
      mustStay(await askToTheEnd(probe, { redirect_uri: strange }), strange)
    },
  },
  {
    id: 'authorization.exact_redirect',
    title: 'Redirect URIs are compared character by character',
    of: 'RFC 9700 §2.1',
    level: 'MUST',
    sends: 'requests whose redirect URI is the registered one with something added',
    expects: 'a page; no redirect to those addresses',
    needs: ['client'],
    offered: hasAuthorization,
    async run(probe) {
      const { redirectUri } = probe.given
      const query = `${redirectUri}${redirectUri.includes('?') ? '&' : '?'}more=1`
      for (const added of [`${redirectUri}/more`, `${redirectUri}x`, query]) {
        mustStay(await askToTheEnd(probe, { redirect_uri: added }), added)
      }
    },
  },
  {
    id: 'authorization.response_type',
    title: 'A response type that nobody knows is unsupported_response_type',
    of: 'RFC 6749 §4.1.2.1',
    level: 'MUST',
    sends: 'response_type=conform_unknown',
    expects: 'error=unsupported_response_type (or unauthorized_client, invalid_request) at the redirect URI',
    needs: ['client'],
    offered: hasAuthorization,
    async run(probe) {
      const arrival = await ask(probe, { response_type: 'conform_unknown' })
      mustTell(arrival, ['unsupported_response_type', 'unauthorized_client', 'invalid_request'])
    },
  },
  {
    id: 'authorization.missing_response_type',
    title: 'A request without response_type is an error for the client',
    of: 'RFC 6749 §3.1.1',
    level: 'MUST',
    sends: 'a request without response_type',
    expects: 'an error of RFC 6749 §4.1.2.1 at the redirect URI',
    needs: ['client'],
    offered: hasAuthorization,
    async run(probe) {
      mustTell(await ask(probe, { response_type: undefined }), ['invalid_request', 'unsupported_response_type'])
    },
  },
  {
    id: 'authorization.error_state',
    title: 'An error brings the state back as it was',
    of: 'RFC 6749 §4.1.2.1',
    level: 'MUST',
    sends: 'a request that is an error, with a state of many characters',
    expects: 'the same state',
    needs: ['client'],
    offered: hasAuthorization,
    async run(probe) {
      const state = `${randomText(9)} &=+%/~`
      const arrival = await ask(probe, { response_type: undefined, state })
      if (arrival.back === undefined) throw new NotChecked('The server tells the client of no error without a sign-in.')
      must(arrival.back.get('state') === state, `state is ${arrival.back.get('state')}.`, arrival.answer)
    },
  },
  {
    id: 'authorization.error_issuer',
    title: 'An error says which server it comes from',
    of: 'RFC 9207 §2',
    level: 'MUST',
    sends: 'a request that is an error',
    expects: 'iss with the issuer',
    needs: ['client'],
    offered: (metadata) => metadata.is('authorization_response_iss_parameter_supported'),
    async run(probe) {
      const arrival = await ask(probe, { response_type: undefined })
      if (arrival.back === undefined) throw new NotChecked('The server tells the client of no error without a sign-in.')
      const iss = arrival.back.get('iss')
      must(iss === probe.given.issuer, `iss is ${iss ?? 'missing'}.`, arrival.answer)
    },
  },
  {
    id: 'authorization.error_text',
    title: 'The description of an error has only characters that are allowed',
    of: 'RFC 6749 §4.1.2.1',
    level: 'MUST',
    sends: 'a request that is an error',
    expects: 'error and error_description within %x20-21 / %x23-5B / %x5D-7E',
    needs: ['client'],
    offered: hasAuthorization,
    async run(probe) {
      const { back, answer } = await ask(probe, { response_type: 'conform "unknown" \\ ü' })
      if (back === undefined) throw new NotChecked('The server tells the client of no error without a sign-in.')
      for (const name of ['error', 'error_description']) {
        must(/^[\x20-\x21\x23-\x5b\x5d-\x7e]*$/.test(back.get(name) ?? ''), `${name} has other characters.`, answer)
      }
    },
  },
  {
    id: 'authorization.prompt_none',
    title: 'prompt=none without a sign-in shows no page',
    of: 'OIDC Core §3.1.2.1',
    level: 'MUST',
    sends: 'prompt=none from a browser in which nobody is signed in',
    expects: 'login_required, interaction_required, consent_required or account_selection_required',
    needs: ['client'],
    offered: ({ isOpenid }) => isOpenid,
    async run(probe) {
      const arrival = await ask(probe, { prompt: 'none', scope: 'openid' })
      const errors = ['login_required', 'interaction_required', 'consent_required', 'account_selection_required']
      const { back, answer } = arrival
      must(back !== undefined, `A page with status ${answer.status} is shown.`, answer)
      must(errors.includes(back.get('error') ?? ''), `The client is told ${back.get('error') ?? 'no error'}.`, answer)
    },
  },
  {
    id: 'authorization.prompt_none_alone',
    title: 'prompt=none together with another prompt is an error',
    of: 'OIDC Core §3.1.2.1',
    level: 'MUST',
    sends: 'prompt=none login',
    expects: 'an error, commonly invalid_request',
    needs: ['client'],
    offered: ({ isOpenid }) => isOpenid,
    async run(probe) {
      const { back, answer } = await ask(probe, { prompt: 'none login', scope: 'openid' })
      must(back?.has('error') === true || answer.status >= 400, `It is answered with ${answer.status}.`, answer)
    },
  },
  {
    id: 'authorization.post',
    title: 'An authorization request may be posted',
    of: 'OIDC Core §3.1.2.1',
    level: 'MUST',
    sends: 'the request by POST, its parameters in the body',
    expects: 'what GET leads to: a page or a redirect, no error',
    needs: ['client'],
    offered: ({ isOpenid }) => isOpenid,
    async run(probe) {
      await probe.accepted()
      const { url } = await probe.request({ prompt: undefined, scope: 'openid' })
      const { answer, back } = await probe.authorize(url, { untouched: true, method: 'POST' })
      const error = back?.get('error') ?? undefined
      must(answer.status < 400 && error === undefined, `It is answered with ${error ?? answer.status}.`, answer)
    },
  },
  {
    id: 'authorization.request_parameter',
    title: 'A request object that is not supported is refused as such',
    of: 'OIDC Core §6.1',
    level: 'MUST',
    sends: 'request=a JWT without a signature',
    expects: 'request_not_supported',
    needs: ['client'],
    // Left out it means no (Discovery §3).
    offered: (metadata) => metadata.isOpenid && !metadata.is('request_parameter_supported'),
    async run(probe) {
      const object = `${encoded({ alg: 'none' })}.${encoded({ response_type: 'code', client_id: (await probe.client()).id })}.`
      mustTell(await ask(probe, { request: object, scope: 'openid' }), ['request_not_supported'])
    },
  },
  {
    id: 'authorization.request_uri_parameter',
    title: 'A request URI that is not supported is refused as such',
    of: 'OIDC Core §6.2',
    level: 'MUST',
    sends: 'request_uri=https://client.example.org/request',
    expects: 'request_uri_not_supported',
    needs: ['client'],
    offered: (metadata) => metadata.isOpenid && metadata.says.request_uri_parameter_supported === false,
    async run(probe) {
      const arrival = await ask(probe, { request_uri: 'https://client.example.org/request', scope: 'openid' })
      mustTell(arrival, ['request_uri_not_supported', 'invalid_request_uri'])
    },
  },
  {
    id: 'authorization.not_framed',
    title: 'The sign-in page cannot be put into a frame',
    of: 'RFC 9700 §4.16',
    level: 'MUST',
    sends: 'a good authorization request',
    expects: 'frame-ancestors in Content-Security-Policy, or X-Frame-Options',
    needs: ['client'],
    offered: hasAuthorization,
    async run(probe) {
      const { answer } = await ask(probe, {})
      if (answer.status !== 200) throw new NotChecked(`No page is shown, but ${summaryOf(answer)}.`)
      must(isNotFramed(answer), 'The page has neither.', answer)
    },
  },
  {
    id: 'authorization.third_parties',
    title: 'The sign-in page holds nothing of other sites',
    of: 'RFC 9700 §4.2.4',
    level: 'SHOULD',
    sends: 'a good authorization request',
    expects: 'no resource of, and no link to, another origin',
    needs: ['client'],
    offered: hasAuthorization,
    async run(probe) {
      const { answer } = await ask(probe, {})
      if (answer.status !== 200) throw new NotChecked(`No page is shown, but ${summaryOf(answer)}.`)
      const foreign = foreignIn(answer)
      must(foreign.length === 0, `It holds ${foreign.slice(0, 3).join(', ')}.`, answer)
    },
  },
]

/** Addresses of other origins that a page loads or leads to. */
function foreignIn({ text, sent }: Answer): readonly string[] {
  const { origin } = new URL(sent.url)
  const named = [
    ...text.matchAll(/(?:\b(?:src|href)\s*=\s*["']?|\burl\(\s*["']?)(https?:\/\/[^\s"'<>)]+|\/\/[^\s"'<>)]+)/gi),
  ]
  const urls = named.map(([, url = '']) => url).filter((url) => URL.canParse(url, origin))
  return urls.filter((url) => new URL(url, origin).origin !== origin)
}

function isNotFramed({ headers }: Answer): boolean {
  const policy = headers.get('content-security-policy') ?? ''
  return /frame-ancestors/i.test(policy) || /^(?:deny|sameorigin)$/i.test(headers.get('x-frame-options') ?? '')
}

function encoded(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

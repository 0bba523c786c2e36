/** Pushed authorization requests (RFC 9126). */
import { randomText } from '../../lib/random.ts'
import type { Check } from '../check.ts'
import { type Answer, textOf } from '../http.ts'
import type { Metadata } from '../metadata.ts'
import { basicOf, type Parameters, type Probe, summaryOf } from '../probe.ts'
import { must, NotChecked } from '../verdict.ts'

const endpoint = 'pushed_authorization_request_endpoint'
const shared = {
  level: 'MUST',
  needs: ['client'],
  offered: (metadata: Metadata) => metadata.url(endpoint) !== undefined,
} as const

async function push(probe: Probe, more: Parameters = {}): Promise<Answer & { readonly verifier: string }> {
  const { url, verifier } = await probe.request(more)
  const parameters = new URLSearchParams(url.search)
  // How it proves itself the client says beside the parameters.
  parameters.delete('client_id')
  const client = await probe.client()
  if (client.auth === 'client_secret_basic') parameters.set('client_id', client.id)
  return { ...(await probe.call(endpoint, parameters)), verifier }
}

/** The address that a pushed request is used at. */
async function pushedUrl(probe: Probe, requestUri: string, clientId?: string): Promise<URL> {
  const url = new URL(probe.endpoint('authorization_endpoint'))
  url.searchParams.set('client_id', clientId ?? (await probe.client()).id)
  url.searchParams.set('request_uri', requestUri)
  return url
}

/** The request_uri of a push; without one there is nothing to try. */
function requestUriOf(answer: Answer): string {
  const uri = textOf(answer, 'request_uri')
  if (uri === undefined) throw new NotChecked('No request can be pushed.')
  return uri
}

export const pushed: readonly Check[] = [
  {
    ...shared,
    id: 'pushed.answers',
    title: 'A pushed request is answered with an address and how long it lives',
    of: 'RFC 9126 §2.2',
    sends: 'a good authorization request, pushed',
    expects: '201 with request_uri and a positive expires_in',
    async run(probe) {
      const answer = await push(probe)
      must(answer.status === 201, `It is answered with ${summaryOf(answer)}.`, answer)
      must(textOf(answer, 'request_uri') !== undefined, 'There is no request_uri.', answer)
      const lives = answer.json?.expires_in
      must(Number.isInteger(lives) && Number(lives) > 0, `expires_in is ${JSON.stringify(lives)}.`, answer)
    },
  },
  {
    ...shared,
    id: 'pushed.unknown_client',
    title: 'A client that is not known pushes nothing',
    of: 'RFC 9126 §2.3',
    sends: 'a request as a made-up client',
    expects: '401 or 400 with an error',
    needs: [],
    async run(probe) {
      const id = `unknown-${randomText(9)}`
      const headers = { authorization: basicOf({ id, secret: randomText(24) }) }
      const parameters = { response_type: 'code', client_id: id, redirect_uri: probe.given.redirectUri }
      const answer = await probe.call(endpoint, parameters, { client: 'none', headers })
      const fits = (answer.status === 401 || answer.status === 400) && textOf(answer, 'error') !== undefined
      must(fits, `It is answered with ${summaryOf(answer)}.`, answer)
    },
  },
  {
    ...shared,
    id: 'pushed.request_uri',
    title: 'A request_uri cannot be pushed',
    of: 'RFC 9126 §2.1',
    sends: 'a pushed request with request_uri in it',
    expects: 'an error, and no address',
    async run(probe) {
      const answer = await push(probe, { request_uri: 'urn:example:conform' })
      must(answer.status >= 400, `It is answered with ${answer.status}.`, answer)
    },
  },
  {
    ...shared,
    id: 'pushed.method',
    title: 'Only POST pushes',
    of: 'RFC 9126 §2.3',
    sends: 'GET of the endpoint',
    expects: '405',
    needs: [],
    level: 'SHOULD',
    async run(probe) {
      const answer = await probe.http.ask(probe.endpoint(endpoint))
      must(answer.status === 405, `The status is ${answer.status}.`, answer)
    },
  },
  {
    ...shared,
    id: 'pushed.redirect_uri',
    title: 'A redirect URI that is not registered is refused at once',
    of: 'RFC 9126 §2.1',
    sends: 'a pushed request with a redirect URI that the client never registered',
    expects: '400',
    async run(probe) {
      const { auth } = await probe.client()
      const answer = await push(probe, { redirect_uri: 'https://attacker.example/steal' })
      // A server may let clients that prove who they are bring redirect URIs of their own (§2.4).
      if (answer.status === 201 && auth !== 'none')
        throw new NotChecked('The server takes it from a client with a secret.')
      must(answer.status === 400, `It is answered with ${summaryOf(answer)}.`, answer)
    },
  },
  {
    ...shared,
    id: 'pushed.leads_to_a_code',
    title: 'A pushed request leads to a code',
    of: 'RFC 9126 §4',
    sends: 'client_id and request_uri at the authorization endpoint, and a sign-in',
    expects: 'a code',
    needs: ['client', 'sign_in'],
    async run(probe) {
      const answer = await push(probe)
      const url = await pushedUrl(probe, requestUriOf(answer))
      const { back, answer: end } = await probe.authorize(url)
      must(back?.get('code') != null, `The client is told ${back?.get('error') ?? 'nothing'}.`, answer, end)
    },
  },
  {
    ...shared,
    id: 'pushed.other_client',
    title: 'A pushed request is of no use to another client',
    of: 'RFC 9126 §2.2',
    sends: 'the request_uri with the client_id of another client',
    expects: 'no sign-in page and no code',
    needs: ['client', 'other_client'],
    async run(probe) {
      const answer = await push(probe)
      const url = await pushedUrl(probe, requestUriOf(answer), (await probe.otherClient()).id)
      const { back, answer: end } = await probe.authorize(url, { untouched: true })
      must(
        back?.get('code') == null && (end.status >= 400 || back !== undefined),
        `It goes on (${end.status}).`,
        answer,
        end,
      )
    },
  },
  {
    ...shared,
    id: 'pushed.made_up',
    title: 'A request_uri that was never given leads nowhere',
    of: 'RFC 9126 §4',
    sends: 'a made-up request_uri',
    expects: 'an error',
    async run(probe) {
      const url = await pushedUrl(probe, `urn:ietf:params:oauth:request_uri:${randomText(24)}`)
      const { back, answer } = await probe.authorize(url, { untouched: true })
      must(back?.has('error') === true || answer.status >= 400, `It is answered with ${answer.status}.`, answer)
    },
  },
]

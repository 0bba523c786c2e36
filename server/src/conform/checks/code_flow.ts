/** A whole sign-in: the code, what binds it, and what comes for it (RFC 6749 §4.1, RFC 7636, RFC 9207, RFC 9700). */
import { randomText } from '../../lib/random.ts'
import type { Check } from '../check.ts'
import { type Answer, isJson, isNotStored, textOf } from '../http.ts'
import type { Metadata } from '../metadata.ts'
import { summaryOf } from '../probe.ts'
import { must, NotChecked } from '../verdict.ts'

const hasFlow = (metadata: Metadata) =>
  metadata.url('authorization_endpoint') !== undefined && metadata.url('token_endpoint') !== undefined

const shared = { needs: ['client', 'sign_in'], offered: hasFlow } as const

/** No token, and the code is what is wrong. */
function mustRefuse(answer: Answer, ...errors: readonly string[]): void {
  must(textOf(answer, 'access_token') === undefined, 'A token is given.', answer)
  const error = textOf(answer, 'error')
  must(error !== undefined && errors.includes(error), `It is answered with ${summaryOf(answer)}.`, answer)
}

export const codeFlow: readonly Check[] = [
  {
    ...shared,
    id: 'code_flow.state',
    title: 'The state comes back as it was',
    of: 'RFC 6749 §4.1.2',
    level: 'MUST',
    sends: 'an authorization request with a state, and a sign-in',
    expects: 'the same state beside the code',
    async run(probe) {
      const state = `${randomText(9)} &=+%/~`
      const { back, answer } = await probe.code({ state })
      must(back.get('state') === state, `state is ${back.get('state') ?? 'missing'}.`, answer)
    },
  },
  {
    ...shared,
    id: 'code_flow.issuer',
    title: 'A code says which server it comes from',
    of: 'RFC 9207 §2',
    level: 'MUST',
    sends: 'an authorization request, and a sign-in',
    expects: 'iss with the issuer',
    offered: (metadata) => metadata.is('authorization_response_iss_parameter_supported'),
    async run(probe) {
      const { code } = await probe.flow()
      const iss = code.back.get('iss')
      must(iss === probe.given.issuer, `iss is ${iss ?? 'missing'}.`, code.answer)
    },
  },
  {
    ...shared,
    id: 'code_flow.no_redirect_with_body',
    title: 'No redirect repeats what was typed',
    of: 'RFC 9700 §4.12',
    level: 'MUST',
    sends: 'an authorization request, and a sign-in',
    expects: 'no status 307 or 308 on the way',
    async run(probe) {
      if (probe.given.browse !== undefined) throw new NotChecked('The browser does not tell the way.')
      const { url } = await probe.request()
      const { way } = await probe.authorize(url, { browser: probe.newBrowser() })
      const repeats = way.find(({ status, sent }) => sent.method === 'POST' && (status === 307 || status === 308))
      must(repeats === undefined, `The status is ${repeats?.status}.`, ...(repeats ? [repeats] : []))
    },
  },
  {
    ...shared,
    id: 'code_flow.exchange',
    title: 'A code is exchanged for a token',
    of: 'RFC 6749 §5.1',
    level: 'MUST',
    sends: 'the code with its verifier',
    expects: '200, application/json, access_token, token_type',
    async run(probe) {
      const code = await probe.code()
      const answer = await probe.exchange(code)
      const whole = textOf(answer, 'access_token') !== undefined && textOf(answer, 'token_type') !== undefined
      must(answer.status === 200 && whole, `It is answered with ${summaryOf(answer)}.`, answer)
      must(isJson(answer), `Its Content-Type is ${answer.headers.get('content-type') ?? 'missing'}.`, answer)
      const lives = answer.json?.expires_in
      must(lives === undefined || typeof lives === 'number', `expires_in is ${JSON.stringify(lives)}.`, answer)
    },
  },
  {
    ...shared,
    id: 'code_flow.no_store',
    title: 'No cache keeps tokens',
    of: 'RFC 6749 §5.1',
    level: 'MUST',
    sends: 'the code with its verifier',
    expects: 'Cache-Control: no-store',
    async run(probe) {
      const { answer } = await probe.flow()
      must(isNotStored(answer), `Cache-Control is ${answer.headers.get('cache-control') ?? 'missing'}.`, answer)
    },
  },
  {
    ...shared,
    id: 'code_flow.pragma',
    title: 'No old cache keeps tokens either',
    of: 'RFC 6749 §5.1',
    level: 'MUST',
    sends: 'the code with its verifier',
    expects: 'Pragma: no-cache',
    async run(probe) {
      const { answer } = await probe.flow()
      const pragma = answer.headers.get('pragma')
      must(/no-cache/i.test(pragma ?? ''), `Pragma is ${pragma ?? 'missing'}.`, answer)
    },
  },
  {
    ...shared,
    id: 'code_flow.code_once',
    title: 'A code works once',
    of: 'RFC 6749 §4.1.2',
    level: 'MUST',
    sends: 'the same code a second time',
    expects: 'invalid_grant',
    async run(probe) {
      const { code } = await probe.tokens()
      mustRefuse(await probe.exchange(code), 'invalid_grant')
    },
  },
  {
    ...shared,
    id: 'code_flow.reuse_revokes',
    title: 'A code that is used twice ends what came for it',
    of: 'RFC 6749 §4.1.2',
    level: 'SHOULD',
    sends: 'the same code a second time, then the first access token at UserInfo',
    expects: '401',
    offered: (metadata) => hasFlow(metadata) && metadata.url('userinfo_endpoint') !== undefined,
    async run(probe) {
      const { code, access, answer } = await probe.tokens()
      const before = await probe.userinfo(access)
      if (before.status !== 200) throw new NotChecked(`The token is of no use there from the start: ${before.status}.`)
      const again = await probe.exchange(code)
      const after = await probe.userinfo(access)
      must(after.status === 401, `The token still works (${after.status}).`, answer, again, after)
    },
  },
  {
    ...shared,
    id: 'code_flow.wrong_verifier',
    title: 'A code is of no use with another verifier',
    of: 'RFC 7636 §4.6',
    level: 'MUST',
    sends: 'the code with a verifier that does not fit',
    expects: 'invalid_grant',
    async run(probe) {
      const code = await probe.code()
      mustRefuse(await probe.exchange(code, { code_verifier: randomText(32) }), 'invalid_grant')
    },
  },
  {
    ...shared,
    id: 'code_flow.no_verifier',
    title: 'A code that was asked for with PKCE is of no use without a verifier',
    of: 'RFC 9700 §2.1.1',
    level: 'MUST',
    sends: 'the code without code_verifier',
    expects: 'invalid_grant or invalid_request',
    async run(probe) {
      const code = await probe.code()
      mustRefuse(await probe.exchange(code, { code_verifier: undefined }), 'invalid_grant', 'invalid_request')
    },
  },
  {
    ...shared,
    id: 'code_flow.verifier_without_challenge',
    title: 'A verifier for a code that was asked for without PKCE is refused',
    of: 'RFC 9700 §4.8.2',
    level: 'MUST',
    sends: 'a code that was asked for without code_challenge, with a code_verifier',
    expects: 'invalid_grant or invalid_request',
    async run(probe) {
      // Where PKCE is asked of the client there is no such code, and nothing to leave out.
      const request = await probe.request({ code_challenge: undefined, code_challenge_method: undefined })
      if ((await probe.authorize(request.url)).back?.has('error') === true) return
      const code = await probe.code({ code_challenge: undefined, code_challenge_method: undefined })
      mustRefuse(await probe.exchange(code), 'invalid_grant', 'invalid_request')
    },
  },
  {
    ...shared,
    id: 'code_flow.plain',
    title: 'PKCE by plain is refused where it is not announced',
    of: 'RFC 7636 §4.4.1',
    level: 'MUST',
    sends: 'code_challenge_method=plain, and a sign-in',
    expects: 'invalid_request, and no code',
    offered: (metadata) => {
      const methods = metadata.list('code_challenge_methods_supported')
      return hasFlow(metadata) && methods.length > 0 && !methods.includes('plain')
    },
    async run(probe) {
      const { url, verifier } = await probe.request({ code_challenge_method: 'plain' })
      url.searchParams.set('code_challenge', verifier)
      const { back, answer } = await probe.authorize(url)
      must(back?.get('code') == null, 'A code is given.', answer)
      const error = back?.get('error')
      must(back === undefined || error === 'invalid_request', `The client is told ${error}.`, answer)
    },
  },
  {
    ...shared,
    id: 'code_flow.redirect_uri',
    title: 'A code is bound to the redirect URI that it was sent to',
    of: 'RFC 6749 §4.1.3',
    level: 'MUST',
    sends: 'the code with another redirect_uri',
    expects: 'invalid_grant',
    async run(probe) {
      const code = await probe.code()
      const other = `${probe.given.redirectUri}/other`
      mustRefuse(await probe.exchange(code, { redirect_uri: other }), 'invalid_grant', 'invalid_request')
    },
  },
  {
    ...shared,
    id: 'code_flow.other_client',
    title: 'A code is of no use to another client',
    of: 'RFC 6749 §4.1.3',
    level: 'MUST',
    sends: 'the code as another client',
    expects: 'invalid_grant',
    needs: ['client', 'sign_in', 'other_client'],
    async run(probe) {
      const other = await probe.otherClient()
      const code = await probe.code()
      mustRefuse(await probe.exchange(code, {}, { client: other }), 'invalid_grant')
    },
  },
  {
    ...shared,
    id: 'code_flow.silent',
    title: 'prompt=none answers at once where somebody is signed in and has agreed',
    of: 'OIDC Core §3.1.2.1',
    level: 'MUST',
    sends: 'prompt=none from the browser in which somebody is signed in',
    expects: 'a code, or an error that says what is missing; no page',
    offered: (metadata) => hasFlow(metadata) && metadata.isOpenid,
    async run(probe) {
      if (probe.given.browse !== undefined) throw new NotChecked('The browser is asked for nothing without a person.')
      await probe.flow()
      const { url } = await probe.request({ prompt: 'none' })
      const { back, answer } = await probe.authorize(url)
      const wanted = ['login_required', 'interaction_required', 'consent_required', 'account_selection_required']
      must(back !== undefined, `A page with status ${answer.status} is shown.`, answer)
      const fits = back.has('code') || wanted.includes(back.get('error') ?? '')
      must(fits, `The client is told ${back.get('error') ?? 'nothing'}.`, answer)
    },
  },
]

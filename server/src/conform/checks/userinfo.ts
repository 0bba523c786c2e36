/** UserInfo, and what every API that takes Bearer tokens has to do (OpenID Connect Core 1.0 §5.3, RFC 6750). */
import { randomText } from '../../lib/random.ts'
import type { Check } from '../check.ts'
import { type Answer, textOf } from '../http.ts'
import { partsOf } from '../jwt.ts'
import type { Metadata } from '../metadata.ts'
import type { Probe } from '../probe.ts'
import { must, NotChecked, NotOffered } from '../verdict.ts'

const hasUserinfo = (metadata: Metadata) => metadata.url('userinfo_endpoint') !== undefined

function challengeOf({ headers }: Answer): string {
  return headers.get('www-authenticate') ?? ''
}

/** What UserInfo tells, whether in the open or signed. */
function claimsOf(answer: Answer): Readonly<Record<string, unknown>> | undefined {
  return answer.json ?? partsOf(answer.text)?.claims
}

/** A fresh token: what other checks did may have ended older ones. */
async function token(probe: Probe): Promise<string> {
  return (await probe.tokens()).access
}

const userinfoUrl = (probe: Probe) => probe.endpoint('userinfo_endpoint')

export const userinfo: readonly Check[] = [
  {
    id: 'userinfo.no_token',
    title: 'A request without a token is told which way to prove itself',
    of: 'RFC 6750 §3',
    level: 'MUST',
    sends: 'GET of UserInfo without a token',
    expects: '401 with WWW-Authenticate: Bearer',
    offered: hasUserinfo,
    async run(probe) {
      const answer = await probe.http.ask(userinfoUrl(probe))
      must(answer.status === 401 || answer.status === 400, `The status is ${answer.status}.`, answer)
      // Where tokens are bound to keys alone, the scheme is DPoP (RFC 9449 §7.1).
      const fits = /\b(?:bearer|dpop)\b/i.test(challengeOf(answer))
      must(fits, `WWW-Authenticate is ${challengeOf(answer) || 'missing'}.`, answer)
    },
  },
  {
    id: 'userinfo.no_token_no_error',
    title: 'A request without a token is told of no error',
    of: 'RFC 6750 §3.1',
    level: 'SHOULD',
    sends: 'GET of UserInfo without a token',
    expects: 'a challenge without error',
    offered: hasUserinfo,
    async run(probe) {
      const answer = await probe.http.ask(userinfoUrl(probe))
      must(!/\berror=/.test(challengeOf(answer)), `WWW-Authenticate is ${challengeOf(answer)}.`, answer)
    },
  },
  {
    id: 'userinfo.wrong_token',
    title: 'A made-up token is 401 invalid_token',
    of: 'RFC 6750 §3.1',
    level: 'MUST',
    sends: 'GET of UserInfo with a made-up token',
    expects: '401 with WWW-Authenticate: Bearer error="invalid_token"',
    offered: hasUserinfo,
    async run(probe) {
      const headers = { authorization: `Bearer ${randomText(32)}` }
      const answer = await probe.http.ask(userinfoUrl(probe), { headers })
      must(answer.status === 401, `The status is ${answer.status}.`, answer)
      const fits = /\berror="?invalid_token/.test(challengeOf(answer))
      must(fits, `WWW-Authenticate is ${challengeOf(answer) || 'missing'}.`, answer)
    },
  },
  {
    id: 'userinfo.answers',
    title: 'It answers a token, with sub at least',
    of: 'OIDC Core §5.3.2',
    level: 'MUST',
    sends: 'GET of UserInfo with the access token of a sign-in',
    expects: '200 with sub',
    needs: ['client', 'sign_in'],
    offered: hasUserinfo,
    async run(probe) {
      const answer = await probe.http.ask(userinfoUrl(probe), {
        headers: { authorization: `Bearer ${await token(probe)}` },
      })
      must(answer.status === 200, `The status is ${answer.status}.`, answer)
      must(typeof claimsOf(answer)?.sub === 'string', 'There is no sub.', answer)
    },
  },
  {
    id: 'userinfo.same_subject',
    title: 'It tells of the person that the ID token names',
    of: 'OIDC Core §5.3.2',
    level: 'MUST',
    sends: 'GET of UserInfo with the access token of a sign-in',
    expects: 'the same sub',
    needs: ['client', 'sign_in'],
    offered: hasUserinfo,
    async run(probe) {
      const { access, idToken, answer: tokens } = await probe.tokens()
      const named = idToken === undefined ? undefined : partsOf(idToken)?.claims.sub
      const answer = await probe.http.ask(userinfoUrl(probe), { headers: { authorization: `Bearer ${access}` } })
      const told = claimsOf(answer)?.sub
      if (named === undefined || told === undefined) throw new NotChecked('One of both is not there.')
      must(told === named, `sub is ${JSON.stringify(told)} here and ${JSON.stringify(named)} there.`, tokens, answer)
    },
  },
  {
    id: 'userinfo.post',
    title: 'It answers a POST with the token in the header',
    of: 'OIDC Core §5.3',
    level: 'MUST',
    sends: 'POST of UserInfo with the access token of a sign-in',
    expects: '200',
    needs: ['client', 'sign_in'],
    offered: hasUserinfo,
    async run(probe) {
      const headers = { authorization: `Bearer ${await token(probe)}` }
      const answer = await probe.http.ask(userinfoUrl(probe), { method: 'POST', headers })
      must(answer.status === 200, `The status is ${answer.status}.`, answer)
    },
  },
  {
    id: 'userinfo.two_ways',
    title: 'A token that is sent in two ways is an error',
    of: 'RFC 6750 §3.1',
    level: 'SHOULD',
    sends: 'POST with the token in the header and another in the body',
    expects: '400 invalid_request',
    needs: ['client', 'sign_in'],
    offered: hasUserinfo,
    async run(probe) {
      const access = await token(probe)
      const headers = { authorization: `Bearer ${access}` }
      const form = new URLSearchParams({ access_token: access })
      const answer = await probe.http.ask(userinfoUrl(probe), { form, headers })
      must(answer.status === 400, `The status is ${answer.status}.`, answer)
    },
  },
  {
    id: 'userinfo.revoked',
    title: 'A token that was revoked is of no use',
    of: 'RFC 7009 §2',
    level: 'MUST',
    sends: 'the revocation of an access token, then GET of UserInfo with it',
    expects: '401',
    needs: ['client', 'sign_in'],
    offered: (metadata) => hasUserinfo(metadata) && metadata.url('revocation_endpoint') !== undefined,
    async run(probe) {
      const { access } = await probe.tokens()
      const revoked = await probe.call('revocation_endpoint', { token: access, token_type_hint: 'access_token' })
      if (textOf(revoked, 'error') === 'unsupported_token_type') throw new NotOffered('Access tokens cannot be revoked')
      const answer = await probe.http.ask(userinfoUrl(probe), { headers: { authorization: `Bearer ${access}` } })
      must(answer.status === 401, `The status is ${answer.status}.`, revoked, answer)
    },
  },
]

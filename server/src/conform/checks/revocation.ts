/** Ending tokens (RFC 7009). */
import { randomText } from '../../lib/random.ts'
import type { Check } from '../check.ts'
import { textOf } from '../http.ts'
import type { Metadata } from '../metadata.ts'
import { basicOf, summaryOf } from '../probe.ts'
import { must, NotChecked } from '../verdict.ts'

const shared = {
  level: 'MUST',
  offered: (metadata: Metadata) => metadata.url('revocation_endpoint') !== undefined,
} as const

export const revocation: readonly Check[] = [
  {
    ...shared,
    id: 'revocation.unknown_client',
    title: 'A client that is not known ends nothing',
    of: 'RFC 7009 §2.1',
    sends: 'a made-up token as a made-up client',
    expects: 'invalid_client',
    async run(probe) {
      const authorization = basicOf({ id: `unknown-${randomText(9)}`, secret: randomText(24) })
      const answer = await probe.call(
        'revocation_endpoint',
        { token: randomText(32) },
        { client: 'none', headers: { authorization } },
      )
      const fits = textOf(answer, 'error') === 'invalid_client' || answer.status === 401
      must(fits, `It is answered with ${summaryOf(answer)}.`, answer)
    },
  },
  {
    ...shared,
    id: 'revocation.unknown_token',
    title: 'A token that is not there is no error',
    of: 'RFC 7009 §2.2',
    sends: 'a made-up token as the client',
    expects: '200',
    needs: ['client'],
    async run(probe) {
      const answer = await probe.call('revocation_endpoint', { token: randomText(32) })
      must(answer.status === 200, `It is answered with ${summaryOf(answer)}.`, answer)
    },
  },
  {
    ...shared,
    id: 'revocation.unknown_hint',
    title: 'A hint that nobody knows is passed over',
    of: 'RFC 7009 §2.2',
    sends: 'a made-up token with token_type_hint=conform_unknown',
    expects: '200',
    needs: ['client'],
    async run(probe) {
      const answer = await probe.call('revocation_endpoint', {
        token: randomText(32),
        token_type_hint: 'conform_unknown',
      })
      const refused = textOf(answer, 'error') === 'unsupported_token_type'
      must(answer.status === 200 || refused, `It is answered with ${summaryOf(answer)}.`, answer)
    },
  },
  {
    ...shared,
    id: 'revocation.missing_token',
    title: 'A request without a token is invalid_request',
    of: 'RFC 7009 §2.2.1',
    sends: 'the client and nothing else',
    expects: 'invalid_request',
    needs: ['client'],
    async run(probe) {
      const answer = await probe.call('revocation_endpoint', {})
      must(textOf(answer, 'error') === 'invalid_request', `It is answered with ${summaryOf(answer)}.`, answer)
    },
  },
  {
    ...shared,
    id: 'revocation.refresh_token',
    title: 'A refresh token that was revoked is of no use',
    of: 'RFC 7009 §2.1',
    sends: 'the revocation of a refresh token with the wrong hint, then a refresh with it',
    expects: '200, then invalid_grant',
    needs: ['client', 'sign_in'],
    async run(probe) {
      const { refresh } = await probe.tokens()
      if (refresh === undefined) throw new NotChecked('No refresh token came.', '--scope')
      const revoked = await probe.call('revocation_endpoint', { token: refresh, token_type_hint: 'access_token' })
      must(revoked.status === 200, `The revocation is answered with ${summaryOf(revoked)}.`, revoked)
      const answer = await probe.refresh(refresh)
      must(textOf(answer, 'access_token') === undefined, 'A token is given.', revoked, answer)
    },
  },
  {
    ...shared,
    id: 'revocation.with_refresh_token',
    title: 'With a refresh token its access tokens end',
    of: 'RFC 7009 §2.1',
    level: 'SHOULD',
    sends: 'the revocation of a refresh token, then its access token at UserInfo',
    expects: '401',
    needs: ['client', 'sign_in'],
    offered: (metadata) => shared.offered(metadata) && metadata.url('userinfo_endpoint') !== undefined,
    async run(probe) {
      const { refresh, access } = await probe.tokens()
      if (refresh === undefined) throw new NotChecked('No refresh token came.', '--scope')
      const revoked = await probe.call('revocation_endpoint', { token: refresh, token_type_hint: 'refresh_token' })
      const answer = await probe.userinfo(access)
      must(answer.status === 401, `The access token still works (${answer.status}).`, revoked, answer)
    },
  },
  {
    ...shared,
    id: 'revocation.other_client',
    title: 'A client cannot end the tokens of another',
    of: 'RFC 7009 §2.1',
    sends: 'the refresh token of the client, as another client; then a refresh with it',
    expects: 'the refresh works',
    needs: ['client', 'sign_in', 'other_client'],
    async run(probe) {
      const { refresh } = await probe.tokens()
      if (refresh === undefined) throw new NotChecked('No refresh token came.', '--scope')
      const tried = await probe.call('revocation_endpoint', { token: refresh }, { client: await probe.otherClient() })
      const answer = await probe.refresh(refresh)
      must(
        textOf(answer, 'access_token') !== undefined,
        `The refresh is answered with ${summaryOf(answer)}.`,
        tried,
        answer,
      )
    },
  },
]

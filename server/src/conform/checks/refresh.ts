/** Refresh tokens: to whom they belong, what they are worth, and what a used one does (RFC 6749 §6, RFC 9700 §4.14). */
import { randomText } from '../../lib/random.ts'
import type { Check } from '../check.ts'
import { type Answer, isNotStored, textOf } from '../http.ts'
import { partsOf } from '../jwt.ts'
import type { Metadata } from '../metadata.ts'
import { type Probe, summaryOf, type Tokens } from '../probe.ts'
import { must, NotChecked, NotOffered } from '../verdict.ts'

const hasRefresh = (metadata: Metadata) =>
  metadata.says.grant_types_supported === undefined || metadata.list('grant_types_supported').includes('refresh_token')

const shared = { level: 'MUST', needs: ['client', 'sign_in'], offered: hasRefresh } as const

async function withRefresh(probe: Probe): Promise<Tokens & { readonly refresh: string }> {
  const tokens = await probe.tokens()
  if (tokens.refresh === undefined) {
    throw new NotChecked('No refresh token came.', '--scope with what makes the server give one, often offline_access')
  }
  return { ...tokens, refresh: tokens.refresh }
}

function mustRefuse(answer: Answer, ...errors: readonly string[]): void {
  must(textOf(answer, 'access_token') === undefined, 'A token is given.', answer)
  must(errors.includes(textOf(answer, 'error') ?? ''), `It is answered with ${summaryOf(answer)}.`, answer)
}

export const refresh: readonly Check[] = [
  {
    ...shared,
    id: 'refresh.answers',
    title: 'A refresh token is exchanged for a token, which no cache keeps',
    of: 'RFC 6749 §6',
    sends: 'the refresh token of a sign-in',
    expects: '200 with access_token, no-store',
    async run(probe) {
      const answer = await probe.refresh((await withRefresh(probe)).refresh)
      const given = textOf(answer, 'access_token') !== undefined
      must(answer.status === 200 && given, `It is answered with ${summaryOf(answer)}.`, answer)
      must(isNotStored(answer), `Cache-Control is ${answer.headers.get('cache-control') ?? 'missing'}.`, answer)
    },
  },
  {
    ...shared,
    id: 'refresh.unknown',
    title: 'A made-up refresh token is invalid_grant',
    of: 'RFC 6749 §5.2',
    sends: 'a made-up refresh token',
    expects: 'invalid_grant',
    needs: ['client'],
    async run(probe) {
      const answer = await probe.refresh(randomText(32))
      if (textOf(answer, 'error') === 'unauthorized_client') throw new NotChecked('The client may not refresh.')
      mustRefuse(answer, 'invalid_grant')
    },
  },
  {
    ...shared,
    id: 'refresh.scope',
    title: 'A refresh never widens what was agreed to',
    of: 'RFC 6749 §6',
    sends: 'the refresh token with a scope that was not asked for',
    expects: 'invalid_scope, or a token without that scope',
    async run(probe) {
      const tokens = await withRefresh(probe)
      const had = textOf(tokens.answer, 'scope')?.split(' ') ?? []
      const asked = [...had, ...(tokens.code.back.get('scope')?.split(' ') ?? [])]
      const more = probe.metadata.list('scopes_supported').filter((one) => !asked.includes(one) && one !== 'openid')
      const wide = more.filter((one) => !(probe.given.scope ?? 'openid offline_access').split(' ').includes(one))
      if (wide.length === 0 || had.length === 0)
        throw new NotChecked('The server names no scope that was not asked for.')
      const answer = await probe.refresh(tokens.refresh, { scope: [...had, wide[0]].join(' ') })
      const granted = textOf(answer, 'scope')?.split(' ') ?? [...had, wide[0] ?? '']
      const given = textOf(answer, 'access_token') !== undefined
      must(!given || !granted.includes(wide[0] ?? ''), `The token has ${wide[0]}.`, tokens.answer, answer)
    },
  },
  {
    ...shared,
    id: 'refresh.other_client',
    title: 'A refresh token is of no use to another client',
    of: 'RFC 6749 §6',
    sends: 'the refresh token as another client',
    expects: 'invalid_grant',
    needs: ['client', 'sign_in', 'other_client'],
    async run(probe) {
      const other = await probe.otherClient()
      mustRefuse(await probe.refresh((await withRefresh(probe)).refresh, {}, other), 'invalid_grant')
    },
  },
  {
    ...shared,
    id: 'refresh.authentication',
    title: 'A refresh token is of no use without the secret of the client',
    of: 'RFC 6749 §6',
    sends: 'the refresh token with the client_id alone',
    expects: 'invalid_client',
    needs: ['client', 'secret', 'sign_in'],
    async run(probe) {
      const { refresh: token, code } = await withRefresh(probe)
      const parameters = { grant_type: 'refresh_token', refresh_token: token, client_id: code.client.id }
      const answer = await probe.call('token_endpoint', parameters, { client: 'none' })
      mustRefuse(answer, 'invalid_client', 'invalid_grant', 'unauthorized_client', 'invalid_request')
    },
  },
  {
    ...shared,
    id: 'refresh.reuse',
    level: 'SHOULD',
    title: 'A refresh token that was replaced, and its successor used, is of no use',
    of: 'RFC 9700 §4.14.2',
    sends: 'a refresh token, then its successor, then the first again',
    expects: 'invalid_grant',
    async run(probe) {
      const { refresh: first } = await withRefresh(probe)
      const one = await probe.refresh(first)
      const second = textOf(one, 'refresh_token')
      if (second === undefined || second === first) throw new NotOffered('Refresh tokens are not replaced')
      const two = await probe.refresh(second)
      const answer = await probe.refresh(first)
      must(textOf(answer, 'access_token') === undefined, 'A token is given.', one, two, answer)
      must(textOf(answer, 'error') === 'invalid_grant', `It is answered with ${summaryOf(answer)}.`, answer)
    },
  },
  {
    ...shared,
    id: 'refresh.public_client',
    title: 'A client without a secret gets another refresh token each time, or one that is bound to its key',
    of: 'RFC 9700 §2.2.2',
    sends: 'the refresh token of a client without a secret',
    expects: 'another refresh token, or token_type DPoP',
    async run(probe) {
      const { auth } = await probe.client()
      if (auth !== 'none') throw new NotChecked('The client has a secret.', '--client-id of one without a secret')
      const { refresh: first } = await withRefresh(probe)
      const answer = await probe.refresh(first)
      const next = textOf(answer, 'refresh_token')
      must(next !== undefined && next !== first, 'The refresh token stays the same.', answer)
    },
  },
  {
    ...shared,
    id: 'refresh.id_token',
    title: 'An ID token that comes with a refresh is of the same person and server',
    of: 'OIDC Core §12.2',
    sends: 'the refresh token of a sign-in',
    expects: 'the same iss, sub and aud, where an ID token comes at all',
    async run(probe) {
      const tokens = await withRefresh(probe)
      const answer = await probe.refresh(tokens.refresh)
      const [then, now] = [tokens.idToken, textOf(answer, 'id_token')].map((text) => partsOf(text ?? '')?.claims)
      if (then === undefined || now === undefined) throw new NotOffered('No ID token comes with a refresh')
      for (const name of ['iss', 'sub', 'aud']) {
        const same = JSON.stringify([now[name]].flat()) === JSON.stringify([then[name]].flat())
        must(same, `${name} is ${JSON.stringify(now[name])}, and was ${JSON.stringify(then[name])}.`, answer)
      }
    },
  },
]

import { expect } from 'vitest'
import { newTokens } from '../../support/answers.ts'
import { post, refresh } from '../../support/browser.ts'
import { addClient } from '../../support/harness.ts'
import { type Musts, must } from '../must.ts'
import { addPublic, call, granted, introspected, own, refused } from '../steps.ts'

const introspect = 'engine/access_tokens/introspect: '
const revoke = 'engine/access_tokens/revoke: '

export const rfc7009: Musts = {
  spec: 'RFC 7009',
  title: 'Token Revocation',
  page: 'rfc7009',
  file: 'tokens.ts',
  rows: [
    must(
      '2.1',
      'says',
      'Only the client that a refresh token was issued to revokes it.',
      `${revoke}own_credentials_alone`,
      async (w) => {
        const tokens = await newTokens(w.h, w.client, {}, w.browser)
        await granted(post(w.h.app, '/oauth/revoke', await addClient(w.h), { token: tokens.refresh }))
        await granted(refresh(w.h.app, w.client, tokens.refresh))
      },
    ),
    must('2.1', 'says', 'So for access tokens.', `${revoke}own_access_tokens_alone`, async (w) => {
      const { access } = await newTokens(w.h, w.client, { scope: 'openid' }, w.browser)
      await granted(post(w.h.app, '/oauth/revoke', await addClient(w.h), { token: access }))
      await granted(call(w, `Bearer ${access}`))
    }),
    must(
      '2.1',
      'own',
      'The token is one of this server: nobody ends a grant by its number alone.',
      'protocol/credential: tag_of_credential',
      async (w) => {
        const tokens = await newTokens(w.h, w.client, {}, w.browser)
        const forged = tokens.refresh.slice(0, -1) + (tokens.refresh.endsWith('1') ? '2' : '1')
        await granted(post(w.h.app, '/oauth/revoke', w.client, { token: forged }))
        await granted(refresh(w.h.app, w.client, tokens.refresh))
      },
    ),
    must(
      '2.1',
      'says',
      'The client authenticates as at the token endpoint.',
      'engine/client/client_authentication: client_secret_wrong',
      (w) =>
        refused(
          post(w.h.app, '/oauth/revoke', { id: w.client.id, secret: 'x' }, { token: 'x' }),
          'invalid_client',
          401,
        ),
    ),
    must('2.1', 'REQUIRED', 'The request names the token.', 'engine/token/token_parameters: parameter_missing', (w) =>
      refused(post(w.h.app, '/oauth/revoke', w.client, {}), 'invalid_request'),
    ),
    must(
      '2.1',
      'SHOULD',
      'With a refresh token the access tokens of its grant end, at once.',
      'engine/grant/standing: grant_revoked (2)',
      async (w) => {
        const { access, refresh: text } = await newTokens(w.h, w.client, { scope: 'openid offline_access' }, w.browser)
        await granted(post(w.h.app, '/oauth/revoke', w.client, { token: text }))
        await refused(call(w, `Bearer ${access}`), 'invalid_token', 401)
      },
    ),
  ],
}

export const rfc7662: Musts = {
  spec: 'RFC 7662',
  title: 'Token Introspection',
  page: 'rfc7662',
  file: 'tokens.ts',
  rows: [
    must(
      '2.1',
      'MUST',
      'The endpoint asks for authorization; a public client has none.',
      'dialects/oauth/introspect: client_auth_method_wrong',
      async (w) =>
        refused(post(w.h.app, '/oauth/introspect', await addPublic(w), { token: 'x' }), 'invalid_client', 401),
    ),
    must(
      '2.2',
      'MUST',
      'A token that is not for the caller is not active, and nothing else is told.',
      `${introspect}own_tokens_alone`,
      async (w) => {
        const { access } = await newTokens(w.h, w.client, { scope: 'openid' }, w.browser)
        expect(await introspected(w, access, await addClient(w.h))).toEqual({ active: false })
      },
    ),
    must(
      '2.2',
      'MUST',
      'A refresh token that was rotated away, or is of another client, is not active.',
      `${introspect}present_refresh_token_alone`,
      async (w) => {
        const { refresh: text } = await newTokens(w.h, w.client, {}, w.browser)
        expect(await introspected(w, text, await addClient(w.h))).toEqual({ active: false })
        expect((await introspected(w, text)).active).toBe(true)
      },
    ),
    must(
      '4',
      'MUST',
      'It is looked at whether the token has expired.',
      'engine/access_tokens/bearer: token_expired',
      async (w) => {
        const { access } = await newTokens(w.h, w.client, { scope: 'openid' }, w.browser)
        w.h.clock.move(3_600_000)
        expect(await introspected(w, access)).toEqual({ active: false })
      },
    ),
    must('4', 'MUST', 'And whether it was revoked.', 'engine/access_tokens/bearer: token_revoked (2)', async (w) => {
      const { body } = await granted(own(w))
      await granted(post(w.h.app, '/oauth/revoke', w.client, { token: body.access_token ?? '' }))
      expect(await introspected(w, body.access_token ?? '')).toEqual({ active: false })
    }),
    must(
      '4',
      'MUST',
      'And that this server has made it.',
      'engine/access_tokens/bearer: token_not_ours (2)',
      async (w) => {
        const { access } = await newTokens(w.h, w.client, { scope: 'openid' }, w.browser)
        const forged = access.slice(0, -1) + (access.endsWith('1') ? '2' : '1')
        expect(await introspected(w, forged)).toEqual({ active: false })
      },
    ),
  ],
}

import { expect } from 'vitest'
import { newTokens } from '../../support/answers.ts'
import { post } from '../../support/browser.ts'
import { addClient } from '../../support/harness.ts'
import { type Musts, must } from '../must.ts'
import { elsewhere, type World } from '../provoked.ts'
import { call, changeLast, granted, own, refused, setStatus } from '../steps.ts'

const bearer = 'engine/access_tokens/bearer: '
const shown = 'http/bearer_token: '

const access = async (w: World, more: Record<string, string> = {}, of = w.client) =>
  (await newTokens(w.h, of, { scope: 'openid', ...more }, w.browser)).access

export const rfc6750: Musts = {
  spec: 'RFC 6750',
  title: 'Bearer Token Usage',
  page: 'rfc6750',
  file: 'rfc6750.ts',
  rows: [
    must(
      '2',
      'MUST NOT',
      'A token comes in one way in each request: not in header and body.',
      `${shown}token_twice`,
      async (w) => {
        const text = await access(w)
        await refused(call(w, `Bearer ${text}`, { form: `access_token=${text}` }), 'invalid_request')
      },
    ),
    must(
      '2.3',
      'own',
      'Never in the address (RFC 9700 §4.3.2).',
      `${shown}(inHeader ?? inBody) ? token_twice : token_in_query`,
      async (w) =>
        refused(call(w, undefined, { url: `/oauth/userinfo?access_token=${await access(w)}` }), 'invalid_request'),
    ),
    must('3.1', 'says', 'In a body it comes once.', 'dialects/oauth/userinfo: parameter_repeated', async (w) => {
      const text = await access(w)
      await refused(call(w, undefined, { form: `access_token=${text}&access_token=${text}` }), 'invalid_request')
    }),
    must(
      '3',
      'MUST',
      'Who comes without a token is told by WWW-Authenticate how to come.',
      `${shown}token_missing`,
      async (w) => {
        const { headers } = await call(w, undefined)
        expect(headers['www-authenticate']).toMatch(/^Bearer/)
      },
    ),
    must(
      '3.1',
      'says',
      'A header that is no bearer token is `invalid_request`.',
      `${shown}/^(?:Bearer|DPoP)\\b/i.test(authorization) ? token_scheme_unsupported : token_missing`,
      (w) => refused(call(w, 'Bearer a b'), 'invalid_request'),
    ),
    must('3.1', 'says', 'A token that cannot be one is `invalid_token`, with 401.', `${bearer}token_malformed`, (w) =>
      refused(call(w, 'Bearer atx'), 'invalid_token', 401),
    ),
    must('6749 7', 'MUST', 'So is one of a JWT that nobody here has signed.', `${bearer}token_malformed (3)`, (w) =>
      refused(call(w, 'Bearer x'), 'invalid_token', 401),
    ),
    must('6749 7', 'MUST', 'An expired one.', `${bearer}token_expired`, async (w) => {
      const text = await access(w)
      w.h.clock.move(3_600_000)
      await refused(call(w, `Bearer ${text}`), 'invalid_token', 401)
    }),
    must('6749 7', 'MUST', 'A revoked one.', `${bearer}token_revoked (2)`, async (w) => {
      const text = await access(w)
      await granted(post(w.h.app, '/oauth/revoke', w.client, { token: text }))
      await refused(call(w, `Bearer ${text}`), 'invalid_token', 401)
    }),
    must(
      '6749 7',
      'MUST',
      'One that somebody has changed: its tag is under a key of the server and one of the grant.',
      `${bearer}token_not_ours (2)`,
      async (w) => refused(call(w, `Bearer ${changeLast(await access(w))}`), 'invalid_token', 401),
    ),
    must(
      '6749 7',
      'MUST',
      'Too little scope is `insufficient_scope`, with 403 and the scope that would do.',
      'engine/access_tokens/userinfo: scope_insufficient',
      async (w) => {
        const { headers } = await refused(
          call(w, `Bearer ${await access(w, { scope: 'basic' })}`),
          'insufficient_scope',
          403,
        )
        expect(headers['www-authenticate']).toContain('scope="openid"')
      },
    ),
    must(
      '5.2',
      'own',
      'The API of this server wants the token of a person where it shows one’s data.',
      'engine/access_tokens/api_caller: scope_insufficient',
      async (w) => {
        const { body } = await granted(own(w))
        expect((await call(w, `Bearer ${body.access_token}`, { url: '/api/v3/user' })).status).toBe(403)
      },
    ),
    must(
      '6749 7',
      'MUST',
      'And the scope of what is read.',
      'engine/access_tokens/api_caller: scope_insufficient (2)',
      async (w) => {
        const text = await access(w, { scope: 'openid' })
        expect((await call(w, `Bearer ${text}`, { url: '/api/v3/user' })).status).toBe(403)
      },
    ),
    must(
      '5.2',
      'own',
      'A token for another API is refused here (RFC 8707 §2).',
      'engine/grant/resources: token_for_another_resource',
      async (w) => refused(call(w, `Bearer ${await access(w, { resource: elsewhere })}`), 'invalid_token', 401),
    ),
    must(
      '5.2',
      'own',
      'Revoking an app’s own tokens ends all of them at once.',
      'engine/grant/standing: client_invalidated',
      async (w) => {
        const app = await addClient(w.h)
        const { body } = await granted(own(w, {}, app))
        w.h.clock.move(1000)
        await w.h.storage.clients.amend(app.id, () => ({ invalidate: true }))
        w.h.context.clients.forget()
        await refused(call(w, `Bearer ${body.access_token}`), 'invalid_token', 401)
      },
    ),
    must(
      '5.2',
      'own',
      'What a disabled app holds counts for nothing.',
      'engine/grant/standing: client_disabled',
      async (w) => {
        const app = await addClient(w.h)
        const text = await access(w, {}, app)
        await setStatus(w, app.id, 'disabled')
        await refused(call(w, `Bearer ${text}`), 'invalid_token', 401)
      },
    ),
    must(
      '5.2',
      'own',
      'Nor what was given for a disabled account.',
      'engine/grant/standing: grant_revoked',
      async (w) => {
        const text = await access(w)
        await w.h.storage.accounts.update(w.alice.id, { enabled: false })
        try {
          await refused(call(w, `Bearer ${text}`), 'invalid_token', 401)
        } finally {
          await w.h.storage.accounts.update(w.alice.id, { enabled: true })
        }
      },
    ),
    must('5.2', 'own', 'Nor what a person no longer wants.', 'engine/grant/standing: consent_withdrawn', async (w) => {
      const app = await addClient(w.h)
      const text = await access(w, {}, app)
      w.h.clock.move(1)
      await w.h.storage.consents.withdraw(w.alice.id, app.id)
      await refused(call(w, `Bearer ${text}`), 'invalid_token', 401)
    }),
    must(
      '5.2',
      'own',
      'What has the form of another protocol’s token is one only of that protocol.',
      `${bearer}token_not_ours`,
      (w) => refused(call(w, `Bearer ${'0'.repeat(40)}`), 'invalid_token', 401),
    ),
    must(
      '2',
      'MUST NOT',
      'At the API of this server, too, no two tokens come at once.',
      [`${bearer}token_twice`, `${bearer}token_twice (2)`],
      async (w) => {
        const [one, other] = [await access(w, { scope: 'basic' }), await access(w, { scope: 'basic' })]
        expect((await call(w, `Bearer ${one}`, { url: `/api/v3/user?access_token=${other}` })).status).toBe(400)
      },
    ),
    must('2', 'MUST NOT', 'Nor one in two ways.', `${bearer}token_twice (2)`, async (w) => {
      const one = await access(w, { scope: 'basic' })
      expect((await call(w, `Bearer ${one}`, { url: `/api/v3/user?access_token=${one}` })).status).toBe(400)
    }),
    must('2.3', 'own', 'Nor any in the address.', `${bearer}token_in_query`, async (w) => {
      const one = await access(w, { scope: 'basic' })
      expect((await call(w, undefined, { url: `/api/v3/user?access_token=${one}` })).status).toBe(400)
    }),
    must('3', 'MUST', 'Who comes to the API without a token is told so.', `${bearer}token_missing`, async (w) => {
      expect((await call(w, undefined, { url: '/api/v3/user' })).status).toBe(401)
    }),
    must('3', 'MUST', 'So is who comes to a proxy without one.', `${shown}token_missing (2)`, async (w) => {
      await w.h.storage.resources.put({ resource: 'https://snow.example/', scopes: ['snow'], proxy: 'snow' })
      w.h.clock.move(6000)
      await refused(call(w, undefined, { url: '/oauth/forward-auth/snow' }), 'invalid_token', 401)
    }),
  ],
}

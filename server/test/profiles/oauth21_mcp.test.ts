/** OAuth 2.1, and what MCP asks of clients: each switch of `oauth21` and `mcp`, at each endpoint that it concerns. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Profile } from '../../src/protocol/profiles/profiles.ts'
import { expectPage, expectRedirect, expectRefusal } from '../support/answers.ts'
import { type AssertingClient, addAssertingClient } from '../support/assertion.ts'
import { authorize, authorizeUrl, exchangeCode, refresh, testBrowser, token } from '../support/browser.ts'
import { addAccount, addClient, type Harness, harness, issuer, type TestClient } from '../support/harness.ts'
import { applied, post } from './steps.ts'

const notes = 'https://notes.example/mcp'

let h: Harness
beforeAll(async () => {
  h = await harness({ settings: { frontChannelTokens: true, assertionAudience: 'compat' } })
  await addAccount(h)
  expect(await applied(h, { resources: [{ resource: notes, scopes: ['notes.read'] }] })).toEqual([])
})
afterAll(() => h.close())

describe.each(['oauth21', 'mcp'] as const)('%s', (profile: Profile) => {
  // A client of MCP names its server at each request.
  const named = profile === 'mcp' ? { resource: notes } : {}
  const asks = { scope: 'notes.read', ...named }
  let app: TestClient
  let page: { readonly id: string }
  let asserting: AssertingClient
  beforeAll(async () => {
    const scope = 'openid offline_access notes.read'
    app = await addClient(h, { profile, scope })
    page = { id: (await addClient(h, { profile, scope, token_endpoint_auth_method: 'none' })).id }
    asserting = await addAssertingClient(h, { profile, scope })
  })

  test('lets an app with a secret and one without sign in, and rotates the refresh tokens of both', async () => {
    for (const client of [app, page]) {
      const { location, code } = await authorize(h.app, authorizeUrl(client.id, asks))
      expect(location.searchParams.get('iss')).toBe(issuer)
      const { body } = await exchangeCode(h.app, client, code)
      const refreshed = await refresh(h.app, client, String(body.refresh_token))
      expect(refreshed.status, JSON.stringify(refreshed.body)).toBe(200)
      expect(refreshed.body.refresh_token).not.toBe(body.refresh_token)
    }
  })

  test.each([
    ['without a code challenge', { code_challenge: undefined, code_challenge_method: undefined }, 'invalid_request'],
    ['with a plain one', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['for a token', { response_type: 'token' }, 'unsupported_response_type'],
    ['for an ID token', { response_type: 'id_token', nonce: 'n', scope: 'openid' }, 'unsupported_response_type'],
    [
      'for both with a code',
      { response_type: 'code id_token token', nonce: 'n', scope: 'openid' },
      'unsupported_response_type',
    ],
  ])('a request %s is refused at authorize and where it is pushed', async (_what, more, error) => {
    const url = authorizeUrl(app, { ...asks, ...more })
    const answer = await testBrowser(h.app).get(url)
    const parameters = new URL(answer.location?.replace('#', '?') ?? '').searchParams
    expect(parameters.get('error')).toBe(error)
    const basic = Buffer.from(`${app.id}:${encodeURIComponent(app.secret)}`).toString('base64')
    const form = Object.fromEntries(new URLSearchParams(url.split('?')[1]))
    expectRefusal(await post(h, '/oauth/par', form, { authorization: `Basic ${basic}` }), error)
  })

  test('is shut at legacy protocols', async () => {
    const asked = authorizeUrl(app, asks).replace('/oauth/authorize', '/api/oauth2/authorize')
    expectPage(await testBrowser(h.app).get(asked), 'unauthorized_client')
    const form = { grant_type: 'client_credentials', client_id: app.id, client_secret: app.secret, ...named }
    const answer = await post(h, '/api/oauth2/token', form)
    expect(answer.status).toBeGreaterThanOrEqual(400)
    expect(answer.body).not.toHaveProperty('access_token')
  })

  test('wants the issuer alone as the audience of assertions', async () => {
    const form = { grant_type: 'client_credentials', scope: 'notes.read', ...named }
    expect((await post(h, '/oauth/token', { ...form, ...(await asserting.assert()) })).status).toBe(200)
    for (const aud of [`${issuer}/oauth/token`, [issuer]]) {
      for (const url of ['/oauth/token', '/oauth/introspect', '/oauth/revoke', '/oauth/par']) {
        const sent = { ...form, token: 'at-none', ...(await asserting.assert({ aud })) }
        expectRefusal(await post(h, url, sent), 'invalid_client', 401)
      }
    }
  })

  test('takes no token in a query', async () => {
    const { body } = await token(h.app, app, { grant_type: 'client_credentials', scope: 'notes.read', ...named })
    for (const path of ['/oauth/userinfo', '/api/v3/user']) {
      const response = await h.app.inject({ url: `${path}?access_token=${body.access_token}` })
      expect(response.statusCode, path).toBeGreaterThanOrEqual(400)
    }
  })
})

test('mcp needs the server at each request that begins something', async () => {
  const app = await addClient(h, { profile: 'mcp', scope: 'notes.read' })
  const url = authorizeUrl(app, { scope: 'notes.read' })
  expectRedirect(await testBrowser(h.app).get(url), 'invalid_target')
  const form = Object.fromEntries(new URLSearchParams(url.split('?')[1]))
  const basic = Buffer.from(`${app.id}:${encodeURIComponent(app.secret)}`).toString('base64')
  expectRefusal(await post(h, '/oauth/par', form, { authorization: `Basic ${basic}` }), 'invalid_target')
  expectRefusal(await token(h.app, app, { grant_type: 'client_credentials', scope: 'notes.read' }), 'invalid_target')
})

/** What an app is registered for is honoured or refused: a protection that is not there never goes missing in silence. */
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { expectRedirect, expectRefusal, newTokens } from '../support/answers.ts'
import { authorize, authorizeUrl, exchangeCode, refresh, testBrowser, token } from '../support/browser.ts'
import { addAccount, addClient, type Harness, harness, type TestClient } from '../support/harness.ts'

let h: Harness
beforeAll(async () => {
  h = await harness()
  await addAccount(h)
})
afterAll(() => h.close())

async function lastOf(client: TestClient) {
  await h.context.requests.flush()
  return (await h.storage.requests.list(client.id, 1))[0]
}

const protections: Record<string, unknown> = {
  userinfo_signed_response_alg: 'HS256',
  token_endpoint_auth_signing_alg: 'HS256',
  default_acr_values: ['urn:example:strong'],
  tls_client_certificate_bound_access_tokens: true,
  tls_client_auth_subject_dn: 'CN=app',
}

describe('a registered protection that this server does not have', () => {
  test.each(Object.entries(protections))('%s is refused at authorize and at token, by name', async (member, value) => {
    const client = await addClient(h, { [member]: value })
    expectRedirect(await testBrowser(h.app).get(authorizeUrl(client)), 'unauthorized_client', member)
    expect(await lastOf(client)).toMatchObject({ reason: 'protection_not_available', rule: 'protections' })
    expect((await lastOf(client))?.cause).toContain(member)
    expectRefusal(await token(h.app, client, { grant_type: 'client_credentials' }), 'unauthorized_client', 400, member)
    expect(await lastOf(client)).toMatchObject({ reason: 'protection_not_available', rule: 'protections' })
  })

  test.each(['tls_client_auth', 'self_signed_tls_client_auth'])(
    '%s is refused at authorize, and at token in the words of any failed authentication',
    async (method) => {
      const client = await addClient(h, { token_endpoint_auth_method: method })
      expectRedirect(await testBrowser(h.app).get(authorizeUrl(client)), 'unauthorized_client')
      expectRefusal(await token(h.app, client, { grant_type: 'client_credentials' }), 'invalid_client', 401)
      expect(await lastOf(client)).toMatchObject({ reason: 'client_auth_method_not_available' })
    },
  )

  test('is refused on every later step too, where it was registered in between', async () => {
    const client = await addClient(h)
    const { refresh: refreshToken } = await newTokens(h, client)
    const { code, browser } = await authorize(h.app, authorizeUrl(client))
    const page = await browser.follow(await browser.get(authorizeUrl(client, { scope: 'basic writemeasurements' })))
    expect(page.body).toContain('id="consent-allow"')
    await h.storage.clients.amend(client.id, ({ metadata }) => ({
      metadata: { ...metadata, tls_client_certificate_bound_access_tokens: true },
    }))
    h.context.clients.forget()
    expectRefusal(await exchangeCode(h.app, client, code), 'unauthorized_client')
    expectRefusal(await refresh(h.app, client, refreshToken), 'unauthorized_client')
    const shown = await browser.get(page.path)
    expect(shown.body + (shown.location ?? '')).not.toContain('id="consent-allow"')
    // Refused before anything was spent.
    await h.storage.clients.amend(client.id, ({ metadata }) => ({
      metadata: { ...metadata, tls_client_certificate_bound_access_tokens: false },
    }))
    h.context.clients.forget()
    expect((await exchangeCode(h.app, client, code)).status).toBe(200)
    expect((await refresh(h.app, client, refreshToken)).status).toBe(200)
  })
})

test('what says no, and features that nobody is the worse without, are not refused', async () => {
  const client = await addClient(h, {
    subject_type: 'public',
    userinfo_signed_response_alg: 'none',
    default_acr_values: [],
    require_pushed_authorization_requests: false,
    dpop_bound_access_tokens: false,
    backchannel_logout_uri: 'https://app.example/out',
    frontchannel_logout_uri: 'https://app.example/out',
    post_logout_redirect_uris: ['https://app.example/bye'],
    request_uris: ['https://app.example/request'],
    sector_identifier_uri: 'https://app.example/sector',
    initiate_login_uri: 'https://app.example/login',
  })
  expect((await newTokens(h, client)).access).not.toBe('')
})

test('require_auth_time and default_max_age are honoured: the ID token says when the person signed in', async () => {
  const client = await addClient(h, { require_auth_time: true, default_max_age: 60 })
  const scope = 'openid offline_access'
  const { browser } = await authorize(h.app, authorizeUrl(client, { scope }))
  const before = h.clock.now()
  h.clock.move(61_000)
  const page = await browser.follow(await browser.get(authorizeUrl(client, { scope })))
  expect(page.body).toContain('id="login-form"')
  const tokens = await newTokens(h, client, { scope }, browser)
  const authTime = (text: string) => JSON.parse(Buffer.from(text.split('.')[1] ?? '', 'base64url').toString()).auth_time
  expect(authTime(tokens.id)).toBeGreaterThanOrEqual(Math.floor(before / 1000) + 60)
  h.clock.move(30_000)
  const renewed = await refresh(h.app, client, tokens.refresh)
  expect(authTime(renewed.body.id_token ?? '')).toBe(authTime(tokens.id))
})

test('an app that prefers a way of signing in is served, and told the truth: those that are unknown or out of reach are passed over', async () => {
  const [single, multi] = ['urn:consentry:acr:single-factor', 'urn:consentry:acr:multi-factor']
  const app = await addClient(h, { default_acr_values: [multi, 'urn:example:strong'] })
  const { id } = await newTokens(h, app, { scope: 'openid', acr_values: `${multi} urn:example:strong` })
  expect(decodeJwt(id).acr).toBe(single)
})

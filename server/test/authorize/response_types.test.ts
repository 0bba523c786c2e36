/** Response types and modes (OIDC Core §3, OAuth 2.0 Multiple Response Types, OAuth 2.0 Form Post Response Mode). */
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sha256 } from '../../src/lib/hash.ts'
import type { Account } from '../../src/storage/contract.ts'
import { expectRedirect, liveGrants } from '../support/answers.ts'
import {
  allowOn,
  authorize,
  authorizeUrl,
  exchangeCode,
  hiddenFields,
  type Page,
  post,
  refresh,
  signInOn,
  type TestBrowser,
  testBrowser,
} from '../support/browser.ts'
import { addAccount, addClient, callback, type Harness, harness, issuer, type TestClient } from '../support/harness.ts'

const scope = 'openid profile email offline_access'
const hybrid = ['code id_token', 'code token', 'code id_token token']
const implicit = ['id_token', 'id_token token', 'token']
const reversed = (type: string) => type.split(' ').toReversed().join(' ')
const half = (text: string) => sha256(text).subarray(0, 16).toString('base64url')

let h: Harness
let alice: Account
let client: TestClient
let browser: TestBrowser
beforeAll(async () => {
  h = await harness({ settings: { frontChannelTokens: true } })
  alice = await addAccount(h, 'alice', { claims: { name: 'Alice <Example>' } })
  client = await addClient(h, { front_channel_tokens: true })
  browser = testBrowser(h.app)
  await signInOn(browser, await browser.get('/login'))
  await authorize(h.app, authorizeUrl(client, { scope }), { browser })
})
afterAll(() => h.close())

const asking = (type: string, more: Record<string, string | undefined> = {}) =>
  authorizeUrl(client, { scope, response_type: type, nonce: 'n-1', ...more })

/** What stands in the fragment of the answer, and nothing in its query. */
function fragmentOf(page: Page): Record<string, string> {
  expect(page.status, page.body.slice(0, 500)).toBe(303)
  const url = new URL(page.location ?? '')
  expect(`${url.origin}${url.pathname}${url.search}`).toBe(callback)
  return Object.fromEntries(new URLSearchParams(url.hash.slice(1)))
}

async function userinfo(access: string | undefined) {
  return h.app.inject({ url: '/oauth/userinfo', headers: { authorization: `Bearer ${access}` } })
}

describe('the hybrid flow', () => {
  test.each([...hybrid, ...hybrid.map(reversed)])('%s answers each part, bound to the others', async (type) => {
    const answer = fragmentOf(await browser.get(asking(type)))
    const words = type.split(' ')
    expect(Object.keys(answer).sort()).toEqual(
      ['code', 'state', 'iss']
        .concat(words.includes('id_token') ? ['id_token'] : [])
        .concat(words.includes('token') ? ['access_token', 'token_type', 'expires_in', 'scope'] : [])
        .sort(),
    )
    const { code = '', id_token: id, access_token: access } = answer
    if (access !== undefined) expect((await userinfo(access)).statusCode).toBe(200)
    if (id !== undefined) {
      const claims = decodeJwt(id)
      expect(claims).toMatchObject({ iss: issuer, aud: client.id, sub: alice.id, nonce: 'n-1', c_hash: half(code) })
      expect(claims.at_hash).toBe(access === undefined ? undefined : half(access))
      expect(claims).not.toHaveProperty('email')
    }
    const { status, body } = await exchangeCode(h.app, client, code)
    expect(status).toBe(200)
    const later = decodeJwt(body.id_token ?? '')
    expect(later).toMatchObject({ sub: alice.id, nonce: 'n-1', iss: issuer })
    if (id !== undefined) expect(later.auth_time).toBe(decodeJwt(id).auth_time)
    expect((await refresh(h.app, client, body.refresh_token ?? '')).status).toBe(200)
  })

  test('an access token of the front channel renews nothing, and outlives neither its life nor a revocation', async () => {
    const { access_token: access = '' } = fragmentOf(await browser.get(asking('code token')))
    expect((await post(h.app, '/oauth/revoke', client, { token: access })).status).toBe(200)
    expect((await userinfo(access)).statusCode).toBe(401)
    const other = fragmentOf(await browser.get(asking('code token')))
    h.clock.move(3_700_000)
    expect((await userinfo(other.access_token)).statusCode).toBe(401)
    const browserNow = testBrowser(h.app)
    await signInOn(browserNow, await browserNow.get('/login'))
    browser = browserNow
  })

  test('a public client has to prove the code with PKCE, as without tokens', async () => {
    const app = await addClient(h, { front_channel_tokens: true, token_endpoint_auth_method: 'none' })
    const url = (more: Record<string, string | undefined>) =>
      authorizeUrl(app, { scope, response_type: 'code id_token', nonce: 'n', ...more })
    const bare = await browser.get(url({ code_challenge: undefined, code_challenge_method: undefined }))
    expect(fragmentOf(bare).error).toBe('invalid_request')
    const { location } = await authorize(h.app, url({}), { browser })
    const code = new URLSearchParams(location.hash.slice(1)).get('code') ?? ''
    expect((await exchangeCode(h.app, { id: app.id }, code, { code_verifier: 'x'.repeat(43) })).status).toBe(400)
    expect((await exchangeCode(h.app, { id: app.id }, code)).status).toBe(200)
  })
})

describe('the implicit flow', () => {
  test.each(implicit)('%s', async (type) => {
    const answer = fragmentOf(await browser.get(asking(type)))
    expect(answer).not.toHaveProperty('code')
    const { id_token: id, access_token: access } = answer
    expect([id !== undefined, access !== undefined]).toEqual([type.includes('id_token'), /(^| )token/.test(type)])
    if (id !== undefined) {
      expect(decodeJwt(id).at_hash).toBe(access === undefined ? undefined : half(access))
      expect(decodeJwt(id).email).toBe(access === undefined ? 'alice@example.com' : undefined)
      expect(decodeJwt(id)).not.toHaveProperty('c_hash')
    }
  })
})

test('what is wrong goes back in the fragment: no nonce, no openid, a type that is not registered', async () => {
  const before = await liveGrants(h, alice.id)
  const error = async (url: string) => fragmentOf(await browser.get(url)).error
  for (const type of [...hybrid, ...implicit].filter((one) => one.includes('id_token'))) {
    expect(await error(asking(type, { nonce: undefined })), type).toBe('invalid_request')
    expect(await error(asking(type, { scope: 'basic' })), type).toBe('invalid_scope')
  }
  expect(fragmentOf(await browser.get(asking('code token', { nonce: undefined }))).code).toBeDefined()
  const only = await addClient(h, { front_channel_tokens: true, response_types: ['code', 'token id_token'] })
  const ask = (type: string) => authorizeUrl(only, { scope, response_type: type, nonce: 'n', prompt: 'none' })
  expect(await error(ask('code id_token'))).toBe('unauthorized_client')
  expect(await error(ask('id_token token'))).toBe('consent_required')
  expect(await liveGrants(h, alice.id)).toBe(before + 2)
})

test('both switches have to be on, that of the server and that of the app', async () => {
  const off = await addClient(h)
  for (const type of [...hybrid, ...implicit]) {
    const page = await browser.get(authorizeUrl(off, { scope, response_type: type, nonce: 'n' }))
    expect(fragmentOf(page).error, type).toBe('unsupported_response_type')
  }
  const closed = await harness()
  await addAccount(closed)
  const app = await addClient(closed, { front_channel_tokens: true })
  for (const type of [...hybrid, ...implicit]) {
    const url = authorizeUrl(app, { scope, response_type: type, nonce: 'n' })
    expect(fragmentOf(await testBrowser(closed.app).get(url)).error, type).toBe('unsupported_response_type')
  }
  const documents = await Promise.all(
    [h, closed].map(async ({ app: server }) => (await server.inject('/.well-known/openid-configuration')).json()),
  )
  expect([...documents[0].response_types_supported].sort()).toEqual(['code', ...implicit, ...hybrid].sort())
  expect(documents[0].grant_types_supported).toContain('implicit')
  expect(documents[1].response_types_supported).toEqual(['code'])
  expect(documents[1].grant_types_supported).not.toContain('implicit')
  for (const one of documents) expect(one.response_modes_supported).toEqual(['query', 'fragment', 'form_post'])
  await closed.close()
})

describe('the response mode', () => {
  test('fragment takes a code as well, and its errors', async () => {
    const answer = fragmentOf(await browser.get(asking('code', { response_mode: 'fragment' })))
    expect(Object.keys(answer)).toEqual(['code', 'state', 'iss'])
    const denied = await browser.get(asking('code', { response_mode: 'fragment', scope: 'nonsense' }))
    expect(fragmentOf(denied).error).toBe('invalid_scope')
  })

  test('query is refused where tokens are asked for', async () => {
    for (const type of [...hybrid, ...implicit]) {
      const answer = fragmentOf(await browser.get(asking(type, { response_mode: 'query' })))
      expect(answer.error, type).toBe('invalid_request')
    }
  })

  test('an unknown one, or two, is invalid_request where the answer would have gone', async () => {
    for (const mode of ['web_message', 'jwt', 'query.jwt', 'FORM_POST']) {
      expectRedirect(await browser.get(asking('code', { response_mode: mode })), 'invalid_request', mode)
    }
    expectRedirect(
      await browser.get(`${asking('code')}&response_mode=form_post&response_mode=query`),
      'invalid_request',
    )
  })

  test('a form is posted to the web alone', async () => {
    const uri = 'com.example.app:/cb'
    const native = await addClient(h, {
      application_type: 'native',
      token_endpoint_auth_method: 'none',
      redirect_uris: [uri],
    })
    const page = await browser.get(authorizeUrl(native, { redirect_uri: uri, response_mode: 'form_post' }))
    expect(page.location).toMatch(/^com\.example\.app:\/cb\?error=invalid_request/)
  })
})

describe('form_post', () => {
  /** The fields of the page that posts, and that it can do nothing else. */
  function postedOf(page: Page): Record<string, string> {
    expect(page.status, page.body.slice(0, 300)).toBe(200)
    expect(page.location).toBeUndefined()
    expect(page.body.match(/<form/g)).toHaveLength(1)
    expect(page.body).toContain(`action="${callback}"`)
    expect(page.body).toMatch(/<button type="submit"/)
    expect(page.body).not.toMatch(/formaction|<script(?! src="\/assets\/post\.js\?v=[0-9a-f]{16}")|\son\w+=/)
    expect(page.response.headers).toMatchObject({ 'cache-control': 'no-store', 'referrer-policy': 'strict-origin' })
    const policy = String(page.response.headers['content-security-policy'])
    expect(policy).toContain("default-src 'none'; script-src 'self'")
    expect(policy).not.toMatch(/form-action|unsafe/)
    return hiddenFields(page)
  }

  test.each(['code', ...hybrid, ...implicit])('%s is posted whole, and nothing besides', async (type) => {
    const fields = postedOf(await browser.get(asking(type, { response_mode: 'form_post' })))
    const words = type.split(' ')
    expect(Object.keys(fields).sort()).toEqual(
      ['state', 'iss']
        .concat(words.includes('code') ? ['code'] : [])
        .concat(words.includes('id_token') ? ['id_token'] : [])
        .concat(words.includes('token') ? ['access_token', 'token_type', 'expires_in', 'scope'] : [])
        .sort(),
    )
    if (fields.code !== undefined) expect((await exchangeCode(h.app, client, fields.code)).status).toBe(200)
  })

  test('a state comes back as it was sent, whatever is in it', async () => {
    const state = `"><script>alert(1)</script>&amp;'%22\u00e4`
    const page = await browser.get(asking('code', { response_mode: 'form_post', state }))
    postedOf(page)
    expect(page.body).not.toContain('<script>alert')
    const value = /name="state" value="([^"]*)"/.exec(page.body)?.[1] ?? ''
    const text = value
      .replaceAll('&quot;', '"')
      .replaceAll('&#39;', "'")
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
    expect(text.replaceAll('&amp;', '&')).toBe(state)
  })

  test('errors are posted too, from authorize, from the pages and after a no', async () => {
    const form = { response_mode: 'form_post' }
    expect(postedOf(await browser.get(asking('code', { ...form, scope: 'nonsense' })))).toMatchObject({
      error: 'invalid_scope',
      state: 'xyz',
      iss: issuer,
    })
    const silent = await testBrowser(h.app).get(asking('code', { ...form, prompt: 'none' }))
    expect(postedOf(silent).error).toBe('login_required')
    const fresh = testBrowser(h.app)
    const login = await fresh.follow(await fresh.get(asking('code', form)))
    const cancelled = await fresh.post('/login', { ...hiddenFields(login), action: 'cancel' })
    expect(postedOf(cancelled).error).toBe('access_denied')
    const consent = await browser.follow(await browser.get(asking('code', { ...form, prompt: 'consent' })))
    const denied = await browser.post('/consent', { ...hiddenFields(consent), decision: 'deny' })
    expect(postedOf(denied).error).toBe('access_denied')
    const again = await browser.follow(await browser.get(asking('code', { ...form, prompt: 'consent' })))
    expect(postedOf(await allowOn(browser, again)).code).toBeDefined()
  })

  test('a request object is refused in the mode and with the state that it asks for, unless the request says otherwise', async () => {
    const object = (claims: unknown) =>
      `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.`
    const inside = object({ response_mode: 'form_post', state: 'inside' })
    const refused = { error: 'request_not_supported', iss: issuer }
    const posted = postedOf(await browser.get(asking('code', { request: inside, state: undefined })))
    expect(posted).toMatchObject({ ...refused, state: 'inside' })
    expect(postedOf(await browser.get(asking('code', { request: inside }))).state).toBe('xyz')
    const query = await browser.get(asking('code', { request: inside, response_mode: 'query', state: undefined }))
    expect(query.location).toContain(`${callback}?error=request_not_supported`)
    for (const broken of [
      object('form_post'),
      object(null),
      object({ response_mode: ['form_post'], state: 7 }),
      'a.b',
      '..',
      'x',
    ]) {
      const { location } = await browser.get(asking('code', { request: broken, state: undefined }))
      expect(location, broken).toContain(`${callback}?error=request_not_supported`)
      expect(location, broken).not.toContain('state=')
    }
    const long = object({ response_mode: 'form_post', state: 'a'.repeat(4097) })
    expect(postedOf(await browser.get(asking('code', { request: long, state: undefined })))).not.toHaveProperty('state')
  })

  test('what cannot go to the app is a page, and posts nothing', async () => {
    const page = await browser.get(
      asking('code', { response_mode: 'form_post', redirect_uri: 'https://evil.example/' }),
    )
    expect(page.status).toBe(400)
    expect(page.body).not.toContain('evil.example')
    expect(page.body).not.toContain('response-form')
  })

  test('its script is a file of ours that does what the button does', async () => {
    const page = await browser.get(asking('code', { response_mode: 'form_post' }))
    const href = /src="(\/assets\/post\.js[^"]*)"/.exec(page.body)?.[1] ?? ''
    const script = await h.app.inject(href)
    expect(script.statusCode).toBe(200)
    expect(script.headers['content-type']).toContain('text/javascript')
    expect(script.body).toContain("getElementById('response-form')")
  })
})

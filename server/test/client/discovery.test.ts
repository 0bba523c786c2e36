/** Discovery tells the truth: what it names is there, and what it advertises works. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { deviceGrantType, jwtBearerGrantType, tokenExchangeGrantType } from '../../src/protocol/names.ts'
import { addDevice, allow, asked, poll, signedIn } from '../device/steps.ts'
import { newTokens } from '../support/answers.ts'
import { addAssertingClient } from '../support/assertion.ts'
import { authorize, authorizeUrl, exchangeCode, post, refresh, testBrowser, token } from '../support/browser.ts'
import { addAccount, addClient, type Harness, harness, issuer } from '../support/harness.ts'
import { addAssertions } from '../token/assertion_steps.ts'
import { addExchange } from '../token/exchange_steps.ts'

interface Metadata {
  readonly [name: string]: unknown
  readonly scopes_supported: readonly string[]
  readonly grant_types_supported: readonly string[]
  readonly token_endpoint_auth_methods_supported: readonly string[]
  readonly introspection_endpoint_auth_methods_supported: readonly string[]
  readonly id_token_signing_alg_values_supported: readonly string[]
  readonly response_types_supported: readonly string[]
  readonly response_modes_supported: readonly string[]
  readonly prompt_values_supported: readonly string[]
}

describe('discovery', () => {
  let h: Harness
  let metadata: Metadata
  beforeAll(async () => {
    h = await harness()
    await addAccount(h)
    metadata = (await h.app.inject('/.well-known/openid-configuration')).json()
  })
  afterAll(() => h.close())

  test('H121, K173: both documents are one, and no header of a caller changes a word of it', async () => {
    for (const url of ['/.well-known/openid-configuration', '/.well-known/oauth-authorization-server']) {
      const headers = {
        host: 'evil.example',
        'x-forwarded-host': 'evil.example',
        'x-forwarded-proto': 'https',
        forwarded: 'host=evil.example;proto=https',
        'x-forwarded-port': '444',
        'x-original-url': '/evil',
      }
      const response = await h.app.inject({ url, headers })
      expect(response.headers['content-type']).toMatch(/^application\/json/)
      expect(response.json()).toEqual(metadata)
    }
    expect(metadata.issuer).toBe(issuer)
  })

  test('the documents and the key set are not sent again to whoever has them', async () => {
    for (const url of ['/.well-known/openid-configuration', '/.well-known/oauth-protected-resource', '/oauth/jwks']) {
      const first = await h.app.inject(url)
      const etag = String(first.headers.etag)
      expect(etag, url).toMatch(/^"[\w-]{22}"$/)
      for (const held of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
        const again = await h.app.inject({ url, headers: { 'if-none-match': held } })
        expect([again.statusCode, again.body, again.headers.etag], url).toEqual([304, '', etag])
      }
      const other = await h.app.inject({ url, headers: { 'if-none-match': '"other"' } })
      expect([other.statusCode, other.body], url).toEqual([200, first.body])
    }
  })

  test('every endpoint it names is there, under the issuer', async () => {
    const endpoints = Object.entries(metadata).filter(([name]) => /(_endpoint|_uri)$/.test(name))
    expect(endpoints.length).toBeGreaterThanOrEqual(6)
    for (const [name, url] of endpoints) {
      expect(String(url).startsWith(`${issuer}/`), name).toBe(true)
      const response = await h.app.inject(String(url).slice(issuer.length))
      expect([200, 303, 400, 401, 405], name).toContain(response.statusCode)
    }
  })

  test('every grant type it names works, and only those', async () => {
    const client = await addClient(h, { grant_types: [...metadata.grant_types_supported] })
    const { code } = await authorize(h.app, authorizeUrl(client))
    const { body } = await exchangeCode(h.app, client, code)
    const works: Record<string, () => Promise<{ readonly status: number }>> = {
      authorization_code: async () => exchangeCode(h.app, client, (await authorize(h.app, authorizeUrl(client))).code),
      refresh_token: () => refresh(h.app, client, body.refresh_token ?? ''),
      client_credentials: () => token(h.app, client, { grant_type: 'client_credentials' }),
      [jwtBearerGrantType]: async () => {
        const { agree, assert } = await addAssertions(h, await addAccount(h, 'asserted'))
        await agree()
        return assert()
      },
      [tokenExchangeGrantType]: async () => (await addExchange(h)).exchange(),
      [deviceGrantType]: async () => {
        const device = await addDevice(h)
        const { code, userCode } = await asked(h, device)
        await allow(await signedIn(h), userCode)
        return poll(h, device, code)
      },
    }
    expect([...metadata.grant_types_supported].sort()).toEqual(Object.keys(works).sort())
    for (const type of metadata.grant_types_supported) expect((await works[type]?.())?.status, type).toBe(200)
  })

  test('every way of client authentication it names works', async () => {
    for (const method of metadata.token_endpoint_auth_methods_supported) {
      const metadataOf = { token_endpoint_auth_method: method }
      const asserting = method === 'private_key_jwt' ? await addAssertingClient(h) : undefined
      const client = asserting ?? (await addClient(h, metadataOf))
      const { code } = await authorize(h.app, authorizeUrl(client))
      const as = method === 'client_secret_basic' ? client : { id: client.id }
      const inBody = async () =>
        method === 'client_secret_post' ? { client_secret: client.secret } : ((await asserting?.assert()) ?? {})
      const answer = await exchangeCode(h.app, as, code, await inBody())
      expect(answer.status, method).toBe(200)
      const access = answer.body.access_token ?? ''
      const asked = await post(h.app, '/oauth/introspect', as, { token: access, ...(await inBody()) })
      const advertised = metadata.introspection_endpoint_auth_methods_supported.includes(method)
      expect(asked.status, method).toBe(advertised ? 200 : 401)
      const revoked = await post(h.app, '/oauth/revoke', as, { token: access, ...(await inBody()) })
      expect(revoked.status, method).toBe(200)
    }
  })

  test('every algorithm it names signs ID tokens, with a key that is published', async () => {
    const { keys } = (await h.app.inject('/oauth/jwks')).json() as { keys: { kid: string; alg: string }[] }
    for (const alg of metadata.id_token_signing_alg_values_supported) {
      const client = await addClient(h, { id_token_signed_response_alg: alg })
      const { id } = await newTokens(h, client, { scope: 'openid' })
      const header = JSON.parse(Buffer.from(id.split('.')[0] ?? '', 'base64url').toString())
      expect(header.alg).toBe(alg)
      expect(keys.find(({ kid }) => kid === header.kid)?.alg).toBe(alg)
    }
  })

  test('every scope it names can be had', async () => {
    const scope = metadata.scopes_supported.join(' ')
    const client = await addClient(h, { scope })
    expect((await newTokens(h, client, { scope })).body.scope).toBe(scope)
  })

  test('every claim of userinfo and the ID token is among those it names', async () => {
    const client = await addClient(h)
    const { access, id } = await newTokens(h, client, { scope: 'openid profile email', nonce: 'n' })
    const info = await h.app.inject({ url: '/oauth/userinfo', headers: { authorization: `Bearer ${access}` } })
    const claims = Object.keys(JSON.parse(Buffer.from(id.split('.')[1] ?? '', 'base64url').toString()))
    for (const name of [...claims, ...Object.keys(info.json())]) expect(metadata.claims_supported).toContain(name)
  })

  test('every response type, mode and prompt it names is taken, and others are not', async () => {
    const client = await addClient(h)
    const browser = testBrowser(h.app)
    expect(metadata.response_types_supported).toEqual(['code'])
    expect(metadata.response_modes_supported).toEqual(['query', 'fragment', 'form_post'])
    for (const more of [
      ...metadata.response_types_supported.map((value) => ({ response_type: value })),
      ...metadata.response_modes_supported.map((value) => ({ response_mode: value })),
      ...metadata.prompt_values_supported.filter((value) => value !== 'none').map((value) => ({ prompt: value })),
      ...(metadata.acr_values_supported as string[]).map((value) => ({ acr_values: value })),
    ]) {
      const page = await browser.get(authorizeUrl(client, more))
      expect(page.location, JSON.stringify(more)).toMatch(/^\/(login|signup)\?request=/)
    }
    expect((await browser.get(authorizeUrl(client, { prompt: 'none' }))).location).toContain('error=login_required')
    expect((await browser.get(authorizeUrl(client, { prompt: 'x' }))).location).toContain('error=invalid_request')
  })

  test('what is not built is said not to be', () => {
    expect(metadata).toMatchObject({
      request_parameter_supported: false,
      request_uri_parameter_supported: false,
      code_challenge_methods_supported: ['S256'],
    })
  })
})

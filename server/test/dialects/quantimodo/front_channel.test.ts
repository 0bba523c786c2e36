/** Tokens in the redirect (RFC 6749 §4.2, OIDC Core §3.2): only where operator and app both allow it, and as a fragment. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sha256 } from '../../../src/lib/hash.ts'
import type { Account } from '../../../src/storage/contract.ts'
import { allowOn, apiStatus, hiddenFields, signInOn, testBrowser } from '../../support/browser.ts'
import { addAccount, type Harness, harness, issuer, type TestClient } from '../../support/harness.ts'
import { addOlderClient, lastRecord, visit } from './visits.ts'

const site = 'https://app.example/cb'
const openid = {
  front_channel_tokens: true,
  redirect_uris: [site],
  scope: 'openid profile email offline_access basic readmeasurements',
}

const address = (client: TestClient, responseType: string, more: Record<string, string> = {}) =>
  `/api/v3/oauth2/authorize?${new URLSearchParams({
    response_type: responseType,
    client_id: client.id,
    redirect_uri: site,
    scope: 'openid email basic',
    state: 's',
    nonce: 'n-1',
    ...more,
  })}`

function fragmentOf(location: string | undefined): URLSearchParams {
  const url = new URL(location ?? '')
  expect(`${url.origin}${url.pathname}${url.search}`).toBe(site)
  return new URLSearchParams(url.hash.slice(1))
}

const claimsOf = (jwt: string | null) => JSON.parse(Buffer.from(jwt?.split('.')[1] ?? '', 'base64url').toString())

describe('the switches', () => {
  const types = ['token', 'id_token', 'token id_token', 'id_token token']

  test.each([
    [false, false, 'CONSENTRY_FRONT_CHANNEL_TOKENS', 'front_channel_tokens'],
    [false, true, 'CONSENTRY_FRONT_CHANNEL_TOKENS', undefined],
    [true, false, 'front_channel_tokens', undefined],
  ])('operator %s and app %s: refused, and the log names %s', async (operator, app, named, besides) => {
    const h = await harness({ settings: { frontChannelTokens: operator } })
    await addAccount(h)
    const client = await addOlderClient(h, { ...openid, front_channel_tokens: app })
    for (const type of types) {
      const { location } = await visit(h, address(client, type))
      const fragment = fragmentOf(location)
      expect([...fragment]).toEqual([
        ['error', 'unsupported_response_type'],
        ['error_description', 'This response_type is not supported.'],
        ['state', 's'],
      ])
      const { cause, reason } = await lastRecord(h, client)
      expect(cause).toContain(named)
      expect(reason).toBe(operator ? 'front_channel_not_registered' : 'front_channel_closed')
      if (besides === undefined) expect(cause.replace(named, '')).not.toMatch(/front_channel/i)
      else expect(cause).toContain(besides)
    }
    await h.close()
  })

  test('are asked again where a request comes back, so that a switch that is turned off holds at once', async () => {
    const h = await harness({ settings: { frontChannelTokens: true } })
    await addAccount(h)
    const client = await addOlderClient(h, openid)
    const browser = testBrowser(h.app)
    const page = await signInOn(browser, await browser.follow(await browser.get(address(client, 'token'))))
    const record = await h.storage.clients.find(client.id)
    await h.storage.clients.amend(client.id, () => ({
      ownerId: null,
      status: 'enabled',
      metadata: { ...record?.metadata, front_channel_tokens: false },
    }))
    h.context.clients.forget()
    const answer = await browser.post('/consent', { ...hiddenFields(page), decision: 'allow' })
    expect(answer.location).toBeUndefined()
    expect(answer.body).toContain('OAuth error: unsupported_response_type')
    await h.close()
  })
})

describe('tokens in the fragment', () => {
  let h: Harness
  let alice: Account
  let client: TestClient
  beforeAll(async () => {
    h = await harness({ settings: { frontChannelTokens: true } })
    alice = await addAccount(h)
    client = await addOlderClient(h, openid)
  })
  afterAll(() => h.close())

  test('response_type=token gives an access token that works, and nothing to renew it with', async () => {
    const { location } = await visit(h, address(client, 'token', { scope: 'basic readmeasurements', nonce: '' }))
    const fragment = fragmentOf(location)
    expect([...fragment.keys()]).toEqual(['access_token', 'token_type', 'expires_in', 'scope', 'state'])
    expect(fragment.get('token_type')).toBe('Bearer')
    expect(fragment.get('expires_in')).toBe(String(30 * 86_400))
    expect(fragment.get('scope')).toBe('basic readmeasurements')
    expect(await apiStatus(h.app, fragment.get('access_token') ?? '')).toBe(200)
    const [view] = await h.storage.grants.listByUser(alice.id, 1)
    expect(view?.grant).toMatchObject({ state: 'live', dialect: 'quantimodo', step: 0 })
    expect(view?.grant.context.refreshable).toBe(false)
    await h.context.requests.flush()
    expect((await lastRecord(h, client)).cause).toContain('Tokens were sent in the fragment')
    expect(h.logged.join('\n')).not.toContain(fragment.get('access_token'))
  })

  test.each(['id_token token', 'token id_token'])('response_type=%s binds both by at_hash', async (type) => {
    const { location } = await visit(h, address(client, type))
    const fragment = fragmentOf(location)
    expect([...fragment.keys()]).toEqual(['access_token', 'token_type', 'expires_in', 'scope', 'id_token', 'state'])
    const claims = claimsOf(fragment.get('id_token'))
    const half = sha256(fragment.get('access_token') ?? '')
      .subarray(0, 16)
      .toString('base64url')
    expect(claims).toMatchObject({ iss: issuer, aud: client.id, sub: alice.id, nonce: 'n-1', at_hash: half })
    expect(claims).not.toHaveProperty('email')
  })

  test('an app with EdDSA has its at_hash as well', async () => {
    const eddsa = await addOlderClient(h, { ...openid, id_token_signed_response_alg: 'EdDSA' })
    const fragment = fragmentOf((await visit(h, address(eddsa, 'token id_token'))).location)
    expect(claimsOf(fragment.get('id_token')).at_hash).toMatch(/^[A-Za-z0-9_-]{43}$/)
  })

  test('response_type=id_token gives an ID token alone, with the claims that there is no userinfo for', async () => {
    const fragment = fragmentOf((await visit(h, address(client, 'id_token'))).location)
    expect([...fragment.keys()]).toEqual(['id_token', 'state'])
    const claims = claimsOf(fragment.get('id_token'))
    expect(claims).toMatchObject({ sub: alice.id, nonce: 'n-1', email: 'alice@example.com' })
    expect(claims).not.toHaveProperty('at_hash')
  })

  test('consent is asked for and can be refused, into the fragment', async () => {
    const fresh = await addOlderClient(h, openid)
    const browser = testBrowser(h.app)
    const page = await signInOn(browser, await browser.follow(await browser.get(address(fresh, 'token'))))
    expect(page.body).toContain('id="consent-allow"')
    const denied = await browser.post('/consent', { ...hiddenFields(page), decision: 'deny' })
    expect(fragmentOf(denied.location).get('error')).toBe('access_denied')
    const silent = await browser.get(address(fresh, 'token', { prompt: 'none' }))
    expect(fragmentOf(silent.location).get('error')).toBe('consent_required')
    const again = await allowOn(browser, await browser.follow(await browser.get(address(fresh, 'token'))))
    expect(fragmentOf(again.location).get('access_token')).toMatch(/^at/)
  })

  test.each([
    ['id_token', { nonce: '' }, 'invalid_request', 'nonce_missing'],
    ['id_token token', { nonce: '' }, 'invalid_request', 'nonce_missing'],
    ['id_token', { scope: 'basic' }, 'invalid_scope', 'openid_scope_missing'],
    ['token', { scope: 'admin' }, 'invalid_scope', 'scope_not_registered'],
    ['token', { response_mode: 'query' }, 'invalid_request', 'response_mode_unsupported'],
    ['token', { response_mode: 'form_post' }, 'invalid_request', 'response_mode_unsupported'],
  ] as const)('%s with %o is %s, in the fragment', async (type, more, error, reason) => {
    const { location } = await visit(h, address(client, type, more))
    const fragment = fragmentOf(location)
    expect([fragment.get('error'), fragment.get('state')]).toEqual([error, 's'])
    expect((await lastRecord(h, client)).reason).toBe(reason)
  })

  test.each(['none', 'TOKEN', 'code code'])(
    'response_type=%s is unknown, and its error goes to the query',
    async (type) => {
      const { location } = await visit(h, address(client, type))
      expect(new URL(location ?? '').searchParams.get('error')).toBe('unsupported_response_type')
    },
  )

  test.each(['code token', 'code id_token', 'code id_token token', 'token token', 'id_token none'])(
    'response_type=%s is unknown and asks for a token: its error goes to the fragment',
    async (type) => {
      const { location } = await visit(h, address(client, type))
      expect(new URL(location ?? '').search).toBe('')
      expect(fragmentOf(location).get('error')).toBe('unsupported_response_type')
    },
  )

  test('the older protocol gives no code beside tokens, and has one response mode for each type', async () => {
    for (const type of ['code token', 'code id_token', 'token code id_token']) {
      const { location } = await visit(h, address(client, type))
      expect(fragmentOf(location).get('error'), type).toBe('unsupported_response_type')
    }
    for (const mode of ['form_post', 'query']) {
      const { location } = await visit(h, address(client, 'token', { response_mode: mode }))
      expect(fragmentOf(location).get('error'), mode).toBe('invalid_request')
    }
    for (const mode of ['form_post', 'fragment']) {
      const { location } = await visit(h, address(client, 'code', { response_mode: mode }))
      expect(new URL(location ?? '').searchParams.get('error'), mode).toBe('invalid_request')
    }
  })

  test('never stand in a query, nor at an address that is not registered', async () => {
    const page = await visit(h, address(client, 'token', { redirect_uri: 'https://evil.example/cb' }))
    expect(page.location).toBeUndefined()
    expect(page.body).toContain('id="oauth-error"')
  })

  test('end with the authorization, like all others', async () => {
    const fragment = fragmentOf((await visit(h, address(client, 'token'))).location)
    const accessToken = fragment.get('access_token') ?? ''
    expect(await apiStatus(h.app, accessToken)).toBe(200)
    await h.storage.grants.endAll({ userId: alice.id, clientId: client.id }, 'revoked_by_user')
    expect(await apiStatus(h.app, accessToken)).toBe(401)
  })

  test('count as token requests of the account', async () => {
    const busy = await harness({ settings: { frontChannelTokens: true, tokenRequestsPerDay: 3 } })
    await addAccount(busy)
    const app = await addOlderClient(busy, openid)
    const errors: (string | null)[] = []
    for (let i = 0; i < 6; i++) {
      errors.push(fragmentOf((await visit(busy, address(app, 'token'))).location).get('error'))
      await busy.context.tokenRequests.flush()
    }
    expect(errors[0]).toBeNull()
    expect(errors.at(-1)).toBe('temporarily_unavailable')
    await busy.close()
  })
})

/** What APIs of the operator are told of a sign-in, and can ask of one: RFC 9470, and signed introspection (RFC 9701). */
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Account } from '../../src/storage/contract.ts'
import { apply } from '../providers/setting.ts'
import { expectRedirect, newTokens } from '../support/answers.ts'
import { authorizeUrl, signInOn, type TestBrowser, testBrowser, token } from '../support/browser.ts'
import { enrol } from '../support/factors.ts'
import { addAccount, addClient, type Harness, harness, issuer, type TestClient } from '../support/harness.ts'

const orders = 'https://orders.example/v1'
const single = 'urn:consentry:acr:single-factor'
const multi = 'urn:consentry:acr:multi-factor'
const signed = 'application/token-introspection+jwt'
const ordersOnly = { scope: 'orders.read', resource: orders }

let h: Harness
let alice: Account
let browser: TestBrowser
let app: TestClient
let api: TestClient
beforeAll(async () => {
  h = await harness({ settings: { trustProxy: ['127.0.0.1'] } })
  alice = await addAccount(h)
  await addAccount(h, 'bob')
  app = await addClient(h, { scope: 'openid offline_access orders.read' })
  api = await addClient(h)
  await apply(h, {
    resources: [{ resource: orders, scopes: ['orders.read'], proxy: 'orders', client_id: api.id }],
  })
  browser = testBrowser(h.app)
  await signInOn(browser, await browser.get('/login'))
})
afterAll(() => h.close())

function introspect(by: TestClient, text: string, accept?: string) {
  return h.app.inject({
    method: 'POST',
    url: '/oauth/introspect',
    headers: {
      authorization: `Basic ${btoa(`${by.id}:${by.secret}`)}`,
      'content-type': 'application/x-www-form-urlencoded',
      ...(accept === undefined ? {} : { accept }),
    },
    payload: new URLSearchParams({ token: text }).toString(),
  })
}

function atProxy(text: string, query: Record<string, string>) {
  const url = `/oauth/forward-auth/orders?${new URLSearchParams(query)}`
  return h.app.inject({ url, remoteAddress: '127.0.0.1', headers: { authorization: `Bearer ${text}` } })
}

async function verified(jwt: string, audience: string) {
  const keys = createLocalJWKSet((await h.app.inject('/oauth/jwks')).json())
  return (await jwtVerify(jwt, keys, { issuer, audience, currentDate: new Date(h.clock.now()) })).payload
}

describe('introspection', () => {
  test('RFC 9470 §6.2: tells how and when the person signed in; of an app’s own token nothing', async () => {
    const { access } = await newTokens(h, app, ordersOnly, browser)
    const said = (await introspect(api, access)).json()
    expect(said).toMatchObject({ active: true, acr: single, amr: ['pwd'], auth_time: expect.any(Number) })
    expect(said.auth_time).toBeLessThanOrEqual(said.iat)
    const { body } = await token(h.app, app, { grant_type: 'client_credentials', scope: 'orders.read' })
    const own = (await introspect(api, String(body.access_token))).json()
    expect(own.active).toBe(true)
    for (const member of ['acr', 'amr', 'auth_time']) expect(own).not.toHaveProperty(member)
  })

  test('RFC 9701 §4, §5: is a JWT for whoever asked, where that is the type that is asked for', async () => {
    const { access } = await newTokens(h, app, ordersOnly, browser)
    const plain = (await introspect(api, access)).json()
    for (const accept of [signed, `application/json;q=0.5, ${signed}`, `${signed.toUpperCase()};q=1`]) {
      const answer = await introspect(api, access, accept)
      expect(answer.statusCode, accept).toBe(200)
      expect(answer.headers).toMatchObject({ 'content-type': signed, 'cache-control': 'no-store' })
      expect(decodeProtectedHeader(answer.body)).toMatchObject({ alg: 'RS256', typ: 'token-introspection+jwt' })
      const { iat, ...payload } = await verified(answer.body, api.id)
      expect(payload).toEqual({ iss: issuer, aud: api.id, token_introspection: plain })
      expect(iat).toBe(Math.floor(h.clock.now() / 1000))
    }
    for (const accept of ['*/*', 'application/*', 'application/json', undefined]) {
      expect((await introspect(api, access, accept)).json(), accept).toEqual(plain)
    }
  })

  test('RFC 9701 §5: says in a JWT no more than active: false of what is not theirs', async () => {
    const { access } = await newTokens(h, app, { scope: 'openid' }, browser)
    for (const text of [access, 'nonsense']) {
      const payload = await verified((await introspect(api, text, signed)).body, api.id)
      expect(payload.token_introspection).toEqual({ active: false })
    }
    const stranger = await introspect({ ...api, secret: 'wrong' } as TestClient, access, signed)
    expect([stranger.statusCode, stranger.json().error]).toEqual([401, 'invalid_client'])
  })

  test.each(['RS256', 'ES256', 'EdDSA'])(
    'RFC 9701 §6: is signed by the algorithm that is registered (%s)',
    async (alg) => {
      const metadata = (await h.app.inject('/.well-known/oauth-authorization-server')).json()
      expect(metadata.introspection_signing_alg_values_supported).toContain(alg)
      const by = await addClient(h, { scope: 'orders.read', introspection_signed_response_alg: alg })
      const { access } = await newTokens(h, by, ordersOnly, browser)
      const { body } = await introspect(by, access, signed)
      expect(decodeProtectedHeader(body).alg).toBe(alg)
      expect((await verified(body, by.id)).token_introspection).toMatchObject({ active: true })
    },
  )

  test('RFC 9701 §8.1: its JWT is no ID token, no access token and no assertion', async () => {
    const { access } = await newTokens(h, app, ordersOnly, browser)
    const { body: jwt } = await introspect(app, access, signed)
    expectRedirect(
      await browser.get(authorizeUrl(app, { scope: 'openid', prompt: 'none', id_token_hint: jwt })),
      'invalid_request',
    )
    expect((await atProxy(jwt, {})).statusCode).toBe(401)
    expect((await introspect(app, jwt)).json()).toEqual({ active: false })
  })

  test('a client that is registered for an algorithm of others is refused, not answered by another', async () => {
    const other = await addClient(h, { scope: 'orders.read', introspection_signed_response_alg: 'HS256' })
    for (const accept of [signed, undefined]) {
      const answer = await introspect(other, 'nonsense', accept)
      expect([answer.statusCode, answer.json().error]).toEqual([400, 'unauthorized_client'])
    }
  })
})

describe('a proxy that needs a sign-in', () => {
  test('RFC 9470 §3: lets a recent one through, and challenges an older one with the age that would do', async () => {
    const { access } = await newTokens(h, app, { ...ordersOnly, max_age: '0' }, await signedIn())
    expect((await atProxy(access, { max_age: '60' })).statusCode).toBe(200)
    h.clock.move(61_000)
    const late = await atProxy(access, { scope: 'orders.read', max_age: '60' })
    expect(late.statusCode).toBe(401)
    expect(late.headers['www-authenticate']).toMatch(
      /^Bearer error="insufficient_user_authentication", .*scope="orders.read", max_age="60", resource_metadata=/,
    )
    expect(late.headers['consentry-user']).toBe('')
    await h.context.requests.flush()
    expect((await h.storage.requests.list(app.id, 1))[0]).toMatchObject({
      reason: 'sign_in_insufficient',
      rule: 'needed_sign_in',
      expected: '60 s old',
    })
    // The token is as good as it was elsewhere.
    expect((await atProxy(access, { scope: 'orders.read' })).statusCode).toBe(200)
  })

  test('RFC 9470 §3: challenges one factor where two are needed, and the app that does as it is told gets through', async () => {
    const person = await signedIn('bob')
    const weak = await newTokens(h, app, ordersOnly, person)
    const refused = await atProxy(weak.access, { acr_values: multi })
    expect(refused.statusCode).toBe(401)
    expect(refused.headers['www-authenticate']).toContain(`acr_values="${multi}"`)
    await enrol(person, h.clock)
    const strong = await newTokens(h, app, { ...ordersOnly, acr_values: multi }, person)
    expect((await atProxy(strong.access, { acr_values: multi })).statusCode).toBe(200)
    // Whoever has proved two has proved one.
    expect((await atProxy(strong.access, { acr_values: single })).statusCode).toBe(200)
    expect((await atProxy(weak.access, { acr_values: `${multi} ${single}` })).statusCode).toBe(200)
  })

  test('a refresh makes no sign-in newer', async () => {
    const first = await newTokens(h, app, { scope: 'offline_access orders.read', resource: orders }, await signedIn())
    h.clock.move(120_000)
    const { body } = await token(h.app, app, { grant_type: 'refresh_token', refresh_token: first.refresh })
    expect((await atProxy(String(body.access_token), { max_age: '60' })).statusCode).toBe(401)
  })

  test('lets no app through by itself, for nobody has signed in', async () => {
    const { body } = await token(h.app, app, { grant_type: 'client_credentials', scope: 'orders.read' })
    for (const query of [{ max_age: '999999999' }, { acr_values: single }] as Record<string, string>[]) {
      expect((await atProxy(String(body.access_token), query)).statusCode).toBe(401)
    }
  })

  test('is told of a slip in its own address, which opens nothing', async () => {
    const { access } = await newTokens(h, app, ordersOnly, browser)
    for (const query of [
      'max_age=-1',
      'max_age=1m',
      'acr_values=high',
      `acr_values=${single}++`,
      'max_age=1&max_age=9',
    ]) {
      const url = `/oauth/forward-auth/orders?${query}`
      const headers = { authorization: `Bearer ${access}` }
      const answer = await h.app.inject({ url, remoteAddress: '127.0.0.1', headers })
      expect(answer.statusCode, query).toBe(404)
    }
    // A variable of the proxy that is empty asks for nothing.
    expect((await atProxy(access, { scope: '', acr_values: '', max_age: '' })).statusCode).toBe(200)
  })
})

async function signedIn(name = alice.username): Promise<TestBrowser> {
  const fresh = testBrowser(h.app)
  await signInOn(fresh, await fresh.get('/login'), name)
  return fresh
}

/** FAPI 2.0 Security Profile (R78): each switch of `fapi2-security`, at each endpoint that it concerns. */
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addDevice } from '../device/steps.ts'
import { expectPage, expectRedirect, expectRefusal } from '../support/answers.ts'
import { addAssertingClient } from '../support/assertion.ts'
import { authorize, authorizeUrl, type TestBrowser, testBrowser } from '../support/browser.ts'
import { newSenderKey, type SenderKey } from '../support/dpop.ts'
import { addAccount, addClient, callback, type Harness, harness, issuer } from '../support/harness.ts'
import { addFapiApp, type FapiApp, post } from './steps.ts'

const scope = 'openid offline_access basic'
const minute = 60_000

let h: Harness
let app: FapiApp
let key: SenderKey
let browser: TestBrowser
beforeAll(async () => {
  // Open as far as an operator can open it: what the profile shuts stays shut.
  h = await harness({ settings: { frontChannelTokens: true, assertionAudience: 'compat' } })
  await addAccount(h)
  app = await addFapiApp(h)
  key = await newSenderKey()
  browser = (await authorize(h.app, await app.pushed({ scope }))).browser
})
afterAll(() => h.close())

const code = async () => (await authorize(h.app, await app.pushed({ scope }), { browser })).code
const tokens = async () => {
  const { status, body } = await app.exchange(await code(), key)
  expect(status, JSON.stringify(body)).toBe(200)
  return body
}
const seconds = () => Math.floor(h.clock.now() / 1000)
async function lastOf() {
  await h.context.requests.flush()
  return (await h.storage.requests.list(app.id as never, 1))[0]
}

test('the whole way: pushed with a key, a code with iss, tokens bound to a key, and a refresh token that stays', async () => {
  const { location, code } = await authorize(h.app, await app.pushed({ scope }), { browser })
  expect(location.searchParams.get('iss')).toBe(issuer)
  const { body } = await app.exchange(code, key)
  expect(body).toMatchObject({ token_type: 'DPoP', id_token: expect.any(String) })
  const [header] = String(body.id_token).split('.')
  expect(JSON.parse(Buffer.from(header ?? '', 'base64url').toString())).toMatchObject({ alg: 'ES256' })
  const form = { grant_type: 'refresh_token', refresh_token: String(body.refresh_token) }
  for (const round of [1, 2]) {
    const refreshed = await app.token(form, key)
    expect(refreshed.status, `${round} ${JSON.stringify(refreshed.body)}`).toBe(200)
    expect(refreshed.body.refresh_token ?? body.refresh_token).toBe(body.refresh_token)
    expect(refreshed.body.token_type).toBe('DPoP')
    h.clock.move(minute)
  }
})

describe('authorize', () => {
  test('takes no request that was not pushed', async () => {
    expectRedirect(await testBrowser(h.app).get(authorizeUrl(app)), 'invalid_request', 'request_not_pushed')
  })

  test('takes a pushed one for less than 600 s', async () => {
    const url = await app.pushed({ scope })
    h.clock.move(10 * minute)
    expectPage(await browser.get(url), 'invalid_request_uri')
    expect((await lastOf())?.reason).toBe('request_uri_expired')
  })

  test('is shut at a legacy protocol', async () => {
    const asked = authorizeUrl(app).replace('/oauth/authorize', '/api/oauth2/authorize')
    expectPage(await testBrowser(h.app).get(asked), 'unauthorized_client')
    expect((await lastOf())?.reason).toBe('dialect_not_allowed')
  })
})

describe('a push', () => {
  test('needs the key of the app, and no secret or name in its place', async () => {
    const form = Object.fromEntries(new URLSearchParams(authorizeUrl(app).split('?')[1]))
    expectRefusal(await post(h, '/oauth/par', form), 'invalid_client', 401)
    expectRefusal(await post(h, '/oauth/par', { ...form, client_secret: app.secret }), 'invalid_client', 401)
  })

  test.each([
    ['no code challenge', { code_challenge: undefined, code_challenge_method: undefined }, 'invalid_request'],
    ['a plain one', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['a token in the redirect', { response_type: 'token' }, 'unsupported_response_type'],
    [
      'an ID token in the redirect',
      { response_type: 'id_token', nonce: 'n', scope: 'openid' },
      'unsupported_response_type',
    ],
    [
      'a code with an ID token',
      { response_type: 'code id_token', nonce: 'n', scope: 'openid' },
      'unsupported_response_type',
    ],
    ['another redirect URI', { redirect_uri: `${callback}/` }, 'invalid_request'],
  ])('with %s is refused', async (_what, more, error) => {
    expectRefusal(await app.push(more), error)
  })
})

describe('the token endpoint', () => {
  test('takes a code for a minute and no longer', async () => {
    const late = await code()
    h.clock.move(minute + 1000)
    expectRefusal(await app.exchange(late, key), 'invalid_grant')
    expect((await lastOf())?.reason).toBe('code_expired')
  })

  test('gives no token without a proof of a key, for any grant type', async () => {
    const held = await tokens()
    const fresh = await code()
    const asked: Record<string, string>[] = [
      { grant_type: 'authorization_code', code: fresh, redirect_uri: callback, code_verifier: 'v'.repeat(43) },
      { grant_type: 'refresh_token', refresh_token: String(held.refresh_token) },
      { grant_type: 'client_credentials', scope: 'basic' },
    ]
    for (const form of asked) {
      expectRefusal(await app.token(form), 'invalid_dpop_proof')
      expect((await lastOf())?.reason, form.grant_type).toBe('dpop_proof_missing')
    }
    expect((await app.exchange(fresh, key)).status).toBe(200)
  })

  test('needs the key of the app, and no secret or name in its place', async () => {
    const form = { grant_type: 'client_credentials', scope: 'basic' }
    const proof = { ...(await key.proof(h, 'POST /oauth/token')) }
    expectRefusal(await post(h, '/oauth/token', { ...form, client_id: app.id }, proof), 'invalid_client', 401)
    const secret = { ...form, client_id: app.id, client_secret: app.secret }
    expectRefusal(await post(h, '/oauth/token', secret, proof), 'invalid_client', 401)
  })

  test('is shut at a legacy protocol', async () => {
    const form = { grant_type: 'client_credentials', scope: 'basic', ...(await app.assert()) }
    for (const url of ['/api/oauth2/token', '/api/v3/oauth2/token']) {
      const answer = await post(h, url, { ...form, client_id: app.id, client_secret: app.secret })
      expect(answer.status, url).toBeGreaterThanOrEqual(400)
      expect(answer.body).not.toHaveProperty('access_token')
    }
  })
})

test('no device is let in', async () => {
  const answer = await post(h, '/oauth/device_authorization', { scope: 'basic', ...(await app.assert()) })
  expectRefusal(answer, 'unauthorized_client')
  expect(await addDevice(h)).toBeDefined()
})

test('its tokens are worth nothing without the key: at userinfo, at the API, and in a query', async () => {
  const { access_token: access } = await tokens()
  for (const path of ['/oauth/userinfo', '/api/v3/user']) {
    const plain = await h.app.inject({ url: path, headers: { authorization: `Bearer ${access}` } })
    expect(plain.statusCode, path).toBe(401)
    const inQuery = await h.app.inject({ url: `${path}?access_token=${access}` })
    expect(inQuery.statusCode, path).toBeGreaterThanOrEqual(400)
    const bound = await h.app.inject({ url: path, headers: await key.bearing(h, `GET ${path}`, String(access)) })
    expect(bound.statusCode, `${path} ${bound.body}`).toBe(200)
  }
})

describe('an assertion', () => {
  const endpoints = ['/oauth/par', '/oauth/token', '/oauth/introspect', '/oauth/revoke'] as const
  /** A request that is right there, but for its assertion. */
  async function ask(url: (typeof endpoints)[number], claims: Record<string, unknown>) {
    if (url === '/oauth/par') return app.push({}, claims)
    if (url === '/oauth/token') return app.token({ grant_type: 'client_credentials', scope: 'basic' }, key, claims)
    return post(h, url, { token: 'at-none', ...(await app.assert(claims)) })
  }

  describe.each(endpoints)('at %s', (url) => {
    test('counts with iat and nbf 10 s ahead, and not with 61 s', async () => {
      const now = seconds()
      const soon = await ask(url, { iat: now + 10, nbf: now + 10, exp: now + 70 })
      expect([200, 201], JSON.stringify(soon.body)).toContain(soon.status)
      for (const late of [{ iat: now + 61 }, { nbf: now + 61 }]) {
        expectRefusal(await ask(url, { ...late, exp: now + 120 }), 'invalid_client', 401)
      }
    })

    test('has the issuer for its audience, as one string', async () => {
      for (const aud of [[issuer], `${issuer}/oauth/token`, `${issuer}${url}`, [issuer, `${issuer}/oauth/token`]]) {
        expectRefusal(await ask(url, { aud }), 'invalid_client', 401)
      }
    })
  })

  test('is not signed with RS256, which another app may', async () => {
    const { privateKey, publicKey } = await generateKeyPair('RS256')
    const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'r', alg: 'RS256', use: 'sig' }] }
    const sent = async (id: string) => {
      const now = seconds()
      const claims = { iss: id, sub: id, aud: issuer, iat: now, exp: now + 60, jti: `${id}-${now}` }
      const client_assertion = await new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'r' }).sign(privateKey)
      const kind = { client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer' }
      const form = { grant_type: 'client_credentials', scope: 'basic', client_assertion, ...kind }
      return post(h, '/oauth/token', form, { ...(await key.proof(h, 'POST /oauth/token')) })
    }
    const method = { token_endpoint_auth_method: 'private_key_jwt', jwks }
    expect((await sent((await addClient(h, method)).id)).status).toBe(200)
    const held = await addClient(h, { ...method, profile: 'fapi2-security' })
    expectRefusal(await sent(held.id), 'invalid_client', 401)
  })
})

describe('a proof', () => {
  const ask = async (claims: Record<string, unknown>, by = app) => {
    const proof = { ...(await key.proof(h, 'POST /oauth/token', { claims })) }
    const form = { grant_type: 'client_credentials', scope: 'basic', ...(await by.assert()) }
    return post(h, '/oauth/token', form, proof)
  }

  test('counts 10 s ahead, and not 61 s, with a nonce either', async () => {
    expect((await ask({ iat: seconds() + 10 })).status).toBe(200)
    const late = await ask({ iat: seconds() + 61 })
    expectRefusal(late, 'invalid_dpop_proof')
    const nonce = late.headers['dpop-nonce']
    expect(nonce).toEqual(expect.any(String))
    expectRefusal(await ask({ iat: seconds() + 61, nonce }), 'invalid_dpop_proof')
    const free = await addAssertingClient(h)
    const form = { grant_type: 'client_credentials', scope: 'basic', ...(await free.assert()) }
    const proof = await key.proof(h, 'POST /oauth/token', { claims: { iat: seconds() + 61, nonce } })
    expect((await post(h, '/oauth/token', form, { ...proof })).status).toBe(200)
  })
})

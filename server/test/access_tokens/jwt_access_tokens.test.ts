/** JWT access tokens (RFC 9068) for resources that the operator has registered (RFC 8707). */
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { expectRedirect, expectRefusal, isActive, newCode, newTokens, userinfoStatus } from '../support/answers.ts'
import {
  apiStatus,
  authorize,
  authorizeUrl,
  exchangeCode,
  post,
  refresh,
  type TestBrowser,
  testBrowser,
  token,
} from '../support/browser.ts'
import { addAccount, addClient, type Harness, harness, issuer, type TestClient } from '../support/harness.ts'

const data = 'https://data.example/v1'
const photos = 'https://photos.example/'
const old = 'https://old.example/'
const own = `${issuer}/api`
const machine = { grant_type: 'client_credentials' }

let h: Harness
let alice: Awaited<ReturnType<typeof addAccount>>
let client: TestClient
let browser: TestBrowser
beforeAll(async () => {
  h = await harness()
  alice = await addAccount(h)
  client = await addClient(h)
  const { resources } = h.storage
  await resources.put({ resource: data, scopes: ['basic', 'readmeasurements'], token_format: 'jwt' })
  await resources.put({ resource: photos, scopes: ['email'], token_format: 'jwt' })
  await resources.put({ resource: old, token_format: 'opaque' })
  browser = (await authorize(h.app, authorizeUrl(client, { scope: undefined }))).browser
})
afterAll(() => h.close())

/** Proves a token as a resource does: by our published keys. */
async function verified(text: string, audience: string | string[] = data) {
  const keys = createLocalJWKSet((await h.app.inject('/oauth/jwks')).json())
  return jwtVerify(text, keys, { issuer, audience, typ: 'at+jwt', currentDate: new Date(h.clock.now()) })
}

describe('a token for a resource that reads JWTs', () => {
  test('says for whom, by whom, for what and how long, under a published key', async () => {
    const scope = 'openid offline_access basic readmeasurements writemeasurements'
    const { access, body } = await newTokens(h, client, { resource: data, scope }, browser)
    const { payload, protectedHeader } = await verified(access)
    expect(protectedHeader).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: expect.any(String) })
    expect(payload).toMatchObject({ iss: issuer, sub: alice.id, aud: data, client_id: client.id })
    expect(payload.scope).toBe('basic readmeasurements')
    expect(body.scope).toBe('basic readmeasurements')
    expect(Number(payload.exp) - Number(payload.iat)).toBe(600)
    expect(body.expires_in).toBe(600)
    expect(payload.jti).toMatch(/^[\w-]{48}$/)
    expect(typeof payload.auth_time).toBe('number')
    for (const private_ of ['email', 'name', 'preferred_username', 'nonce', 'at_hash']) {
      expect(payload).not.toHaveProperty(private_)
    }
  })

  test('is had by an app for itself, whose subject is the app', async () => {
    const answer = await token(h.app, client, { ...machine, resource: data, scope: 'basic' })
    const { payload } = await verified(answer.body.access_token ?? '')
    expect(payload).toMatchObject({ sub: client.id, client_id: client.id, aud: data, scope: 'basic' })
    const again = await token(h.app, client, { ...machine, resource: data, scope: 'basic' })
    expect(decodeJwt(again.body.access_token ?? '').jti).not.toBe(payload.jti)
  })

  test('lives as long as the app is registered for, and a day at most', async () => {
    const hour = await addClient(h, { access_token_ttl: 1800 })
    const year = await addClient(h, { access_token_ttl: 31_536_000 })
    const life = async (of: TestClient) => {
      const { body } = await token(h.app, of, { ...machine, resource: data, scope: 'basic' })
      const { exp, iat } = decodeJwt(body.access_token ?? '')
      expect(body.expires_in).toBe(Number(exp) - Number(iat))
      return body.expires_in
    }
    expect(await life(hour)).toBe(1800)
    expect(await life(year)).toBe(86_400)
  })

  test('is for several of them where both are named', async () => {
    const asked = `${authorizeUrl(client)}&resource=${encodeURIComponent(data)}&resource=${encodeURIComponent(photos)}`
    const { code } = await authorize(h.app, asked.replace('basic+readmeasurements', 'basic+email'), { browser })
    const { body } = await exchangeCode(h.app, client, code)
    const { payload } = await verified(body.access_token ?? '', [photos])
    expect(payload.aud).toEqual([data, photos])
    expect(payload.scope).toBe('basic email')
    const one = await refresh(h.app, client, body.refresh_token ?? '', { resource: photos })
    expect(decodeJwt(one.body.access_token ?? '')).toMatchObject({ aud: photos, scope: 'email' })
  })

  test('is the same in all it says when the refresh is repeated', async () => {
    const first = await newTokens(h, client, { resource: data }, browser)
    h.clock.move(1000)
    const second = await refresh(h.app, client, first.refresh)
    h.clock.move(5000)
    const third = await refresh(h.app, client, first.refresh)
    expect(third.status).toBe(200)
    expect(decodeJwt(third.body.access_token ?? '')).toEqual(decodeJwt(second.body.access_token ?? ''))
    expect(third.body.refresh_token).toBe(second.body.refresh_token)
    expect(decodeJwt(second.body.access_token ?? '').jti).not.toBe(decodeJwt(first.access).jti)
  })
})

describe('formats and audiences do not mix', () => {
  test('resources of different formats at once are refused, at either endpoint, and burn nothing', async () => {
    const both = `${machine.grant_type}&resource=${encodeURIComponent(data)}&resource=${encodeURIComponent(old)}`
    expectRefusal(await token(h.app, client, `grant_type=${both}`), 'invalid_target')
    const url = `${authorizeUrl(client)}&resource=${encodeURIComponent(data)}&resource=${encodeURIComponent(old)}`
    const { code } = await authorize(h.app, url, { browser })
    expectRefusal(await exchangeCode(h.app, client, code), 'invalid_target')
    const { status, body } = await exchangeCode(h.app, client, code, { resource: data })
    expect(status).toBe(200)
    await verified(body.access_token ?? '')
    const opaque = await refresh(h.app, client, body.refresh_token ?? '', { resource: old })
    expect(opaque.body.access_token).toMatch(/^at[A-Za-z0-9]+$/)
  })

  test('a resource that nobody registered, or that was not agreed to, is refused', async () => {
    expectRefusal(await token(h.app, client, { ...machine, resource: 'https://nobody.example/' }), 'invalid_target')
    const strange = await browser.get(authorizeUrl(client, { resource: 'https://nobody.example/' }))
    expectRedirect(strange, 'invalid_target')
    const { refresh: held } = await newTokens(h, client, { resource: data }, browser)
    expectRefusal(await refresh(h.app, client, held, { resource: photos }), 'invalid_target')
    expect((await refresh(h.app, client, held, { resource: data })).status).toBe(200)
  })

  test('a scope that means nothing there gives no token', async () => {
    expectRefusal(
      await token(h.app, client, { ...machine, resource: data, scope: 'writemeasurements' }),
      'invalid_scope',
    )
  })

  test('our own API takes only tokens that are meant for it', async () => {
    const elsewhere = await newTokens(h, client, { resource: data, scope: 'openid basic readmeasurements' }, browser)
    expect(await apiStatus(h.app, elsewhere.access)).toBe(401)
    expect(await userinfoStatus(h, elsewhere.access)).toBe(401)
    const here = await newTokens(h, client, { resource: own, scope: 'basic' }, browser)
    expect(here.access).toMatch(/^at/)
    expect(await apiStatus(h.app, here.access)).toBe(200)
  })

  test('an app registered for JWTs gets one for our API where it names no resource, and it works there', async () => {
    const of = await addClient(h, { token_format: 'jwt' })
    const { access } = await newTokens(h, of, { scope: 'openid basic readmeasurements' }, browser)
    const { payload } = await verified(access, own)
    expect(payload.scope).toBe('openid basic readmeasurements')
    expect(await apiStatus(h.app, access)).toBe(200)
    expect(await userinfoStatus(h, access)).toBe(200)
    h.clock.move(601_000)
    expect(await apiStatus(h.app, access)).toBe(401)
  })
})

describe('a JWT access token asks the row where it is ours to ask', () => {
  test('introspection says what it is, to its own app only, until it has expired', async () => {
    const { access } = await newTokens(h, client, { resource: data }, browser)
    const { body } = await post(h.app, '/oauth/introspect', client, { token: access })
    const claims = decodeJwt(access)
    expect(body).toMatchObject({ active: true, client_id: client.id, sub: alice.id, scope: claims.scope })
    expect(body).toMatchObject({ exp: claims.exp, iat: claims.iat, jti: claims.jti, aud: [data] })
    expect(await isActive(h, await addClient(h), access)).toBe(false)
    const [head, payload, mark = ''] = access.split('.')
    const other = mark.startsWith('A') ? `B${mark.slice(1)}` : `A${mark.slice(1)}`
    expect(await isActive(h, client, `${head}.${payload}.${other}`)).toBe(false)
    h.clock.move(600_000)
    expect(await isActive(h, client, access)).toBe(false)
  })

  test('revoking it ends it and nothing else', async () => {
    const { access, refresh: held } = await newTokens(h, client, { resource: data }, browser)
    const other = await refresh(h.app, client, held)
    const stranger = await addClient(h)
    await post(h.app, '/oauth/revoke', stranger, { token: access })
    expect(await isActive(h, client, access)).toBe(true)
    expect((await post(h.app, '/oauth/revoke', client, { token: access })).status).toBe(200)
    expect(await isActive(h, client, access)).toBe(false)
    expect(await isActive(h, client, other.body.access_token)).toBe(true)
    expect((await refresh(h.app, client, other.body.refresh_token ?? '')).status).toBe(200)
  })

  test('the end of its grant ends it at once, though a resource that asks nobody cannot know', async () => {
    const own_ = await addClient(h, { token_format: 'jwt' })
    const { access, refresh: held } = await newTokens(h, own_, { scope: 'basic' }, browser)
    expect(await apiStatus(h.app, access)).toBe(200)
    await post(h.app, '/oauth/revoke', own_, { token: held })
    expect(await isActive(h, own_, access)).toBe(false)
    expect(await apiStatus(h.app, access)).toBe(401)
    await verified(access, own)
  })
})

describe('a JWT access token is nothing else', () => {
  test('not a refresh token, a code, an assertion of the app or a hint of who is signed in', async () => {
    const { access, id } = await newTokens(h, client, { resource: data, scope: 'openid basic' }, browser)
    expectRefusal(await refresh(h.app, client, access), 'invalid_grant')
    expectRefusal(await exchangeCode(h.app, client, access), 'invalid_grant')
    expect(decodeProtectedHeader(id).typ).toBe('JWT')
    const { keys } = (await h.app.inject('/oauth/jwks')).json()
    const { iat, exp, jti } = decodeJwt(access)
    // Even an app that registered our keys for its own.
    const app = await addClient(h, { token_endpoint_auth_method: 'private_key_jwt', jwks: { keys } })
    const form = {
      ...machine,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: h.context.signer.sign('ES256', 'at+jwt', {
        iss: app.id,
        sub: app.id,
        aud: issuer,
        iat,
        exp,
        jti,
      }),
    }
    expectRefusal(await token(h.app, { id: app.id }, form), 'invalid_client', 401)

    // A hint names whom the answer must be about; another kind of token names nobody.
    await addAccount(h, 'bob')
    const hinted = authorizeUrl(client, { prompt: 'none', id_token_hint: id, scope: 'basic' })
    const bobs = testBrowser(h.app)
    await authorize(h.app, authorizeUrl(client, { scope: 'basic' }), { browser: bobs, username: 'bob' })
    expectRedirect(await bobs.get(hinted), 'login_required')
    expectRedirect(await bobs.get(hinted.replace(encodeURIComponent(id), access)), 'invalid_request')
  })

  test('and an ID token is no access token', async () => {
    const { id } = await newTokens(h, client, { scope: 'openid basic' }, browser)
    expect(await isActive(h, client, id)).toBe(false)
    expect(await apiStatus(h.app, id)).toBe(401)
    expect(await newCode(h, client, {}, browser)).toMatch(/^ac/)
  })
})

/** The main job through the front door: sign-in, consent, code, tokens, rotation, revocation. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { decodeAccessToken } from '../../src/protocol/access_token.ts'
import { isActive, newTokens } from '../support/answers.ts'
import { apiStatus, authorize, authorizeUrl, exchangeCode, post, refresh, token } from '../support/browser.ts'
import { addAccount, addClient, callback, type Harness, harness, issuer, type TestClient } from '../support/harness.ts'

describe('the authorization code flow', () => {
  let h: Harness
  let client: TestClient
  beforeAll(async () => {
    h = await harness()
    await addAccount(h)
    client = await addClient(h)
  })
  afterAll(() => h.close())

  async function tokens(more: Record<string, string | undefined> = {}) {
    const { code } = await authorize(h.app, authorizeUrl(client, more))
    const answer = await exchangeCode(h.app, client, code)
    expect(answer.status, JSON.stringify(answer.body)).toBe(200)
    return answer.body
  }

  test('ends at the client with code, state and issuer, in that order', async () => {
    const { location } = await authorize(h.app, authorizeUrl(client))
    expect(`${location.origin}${location.pathname}`).toBe(callback)
    expect([...location.searchParams.keys()]).toEqual(['code', 'state', 'iss'])
    expect(location.searchParams.get('state')).toBe('xyz')
    expect(location.searchParams.get('iss')).toBe(issuer)
    expect(location.searchParams.get('code')).toMatch(/^ac[A-Za-z0-9]{63}$/)
  })

  test('gives an access token that opens the API and a refresh token', async () => {
    const body = await tokens()
    expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 3600, scope: 'basic readmeasurements' })
    expect(body.access_token).toMatch(/^at[A-Za-z0-9]+$/)
    expect(body.refresh_token).toMatch(/^rt[A-Za-z0-9]{63}$/)
    expect(body.id_token).toBeUndefined()
    expect(await apiStatus(h.app, body.access_token as string)).toBe(200)
  })

  test('asks for consent once, and not again for the same scopes', async () => {
    const own = await addClient(h)
    const { browser } = await authorize(h.app, authorizeUrl(own, { scope: 'basic writemeasurements' }))
    const again = await browser.get(authorizeUrl(own, { scope: 'basic' }))
    expect(again.status).toBe(303)
    expect(again.location).toMatch(/^https:\/\/app\.example\/cb\?code=/)
    const more = await browser.get(authorizeUrl(own, { scope: 'openid basic' }))
    expect(more.location).toMatch(/^\/consent\?request=/)
  })

  test('gives the same refresh token to a retry after a lost response', async () => {
    const first = await tokens()
    const lost = await refresh(h.app, client, first.refresh_token as string)
    h.clock.move(5_000)
    const retry = await refresh(h.app, client, first.refresh_token as string)
    expect(retry.status).toBe(200)
    expect(retry.body).toEqual(lost.body)
    expect(await apiStatus(h.app, retry.body.access_token as string)).toBe(200)
  })

  test('ends the grant when a refresh token two steps old comes back', async () => {
    const first = await tokens()
    const second = await refresh(h.app, client, first.refresh_token as string)
    const third = await refresh(h.app, client, second.body.refresh_token as string)
    expect(third.status).toBe(200)
    const old = await refresh(h.app, client, first.refresh_token as string)
    expect(old.status).toBe(400)
    expect(old.body.error).toBe('invalid_grant')
    expect(await apiStatus(h.app, third.body.access_token as string)).toBe(401)
    expect((await refresh(h.app, client, third.body.refresh_token as string)).body).toMatchObject({
      error: 'invalid_grant',
      error_description: 'The authorization has been revoked.',
    })
  })

  test('refuses a refresh token outside the replay window', async () => {
    const first = await tokens()
    const second = await refresh(h.app, client, first.refresh_token as string)
    expect(await apiStatus(h.app, second.body.access_token as string), 'its answer was not lost').toBe(200)
    h.clock.move(31_000)
    expect((await refresh(h.app, client, first.refresh_token as string)).body.error).toBe('invalid_grant')
    expect((await refresh(h.app, client, second.body.refresh_token as string)).status).toBe(400)
  })

  test('revokes at once: the API answers 401 after the refresh token was revoked', async () => {
    const body = await tokens()
    const revoked = await post(h.app, '/oauth/revoke', client, { token: body.refresh_token as string })
    expect(revoked.status).toBe(200)
    expect(await apiStatus(h.app, body.access_token as string)).toBe(401)
    expect((await refresh(h.app, client, body.refresh_token as string)).status).toBe(400)
  })

  test('revokes one access token and leaves its grant alone', async () => {
    const body = await tokens()
    await post(h.app, '/oauth/revoke', client, { token: body.access_token as string, token_type_hint: 'refresh_token' })
    expect(await apiStatus(h.app, body.access_token as string)).toBe(401)
    const next = await refresh(h.app, client, body.refresh_token as string)
    expect(await apiStatus(h.app, next.body.access_token as string)).toBe(200)
  })

  test('a request that carries nothing has no type: userinfo takes a POST that declares JSON and sends no body', async () => {
    const { access = '' } = await newTokens(h, client, { scope: 'openid' })
    for (const type of ['application/json', 'text/plain', 'multipart/form-data; boundary=x', 'nonsense']) {
      for (const headers of [{}, { 'content-length': '0' }]) {
        const answer = await h.app.inject({
          method: 'POST',
          url: '/oauth/userinfo',
          headers: { authorization: `Bearer ${access}`, 'content-type': type, ...headers },
        })
        expect([answer.statusCode, answer.json().sub === undefined], type).toEqual([200, false])
      }
    }
    const nothing = { method: 'POST', headers: { 'content-type': 'application/json' } } as const
    for (const url of ['/oauth/token', '/oauth/introspect', '/oauth/revoke', '/api/v3/oauth2/token', '/v1/oauth/']) {
      const answer = await h.app.inject({ ...nothing, url })
      expect(answer.statusCode, url).not.toBe(415)
      expect(answer.body, url).not.toMatch(/content.type/i)
    }
  })

  test('gives an ID token with nonce and auth_time, and claims at userinfo', async () => {
    const body = await tokens({ scope: 'openid profile email offline_access', nonce: 'n-0S6' })
    const claims = JSON.parse(Buffer.from((body.id_token as string).split('.')[1] as string, 'base64url').toString())
    expect(claims).toMatchObject({ iss: issuer, aud: client.id, nonce: 'n-0S6', amr: ['pwd'] })
    expect(claims.exp - claims.iat).toBe(3600)
    expect(typeof claims.auth_time).toBe('number')
    expect(body.refresh_token).toBeDefined()
    const info = await h.app.inject({
      url: '/oauth/userinfo',
      headers: { authorization: `Bearer ${body.access_token}` },
    })
    expect(info.json()).toMatchObject({
      sub: claims.sub,
      preferred_username: 'alice',
      email: 'alice@example.com',
      email_verified: true,
    })
  })

  test('gives no refresh token to an openid request without offline_access', async () => {
    expect((await tokens({ scope: 'openid' })).refresh_token).toBeUndefined()
  })

  test('gives client_credentials tokens that introspection knows', async () => {
    const one = await token(h.app, client, { grant_type: 'client_credentials', scope: 'readmeasurements' })
    const two = await token(h.app, client, { grant_type: 'client_credentials' })
    expect(one.status).toBe(200)
    expect(one.body.refresh_token).toBeUndefined()
    expect(two.body.scope).toBe('basic readmeasurements writemeasurements')
    expect(one.body.access_token).not.toBe(two.body.access_token)
    const seen = await post(h.app, '/oauth/introspect', client, { token: one.body.access_token as string })
    expect(seen.body).toMatchObject({ active: true, client_id: client.id, sub: client.id, scope: 'readmeasurements' })
  })

  test('what ends or changes the own tokens of an app counts from the next request on', async () => {
    const app = await addClient(h)
    const { clients, grants } = h.context.storage
    const next = async () => {
      const { status, body } = await token(h.app, app, { grant_type: 'client_credentials' })
      return { status, access: body.access_token as string, scope: body.scope }
    }
    const id = (access: string) => decodeAccessToken(access)?.grantId ?? Buffer.alloc(16)
    const first = await next()
    expect(id((await next()).access)).toEqual(id(first.access))

    await grants.moveOwn(app.id)
    const bumped = await next()
    expect(await isActive(h, app, first.access)).toBe(false)
    expect(await isActive(h, app, bumped.access)).toBe(true)

    await clients.amend(app.id, () => ({ invalidate: true }))
    const anew = await next()
    expect(await isActive(h, app, bumped.access)).toBe(false)
    expect(await isActive(h, app, anew.access)).toBe(true)
    expect(id(anew.access)).not.toEqual(id(first.access))

    const record = await clients.find(app.id)
    if (record === undefined) throw new Error('the client is not there')
    await clients.amend(record.clientId, () => ({ metadata: { ...record.metadata, scope: 'basic' } }))
    expect((await next()).scope).toBe('basic')
    expect(await isActive(h, app, anew.access)).toBe(true)

    await clients.amend(app.id, () => ({ status: 'disabled' }))
    expect((await next()).status).toBe(401)
  })
})

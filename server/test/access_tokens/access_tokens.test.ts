/** Access tokens at introspection and userinfo. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { expectRefusal, isActive, newTokens, userinfoStatus } from '../support/answers.ts'
import { authorize, authorizeUrl, post, type TestBrowser, token } from '../support/browser.ts'
import { addAccount, addClient, type Harness, harness, issuer, type TestClient } from '../support/harness.ts'

const scope = 'openid profile email offline_access basic'
const elsewhere = 'https://data.example/api'

describe('access tokens', () => {
  let h: Harness
  let client: TestClient
  let browser: TestBrowser
  beforeAll(async () => {
    h = await harness()
    await addAccount(h)
    client = await addClient(h)
    await h.storage.resources.put({ resource: elsewhere })
    browser = (await authorize(h.app, authorizeUrl(client, { scope }))).browser
  })
  afterAll(() => h.close())

  const tokens = (more: Record<string, string | undefined> = {}) => newTokens(h, client, { scope, ...more }, browser)

  test('E84: introspection is for clients that authenticate, and says only active: false of what is not theirs', async () => {
    const { access, refresh, id } = await tokens()
    const other = await addClient(h)
    expectRefusal(await post(h.app, '/oauth/introspect', { id: client.id }, { token: access }), 'invalid_client', 401)
    expectRefusal(
      await post(h.app, '/oauth/introspect', { id: client.id, secret: 'wrong' }, { token: access }),
      'invalid_client',
      401,
    )
    for (const text of [access, refresh, id, 'x', '', `${access}A`, `at${refresh.slice(2)}`]) {
      if (text === '') continue
      const answer = await post(h.app, '/oauth/introspect', other, { token: text })
      expect(answer.body, text).toEqual({ active: false })
      expect(answer.headers['cache-control']).toBe('no-store')
    }
    expectRefusal(await post(h.app, '/oauth/introspect', client, {}), 'invalid_request')
    const own = await post(h.app, '/oauth/introspect', client, { token: access, token_type_hint: 'refresh_token' })
    expect(own.body).toMatchObject({ active: true, client_id: client.id, scope, iss: issuer, aud: `${issuer}/api` })
  })

  test('E84: an expired or revoked token is only active: false', async () => {
    const { access, refresh } = await tokens()
    await post(h.app, '/oauth/revoke', client, { token: access })
    expect((await post(h.app, '/oauth/introspect', client, { token: access })).body).toEqual({ active: false })
    expect(await isActive(h, client, refresh)).toBe(true)
    const later = await tokens()
    h.clock.move(3_600_000)
    expect((await post(h.app, '/oauth/introspect', client, { token: later.access })).body).toEqual({ active: false })
  })

  test('K165: a server is one tenant: nothing of another one counts here, even under the same secret and IDs', async () => {
    const other = await harness({ settings: { issuer: 'http://localhost:3999' } })
    await addAccount(other)
    const same = await addClient(other, {}, { id: client.id })
    const { access, refresh, id } = await tokens()
    for (const text of [access, refresh, id]) {
      expect((await post(other.app, '/oauth/introspect', same, { token: text })).body, text).toEqual({ active: false })
      expect(await userinfoStatus(other, text), text).toBe(401)
    }
    const refused = { grant_type: 'refresh_token', refresh_token: refresh }
    expectRefusal(await token(other.app, same, refused), 'invalid_grant')
    await post(other.app, '/oauth/revoke', same, { token: refresh })
    const cookie = [...browser.cookies].map((pair) => pair.join('=')).join('; ')
    const page = await other.app.inject({ url: '/account', headers: { cookie } })
    expect([page.statusCode, String(page.headers.location)]).toEqual([303, expect.stringMatching(/^\/login/)])
    await other.close()
    expect([await userinfoStatus(h, access), await isActive(h, client, refresh)]).toEqual([200, true])
    expect((await h.app.inject({ url: '/account', headers: { cookie } })).statusCode).toBe(200)
  })

  async function userinfo(options: { headers?: Record<string, string>; query?: string; form?: string }) {
    const response = await h.app.inject({
      method: options.form === undefined ? 'GET' : 'POST',
      url: `/oauth/userinfo${options.query ?? ''}`,
      headers: {
        ...(options.form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
        ...options.headers,
      },
      ...(options.form === undefined ? {} : { payload: options.form }),
    })
    return { status: response.statusCode, error: response.json().error, headers: response.headers }
  }

  test('E85: userinfo takes a token in one place, and never in the query', async () => {
    const { access } = await tokens()
    const headers = { authorization: `Bearer ${access}` }
    expect((await userinfo({ headers })).status).toBe(200)
    expect((await userinfo({ form: `access_token=${access}` })).status).toBe(200)
    for (const request of [
      { query: `?access_token=${access}` },
      { query: `?access_token=${access}`, headers },
      { query: '?access_token=', headers },
      { form: `access_token=${access}`, headers },
      { form: `access_token=${access}`, query: `?access_token=${access}` },
      { query: '?%zz', headers },
      { headers: { authorization: `Bearer ${access} ${access}` } },
      { headers: { authorization: 'Bearer' } },
    ]) {
      expect(await userinfo(request), JSON.stringify(request)).toMatchObject({ status: 400, error: 'invalid_request' })
    }
    expect((await userinfo({ form: `access_token=${access}&access_token=${access}` })).status).toBe(400)
    const none = await userinfo({})
    expect(none.status).toBe(401)
    expect(none.headers['www-authenticate']).toMatch(/^Bearer resource_metadata=/)
  })

  test('E85: nothing else that we issue opens userinfo', async () => {
    const { id, refresh, access } = await tokens()
    const browserToken = browser.cookies.get('consentry-session') ?? ''
    for (const text of [id, refresh, browserToken, `at${refresh.slice(2)}`, `${access}0`, access.slice(0, -1), 'x']) {
      const answer = await userinfo({ headers: { authorization: `Bearer ${text}` } })
      expect(answer, text).toMatchObject({ status: 401, error: 'invalid_token' })
      expect(answer.headers['www-authenticate']).toContain('error="invalid_token"')
    }
    for (const header of [`DPoP ${access}`, `Basic ${access}`, access]) {
      expect((await userinfo({ headers: { authorization: header } })).status, header).toBe(401)
    }
  })

  test('E85: a token without openid is not enough', async () => {
    const { access } = await tokens({ scope: 'basic' })
    const answer = await userinfo({ headers: { authorization: `Bearer ${access}` } })
    expect(answer).toMatchObject({ status: 403, error: 'insufficient_scope' })
    expect(answer.headers['www-authenticate']).toContain('scope="openid"')
  })

  test('E85: userinfo tells what the scope of the token opens, and no more', async () => {
    const { access } = await tokens({ scope: 'openid' })
    const response = await h.app.inject({ url: '/oauth/userinfo', headers: { authorization: `Bearer ${access}` } })
    expect(Object.keys(response.json())).toEqual(['sub'])
    expect(response.headers['cache-control']).toBe('no-store')
  })

  test('E97: any changed character makes a token nobody knows', async () => {
    const { access } = await tokens()
    for (let at = 0; at < access.length; at += 7) {
      const other = access[at] === 'z' ? 'y' : 'z'
      const text = access.slice(0, at) + other + access.slice(at + 1)
      expect(await userinfoStatus(h, text), String(at)).toBe(401)
    }
    expect(await userinfoStatus(h, access)).toBe(200)
  })

  test('E100, H122: a token for another API does not open userinfo, and says for whom it is', async () => {
    const { access } = await tokens({ resource: elsewhere })
    const introspected = await post(h.app, '/oauth/introspect', client, { token: access })
    expect(introspected.body).toMatchObject({ active: true, aud: [elsewhere] })
    const answer = await userinfo({ headers: { authorization: `Bearer ${access}` } })
    expect(answer).toMatchObject({ status: 401, error: 'invalid_token' })
    const own = await tokens({ resource: `${issuer}/api` })
    expect(await userinfoStatus(h, own.access)).toBe(200)
  })

  test('E100: a resource that was not named at authorize cannot be had at the token endpoint', async () => {
    const { refresh } = await tokens({ resource: elsewhere })
    const request = { grant_type: 'refresh_token', refresh_token: refresh }
    expectRefusal(await token(h.app, client, { ...request, resource: `${issuer}/api` }), 'invalid_target')
    expectRefusal(await token(h.app, client, { ...request, resource: 'https://evil.example' }), 'invalid_target')
    expect((await token(h.app, client, { ...request, resource: elsewhere })).status).toBe(200)
    const machine = { grant_type: 'client_credentials', resource: 'https://evil.example' }
    expectRefusal(await token(h.app, client, machine), 'invalid_target')
    const plain = await tokens()
    expectRefusal(
      await token(h.app, client, { grant_type: 'refresh_token', refresh_token: plain.refresh, resource: elsewhere }),
      'invalid_target',
    )
  })
})

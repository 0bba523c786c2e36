/** Programs at the older authorize: JSON in place of a page, and an address for the person. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { allowOn, signInOn, testBrowser } from '../../support/browser.ts'
import { addAccount, type Harness, harness, issuer, type TestClient } from '../../support/harness.ts'
import { addOlderClient, lastRecord, ownPathOf, visit } from './visits.ts'

const onlyJson = { accept: 'application/json' }

describe('a caller that takes JSON alone', () => {
  let h: Harness
  let client: TestClient
  beforeAll(async () => {
    h = await harness()
    await addAccount(h)
    client = await addOlderClient(h)
  })
  afterAll(() => h.close())

  const address = () =>
    `/api/v3/oauth2/authorize?clientId=${client.id}&client_secret=${client.secret}&response_type=code` +
    '&scope=basic%20readmeasurements&redirect_uri=http%3A%2F%2Flocalhost%2Fcallback&state=xyz&platform=web'

  test('is told by 401 that nobody is signed in, and where to send the person', async () => {
    const response = await h.app.inject({ url: address(), headers: { ...onlyJson, host: 'evil.example' } })
    expect(response.statusCode).toBe(401)
    expect(response.headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
    })
    const body = response.json()
    expect(body).toMatchObject({
      status: 'ERROR',
      success: false,
      code: 401,
      error: 'login_required',
      error_description: 'The person is not signed in.',
      message: 'The person is not signed in.',
      errors: [{ message: 'The person is not signed in.' }],
      login_url:
        `${issuer}/api/v3/oauth2/authorize?clientId=${client.id}&response_type=code` +
        '&scope=basic%20readmeasurements&redirect_uri=http%3A%2F%2Flocalhost%2Fcallback&state=xyz&platform=web',
    })
    const { location } = await visit(h, ownPathOf(body.login_url))
    expect(location).toMatch(/^http:\/\/localhost\/callback\?code=ac[A-Za-z0-9]+&state=xyz$/)
  })

  test('is told by 403 that consent is missing, and goes on with the code once it is there', async () => {
    const browser = testBrowser(h.app)
    await signInOn(browser, await browser.get('/login'))
    const fresh = await addOlderClient(h)
    const url = `/api/v3/oauth2/authorize?clientId=${fresh.id}&response_type=code&state=s`
    const refused = await browser.get(url, onlyJson)
    expect(refused.status).toBe(403)
    expect(JSON.parse(refused.body)).toMatchObject({ error: 'consent_required', login_url: issuer + url })
    expect((await lastRecord(h, fresh)).status).toBe(403)
    await allowOn(browser, await browser.follow(await browser.get(url)))
    expect((await browser.get(url, onlyJson)).location).toMatch(/^http:\/\/localhost\/callback\?code=/)
  })

  test('by POST comes back by GET at the same address and is told there', async () => {
    const headers = { ...onlyJson, 'content-type': 'application/json' }
    const payload = { client_id: client.id, response_type: 'code' }
    const posted = await h.app.inject({ method: 'POST', url: '/api/v1/oauth2/authorize', headers, payload })
    expect(posted.statusCode).toBe(303)
    const response = await h.app.inject({ url: String(posted.headers.location), headers: onlyJson })
    expect(response.statusCode).toBe(401)
    expect(response.json().login_url).toBe(issuer + posted.headers.location)
  })

  test('gets the errors that go nowhere as JSON, and the others at its redirect URI', async () => {
    const get = (url: string) => h.app.inject({ url, headers: onlyJson })
    const unknown = await get('/api/oauth2/authorize?response_type=code&client_id=nobody')
    expect(unknown.statusCode).toBe(400)
    expect(unknown.json()).toMatchObject({
      success: false,
      error: 'invalid_client',
      message: 'Unknown client_id.',
    })
    const foreign = await get(`${address()}&redirectUri=https://evil.example`)
    expect([foreign.statusCode, foreign.headers.location]).toEqual([400, undefined])
    expect(foreign.json().error).toBe('invalid_request')
    const scope = await get(`/api/oauth2/authorize?response_type=code&client_id=${client.id}&scope=admin`)
    expect(scope.statusCode).toBe(303)
    expect(scope.headers.location).toMatch(/^http:\/\/localhost\/callback\?error=invalid_scope&error_description=/)
    const broken = await h.app.inject({
      method: 'POST',
      url: '/api/oauth2/authorize',
      headers: { ...onlyJson, 'content-type': 'application/json' },
      payload: '{',
    })
    expect([broken.statusCode, broken.json().error]).toEqual([400, 'invalid_request'])
  })

  test.each([
    ['application/json, text/plain, */*', false],
    ['text/html,application/xhtml+xml,application/json;q=0.9', false],
    ['*/*', false],
    ['', false],
    ['application/json; charset=utf-8', true],
    ['application/json, application/problem+json', true],
  ])('is one whose Accept is "%s": %s', async (accept, json) => {
    const response = await h.app.inject({ url: address(), headers: { accept } })
    expect(response.statusCode).toBe(json ? 401 : 303)
  })

  test('an access token as bearer token is nobody signed in', async () => {
    const { location } = await visit(h, `/api/oauth2/authorize?response_type=code&client_id=${client.id}`)
    const exchanged = await h.app.inject({
      method: 'POST',
      url: '/api/oauth2/token',
      payload: {
        client_id: client.id,
        client_secret: client.secret,
        code: new URL(location ?? '').searchParams.get('code'),
      },
    })
    const accessToken: string = exchanged.json().access_token
    expect(accessToken).toMatch(/^at/)
    for (const url of [address(), `${address()}&token=${accessToken}`, `${address()}&access_token=${accessToken}`]) {
      const response = await h.app.inject({ url, headers: { ...onlyJson, authorization: `Bearer ${accessToken}` } })
      expect(response.statusCode).toBe(401)
      expect(response.body).not.toContain(accessToken)
    }
  })
})

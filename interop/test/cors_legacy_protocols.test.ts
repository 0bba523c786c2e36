/** A page that runs in the browser calls the JSON endpoints of the legacy protocols across origins. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { authorize, inChromium, type Page, useChromium } from '../support/chromium.ts'
import { alice, confidentialClient } from '../support/documents.ts'
import { type LoopbackApp, startLoopbackApp } from '../support/loopback_app.ts'
import { type RunningServer, startServer } from '../support/server.ts'

inChromium('an app of the legacy protocols that runs in the browser', () => {
  const openPage = useChromium()
  const name = 'Old Journal'
  const key = 'InteropInteropInteropInterop0123'
  let app: LoopbackApp
  let stranger: LoopbackApp
  let server: RunningServer
  let registered: ReturnType<typeof confidentialClient>

  beforeAll(async () => {
    app = await startLoopbackApp()
    stranger = await startLoopbackApp()
    registered = confidentialClient(name, app.redirectUri, {
      scope: 'basic readmeasurements writemeasurements',
      dialects: ['quantimodo'],
    })
    server = await startServer([registered], { more: { subscription_keys: [{ key, owner: alice.username }] } })
  })
  afterAll(async () => {
    await server?.stop()
    await stranger?.close()
    await app?.close()
  })

  interface Answer {
    readonly status: number
    readonly body: Record<string, unknown>
  }

  /** Calls from the page's script; 'blocked' where the browser keeps the answer from it. */
  function call(page: Page, path: string, init: RequestInit = {}): Promise<Answer | 'blocked'> {
    return page.evaluate(
      async ([url, options]) => {
        try {
          const response = await fetch(url, options)
          const text = await response.text()
          return { status: response.status, body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>) }
        } catch {
          return 'blocked' as const
        }
      },
      [server.issuer + path, init] as const,
    )
  }

  function json(body: unknown, headers: Record<string, string> = {}): RequestInit {
    return { method: 'POST', headers: { 'Content-Type': 'application/json', ...headers }, body: JSON.stringify(body) }
  }

  async function pageOf(place: LoopbackApp): Promise<Page> {
    const page = await openPage()
    await page.goto(place.redirectUri)
    return page
  }

  const { username, password } = alice

  test('QuantiModo: exchanges a code by JSON with the headers of its clients, and calls the API', async () => {
    const url = `${server.issuer}/api/oauth2/authorize?response_type=code&client_id=${registered.client_id}&state=s`
    const page = await openPage()
    const back = await authorize(page, url, { name, redirectUri: app.redirectUri })
    const { client_id, client_secret } = registered
    const body = { client_id, client_secret, grant_type: 'authorization_code', code: back.searchParams.get('code') }
    const clientHeaders = {
      'X-Client-Id': client_id,
      'X-Platform': 'web',
      'X-App-Version': '2.8',
      'X-Framework': 'ionic',
    }
    const tokens = await call(page, '/api/oauth2/token', json(body, clientHeaders))
    expect(tokens).toMatchObject({ status: 200, body: { success: true, token_type: 'Bearer' } })
    const token = tokens === 'blocked' ? '' : String(tokens.body.access_token)
    const authorized = { Authorization: `Bearer ${token}` }
    expect(await call(page, '/api/v3/user', { headers: authorized })).toMatchObject({ status: 200 })
    expect(await call(page, `/api/v1/user?access_token=${token}`)).toMatchObject({ status: 200 })
    const measured = [{ variableName: 'Sleep', value: 8, unitAbbreviatedName: 'h', startTime: 1_406_419_860 }]
    expect(await call(page, '/api/v3/measurements', json(measured, authorized))).toMatchObject({ status: 201 })
  })

  test('the password token: asks for one and uses it', async () => {
    const page = await pageOf(app)
    const form = new URLSearchParams({ username, password, 'device-info': 'a browser' })
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' }
    const answer = await call(page, '/v1/oauth/', { method: 'POST', headers, body: form.toString() })
    expect(answer).toMatchObject({ status: 200, body: { success: true } })
    const { access_token } = (answer as unknown as { body: { data: { access_token: string } } }).body.data
    const authorized = { headers: { Authorization: `Token ${access_token}` } }
    expect(await call(page, '/api/v1/user', authorized)).toMatchObject({ status: 200, body: { loginName: username } })
  })

  test('the JWT login: logs in, validates and refreshes with its key', async () => {
    const page = await pageOf(app)
    const keyed = { 'Subscription-Key': key }
    const answer = await call(page, '/auth/v2/login', json({ username, password }, keyed))
    expect(answer).toMatchObject({ status: 201 })
    const { authorization, refresh } = (answer as unknown as { body: Record<string, { token: string }> }).body
    expect(await call(page, '/auth/v2/validate', json({ token: authorization?.token }))).toMatchObject({ status: 200 })
    const refreshed = await call(page, '/auth/v2/refresh', json({ token: refresh?.token }, keyed))
    expect(refreshed).toMatchObject({ status: 201 })
  })

  test.each([
    ['/api/oauth2/token', { grant_type: 'authorization_code', code: 'x' }],
    ['/api/v3/measurements', []],
    ['/v1/oauth/', { username, password }],
    ['/auth/v2/login', { username, password }],
    ['/auth/v2/refresh', { token: 'x' }],
    ['/auth/v2/validate', { token: 'x' }],
    ['/auth/v1/login', { username, password }],
  ])('from an origin that no app has registered %s is out of reach', async (path, body) => {
    const foreign = await pageOf(stranger)
    expect(await call(foreign, path, json(body))).toBe('blocked')
    const own = await pageOf(app)
    expect(await call(own, path, json(body))).not.toBe('blocked')
  })
})

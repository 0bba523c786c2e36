/** A page that runs in the browser calls us across origins: from a registered origin it may, from any other it may not. */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { allow, authorize, inChromium, type Page, signIn, useChromium } from '../support/chromium.ts'
import { publicClient } from '../support/documents.ts'
import { type LoopbackApp, startLoopbackApp } from '../support/loopback_app.ts'
import { discover, startAuthorization } from '../support/openid_app.ts'
import { type RunningServer, startServer } from '../support/server.ts'

inChromium('an app that runs in the browser', () => {
  const openPage = useChromium()
  const name = 'Single Page'
  let app: LoopbackApp
  let stranger: LoopbackApp
  let server: RunningServer

  beforeAll(async () => {
    app = await startLoopbackApp()
    stranger = await startLoopbackApp()
    server = await startServer([publicClient(name, app.redirectUri)])
  })
  afterAll(async () => {
    await server?.stop()
    await stranger?.close()
    await app?.close()
  })

  interface Answer {
    readonly status: number
    readonly body: Record<string, unknown>
    readonly requestId: string | null
  }

  /** Calls from the page's script; 'blocked' where the browser keeps the answer from it. */
  function call(page: Page, path: string, init: RequestInit = {}): Promise<Answer | 'blocked'> {
    return page.evaluate(
      async ([url, options]) => {
        try {
          const response = await fetch(url, options)
          const text = await response.text()
          const body = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>)
          return { status: response.status, body, requestId: response.headers.get('x-request-id') }
        } catch {
          return 'blocked' as const
        }
      },
      [server.issuer + path, init] as const,
    )
  }

  const form = (fields: Record<string, string>): RequestInit => ({
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(fields).toString(),
  })

  /** A page back from the flow, and the token request that it may now make. */
  async function backFromConsent() {
    const registered = publicClient(name, app.redirectUri)
    const config = await discover(server.issuer, registered)
    const { url, checks } = await startAuthorization(config, registered, 'openid email offline_access basic')
    const page = await openPage()
    const callback = await authorize(page, url, { name, redirectUri: app.redirectUri })
    const exchange = form({
      grant_type: 'authorization_code',
      client_id: registered.client_id,
      code: callback.searchParams.get('code') ?? '',
      redirect_uri: app.redirectUri,
      code_verifier: checks.pkceCodeVerifier ?? '',
    })
    return { page, exchange }
  }

  test('exchanges, asks userinfo and the API, and revokes from its registered origin', async () => {
    const { page, exchange } = await backFromConsent()
    const tokens = await call(page, '/oauth/token', exchange)
    if (tokens === 'blocked') throw new Error('the browser kept the tokens from the app')
    expect(tokens).toMatchObject({ status: 200, body: { token_type: 'Bearer' }, requestId: expect.any(String) })

    const bearer = { headers: { authorization: `Bearer ${tokens.body.access_token}` } }
    expect(await call(page, '/oauth/userinfo', bearer)).toMatchObject({
      status: 200,
      body: { email: 'alice@example.com' },
    })
    expect(await call(page, '/api/v3/user', bearer)).toMatchObject({ status: 200, body: { loginName: 'alice' } })
    const refused = await call(page, '/oauth/token', form({ grant_type: 'refresh_token', client_id: 'single-page' }))
    expect(refused).toMatchObject({ status: 400, body: { error: 'invalid_request' } })

    const token = String(tokens.body.access_token)
    expect(await call(page, '/oauth/revoke', form({ token, client_id: 'single-page' }))).toMatchObject({ status: 200 })
    expect(await call(page, '/api/v3/user', bearer)).toMatchObject({ status: 401 })
  })

  test('is kept from every answer where its origin is not registered', async () => {
    const { page, exchange } = await backFromConsent()
    const tokens = await call(page, '/oauth/token', exchange)
    if (tokens === 'blocked') throw new Error('the browser kept the tokens from the app')
    const bearer = { headers: { authorization: `Bearer ${tokens.body.access_token}` } }

    const foreign = await openPage()
    await foreign.goto(stranger.redirectUri)
    expect(await call(foreign, '/oauth/token', exchange)).toBe('blocked')
    expect(await call(foreign, '/oauth/userinfo', bearer)).toBe('blocked')
    expect(await call(foreign, '/api/v3/user', bearer)).toBe('blocked')
    expect(await call(foreign, '/.well-known/openid-configuration')).toMatchObject({ status: 200 })
    expect(await call(foreign, '/oauth/jwks')).toMatchObject({ status: 200 })
  })

  test('gets nothing across origins by the cookies of a signed-in person', async () => {
    const { page } = await backFromConsent()
    for (const path of ['/api/v3/user', '/oauth/userinfo', '/account', '/oauth/authorize?client_id=single-page']) {
      expect(await call(page, path, { credentials: 'include' })).toBe('blocked')
    }
    expect(await call(page, '/api/v3/user')).toMatchObject({ status: 401 })
  })

  test('completes the flow with oauth4webapi, unmodified, in the page itself', async () => {
    const library = createRequire(import.meta.url).resolve('oauth4webapi')
    app.put('/oauth4webapi.js', { script: await readFile(library, 'utf8') })
    app.put('/app.js', {
      script: await readFile(new URL('../support/single_page_app.js', import.meta.url), 'utf8'),
    })
    app.put('/callback', {
      html: `<!doctype html><title>App</title><script type="module" src="/app.js"></script>
        <main data-issuer="${server.issuer}" data-client-id="single-page"></main>`,
    })
    const page = await openPage()
    await page.goto(app.redirectUri)
    await signIn(page)
    await allow(page, name)
    await page.getByText('Signed in as alice@example.com').waitFor()
  })
})

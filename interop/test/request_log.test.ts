/** The developer looks up in the portal why a request was refused: within a second, with the cause in one sentence. */
import * as openid from 'openid-client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { arrival, authorize, inChromium, type Page, signIn, useChromium } from '../support/chromium.ts'
import { confidentialClient, dev } from '../support/documents.ts'
import { type LoopbackApp, startLoopbackApp } from '../support/loopback_app.ts'
import { discover, startAuthorization } from '../support/openid_app.ts'
import { userStatus } from '../support/resource_api.ts'
import { type RunningServer, startServer } from '../support/server.ts'

inChromium('the request log', () => {
  const openPage = useChromium()
  const name = 'Meadow Journal'
  let app: LoopbackApp
  let server: RunningServer

  beforeAll(async () => {
    app = await startLoopbackApp()
    server = await startServer([
      confidentialClient(name, app.redirectUri),
      confidentialClient('Somebody Else', app.redirectUri, { owner: 'alice' }),
    ])
  })
  afterAll(async () => {
    await server?.stop()
    await app?.close()
  })

  /** Signs the developer in and goes the way that the portal offers to the app's log. */
  async function openLog(page: Page): Promise<void> {
    await page.goto(`${server.issuer}/developer`)
    await signIn(page, dev)
    await page.waitForURL(`${server.issuer}/developer`)
    await page.click(`a[href="/developer/apps/meadow-journal"]`)
    await page.click(`a[href="/developer/apps/meadow-journal/requests"]`)
    await page.waitForURL('**/developer/apps/meadow-journal/requests')
  }

  const registered = () => confidentialClient(name, app.redirectUri)

  async function obtain() {
    const config = await discover(server.issuer, registered())
    const { url, checks } = await startAuthorization(config, registered(), 'basic', { prompt: 'consent' })
    const callback = await authorize(await openPage(), url, { name, redirectUri: app.redirectUri })
    return { config, callback, tokens: await openid.authorizationCodeGrant(config, callback, checks) }
  }

  test('says why a refresh token that is two steps old has ended the authorization', async () => {
    const page = await openPage()
    await openLog(page)
    const { config, tokens } = await obtain()
    const second = await openid.refreshTokenGrant(config, tokens.refresh_token ?? '')
    const third = await openid.refreshTokenGrant(config, second.refresh_token ?? '')
    expect(await userStatus(server.issuer, third.access_token)).toBe(200)

    await expect(openid.refreshTokenGrant(config, tokens.refresh_token ?? '')).rejects.toMatchObject({
      error: 'invalid_grant',
    })
    // At once, without any wait for what is written behind.
    await page.reload()
    const row = page.locator('#request-log tr[data-reason="refresh_token_spent"]')
    expect(await row.count()).toBe(1)
    const text = (await row.textContent()) ?? ''
    expect(text).toContain('POST /oauth/token')
    expect(text).toContain('400')
    expect(text).toContain('The refresh token was at least two steps old, so two parties hold it. The grant was ended.')

    expect(await userStatus(server.issuer, third.access_token)).toBe(401)
    await expect(openid.refreshTokenGrant(config, third.refresh_token ?? '')).rejects.toMatchObject({
      error: 'invalid_grant',
    })
  })

  test('names each refusal of a token request under the id that its answer carried', async () => {
    const config = await discover(server.issuer, registered())
    const secret = registered().client_secret
    const ids = new Map<string, string>()
    async function post(reason: string, body: Record<string, string>, client_secret = secret): Promise<void> {
      const response = await fetch(config.serverMetadata().token_endpoint ?? '', {
        method: 'POST',
        headers: { 'user-agent': 'interop <b>agent</b>' },
        body: new URLSearchParams({ client_id: registered().client_id, client_secret, ...body }),
      })
      expect(response.ok).toBe(false)
      ids.set(reason, response.headers.get('x-request-id') ?? '')
    }
    const { callback } = await obtain()
    await post('client_secret_wrong', { grant_type: 'client_credentials' }, `${secret}x`)
    await post('grant_type_unknown', { grant_type: 'password' })
    await post('code_verifier_wrong', {
      grant_type: 'authorization_code',
      code: callback.searchParams.get('code') ?? '',
      redirect_uri: app.redirectUri,
      code_verifier: 'x'.repeat(43),
    })
    const page = await openPage()
    await openLog(page)
    for (const [reason, id] of ids) {
      const row = page.locator(`#request-log tr[data-request-id="${id}"]`)
      expect(await row.getAttribute('data-reason')).toBe(reason)
      expect(await row.textContent()).toContain('interop <b>agent</b>')
    }
  })

  test('shows how a redirect URI differs from the registered one', async () => {
    const page = await openPage()
    const wrong = `${app.origin}/Callback`
    await page.goto(
      `${server.issuer}/oauth/authorize?${new URLSearchParams({
        response_type: 'code',
        client_id: 'meadow-journal',
        redirect_uri: wrong,
        scope: 'basic',
      })}`,
    )
    expect(await page.locator('#oauth-error').textContent()).toContain('OAuth error: invalid_request')
    await openLog(page)
    const row = page.locator('#request-log tr[data-reason="redirect_uri_not_registered"]').first()
    await row.locator('summary').click()
    const text = (await row.textContent()) ?? ''
    expect(text).toContain(app.redirectUri)
    expect(text).toContain(wrong)
  })

  test('records a success too, and is nobody else’s to read', async () => {
    const { tokens } = await obtain()
    expect(tokens.access_token).toBeTruthy()
    const page = await openPage()
    await openLog(page)
    expect(await page.locator('#request-log tr[data-reason=""]').count()).toBeGreaterThanOrEqual(3)
    await page.goto(`${server.issuer}/developer/apps/somebody-else/requests`)
    expect(await page.locator('#request-log').count()).toBe(0)

    const other = await openPage()
    await other.goto(`${server.issuer}/developer/apps/meadow-journal/requests`)
    await signIn(other)
    await other.waitForURL('**/developer/apps/meadow-journal/requests')
    expect(await other.locator('#request-log').count()).toBe(0)
  })

  test('keeps its columns apart on a wide screen', async () => {
    await obtain()
    const page = await openPage({ viewport: { width: 1280, height: 800 } })
    await openLog(page)
    const spilt = await page
      .locator('#request-log td')
      .evaluateAll((cells) =>
        cells.filter((cell) => cell.scrollWidth > cell.clientWidth).map((cell) => cell.textContent),
      )
    expect(spilt).toEqual([])
  })

  test('holds nothing of a person who has said no', async () => {
    const config = await discover(server.issuer, registered())
    const { url } = await startAuthorization(config, registered(), 'basic', { login_hint: 'alice@example.com' })
    const visitor = await openPage()
    await visitor.goto(url)
    await visitor.click('#login-cancel')
    await arrival(visitor, app.redirectUri)
    const page = await openPage()
    await openLog(page)
    const row = page.locator('#request-log tr[data-reason="login_cancelled"]').first()
    expect(await row.count()).toBe(1)
    expect(await page.locator('#request-log').textContent()).not.toContain('alice')
  })
})

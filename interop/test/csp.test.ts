/**
 * Browsers hold every redirect that a form causes against the page's form-action, so a policy that is too narrow shows
 * only in a real one: as a button that does nothing.
 */
import * as openid from 'openid-client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { allow, arrival, inChromium, type Page, signIn, useChromium, watchViolations } from '../support/chromium.ts'
import { type ClientDocument, confidentialClient, publicClient } from '../support/documents.ts'
import { type LoopbackApp, startLoopbackApp } from '../support/loopback_app.ts'
import { discover, startAuthorization } from '../support/openid_app.ts'
import { type RunningServer, startServer } from '../support/server.ts'

inChromium('the content policy of our pages', () => {
  const openPage = useChromium()
  let app: LoopbackApp
  let server: RunningServer
  let web: ClientDocument
  let native: ClientDocument
  let desktop: ClientDocument
  let forwarding: ClientDocument

  beforeAll(async () => {
    app = await startLoopbackApp()
    web = confidentialClient('Web', app.redirectUri)
    native = publicClient('Native', 'com.example.app:/callback', { application_type: 'native' })
    desktop = publicClient('Desktop', 'http://127.0.0.1/callback', {
      application_type: 'native',
      redirect_uris: ['http://127.0.0.1/callback', 'http://[::1]/callback'],
    })
    forwarding = confidentialClient('Forwarding', `${app.origin}/onward`)
    server = await startServer([web, native, desktop, forwarding])
  })
  afterAll(async () => {
    await server?.stop()
    await app?.close()
  })

  async function startAt(page: Page, client: ClientDocument, more: Record<string, string> = {}) {
    const config = await discover(server.issuer, client)
    const started = await startAuthorization(config, client, 'basic', more)
    await page.goto(started.url)
    return { config, ...started }
  }

  test('lets the sign-in form end at the app where consent is remembered', async () => {
    const first = await openPage()
    await startAt(first, web)
    await signIn(first)
    await allow(first, 'Web')
    await arrival(first, app.redirectUri)

    const page = await openPage()
    const violations = await watchViolations(page)
    const { config, checks } = await startAt(page, web)
    await signIn(page)
    const callback = await arrival(page, app.redirectUri)
    expect((await openid.authorizationCodeGrant(config, callback, checks)).access_token).toBeTruthy()
    expect(violations).toEqual([])
  })

  test('lets the consent form end at the app, and a cancelled sign-in too', async () => {
    const page = await openPage()
    const violations = await watchViolations(page)
    await startAt(page, web, { prompt: 'consent' })
    await signIn(page)
    await allow(page, 'Web')
    await arrival(page, app.redirectUri)
    const other = await openPage()
    await startAt(other, web)
    await other.click('#login-cancel')
    await arrival(other, app.redirectUri)
    expect(violations).toEqual([])
  })

  /** Presses Allow and answers the address outside of ours that the browser was then sent to. */
  async function addressAfterAllow(page: Page, name: string): Promise<string> {
    const left = page.waitForEvent('request', (request) => !request.url().startsWith(server.issuer))
    const over = page.waitForEvent('requestfailed')
    await allow(page, name)
    const address = (await left).url()
    expect((await over).url()).toBe(address)
    return address
  }

  test('lets the consent form end at a scheme of an app’s own', async () => {
    const page = await openPage()
    const violations = await watchViolations(page)
    await startAt(page, native)
    await signIn(page)
    expect(await addressAfterAllow(page, 'Native')).toMatch(/^com\.example\.app:\/callback\?code=/)
    expect(violations).toEqual([])
  })

  test('lets the consent form end at a port that a desktop app has just opened, by IPv4 and IPv6', async () => {
    const v4 = await openPage()
    const violations = await watchViolations(v4)
    await startAt(v4, desktop, { redirect_uri: app.redirectUri })
    await signIn(v4)
    await allow(v4, 'Desktop')
    expect((await arrival(v4, app.redirectUri)).searchParams.get('code')).toBeTruthy()
    expect(violations).toEqual([])

    // Nobody listens there; that the browser tries is the point.
    const v6 = await openPage()
    const more = await watchViolations(v6)
    await startAt(v6, desktop, { redirect_uri: 'http://[::1]:9/callback' })
    await signIn(v6)
    expect(await addressAfterAllow(v6, 'Desktop')).toMatch(/^http:\/\/\[::1\]:9\/callback\?code=/)
    expect(more).toEqual([])
  })

  test('lets the forms end at an app that sends people on to another site, and from there to an app on the device', async () => {
    const onward = await startLoopbackApp()
    onward.put('/second', { location: 'com.example.app:/done' })
    app.put('/onward', { location: `${onward.origin}/second` })
    try {
      for (const act of ['allow', 'cancel'] as const) {
        const page = await openPage()
        const violations = await watchViolations(page)
        await startAt(page, forwarding, { prompt: 'consent' })
        const last = page.waitForEvent('request', (request) => request.url().startsWith('com.example.app:'))
        if (act === 'cancel') await page.click('#login-cancel')
        else {
          await signIn(page)
          await allow(page, 'Forwarding')
        }
        expect((await last).url(), act).toBe('com.example.app:/done')
        expect(violations, act).toEqual([])
      }
    } finally {
      await onward.close()
    }
  })

  test('would be seen here to forbid it, if it were only for our own origin', async () => {
    const page = await openPage()
    const violations = await watchViolations(page)
    await startAt(page, native)
    await signIn(page)
    await page.locator('#consent-allow').waitFor()
    await page.route('**/consent?*', async (route) => {
      if (route.request().method() !== 'GET') return route.continue()
      const response = await route.fetch()
      const policy = response.headers()['content-security-policy'] ?? ''
      const headers = { ...response.headers(), 'content-security-policy': `${policy}; form-action 'self'` }
      return route.fulfill({ response, headers })
    })
    await page.reload()
    await allow(page, 'Native')
    await expect.poll(() => violations.join()).toContain('form-action')
  })

  test('allows no script, no frame around us, and no form to a stranger', async () => {
    const page = await openPage()
    await startAt(page, native)
    const response = await page.reload()
    const policy = response?.headers()['content-security-policy'] ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).not.toContain('unsafe')
    expect(policy).toContain("base-uri 'none'")
    expect(policy).not.toContain('form-action')
    const plain = await page.goto(`${server.issuer}/login`)
    expect(plain?.headers()['content-security-policy']).toMatch(/form-action 'self'(;|$)/)

    const framing = await openPage()
    const refused = await watchViolations(framing)
    app.put('/frame', {
      html: `<!doctype html><title>App</title><iframe src="${server.issuer}/login" title="stolen"></iframe>`,
    })
    await framing.goto(`${app.origin}/frame`)
    await expect.poll(() => refused.join()).toContain('frame-ancestors')
  })
})

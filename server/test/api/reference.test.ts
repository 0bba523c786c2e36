/** The reference as people use it: signing in from it and trying the API, what it looks like, and what is kept. */
import { gunzipSync } from 'node:zlib'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { registerClient } from '../../src/engine/client/register_client.ts'
import { planApply } from '../../src/engine/operator/apply/apply.ts'
import { parseDocument } from '../../src/engine/operator/apply/document.ts'
import { clientMetadataSchema } from '../../src/protocol/client_metadata.ts'
import { referenceClient } from '../../src/runtime/kept/builtin_clients.ts'
import { createContext } from '../../src/runtime/lifecycle.ts'
import { authorizeUrl, signInOn, testBrowser } from '../support/browser.ts'
import { inChromium, launchChromium, type TestChromium } from '../support/chromium.ts'
import { freePort } from '../support/command.ts'
import { addAccount, alicePassword, type Harness, harness, rootSecret, testSettings } from '../support/harness.ts'

inChromium('in a browser', { timeout: 120_000 }, () => {
  let h: Harness
  let browser: TestChromium
  let origin: string
  let page: Page
  const complaints: string[] = []
  beforeAll(async () => {
    const port = await freePort()
    origin = `http://localhost:${port}`
    h = await harness({ settings: { issuer: origin } })
    await addAccount(h)
    await h.app.listen({ host: 'localhost', port })
    browser = await launchChromium()
    page = await (await browser.newContext()).newPage()
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text())
    })
    page.on('pageerror', (error) => complaints.push(String(error)))
  })
  afterAll(async () => {
    await browser.close()
    await h.close()
  })

  test('one signs in from the reference, allows it, and calls the API from the page', async () => {
    await page.goto(`${origin}/docs/api`)
    await page.locator('.btn.authorize').first().click()
    expect(await page.inputValue('#client_id_authorizationCode')).toBe(referenceClient.clientId)
    const opened = page.waitForEvent('popup')
    await page.locator('.modal-btn.authorize').click()
    const popup = await opened
    await popup.fill('#username', 'alice')
    await popup.fill('#password', alicePassword)
    await popup.click('#login-submit')
    expect(await popup.textContent('#client-name')).toBe('API reference')
    const closed = popup.waitForEvent('close')
    await popup.click('#consent-allow')
    await closed
    await page.locator('.modal-btn', { hasText: 'Close' }).click()
    const user = page.locator('#operations-user-getUser')
    await user.locator('.opblock-summary-control').click()
    await user.getByRole('button', { name: 'Try it out' }).click()
    await user.getByRole('button', { name: 'Execute' }).click()
    await user.locator('.live-responses-table .response-col_status', { hasText: '200' }).waitFor()
    expect(await user.locator('.live-responses-table').textContent()).toContain('alice@example.com')
    expect(complaints).toEqual([])
  })

  test('it has the header of the other pages, follows the colour scheme, and is never wider than its window', async () => {
    // Anew, as from a link elsewhere.
    await page.setViewportSize({ width: 320, height: 800 })
    await page.goto('about:blank')
    await page.goto(`${origin}/docs/api#/measurements/getMeasurements`)
    await page.locator('#operations-measurements-getMeasurements.is-open').waitFor()
    for (const width of [320, 390, 1280]) {
      await page.setViewportSize({ width, height: 800 })
      await page.emulateMedia({ colorScheme: width === 390 ? 'dark' : 'light' })
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width)
    }
    expect(await page.locator('.opblock').count()).toBe(20)
    for (const one of ['main', 'h1:visible']) expect(await page.locator(one).count(), one).toBe(1)
    // The window of the test before has signed in.
    expect(await page.locator('header nav a').allTextContents()).toEqual([
      'Account',
      'Developer',
      'API reference',
      'Sign out',
    ])
    expect(await page.locator('button a, button button').count()).toBe(0)
    await page.locator('.btn.authorize').first().click()
    await page.getByRole('button', { name: 'Close' }).first().click()
    const ground = () => page.evaluate('getComputedStyle(document.documentElement).backgroundColor')
    const light = await ground()
    await page.emulateMedia({ colorScheme: 'dark' })
    expect(await ground()).not.toBe(light)
    expect(complaints).toEqual([])
  })
})

describe('at the front door', () => {
  let h: Harness
  beforeEach(async () => {
    h = await harness()
  })
  afterEach(() => h.close())

  const redirect = `http://localhost:3000${referenceClient.redirectPath}`
  const ask = { id: referenceClient.clientId, secret: '' }

  test('the client of the reference asks every time, gets no refresh token, and sends people nowhere else', async () => {
    await addAccount(h)
    const browser = testBrowser(h.app)
    const scope = 'basic readmeasurements'
    for (const visit of ['first', 'second']) {
      let shown = await browser.get(authorizeUrl(ask, { redirect_uri: redirect, scope }))
      while (shown.location !== undefined) shown = await browser.follow(shown)
      if (shown.body.includes('id="login-form"')) shown = await signInOn(browser, shown, 'alice')
      while (shown.location !== undefined) shown = await browser.follow(shown)
      expect(shown.body, visit).toContain('id="consent-allow"')
    }
    const elsewhere = await browser.get(authorizeUrl(ask, { redirect_uri: 'https://evil.example/', scope }))
    expect(elsewhere.body).toContain('OAuth error: invalid_request')
    expect((await h.context.clients.find(ask.id))?.metadata.grant_types).toEqual(['authorization_code'])
  })

  test('it follows the issuer, belongs to nobody, and neither a document nor a developer changes it', async () => {
    const settings = { ...testSettings, issuer: 'https://id.example' }
    const { context } = h
    await createContext({ settings, storage: h.storage, secrets: [rootSecret], log: context.log })
    const record = await h.storage.clients.find(ask.id)
    expect(record).toMatchObject({
      ownerId: null,
      metadata: { redirect_uris: [`https://id.example${referenceClient.redirectPath}`] },
    })
    const entry = { client_id: ask.id, redirect_uris: ['https://evil.example/'] }
    expect(() => parseDocument(JSON.stringify({ clients: [entry] }))).toThrow(/clients\[0\]\.client_id: is that of/)
    const metadata = clientMetadataSchema.parse({ redirect_uris: ['https://evil.example/'] })
    expect(await registerClient(context.storage, { clientId: ask.id, ownerId: null, metadata }, 0)).toBe('taken')
    expect(await planApply(context, parseDocument('{"clients":[]}'), { prune: true })).toEqual([])
  })

  test('its files are kept by browsers for as long as they are the same, and compressed once', async () => {
    const page = await h.app.inject({ url: '/docs/api' })
    const files = [...page.body.matchAll(/(?:src|href)="(\/docs\/api\/static\/[^"]+)"/g)].map(([, path]) => path ?? '')
    expect(files).toHaveLength(4)
    for (const url of files) {
      const file = await h.app.inject({ url, headers: { 'accept-encoding': 'gzip' } })
      expect(file.headers['cache-control'], url).toBe('public, max-age=31536000, immutable')
      expect(file.headers['content-encoding'], url).toBe('gzip')
      expect(gunzipSync(file.rawPayload).length, url).toBeGreaterThan(file.rawPayload.length)
      const other = await h.app.inject({ url: url.replace(/\?v=.*/, '?v=other') })
      expect([other.statusCode, other.headers['cache-control']]).toEqual([200, 'no-cache'])
    }
    // The address of the last one holds a code.
    const back = await h.app.inject({ url: `${referenceClient.redirectPath}?code=ac_x&state=y` })
    expect(back.headers).toMatchObject({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' })
    expect(back.headers['content-security-policy']).toBe(page.headers['content-security-policy'])
  })
})

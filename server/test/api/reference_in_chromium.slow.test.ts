/** The reference as people use it: signing in from it and trying the API, and what it looks like. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { referenceClient } from '../../src/runtime/kept/builtin_clients.ts'
import { inChromium, launchChromium, type TestChromium } from '../support/chromium.ts'
import { freePort } from '../support/command.ts'
import { addAccount, alicePassword, type Harness, harness } from '../support/harness.ts'

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

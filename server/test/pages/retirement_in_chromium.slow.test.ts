/** An administrator retires the first version of the JWT login in the console, by a brown-out, in a real browser. */
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { inChromium, launchChromium, type TestChromium } from '../support/chromium.ts'
import { addAccount, alicePassword, type Harness, harness } from '../support/harness.ts'

inChromium('in Chromium', () => {
  let h: Harness
  let chromium: TestChromium
  let issuer: string
  let page: Page

  beforeAll(async () => {
    const probe = createServer().listen(0, '127.0.0.1')
    await once(probe, 'listening')
    const { port } = probe.address() as AddressInfo
    probe.close()
    issuer = `http://localhost:${port}`
    h = await harness({ settings: { issuer } })
    await h.app.listen({ port, host: '127.0.0.1' })
    await addAccount(h, 'olga', { roles: ['admin'] })
    await addAccount(h, 'alice')
    chromium = await launchChromium()
    page = await (await chromium.newContext()).newPage()
  })
  afterAll(async () => {
    await chromium?.close()
    await h?.close()
  })

  const signIn = async () => {
    await page.fill('#username', 'olga')
    await page.fill('#password', alicePassword)
    await page.click('#login-submit')
  }
  const login = (version: string) =>
    h.app.inject({
      method: 'POST',
      url: `/auth/${version}/login`,
      payload: { username: 'alice', password: alicePassword },
    })

  test('v1 of the JWT login is announced, browned out, closed and opened again, and the audit log says by whom', async () => {
    expect((await login('v1')).statusCode).toBe(201)
    await h.context.legacyDialects.flush()
    await page.goto(`${issuer}/admin/protocols`)
    await signIn()
    await page.waitForSelector('tr[data-protocol="jwt_login/v1"][data-state="open"]')
    await page.click('tr[data-protocol="jwt_login/v1"] a')
    // Somebody would notice.
    await page.waitForSelector('#seen-apps tr[data-client="jwt-login"]')

    const now = h.clock.now()
    const iso = (at: number) => new Date(at).toISOString()
    await page.fill('#sunset', iso(now + 40 * 86_400_000).slice(0, 10))
    await page.fill('#link', 'https://example.com/moving')
    await page.click('#announce-submit')
    await page.waitForSelector('.note.good')
    const announced = await login('v1')
    expect(announced.statusCode).toBe(201)
    expect(announced.headers.sunset).toBeDefined()
    expect(announced.headers.link).toContain('<https://example.com/moving>; rel="successor-version"')

    const from = now - 60_000
    await page.fill('#date', iso(from).slice(0, 10))
    await page.fill('#time', iso(from).slice(11, 16))
    await page.fill('#minutes', '9')
    await page.click('#brown-out-submit')
    await page.waitForSelector('#brown-outs ~ ul li[data-from]')
    const off = await login('v1')
    expect(off.statusCode).toBe(410)
    expect(off.json().message).toContain('switched off until')
    expect((await login('v2')).statusCode).toBe(401)

    h.clock.move(11 * 60_000)
    expect((await login('v1')).statusCode).toBe(201)
    await page.click('#close-protocol')
    // The last sign-in is too long ago for a form of the console.
    await signIn()
    await page.click('#close-protocol')
    await page.click('#confirm-submit')
    await page.waitForSelector('#open-protocol')
    expect((await login('v1')).statusCode).toBe(410)

    await page.click('#open-protocol')
    await page.waitForSelector('#undo-plan')
    await page.click('#undo-plan')
    await page.waitForSelector('#end-form:not(:has(#undo-plan))')
    const open = await login('v1')
    expect([open.statusCode, open.headers.sunset]).toEqual([201, undefined])
    const { events } = await h.storage.audit.search(10, { type: 'legacy_protocol_decided' })
    expect(events).toHaveLength(5)
    expect(new Set(events.map(({ actor }) => actor)).size).toBe(1)
    expect(events[0]?.actor).toMatch(/^usr_/)
  })
})

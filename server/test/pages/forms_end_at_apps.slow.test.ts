/** Where an app's callback sends people on to: Chromium holds every hop after a form against form-action. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, createServer as createProbe } from 'node:net'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { authorizeUrl, signInOn, testBrowser } from '../support/browser.ts'
import { inChromium, launchChromium, type TestChromium } from '../support/chromium.ts'
import { codeOf, enrol } from '../support/factors.ts'
import { addAccount, addClient, alicePassword, type Harness, harness, type TestClient } from '../support/harness.ts'

async function freePort(): Promise<number> {
  const probe = createProbe().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  return port
}

/** A server that answers every request by sending it on. */
async function forwarding(to: string): Promise<{ readonly server: Server; readonly origin: string }> {
  const server = createServer((_request, response) => response.writeHead(302, { location: to }).end())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { server, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

inChromium('a form that ends at an app whose callback sends people on twice', () => {
  let h: Harness
  let chromium: TestChromium
  let issuer: string
  let client: TestClient
  let redirectUri: string
  const servers: Server[] = []
  const last = 'com.example.app:/done'

  beforeAll(async () => {
    const port = await freePort()
    issuer = `http://localhost:${port}`
    h = await harness({ settings: { issuer } })
    await h.app.listen({ port, host: '127.0.0.1' })
    await addAccount(h)
    const second = await forwarding(last)
    const first = await forwarding(`${second.origin}/second`)
    servers.push(first.server, second.server)
    redirectUri = `${first.origin}/cb`
    client = await addClient(h, { redirect_uris: [redirectUri] })
    chromium = await launchChromium()
  })
  afterAll(async () => {
    await chromium?.close()
    for (const server of servers) server.close()
    await h?.close()
  })

  /** Does what ends at the app; answers whether the browser came to the app on the device, and what it objected to. */
  async function endOf(act: (page: Page) => Promise<void>, more: Record<string, string> = {}, page?: Page) {
    const shown = page ?? (await (await chromium.newContext()).newPage())
    const objections: string[] = []
    shown.on(
      'console',
      (message) => void (/policy|form-action/i.test(message.text()) && objections.push(message.text())),
    )
    await shown.goto(`${issuer}${authorizeUrl(client, { redirect_uri: redirectUri, ...more })}`)
    const reached = shown.waitForEvent('request', (request) => request.url() === last)
    await act(shown)
    expect((await reached).url()).toBe(last)
    expect(objections).toEqual([])
    return shown
  }

  async function signIn(page: Page): Promise<void> {
    await page.fill('#username', 'alice')
    await page.fill('#password', alicePassword)
    await page.click('#login-submit')
  }

  test('reaches the last of them from sign-in, cancel, allow and deny', async () => {
    await endOf((page) => page.click('#login-cancel'))
    await endOf(async (page) => {
      await signIn(page)
      await page.click('#consent-deny')
    })
    await endOf(async (page) => {
      await signIn(page)
      await page.click('#consent-allow')
    })
    // Consent is remembered now: signing in is the last thing that is asked.
    await endOf(signIn, { scope: 'basic' })
  })

  test('reaches it from the second factor, proved or cancelled', async () => {
    const careful = await addAccount(h, 'careful')
    const browser = testBrowser(h.app, issuer)
    await signInOn(browser, await browser.get('/login'), careful.username)
    const { seed } = await enrol(browser, h.clock)
    const password = async (page: Page) => {
      await page.fill('#username', careful.username)
      await page.fill('#password', alicePassword)
      await page.click('#login-submit')
      await page.waitForSelector('#factor-form')
    }
    const code = async (page: Page) => {
      await password(page)
      h.clock.move(30_000)
      await page.fill('#code', codeOf(seed, h.clock))
      await page.click('#factor-submit')
    }
    await endOf(async (page) => {
      await password(page)
      await page.click('#factor-cancel')
    })
    await endOf(async (page) => {
      await code(page)
      await page.click('#consent-allow')
    })
    await endOf(code, { scope: 'basic' })
  })

  test('needs a page without form-action, which only a page with an app’s request is', async () => {
    const page = await (await chromium.newContext()).newPage()
    const plain = await page.goto(`${issuer}/login`)
    expect(plain?.headers()['content-security-policy']).toContain("form-action 'self'")
    const asked = await page.goto(`${issuer}${authorizeUrl(client, { redirect_uri: redirectUri })}`)
    expect(asked?.headers()['content-security-policy']).not.toContain('form-action')
  })
})

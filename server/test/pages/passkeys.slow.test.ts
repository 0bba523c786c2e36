/** Passkeys in a real browser, with an authenticator that Chromium plays (WebDriver's virtual authenticator). */
import { once } from 'node:events'
import { type AddressInfo, createServer as createProbe } from 'node:net'
import type { BrowserContext, CDPSession, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { authorizeUrl } from '../support/browser.ts'
import { inChromium, launchChromium, type TestChromium } from '../support/chromium.ts'
import { addAccount, addClient, alicePassword, type Harness, harness } from '../support/harness.ts'

async function freePort(): Promise<number> {
  const probe = createProbe().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  return port
}

inChromium('passkeys in Chromium', () => {
  let h: Harness
  let chromium: TestChromium
  let issuer: string
  const place = '/account/security/passkeys'

  beforeAll(async () => {
    ;[h, issuer] = await listening()
    chromium = await launchChromium()
  })
  afterAll(async () => {
    await chromium?.close()
    await h?.close()
  })

  /** A server that browsers reach, and its address. */
  async function listening(more: { readonly secondFactor?: 'required' } = {}): Promise<[Harness, string]> {
    const port = await freePort()
    const at = `http://localhost:${port}`
    const server = await harness({ settings: { issuer: at, ...more } })
    await server.app.listen({ port, host: 'localhost' })
    return [server, at]
  }

  /** A device: a browser with an authenticator that holds its passkeys, and verifies its person while `verifies` says so. */
  async function device(): Promise<{
    readonly context: BrowserContext
    readonly page: Page
    readonly devtools: CDPSession
    readonly authenticatorId: string
    readonly objections: string[]
    readonly requested: string[]
  }> {
    const context = await chromium.newContext()
    const page = await context.newPage()
    const objections: string[] = []
    const requested: string[] = []
    page.on('console', (message) => void (message.type() === 'error' && objections.push(message.text())))
    page.on('pageerror', (error) => void objections.push(error.message))
    page.on('request', (request) => void requested.push(request.url()))
    const devtools = await context.newCDPSession(page)
    await devtools.send('WebAuthn.enable', { enableUI: false })
    const { authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: false,
      },
    })
    return { context, page, devtools, authenticatorId, objections, requested }
  }

  type Device = Awaited<ReturnType<typeof device>>

  /** Lets the person touch the authenticator for what is under way or comes next. */
  async function touch({ devtools, authenticatorId }: Device, enabled: boolean): Promise<void> {
    await devtools.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled })
  }

  async function signInByPassword({ page }: Device, username: string): Promise<void> {
    await page.goto(`${issuer}/login`)
    await page.fill('#username', username)
    await page.fill('#password', alicePassword)
    await page.click('#login-submit')
    await page.waitForURL(`${issuer}/account`)
  }

  async function addPasskey(at: Device, username: string): Promise<void> {
    await signInByPassword(at, username)
    const { page } = at
    await page.goto(`${issuer}/account/security`)
    await page.click(`a[href="${place}"]`)
    await touch(at, true)
    await page.fill('#passkey-name', 'My laptop')
    await page.click('#passkey-add')
    // The first one brings recovery codes.
    await page.waitForSelector('#recovery-codes li')
    await touch(at, false)
    await page.click(`a[href="${place}"]`)
    await page.waitForURL(`${issuer}${place}`)
  }

  async function signOut({ page }: Device): Promise<void> {
    await page.goto(`${issuer}/logout`)
    await page.click('#logout-confirm')
    await page.waitForSelector('text=You are signed out')
  }

  test('are added, sign their person in by the button, and are removed', async () => {
    await addAccount(h, 'anna')
    const at = await device()
    await addPasskey(at, 'anna')
    const { page } = at
    // A browser that offers them nowhere but by the button.
    await page.addInitScript(() => {
      PublicKeyCredential.isConditionalMediationAvailable = async () => false
    })
    expect(await page.locator('li[data-passkey]').textContent()).toContain('My laptop')
    await signOut(at)
    await page.goto(`${issuer}/login?next=${encodeURIComponent(place)}`)
    await touch(at, true)
    await page.click('#passkey-login')
    await page.waitForURL(`${issuer}${place}`)
    expect(await page.locator('li[data-passkey]').textContent()).toMatch(/last used/)
    await page.click('li[data-passkey] >> text=Remove')
    await page.click('#passkey-remove-confirm')
    await page.waitForURL(`${issuer}${place}?done=removed`)
    expect(await page.locator('li[data-passkey]').count()).toBe(0)
    expect(at.objections).toEqual([])
    expect(at.requested.filter((url) => !url.startsWith(issuer))).toEqual([])
    await at.context.close()
  })

  test('are added in place of an authenticator app where a second factor must be', async () => {
    const [strict, home] = await listening({ secondFactor: 'required' })
    await addAccount(strict, 'olga')
    const at = await device()
    const { page } = at
    await page.goto(`${home}/login?next=/developer`)
    await page.fill('#username', 'olga')
    await page.fill('#password', alicePassword)
    await page.click('#login-submit')
    await page.click('#use-passkey')
    await touch(at, true)
    await page.click('#passkey-add')
    await page.waitForSelector('#recovery-codes li')
    expect(await page.locator('#recovery-codes li').count()).toBe(10)
    await page.click('a[href="/developer"] >> text=saved')
    await page.waitForURL(`${home}/developer`)
    expect(at.objections).toEqual([])
    await at.context.close()
    await strict.close()
  })

  test('are offered in the field for the username, and lead to the request of an app', async () => {
    await addAccount(h, 'cleo')
    const client = await addClient(h, { redirect_uris: [`${issuer}/callback/`] })
    const at = await device()
    await addPasskey(at, 'cleo')
    await signOut(at)
    await touch(at, true)
    const { page } = at
    await page.goto(`${issuer}${authorizeUrl(client, { redirect_uri: `${issuer}/callback/` })}`)
    // Nothing is pressed: the person chooses the passkey that the browser offers while they fill in the form.
    await page.waitForSelector('#consent-allow')
    expect(await page.locator('#client-name').textContent()).toBe('Meadow Journal')
    await page.click('#consent-allow')
    await page.waitForURL(/\/callback\/\?code=/)
    await at.context.close()
  })

  test('are the second step after a password', async () => {
    await addAccount(h, 'dora')
    const at = await device()
    await addPasskey(at, 'dora')
    await signOut(at)
    const { page, devtools, authenticatorId } = at
    await page.goto(`${issuer}/login`)
    await page.fill('#username', 'dora')
    await page.fill('#password', alicePassword)
    await page.click('#login-submit')
    await page.waitForSelector('#factor-passkey')
    await devtools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false })
    expect(await page.isVisible('[data-failure]')).toBe(false)
    await touch(at, true)
    await page.click('#factor-passkey')
    await page.waitForSelector('text=No passkey was used.')
    await devtools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: true })
    await page.click('#factor-passkey')
    await page.waitForURL(`${issuer}/account`)
    await at.context.close()
  })

  test('are added once to a device, which says so', async () => {
    await addAccount(h, 'emil')
    const at = await device()
    await addPasskey(at, 'emil')
    await touch(at, true)
    await at.page.click('#passkey-add')
    await at.page.waitForSelector('text=That device already has a passkey for your account.')
    expect(await at.page.locator('li[data-passkey]').count()).toBe(1)
    await at.context.close()
  })

  test('cost their page less than 60 kB, and nothing is hidden without a script but their button', async () => {
    const at = await device()
    const sizes: Promise<number>[] = []
    at.page.on('response', (response) => void sizes.push(response.body().then((body) => body.length)))
    await at.page.goto(`${issuer}/login`, { waitUntil: 'networkidle' })
    const total = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
    expect(total).toBeLessThan(60_000)
    await at.context.close()
    const plain = await (await chromium.newContext({ javaScriptEnabled: false })).newPage()
    await plain.goto(`${issuer}/login`)
    expect(await plain.locator('#passkey-login').isVisible()).toBe(false)
    expect(await plain.locator('#login-submit').isVisible()).toBe(true)
    await plain.context().close()
  })
})

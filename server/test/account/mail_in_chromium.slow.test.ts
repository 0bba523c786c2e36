/** Signing up and replacing a lost password in a real browser, with mail that goes through a real mail server. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, createServer as createProbe } from 'node:net'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { apiStatus, authorizeUrl, exchangeCode } from '../support/browser.ts'
import { inChromium, launchChromium, type TestChromium } from '../support/chromium.ts'
import { addAccount, addClient, type Harness, harness, type TestClient } from '../support/harness.ts'
import { type Mailbox, openMailbox } from '../support/mailbox.ts'

const password = 'a horse, a field and a battery'

inChromium('in Chromium, with a mail server', () => {
  let h: Harness
  let mailbox: Mailbox
  let chromium: TestChromium
  let issuer: string
  let client: TestClient
  let app: Server
  let redirectUri: string

  beforeAll(async () => {
    const probe = createProbe().listen(0, '127.0.0.1')
    await once(probe, 'listening')
    const { port } = probe.address() as AddressInfo
    probe.close()
    issuer = `http://localhost:${port}`
    mailbox = await openMailbox()
    h = await harness({ settings: { issuer }, mailer: mailbox.mailer() })
    await h.app.listen({ port, host: '127.0.0.1' })
    app = createServer((_request, response) => response.end('at the app')).listen(0, '127.0.0.1')
    await once(app, 'listening')
    redirectUri = `http://127.0.0.1:${(app.address() as AddressInfo).port}/cb`
    client = await addClient(h, { redirect_uris: [redirectUri] })
    chromium = await launchChromium()
  })
  afterAll(async () => {
    await chromium?.close()
    app?.close()
    await h?.close()
    await mailbox?.close()
  })

  const newPage = async () => (await chromium.newContext()).newPage()

  async function signUp(page: Page, name: string): Promise<void> {
    await page.goto(`${issuer}${authorizeUrl(client, { redirect_uri: redirectUri })}`)
    await page.click('a[href^="/signup"]')
    await page.fill('#email', `${name}@example.com`)
    await page.fill('#username', name)
    await page.fill('#password', password)
    await page.click('#signup-submit')
    await page.waitForSelector('#verify-form')
  }

  /** The link of a mail to one of our pages. */
  const linkIn = (links: readonly string[], path: string) => links.find((href) => href.startsWith(`${issuer}${path}?`))

  test('a sign-up by code, in a browser that never opens the link, ends in the token of the app', async () => {
    const page = await newPage()
    await signUp(page, 'carol')
    const { code = '' } = await mailbox.next(h, 'carol@example.com')
    await page.fill('#code', code)
    await page.click('#verify-submit')
    await page.click('#consent-allow')
    await page.waitForURL(`${redirectUri}**`)
    const granted = new URL(page.url()).searchParams.get('code') ?? ''
    const { body } = await exchangeCode(h.app, client, granted, { redirect_uri: redirectUri })
    expect(await apiStatus(h.app, body.access_token ?? '')).toBe(200)
  })

  test('a sign-up by link in another browser asks for the password there, and ends at the account', async () => {
    await signUp(await newPage(), 'dora')
    const { links } = await mailbox.next(h, 'dora@example.com')
    const elsewhere = await newPage()
    await elsewhere.goto(linkIn(links, '/verify') ?? '')
    expect(elsewhere.url()).toBe(`${issuer}/verify`)
    await elsewhere.fill('#password', 'another horse and its battery')
    await elsewhere.click('#verify-submit')
    await elsewhere.waitForURL(`${issuer}/account`)
    expect(await elsewhere.textContent('#account-username')).toBe('dora')
  })

  test('a lost password is replaced by a link that was looked at and fetched ahead before', async () => {
    await addAccount(h, 'alice')
    const page = await newPage()
    await page.goto(`${issuer}/login`)
    await page.click('#login-forgot')
    await page.fill('#email', 'alice@example.com')
    await page.click('#forgot-submit')
    await page.waitForSelector('#forgot-sent')
    const link = linkIn((await mailbox.next(h, 'alice@example.com')).links, '/reset') ?? ''
    const scanner = await newPage()
    await scanner.goto(link)
    await scanner.waitForSelector('#reset-form')
    await page.evaluate((href) => {
      const hint = document.createElement('link')
      hint.rel = 'prefetch'
      hint.href = href
      document.head.append(hint)
    }, link)
    await page.goto(link)
    expect(page.url()).toBe(`${issuer}/reset`)
    await page.fill('#password', password)
    await page.click('#reset-submit')
    await page.waitForSelector('#login-form')
    await page.fill('#username', 'alice')
    await page.fill('#password', password)
    await page.click('#login-submit')
    await page.waitForURL(`${issuer}/account`)
  })

  test('another address is confirmed by its code', async () => {
    await addAccount(h, 'bob', { password })
    const page = await newPage()
    await page.goto(`${issuer}/login?next=%2Faccount%2Femail`)
    await page.fill('#username', 'bob')
    await page.fill('#password', password)
    await page.click('#login-submit')
    await page.fill('#email', 'bob@new.example')
    await page.click('#email-submit')
    const { code = '' } = await mailbox.next(h, 'bob@new.example')
    await page.fill('#code', code)
    await page.click('#verify-submit')
    await page.waitForSelector('[data-verified="true"]')
    expect(await page.textContent('#account-email')).toBe('bob@new.example')
  })
})

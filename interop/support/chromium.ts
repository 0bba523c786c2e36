/** A person at a real Chromium, who knows our pages by the ids of the page contract and nothing else. */
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, inject } from 'vitest'
import { alice, type Person } from './documents.ts'

export type { Page } from 'playwright-core'

/** `describe` for what needs the browser: skipped where there is none, of which the start of the suite has told. */
export const inChromium = describe.skipIf(inject('browserEndpoint') === '')

/** Opens pages, each in a browser without any past; all of them are closed after each test. */
export type OpenPage = (options?: BrowserContextOptions) => Promise<Page>

export function useChromium(): OpenPage {
  let browser: Browser | undefined
  beforeAll(async () => {
    browser = await chromium.connect(inject('browserEndpoint'))
  })
  afterEach(async () => {
    for (const context of browser?.contexts() ?? []) await context.close()
  })
  afterAll(async () => {
    await browser?.close()
  })
  return async (options = {}) => {
    if (browser === undefined) throw new Error('the browser is opened before the tests')
    const context = await browser.newContext(options)
    context.setDefaultTimeout(110_000)
    return context.newPage()
  }
}

export async function signIn(page: Page, person: Person = alice): Promise<void> {
  await page.locator('#login-form').waitFor()
  await page.fill('#username', person.username)
  await page.fill('#password', person.password)
  await page.click('#login-submit')
}

/** Agrees on the consent page, once it is clear that it names the right app. */
export async function allow(page: Page, clientName: string): Promise<void> {
  await expectConsentFor(page, clientName)
  await page.click('#consent-allow')
}

export async function deny(page: Page, clientName: string): Promise<void> {
  await expectConsentFor(page, clientName)
  await page.click('#consent-deny')
}

async function expectConsentFor(page: Page, clientName: string): Promise<void> {
  await page.locator('#consent-allow').waitFor()
  expect(await page.getByRole('heading', { name: 'wants to use your account' }).count()).toBe(1)
  expect(await page.locator('#client-name').textContent()).toBe(clientName)
}

/** The address at which the page arrives at an app. */
export async function arrival(page: Page, redirectUri: string): Promise<URL> {
  await page.waitForURL((url) => url.href.startsWith(redirectUri))
  return new URL(page.url())
}

/** Sign-in and consent in a browser without any past, up to the app. */
export async function authorize(
  page: Page,
  authorizationUrl: string,
  app: { readonly name: string; readonly redirectUri: string },
  person: Person = alice,
): Promise<URL> {
  await page.goto(authorizationUrl)
  await signIn(page, person)
  await allow(page, app.name)
  return arrival(page, app.redirectUri)
}

/** What content policies have forbidden on the page so far. */
export async function watchViolations(page: Page): Promise<string[]> {
  const violations: string[] = []
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) violations.push(message.text())
  })
  await page.exposeBinding('noteViolation', (_source, text: string) => violations.push(text))
  await page.addInitScript(() => {
    const { noteViolation } = globalThis as unknown as { noteViolation(text: string): void }
    document.addEventListener('securitypolicyviolation', (event) => {
      noteViolation(`${event.violatedDirective} ${event.blockedURI}`)
    })
  })
  return violations
}

/** Goes to an app by way of our pages, whichever of them come: signs in and agrees where that is asked. */
export async function comeTo(page: Page, url: string, redirectUri: string, person: Person = alice): Promise<URL> {
  await page.goto(url)
  const asks = page.locator('#login-form, #consent-allow')
  while (!page.url().startsWith(redirectUri)) {
    await asks.waitFor()
    const moved = page.waitForEvent('framenavigated')
    if ((await page.locator('#login-form').count()) > 0) await signIn(page, person)
    else await page.click('#consent-allow')
    await moved
  }
  return new URL(page.url())
}

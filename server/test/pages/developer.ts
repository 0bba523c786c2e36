/** A developer at the pages: signed in, and registering an app as a person would. */
import type { ClientId } from '../../src/protocol/names.ts'
import { hiddenFields, type Page, signInOn, type TestBrowser, testBrowser } from '../support/browser.ts'
import { callback, type Harness } from '../support/harness.ts'

export async function signedIn(h: Harness, username = 'alice'): Promise<TestBrowser> {
  const browser = testBrowser(h.app)
  const page = await signInOn(browser, await browser.get('/login'), username)
  if (page.path !== '/account') throw new Error(`not signed in but at ${page.path}`)
  return browser
}

export interface RegisteredApp {
  readonly id: ClientId
  /** Empty where the app has none. */
  readonly secret: string
  readonly page: Page
}

/** The form as it was sent, whatever comes of it. */
export async function sendAppForm(browser: TestBrowser, fields: Record<string, string> = {}): Promise<Page> {
  const form = await browser.get('/developer/apps/new')
  const filled = { name: 'Meadow', kind: 'web', redirect_uris: callback, scope: 'basic', ...fields }
  return browser.follow(await browser.post('/developer/apps/new', { ...hiddenFields(form), ...filled }))
}

export async function registerApp(browser: TestBrowser, fields: Record<string, string> = {}): Promise<RegisteredApp> {
  const page = await sendAppForm(browser, fields)
  const id = /id="client-id">\s*([A-Za-z0-9_-]+)/.exec(page.body)?.[1]
  if (page.status !== 200 || id === undefined) throw new Error(`not registered: ${page.status} ${page.body}`)
  return { id: id as ClientId, secret: /id="client-secret">\s*([^<\s]+)/.exec(page.body)?.[1] ?? '', page }
}

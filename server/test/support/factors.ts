/** What the tests of second factors share: an authenticator app, and the pages that ask for its codes. */
import { Secret, TOTP } from 'otpauth'
import { expect } from 'vitest'
import type { Account } from '../../src/storage/contract.ts'
import { hiddenFields, type Page, signInOn, type TestBrowser, testBrowser } from './browser.ts'
import type { Harness, MovableClock } from './harness.ts'

export const totpPath = '/account/security/totp'

/** The code that an authenticator app shows now, `steps` steps of 30 seconds away. */
export function codeOf(seed: string, clock: Pick<MovableClock, 'now'>, steps = 0): string {
  const totp = new TOTP({ secret: Secret.fromBase32(seed), digits: 6, period: 30, algorithm: 'SHA1' })
  return totp.generate({ timestamp: clock.now() + steps * 30_000 })
}

/** Text of the element with this id; it holds no markup. */
export function textOf(page: Page, id: string): string {
  const found = new RegExp(`id="${id}"[^>]*>\\s*([^<]*?)\\s*<`).exec(page.body)?.[1]
  if (found === undefined) throw new Error(`no #${id} on the page: ${page.status} ${page.body.slice(0, 2000)}`)
  return found
}

/** The recovery codes that a page shows. */
export function codesOn(page: Page): readonly string[] {
  const list = /<ol[^>]*id="recovery-codes"[^>]*>(.*?)<\/ol>/s.exec(page.body)?.[1] ?? ''
  return [...list.matchAll(/<li>([^<]*)<\/li>/g)].map((found) => found[1] as string)
}

export interface Enrolled {
  readonly seed: string
  readonly codes: readonly string[]
  /** The page that shows the recovery codes. */
  readonly page: Page
}

/** Adds an authenticator app on the page that is showing, or the account's own. */
export async function enrol(browser: TestBrowser, clock: MovableClock, on?: Page): Promise<Enrolled> {
  const shown = on ?? (await browser.get(totpPath))
  const seed = textOf(shown, 'totp-secret')
  const page = await browser.follow(await browser.post(totpPath, { ...hiddenFields(shown), code: codeOf(seed, clock) }))
  const codes = codesOn(page)
  expect(codes, page.body.slice(0, 3000)).toHaveLength(10)
  // The next code is of another step.
  clock.move(30_000)
  return { seed, codes, page }
}

/** Signs a person in and adds an authenticator app to their account. */
export async function withApp(h: Harness, account: Account): Promise<Enrolled & { readonly browser: TestBrowser }> {
  const browser = testBrowser(h.app)
  await signInOn(browser, await browser.get('/login'), account.username)
  return { ...(await enrol(browser, h.clock)), browser }
}

/** Enters a code on the page that asks for the second factor. */
export async function enterCode(browser: TestBrowser, page: Page, code: string): Promise<Page> {
  expect(page.body, `${page.status} ${page.location}`).toContain('id="factor-form"')
  return browser.follow(await browser.post('/login/factor', { ...hiddenFields(page), code }))
}

/** What the tests of sign-in through a provider share: a server that knows one, and a browser that goes there. */
import { expect, vi } from 'vitest'
import { executeApply, planApply } from '../../src/engine/operator/apply/apply.ts'
import { type ApplyDocument, parseDocument } from '../../src/engine/operator/apply/document.ts'
import type { Account } from '../../src/storage/contract.ts'
import { hiddenFields, type Page, type TestBrowser, testBrowser } from '../support/browser.ts'
import { byCommand, type Harness, type HarnessOptions, harness } from '../support/harness.ts'
import { startProvider, type TestProvider } from '../support/test_provider.ts'

export interface Setting extends Harness {
  readonly provider: TestProvider
}

/** A server at which people may sign in through the provider `google`, which is plain OpenID Connect here. */
export async function openSetting(more: Record<string, unknown> = {}, options: HarnessOptions = {}): Promise<Setting> {
  const provider = await startProvider()
  const outboundAllowed = new Set([provider.issuer, ...(options.settings?.outboundAllowed ?? [])])
  const settings = { ...options.settings, outboundAllowed }
  const h = await harness({ ...options, settings })
  await setProviders(h, [{ ...googleEntry(provider), ...more }])
  return {
    ...h,
    provider,
    async close() {
      await h.close()
      await provider.close()
    },
  }
}

export function googleEntry({ issuer, clientId, clientSecret }: TestProvider): Record<string, unknown> {
  return { id: 'google', kind: 'oidc', issuer, client_id: clientId, client_secret: clientSecret }
}

/**
 * The page, once it holds this. A page waits a second at most to hear of a provider, and a busy machine may need longer to
 * ask it; the next page then knows.
 */
export async function pageWith(holds: RegExp, get: () => Promise<Page>): Promise<Page> {
  return vi.waitFor(async () => {
    const page = await get()
    expect(page.body).toMatch(holds)
    return page
  }, 30_000)
}

/** Makes these the providers, as `consentry apply --prune` does, from now on. */
export async function setProviders(h: Harness, providers: readonly Record<string, unknown>[]): Promise<void> {
  await apply(h, { providers })
  h.clock.move(5001)
}

export async function apply(h: Harness, document: Record<string, unknown>): Promise<void> {
  const parsed: ApplyDocument = parseDocument(JSON.stringify(document))
  await executeApply(h.context, byCommand, await planApply(h.context, parsed, { prune: true }))
  h.context.clients.forget()
}

/** Opens a page at which nobody is signed in and presses the provider's button; `sent` has where the browser goes on to. */
export async function pressProvider(
  browser: TestBrowser,
  path: string,
  id = 'google',
): Promise<{ readonly page: Page; readonly sent: Page }> {
  const page = await browser.follow(await browser.get(path))
  if (!page.body.includes(`/login/start/${id}`)) throw new Error(`no button for ${id} on ${page.status}: ${page.body}`)
  return { page, sent: wentOn(await browser.post(`/login/start/${id}`, hiddenFields(page))) }
}

/** A page that browsers leave at once, with where they go. */
export function wentOn(page: Page): Page {
  return { ...page, location: /^0; url=(.+)$/.exec(String(page.response.headers.refresh))?.[1] }
}

/** Goes through the provider from a page of ours; answers where that ends. */
export async function signInThrough(
  s: Setting,
  path = '/login',
  options: { readonly browser?: TestBrowser; readonly decision?: 'allow' | 'deny'; readonly id?: string } = {},
): Promise<{ readonly browser: TestBrowser; readonly page: Page }> {
  const browser = options.browser ?? testBrowser(s.app)
  const { sent } = await pressProvider(browser, path, options.id)
  if (sent.location === undefined) return { browser, page: sent }
  const back = s.provider.answer(sent.location, options.decision)
  return { browser, page: await browser.follow(await browser.get(ownPath(back))) }
}

/** A browser of somebody new who came through the provider and has no password. */
export async function signInWithoutPassword(
  s: Setting,
  sub: string,
): Promise<{ readonly browser: TestBrowser; readonly account: Account }> {
  s.provider.persona = { sub, preferred_username: sub }
  const { browser } = await signInThrough(s)
  const found = await s.storage.identities.find(s.provider.issuer, sub)
  if (found === undefined) throw new Error('nobody signed in')
  return { browser, account: found.account }
}

/** The token of the forms of whoever is signed in. */
export async function csrfOf(browser: TestBrowser): Promise<{ readonly csrf: string }> {
  return { csrf: hiddenFields(await browser.get('/logout')).csrf ?? '' }
}

/** Sends a form of whoever is signed in. */
export async function postSigned(
  browser: TestBrowser,
  path: string,
  fields: Record<string, string> = {},
): Promise<Page> {
  return browser.post(path, { ...(await csrfOf(browser)), ...fields })
}

/** What the audit log says of an account's ways in, the oldest first: the type, and the provider where there is one. */
export async function auditedWays(s: Setting, account: Account): Promise<readonly (readonly [string, unknown])[]> {
  await s.context.audit.flush()
  const events = (await s.storage.audit.list(500)).filter(({ actor }) => actor === account.id)
  return events
    .filter(({ type }) => ['identity_linked', 'identity_unlinked', 'password_set'].includes(type))
    .map(({ type, detail }) => [type, detail.provider] as const)
    .reverse()
}

/** An address of the server as a path. */
export function ownPath(uri: string): string {
  const { pathname, search } = new URL(uri)
  return `${pathname}${search}`
}

/** Whose account page this browser sees; undefined where it is not signed in. */
export async function whoIsSignedIn(browser: TestBrowser): Promise<string | undefined> {
  const page = await browser.get('/account')
  return /id="account-username">([^<]*)</.exec(page.body)?.[1]
}

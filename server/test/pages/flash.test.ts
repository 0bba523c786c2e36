/** A new secret is shown once: after a redirect, to the session that made it, and nowhere else. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hiddenFields, type Page, signInOn, type TestBrowser, testBrowser } from '../support/browser.ts'
import { addAccount, callback, type Harness, harness } from '../support/harness.ts'

let h: Harness
let dev: TestBrowser
const flashName = '__Host-consentry-flash'
const own = { origin: 'https://id.example' }
beforeAll(async () => {
  h = await harness({ settings: { issuer: 'https://id.example' } })
  await addAccount(h)
  dev = await signedIn()
})
afterAll(() => h.close())

async function signedIn(): Promise<TestBrowser> {
  const browser = testBrowser(h.app)
  const post = browser.post
  browser.post = (path, fields, headers = {}) => post(path, fields, { ...own, ...headers })
  await signInOn(browser, await browser.get('/login'))
  return browser
}

async function register(name: string): Promise<Page> {
  const form = hiddenFields(await dev.get('/developer/apps/new'))
  return dev.post('/developer/apps/new', { ...form, name, kind: 'web', redirect_uris: callback, scope: 'openid' })
}

const secretIn = (page: Page) => /id="client-secret">\s*([^<\s]+)/.exec(page.body)?.[1]

async function appCount(): Promise<number> {
  const alice = await h.storage.accounts.findByLogin('alice')
  return (await h.storage.clients.listByUser(alice?.id ?? 'usr_')).length
}

test('loading the page of a new app again registers no other, and shows its secret no more', async () => {
  const before = await appCount()
  const made = await register('Meter')
  expect([made.status, secretIn(made)]).toEqual([303, undefined])
  expect(made.location).toMatch(/^\/developer\/apps\/[^/?]+\/start\?done=registered$/)
  const cookie = [made.response.headers['set-cookie']].flat().find((one) => one?.startsWith(flashName)) ?? ''
  expect(cookie).toMatch(/; Path=\/; HttpOnly; SameSite=Lax; Secure; Max-Age=300$/)
  const kept = dev.cookies.get(flashName) ?? ''
  const shown = await dev.get(made.location ?? '')
  const secret = secretIn(shown) ?? ''
  expect(secret.length).toBeGreaterThan(30)
  expect(shown.response.headers['content-encoding']).toBe('identity')
  expect(dev.cookies.has(flashName)).toBe(false)
  expect(`${made.location}${cookie}`).not.toContain(secret)
  const again = await dev.get(made.location ?? '')
  expect([again.status, secretIn(again)]).toEqual([200, undefined])
  expect(again.body).not.toContain(secret)
  // The cookie that somebody kept has been claimed.
  dev.cookies.set(flashName, kept)
  expect((await dev.get(made.location ?? '')).body).not.toContain(secret)
  expect(await appCount()).toBe(before + 1)
})

test('it is for the session and the app that it was made for, and for five minutes', async () => {
  const made = await register('First')
  const other = await register('Second')
  const flash = dev.cookies.get(flashName) ?? ''
  const thief = await signedIn()
  thief.cookies.set(flashName, flash)
  expect(secretIn(await thief.get(other.location ?? ''))).toBeUndefined()
  expect(secretIn(await dev.get(made.location ?? ''))).toBeUndefined()
  dev.cookies.set(flashName, flash)
  h.clock.move(300_001)
  expect(secretIn(await dev.get(other.location ?? ''))).toBeUndefined()
})

test('what is asked for by HEAD or before a click does not use it up', async () => {
  const made = await register('Third')
  const cookie = [...dev.cookies].map((pair) => pair.join('=')).join('; ')
  await h.app.inject({ method: 'HEAD', url: made.location ?? '', headers: { cookie } })
  expect((await dev.get(made.location ?? '', { 'sec-purpose': 'prefetch' })).status).toBe(503)
  expect(secretIn(await dev.get(made.location ?? ''))).toBeDefined()
})

/** Strangers behind an address lock nobody out who has signed in there before. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { hiddenFields, type Page, type TestBrowser, testBrowser } from '../support/browser.ts'
import { addAccount, alicePassword, type Harness, harness } from '../support/harness.ts'

const name = 'consentry-device'
const minutes = 60_000

describe('I130: a browser that has signed in to an account before', () => {
  let h: Harness
  let alices: TestBrowser
  beforeEach(async () => {
    h = await harness()
    await addAccount(h)
    alices = testBrowser(h.app)
    expect((await signIn(alices)).status).toBe(303)
    await signOut(alices)
  })
  afterEach(() => h.close())

  async function signIn(browser: TestBrowser, password = alicePassword, username = 'alice'): Promise<Page> {
    return browser.post('/login', { ...hiddenFields(await browser.get('/login')), username, password })
  }

  async function signOut(browser: TestBrowser): Promise<void> {
    await browser.post('/logout', hiddenFields(await browser.get('/logout')))
    expect((await browser.get('/account')).status).toBe(303)
  }

  async function strangersGuess(): Promise<void> {
    const stranger = testBrowser(h.app)
    for (let i = 0; i < 10; i++) expect((await signIn(stranger, `guess ${i}`)).status).toBe(401)
    expect((await signIn(stranger)).status).toBe(429)
  }

  test('still signs in after strangers at its address have used up theirs, at the account and at the address', async () => {
    await strangersGuess()
    expect((await signIn(alices)).status).toBe(303)
    for (let i = 0; i < 100; i++) h.context.throttle.fail('address', '127.0.0.1')
    await signOut(alices)
    expect((await signIn(alices)).status).toBe(303)
    expect((await signIn(testBrowser(h.app))).status).toBe(429)
  })

  test('still changes its password there, and is known by the new one', async () => {
    await signIn(alices)
    await strangersGuess()
    const page = await alices.get('/account/security')
    const next = 'lantern meadow copper'
    const form = { ...hiddenFields(page), 'current-password': alicePassword, 'new-password': next }
    expect((await alices.post('/account/security', form)).status).toBe(303)
    await signOut(alices)
    expect((await signIn(alices, next)).status).toBe(303)
  })

  test('has ten guesses itself, also in parallel, which cost the others at its address nothing', async () => {
    const verify = vi.spyOn(h.context.passwords, 'verify')
    const statuses = await Promise.all(
      Array.from({ length: 30 }, async (_, i) => (await signIn(alices, `guess ${i}`)).status),
    )
    expect(verify).toHaveBeenCalledTimes(10)
    expect(statuses.filter((status) => status === 401)).toHaveLength(10)
    const closed = await signIn(alices)
    expect(closed.status).toBe(429)
    expect(Number(closed.response.headers['retry-after'])).toBeGreaterThan(0)
    expect((await signIn(testBrowser(h.app))).status).toBe(303)
    h.clock.move(10 * minutes)
    expect((await signIn(alices)).status).toBe(303)
  })

  test('whose cookie was stolen gives the thief these guesses and nothing else, until it signs in again', async () => {
    const thief = testBrowser(h.app)
    thief.cookies.set(name, alices.cookies.get(name) ?? '')
    expect((await thief.get('/account')).location).toContain('/login')
    await signIn(alices)
    for (let i = 0; i < 10; i++) expect((await signIn(thief, `guess ${i}`)).status).toBe(401)
    expect((await signIn(thief)).status).toBe(429)
    await signOut(alices)
    expect((await signIn(alices)).status).toBe(303)
  })

  test('is not known by a forged cookie, another person’s, one of another purpose, or two at once', async () => {
    await addAccount(h, 'bob')
    const bobs = testBrowser(h.app)
    await signIn(bobs, alicePassword, 'bob')
    const bobsCookie = bobs.cookies.get(name) ?? ''
    const own = alices.cookies.get(name) ?? ''
    await strangersGuess()
    const flipped = `${own.slice(0, -4)}${own.endsWith('AAAA') ? 'BBBB' : 'AAAA'}`
    const [browserName] = [...alices.cookies.keys()].filter((one) => one.includes('browser'))
    for (const forged of ['', 'x', flipped, bobsCookie, alices.cookies.get(browserName ?? '') ?? '']) {
      const browser = testBrowser(h.app)
      browser.cookies.set(name, forged)
      expect((await signIn(browser)).status, forged).toBe(429)
    }
    const twice = testBrowser(h.app)
    const form = hiddenFields(await twice.get('/login'))
    const cookie = [...[...twice.cookies].map(([key, value]) => `${key}=${value}`), `${name}=${own}`, `${name}=${own}`]
    const fields = { ...form, username: 'alice', password: alicePassword }
    expect((await twice.post('/login', fields, { cookie: cookie.join('; ') })).status).toBe(429)
  })

  test('is unknown again once the password was changed elsewhere, and after half a year', async () => {
    const elsewhere = testBrowser(h.app)
    await signIn(elsewhere)
    const page = await elsewhere.get('/account/security')
    const next = 'lantern meadow copper'
    const form = { ...hiddenFields(page), 'current-password': alicePassword, 'new-password': next }
    expect((await elsewhere.post('/account/security', form)).status).toBe(303)
    const stranger = testBrowser(h.app)
    for (let i = 0; i < 10; i++) await signIn(stranger, `guess ${i}`)
    expect((await signIn(alices, next)).status).toBe(429)
    h.clock.move(181 * 24 * 60 * minutes)
    for (let i = 0; i < 10; i++) await signIn(stranger, `guess ${i}`)
    expect((await signIn(elsewhere, next)).status).toBe(429)
  })

  test('is known to the last five accounts, by a cookie that no script reads and that tells nothing', async () => {
    for (const username of ['b1', 'b2', 'b3', 'b4', 'b5']) {
      await addAccount(h, username)
      const signedIn = await signIn(alices, alicePassword, username)
      const header = [signedIn.response.headers['set-cookie'] ?? []].flat().find((one) => one.startsWith(`${name}=`))
      expect(header).toMatch(/; Path=\/; HttpOnly; SameSite=Lax; Max-Age=15552000$/)
      expect((alices.cookies.get(name) ?? '').length).toBeLessThan(600)
    }
    await strangersGuess()
    expect((await signIn(alices)).status).toBe(429)
    expect((await signIn(alices, alicePassword, 'b1')).status).toBe(303)
  })
})

test('I130: on https the cookie is bound to the host', async () => {
  const h = await harness({ settings: { issuer: 'https://id.example' } })
  await addAccount(h)
  const browser = testBrowser(h.app)
  const headers = { origin: 'https://id.example' }
  const fields = { ...hiddenFields(await browser.get('/login')), username: 'alice', password: alicePassword }
  const page = await browser.post('/login', fields, headers)
  const cookies = [page.response.headers['set-cookie'] ?? []].flat()
  expect(cookies.find((one) => one.startsWith(`__Host-${name}=`))).toContain('; Secure')
  await h.close()
})

/** Every condition for "sign in again": a sign-in ends it, or the page says why not and lets the person go on. No loop. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { newTokens } from '../support/answers.ts'
import {
  authorize,
  authorizeUrl,
  hiddenFields,
  type Page,
  signInOn,
  type TestBrowser,
  testBrowser,
} from '../support/browser.ts'
import { addAccount, addClient, callback, type TestClient } from '../support/harness.ts'
import { openSetting, pressProvider, type Setting, signInThrough } from './setting.ts'

let s: Setting
let client: TestClient
let hint: string
beforeAll(async () => {
  s = await openSetting()
  await addAccount(s)
  await addAccount(s, 'bob')
  client = await addClient(s)
  hint = (await newTokens(s, client, { scope: 'openid' })).id
})
afterAll(() => s.close())

const scope = 'openid basic'

async function signedIn(username: string): Promise<TestBrowser> {
  const { browser } = await authorize(s.app, authorizeUrl(client, { scope }), { browser: testBrowser(s.app), username })
  s.clock.move(2000)
  return browser
}

const goneOn = (page: Page) => page.location?.startsWith(callback) === true || page.body.includes('id="consent-allow"')

/** Presses the button by which a person leaves the page; answers where the app is told what. */
async function leave(browser: TestBrowser, page: Page): Promise<URL> {
  return new URL((await browser.post('/login', { ...hiddenFields(page), action: 'leave' })).location ?? '')
}

const conditions: readonly (readonly [name: string, more: () => Record<string, string>])[] = [
  ['prompt=login', () => ({ prompt: 'login' })],
  ['prompt=login consent', () => ({ prompt: 'login consent' })],
  ['prompt=select_account', () => ({ prompt: 'select_account' })],
  ['prompt=create', () => ({ prompt: 'create' })],
  ['max_age=0', () => ({ max_age: '0' })],
  ['max_age=0 with prompt=select_account', () => ({ max_age: '0', prompt: 'select_account' })],
  ['login_hint of somebody else', () => ({ login_hint: 'bob@example.com' })],
  ['id_token_hint of the person', () => ({ id_token_hint: hint })],
  ['id_token_hint of the person with prompt=login', () => ({ id_token_hint: hint, prompt: 'login' })],
]

describe('a sign-in with the password', () => {
  test.each(conditions)('ends %s, whoever was signed in before', async (_, more) => {
    for (const before of ['alice', 'bob']) {
      const browser = await signedIn(before)
      let page = await browser.follow(await browser.get(authorizeUrl(client, { scope, ...more() })))
      // Whoever has an account already goes on to sign in.
      if (page.body.includes('id="signup-form"')) {
        page = await browser.get(`/login?request=${encodeURIComponent(hiddenFields(page).request ?? '')}`)
      }
      if (page.body.includes('id="login-form"')) page = await signInOn(browser, page)
      expect(goneOn(page), `${before}: ${page.body}`).toBe(true)
    }
  })
})

describe('a sign-in through a provider that lets its own session stand for it', () => {
  const persona = { sub: 'old-1', preferred_username: 'oldie' }
  beforeEach(() => {
    s.provider.persona = { ...persona, auth_time: Math.floor(s.clock.now() / 1000) - 7200 }
  })

  test.each([
    ['prompt=select_account', { prompt: 'select_account' }],
    ['an old max_age', { max_age: '10000' }],
  ])('ends %s', async (_, more) => {
    const { page } = await signInThrough(s, authorizeUrl(client, { scope, ...more }))
    expect(goneOn(page), page.body).toBe(true)
  })

  test.each([
    ['prompt=login', { prompt: 'login' }],
    ['max_age=0', { max_age: '0' }],
    ['max_age=60', { max_age: '60' }],
  ])('does not end %s; the page says why, and the person can go on to the app', async (_, more) => {
    const { browser, page } = await signInThrough(s, authorizeUrl(client, { scope, ...more }))
    expect(page.body).toContain('id="login-unmet"')
    expect(page.body).toContain('asks for a new sign-in')
    const back = await leave(browser, page)
    expect(back.href.startsWith(callback)).toBe(true)
    expect(Object.fromEntries(back.searchParams)).toMatchObject({ error: 'login_required', state: 'xyz' })
  })
})

describe('an id_token_hint of somebody else', () => {
  test('is told on the page, which lets the person change the account or go on to the app', async () => {
    // An app of its own, in whose log nothing else stands.
    const client = await addClient(s)
    const { id } = await newTokens(s, client, { scope: 'openid' })
    const browser = await signedIn('bob')
    const url = authorizeUrl(client, { scope, id_token_hint: id })
    let page = await browser.follow(await browser.get(url))
    for (let time = 0; time < 2; time++) {
      expect(page.body).toContain('id="login-unmet"')
      expect(page.body).toContain('bob@example.com')
      // This token names nobody, so the page does not either.
      expect(page.body).toContain('another account')
      expect(page.body).not.toContain('alice')
      page = await signInOn(browser, page, 'bob')
    }
    const back = await leave(browser, page)
    expect(Object.fromEntries(back.searchParams)).toMatchObject({ error: 'login_required', state: 'xyz' })
    await s.context.requests.flush()
    const [record] = await s.storage.requests.list(client.id, 1)
    expect(record).toMatchObject({ reason: 'login_required', rule: 'sign_in' })
    expect(record?.cause).toContain('another person')
    expect(goneOn(await signInOn(browser, page, 'alice'))).toBe(true)
  })

  test('with prompt=create leads to the sign-in page, as a new account would be one more that is not wanted', async () => {
    const browser = await signedIn('bob')
    const page = await browser.get(authorizeUrl(client, { scope, id_token_hint: hint, prompt: 'create' }))
    expect(page.location).toMatch(/^\/login\?/)
  })

  test('names the person where the token itself does, signed in or not', async () => {
    const claims = JSON.parse(Buffer.from(hint.split('.')[1] ?? '', 'base64url').toString())
    for (const [more, name] of [
      [{ email: 'alice@example.com', name: 'Alice' }, 'alice@example.com'],
      [{ name: 'Alice A.' }, 'Alice A.'],
      [{ email: '', name: '<b>' }, '&lt;b&gt;'],
    ] as const) {
      const named = s.context.signer.sign('ES256', 'JWT', { ...claims, ...more })
      const url = authorizeUrl(client, { scope, id_token_hint: named })
      const stranger = await testBrowser(s.app).follow(await testBrowser(s.app).get('/login'))
      expect(stranger.body).not.toContain('id="login-wanted"')
      const fresh = testBrowser(s.app)
      const wanted = await fresh.follow(await fresh.get(url))
      expect(/id="login-wanted">.*?<\/p>/s.exec(wanted.body)?.[0]).toContain(name)
      const bobs = await signedIn('bob')
      const unmet = await bobs.follow(await bobs.get(url))
      expect(/id="login-unmet">.*?<\/p>/s.exec(unmet.body)?.[0]).toContain(name)
    }
  })

  test('counts only where the token is ours and of this app: expired is fine', async () => {
    const claims = JSON.parse(Buffer.from(hint.split('.')[1] ?? '', 'base64url').toString())
    const other = await addClient(s)
    const sign = (more: object, type = 'JWT') => s.context.signer.sign('ES256', type, { ...claims, ...more })
    const browser = await signedIn('bob')
    const asked = async (token: string) => {
      const page = await browser.follow(await browser.get(authorizeUrl(client, { scope, id_token_hint: token })))
      return page.body.includes('id="login-unmet"')
    }
    expect(await asked(sign({ exp: 1, iat: 0 }))).toBe(true)
    expect(await asked(sign({ aud: [other.id, client.id], azp: client.id }))).toBe(true)
    expect(await asked(sign({ aud: other.id, azp: other.id }))).toBe(false)
    expect(await asked(sign({ iss: 'https://elsewhere.example' }))).toBe(false)
    expect(await asked(sign({}, 'at+jwt'))).toBe(false)
    expect(await asked(`${sign({}).slice(0, -4)}AAAA`)).toBe(false)
  })

  test('is asked for at the provider as a choice of accounts', async () => {
    const url = authorizeUrl(client, { scope, id_token_hint: hint })
    const { sent } = await pressProvider(testBrowser(s.app), url)
    expect(new URL(sent.location ?? '').searchParams.get('prompt')).toBe('select_account')
    s.provider.persona = { sub: 'hint-1', preferred_username: 'hinted' }
    expect((await signInThrough(s, url)).page.body).toContain('id="login-unmet"')
  })
})

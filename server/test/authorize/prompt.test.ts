/** How a person is asked (OIDC Core §3.1.2.1): prompt in all its forms, max_age, display and login_hint. */
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { capabilities } from '../../src/protocol/capabilities.ts'
import { expectRedirect, newTokens } from '../support/answers.ts'
import {
  allowOn,
  authorize,
  authorizeUrl,
  hiddenFields,
  signInOn,
  type TestBrowser,
  testBrowser,
} from '../support/browser.ts'
import { addAccount, addClient, type Harness, harness, type TestClient } from '../support/harness.ts'

let h: Harness
let client: TestClient
let browser: TestBrowser
const openid = { scope: 'openid' }
beforeAll(async () => {
  h = await harness({ settings: { signUp: 'open' } })
  await addAccount(h)
  client = await addClient(h)
  browser = testBrowser(h.app)
  await authorize(h.app, authorizeUrl(client, openid), { browser })
  h.clock.move(60_000)
})
afterAll(() => h.close())

const ask = (prompt: string, by = browser) => by.get(authorizeUrl(client, { ...openid, prompt }))

describe('a person who is signed in and has agreed before', () => {
  test.each([
    ['none', /^https:\/\/app\.example\/cb\?code=/],
    ['consent', /^\/consent\?request=/],
    ['login', /^\/login\?request=/],
    ['select_account', /^\/login\?request=/],
    ['create', /^\/signup\?request=/],
    ['login consent', /^\/login\?request=/],
    ['consent login', /^\/login\?request=/],
    ['select_account consent', /^\/login\?request=/],
    ['login select_account', /^\/login\?request=/],
    ['create consent', /^\/signup\?request=/],
    ['consent consent', /^\/consent\?request=/],
    ['  consent  ', /^\/consent\?request=/],
    ['', /^https:\/\/app\.example\/cb\?code=/],
  ])('prompt=%j', async (prompt, to) => {
    expect((await ask(prompt)).location).toMatch(to)
  })

  test('none stands alone, and what nobody knows is refused', async () => {
    for (const other of capabilities.prompts) expectRedirect(await ask(`none ${other}`), 'invalid_request', other)
    for (const unknown of ['Login', 'consent,login', 'login%20consent', 'x', 'login x']) {
      expectRedirect(await ask(unknown), 'invalid_request', unknown)
    }
  })

  test('login and consent are both asked for, in this order', async () => {
    const fresh = testBrowser(h.app)
    await authorize(h.app, authorizeUrl(client, openid), { browser: fresh })
    h.clock.move(60_000)
    const login = await fresh.follow(await ask('consent login', fresh))
    expect(login.body).toContain('id="login-form"')
    const consent = await signInOn(fresh, login)
    expect(consent.body).toContain('id="consent-allow"')
    expect((await allowOn(fresh, consent)).location).toMatch(/\?code=/)
  })
})

describe('prompt=create', () => {
  const carol = { username: 'carol', email: 'carol@example.com', password: 'a password that nobody has guessed yet' }

  test('leaves the session that there is until the new account is there, and the app hears of the new one', async () => {
    const fresh = testBrowser(h.app)
    const before = await newTokens(h, client, openid, fresh)
    h.clock.move(60_000)
    const page = await fresh.follow(await ask('create', fresh))
    expect(page.body).toContain('id="signup-form"')
    // Whoever goes no further is who they were.
    expect((await fresh.get('/account')).body).toContain('alice')
    const consent = await fresh.follow(await fresh.post('/signup', { ...hiddenFields(page), ...carol }))
    expect(consent.body).toContain('id="consent-allow"')
    expect(consent.body).toContain('carol')
    const code = new URL((await allowOn(fresh, consent)).location ?? '').searchParams.get('code')
    expect(code).not.toBeNull()
    const after = await newTokens(h, client, openid, fresh)
    expect(decodeJwt(after.id).sub).not.toBe(decodeJwt(before.id).sub)
  })

  test('whoever has an account after all signs in instead', async () => {
    const fresh = testBrowser(h.app)
    await authorize(h.app, authorizeUrl(client, openid), { browser: fresh })
    h.clock.move(60_000)
    const page = await fresh.follow(await ask('create', fresh))
    const [, request = ''] = /name="request" value="([^"]*)"/.exec(page.body) ?? []
    const signIn = await fresh.get(`/login?request=${encodeURIComponent(request)}`)
    expect((await signInOn(fresh, signIn)).location).toMatch(/\?code=/)
  })

  test('is for nobody where accounts are closed', async () => {
    const closed = await harness({ settings: { signUp: 'closed' } })
    const app = await addClient(closed)
    expectRedirect(await testBrowser(closed.app).get(authorizeUrl(app, { prompt: 'create' })), 'invalid_request')
    const document = (await closed.app.inject('/.well-known/openid-configuration')).json()
    expect(document.prompt_values_supported).not.toContain('create')
    await closed.close()
  })
})

describe('max_age', () => {
  test('0 asks always, and the ID token says when the person signed in', async () => {
    const fresh = testBrowser(h.app)
    const before = decodeJwt((await newTokens(h, client, openid, fresh)).id)
    h.clock.move(5000)
    expect((await fresh.get(authorizeUrl(client, { ...openid, max_age: '0' }))).location).toMatch(/^\/login/)
    const after = decodeJwt((await newTokens(h, client, { ...openid, max_age: '0' }, fresh)).id)
    expect(after.auth_time).toBe(Math.floor(h.clock.now() / 1000))
    expect(Number(after.auth_time) - Number(before.auth_time)).toBe(5)
  })

  test('of more than the age of the sign-in asks for nothing, and auth_time is there all the same', async () => {
    h.clock.move(5000)
    const { id } = await newTokens(h, client, { ...openid, max_age: '100000', prompt: 'none' }, browser)
    expect(decodeJwt(id).auth_time).toBeTypeOf('number')
  })
})

test.each(['page', 'popup', 'touch', 'wap', 'unknown'])('display=%s is served as every other', async (display) => {
  const page = await browser.get(authorizeUrl(client, { ...openid, display }))
  expect(page.location).toMatch(/\?code=/)
  const fresh = testBrowser(h.app)
  expect((await fresh.follow(await fresh.get(authorizeUrl(client, { ...openid, display })))).body).toContain(
    'id="login-form"',
  )
})

test('claims_locales changes nothing, and ui_locales stays within what there are words for', async () => {
  const fresh = testBrowser(h.app)
  const page = await fresh.follow(
    await fresh.get(authorizeUrl(client, { ...openid, ui_locales: 'se de', claims_locales: 'se' })),
  )
  expect(page.body).toContain('<html lang="de"')
})

test('login_hint is filled in, as text', async () => {
  const fresh = testBrowser(h.app)
  const page = await fresh.follow(
    await fresh.get(authorizeUrl(client, { ...openid, login_hint: 'alice"><b>@example.com' })),
  )
  expect(page.body).toMatch(/id="username"[^>]*value="alice&quot;&gt;&lt;b&gt;@example\.com"/)
})

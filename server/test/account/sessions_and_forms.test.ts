/** Sessions, CSRF, page headers, sign-out. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { UserId } from '../../src/protocol/names.ts'
import { expectPage, isActive, liveGrants, newTokens, userinfoStatus } from '../support/answers.ts'
import {
  authorize,
  authorizeUrl,
  exchangeCode,
  hiddenFields,
  type Page,
  refresh,
  signInOn,
  type TestBrowser,
  testBrowser,
} from '../support/browser.ts'
import { addAccount, addClient, alicePassword, type Harness, harness, type TestClient } from '../support/harness.ts'

const sessionCookie = 'consentry-session'

describe('sessions and forms', () => {
  let h: Harness
  let alice: UserId
  let client: TestClient
  beforeAll(async () => {
    h = await harness()
    alice = (await addAccount(h)).id
    client = await addClient(h)
  })
  afterAll(() => h.close())

  async function signedIn(): Promise<TestBrowser> {
    const browser = testBrowser(h.app)
    await signInOn(browser, await browser.get('/login'))
    expect((await browser.get('/account')).status).toBe(200)
    return browser
  }

  test('B29: a sign-in or consent page opened in another browser is refused', async () => {
    const one = testBrowser(h.app)
    const login = await one.get(authorizeUrl(client, { scope: 'email' }))
    const sealed = (login.location ?? '').split('request=')[1] ?? ''
    const other = await signedIn()
    for (const path of ['/login', '/signup', '/consent']) {
      expectPage(await other.get(`${path}?request=${sealed}`), 'invalid_request', path)
      expectPage(await testBrowser(h.app).get(`${path}?request=${sealed}`), 'invalid_request', path)
    }
    expectPage(await other.get(`/oauth/authorize?resume=${sealed}`), 'invalid_request')
    const consent = await signInOn(one, await one.follow(login))
    expect(consent.body).toContain('id="consent-allow"')
    const before = await liveGrants(h, alice)
    const own = hiddenFields(await other.get('/logout'))
    expectPage(
      await other.post('/consent', { ...own, request: hiddenFields(consent).request ?? '', decision: 'allow' }),
      'invalid_request',
    )
    expect(await liveGrants(h, alice)).toBe(before)
  })

  test('B29: a request that came by POST is taken up at authorize only, and only for two minutes', async () => {
    const form = authorizeUrl(client).split('?')[1] ?? ''
    const handed = (await testBrowser(h.app).post('/oauth/authorize', form)).location ?? ''
    const sealed = handed.split('resume=')[1] ?? ''
    const other = await signedIn()
    for (const path of ['/login', '/signup', '/consent']) {
      expectPage(await other.get(`${path}?request=${sealed}`), 'invalid_request', path)
    }
    expect((await other.get(handed)).status).toBe(303)
    h.clock.move(121_000)
    expectPage(await other.get(handed), 'invalid_request')
  })

  test('B29: a page that was open for more than an hour starts again', async () => {
    const browser = testBrowser(h.app)
    const login = await browser.follow(await browser.get(authorizeUrl(client)))
    h.clock.move(3_601_000)
    expectPage(await signInOn(browser, login), 'invalid_request')
    expect((await browser.get('/account')).status).toBe(303)
  })

  test('B30: the session changes at every sign-in, and the old one is dead', async () => {
    const browser = await signedIn()
    const old = browser.cookies.get(sessionCookie) ?? ''
    await signInOn(browser, await browser.get('/login'))
    expect(browser.cookies.get(sessionCookie)).not.toBe(old)
    const thief = testBrowser(h.app)
    thief.cookies.set(sessionCookie, old)
    expect((await thief.get('/account')).location).toMatch(/^\/login/)
  })

  test('B31: a session that the caller made up is not adopted', async () => {
    const browser = testBrowser(h.app)
    const planted = 'A'.repeat(43)
    browser.cookies.set(sessionCookie, planted)
    expect((await browser.get('/account')).location).toMatch(/^\/login/)
    await signInOn(browser, await browser.get('/login'))
    expect(browser.cookies.get(sessionCookie)).not.toBe(planted)
    const thief = testBrowser(h.app)
    thief.cookies.set(sessionCookie, planted)
    expect((await thief.get('/account')).location).toMatch(/^\/login/)
  })

  test('B32: on a loopback issuer cookies are HttpOnly and SameSite=Lax with more than 200 random bits', async () => {
    const browser = testBrowser(h.app)
    const login = await browser.get('/login')
    const page = await browser.post('/login', { ...hiddenFields(login), username: 'alice', password: alicePassword })
    const cookies = [login.response.headers['set-cookie'], page.response.headers['set-cookie']].flat()
    expect(cookies).toHaveLength(3)
    for (const cookie of cookies) {
      expect(cookie).toMatch(
        /^consentry-(browser-[A-Za-z0-9_-]{8}|session|device)=[A-Za-z0-9_-]{43,}; Path=\/; HttpOnly; SameSite=Lax(; Max-Age=\d+)?$/,
      )
    }
    const value = browser.cookies.get(sessionCookie) ?? ''
    expect(JSON.stringify(await h.storage.sessions.listByUser(alice))).not.toContain(value)
  })

  const forms: readonly [string, Record<string, string>][] = [
    ['/login', { username: 'alice', password: alicePassword }],
    ['/login', { action: 'cancel' }],
    ['/signup', { username: 'mallory', email: 'm@example.com', password: alicePassword }],
    ['/consent', { decision: 'allow' }],
    ['/consent', { decision: 'deny' }],
    ['/logout', {}],
    ['/account/apps/remove', { client_id: 'x' }],
    ['/account/devices/end', { others: 'all' }],
    ['/account/security', { 'current-password': alicePassword, 'new-password': 'another horse' }],
    ['/setup', { token: 'x' }],
  ]

  test('B33: every form without, with a wrong or with a foreign token is refused, and changes nothing', async () => {
    const foreign = hiddenFields(await (await signedIn()).get('/logout')).csrf ?? ''
    const browser = await signedIn()
    const session = browser.cookies.get(sessionCookie)
    for (const [path, fields] of forms) {
      for (const csrf of [undefined, '', 'x', foreign]) {
        const page = await browser.post(path, { ...fields, ...(csrf === undefined ? {} : { csrf }) })
        expect(page.status, `${path} ${csrf}`).toBe(403)
        expect(page.response.headers['set-cookie'], path).toBeUndefined()
      }
    }
    expect(browser.cookies.get(sessionCookie)).toBe(session)
    expect((await browser.get('/account')).status).toBe(200)
    expect(await h.storage.accounts.findByLogin('mallory')).toBeUndefined()
  })

  test('B33: a right token from another origin or site is refused', async () => {
    const browser = await signedIn()
    const csrf = { csrf: hiddenFields(await browser.get('/logout')).csrf ?? '' }
    const atLogin = { csrf: hiddenFields(await browser.get('/login')).csrf ?? '' }
    const hostile: Record<string, string>[] = [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: 'http://localhost:3000.evil.example' },
      { origin: 'http://localhost:3001' },
      { origin: 'https://localhost:3000' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ]
    for (const headers of hostile) {
      expect((await browser.post('/logout', csrf, headers)).status, JSON.stringify(headers)).toBe(403)
      const login = { ...atLogin, username: 'alice', password: alicePassword }
      expect((await browser.post('/login', login, headers)).status, JSON.stringify(headers)).toBe(403)
    }
    expect((await browser.get('/account')).status).toBe(200)
  })

  test('B33: a token of the sign-in page does not do for a form of signed-in people', async () => {
    const browser = await signedIn()
    const csrf = hiddenFields(await browser.get('/login')).csrf ?? ''
    expect((await browser.post('/logout', { csrf })).status).toBe(403)
    expect((await browser.get('/account')).status).toBe(200)
  })

  test('B33: GET changes nothing', async () => {
    const browser = await signedIn()
    for (const path of ['/logout', '/logout?action=confirm', '/consent?decision=allow', '/account/apps/remove']) {
      await browser.get(path)
    }
    expect((await browser.get('/account')).status).toBe(200)
  })

  test('B37: every page has the headers that keep it to itself', async () => {
    const browser = await signedIn()
    const pages: Page[] = [
      await browser.get('/'),
      await browser.get('/login'),
      await browser.get('/signup'),
      await browser.follow(await browser.get(authorizeUrl(client, { scope: 'profile' }))),
      await browser.get('/logout'),
      await browser.get('/account'),
      await browser.get('/account/apps'),
      await browser.get('/account/devices'),
      await browser.get('/account/security'),
      await browser.get('/developer'),
      await browser.get('/no/such/page'),
      await browser.get(authorizeUrl('nobody')),
      await browser.post('/login', { csrf: 'x' }),
    ]
    for (const page of pages) {
      const { headers } = page.response
      const forms = page.body.includes('id="consent-form"') ? '' : " form-action 'self';"
      const scripts = page.body.includes('<script src="/assets/passkeys') ? " script-src 'self';" : ''
      expect(headers['content-security-policy'], page.path).toBe(
        `default-src 'none';${scripts} style-src 'self'; img-src 'self';${forms} base-uri 'none'; frame-ancestors 'none'`,
      )
      expect(headers, page.path).toMatchObject({
        'x-frame-options': 'DENY',
        'referrer-policy': 'same-origin',
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-store',
        'cross-origin-opener-policy': 'unsafe-none',
      })
      expect(headers['access-control-allow-origin'], page.path).toBeUndefined()
    }
  })

  test('B38: pages load nothing from elsewhere, and redirects to clients carry no referrer', async () => {
    const browser = await signedIn()
    const pages = [
      await browser.get('/login'),
      await browser.follow(await browser.get(authorizeUrl(client, { scope: 'profile' }))),
      await browser.get(authorizeUrl('nobody')),
    ]
    for (const page of pages) {
      const loaded = [...page.body.matchAll(/<(?:link|img|script|iframe)[^>]*(?:href|src)="([^"]*)"/g)]
      for (const [, address] of loaded) expect(address).toMatch(/^\/assets\//)
    }
    const redirect = await browser.get(authorizeUrl(client, { scope: 'nonsense' }))
    expect(redirect.response.headers).toMatchObject({ 'referrer-policy': 'no-referrer', 'cache-control': 'no-store' })
  })

  test('B39: a sign-in leads to a page of ours, whatever next says', async () => {
    for (const next of [
      '//evil.example',
      '/\\evil.example',
      'https:evil.example',
      'https://evil.example',
      '%2f%2fevil.example',
      '/account//evil.example',
      '/account\\evil',
      'javascript:alert(1)',
      '/account?x=https://evil.example',
      '/oauth/authorize?client_id=x',
      '/logout',
      '/account\t',
    ]) {
      const browser = testBrowser(h.app)
      const path = `/login?next=${encodeURIComponent(next)}`
      const login = await browser.get(path)
      const page = await browser.post(path, { ...hiddenFields(login), username: 'alice', password: alicePassword })
      expect(page.location, next).toBe('/account')
    }
  })

  test('B40: signing out asks first, and staying is staying', async () => {
    const browser = await signedIn()
    const ask = await browser.get('/logout?post_logout_redirect_uri=https://evil.example&client_id=x')
    expect(ask.body).toContain('id="logout-confirm"')
    expect(ask.body).not.toContain('evil.example')
    await browser.post('/logout', { ...hiddenFields(ask), action: 'cancel' })
    expect((await browser.get('/account')).status).toBe(200)
    const done = await browser.post('/logout', { ...hiddenFields(ask), action: 'confirm' })
    expect(done.body).toContain('You are signed out')
    expect(done.location).toBeUndefined()
  })

  test('B41: after signing out the session is dead on the server, and so is what was only for it', async () => {
    const browser = await signedIn()
    const onlyNow = await newTokens(h, client, { scope: 'openid' }, browser)
    const offline = await newTokens(h, client, { scope: 'openid offline_access' }, browser)
    const stolen = browser.cookies.get(sessionCookie) ?? ''
    expect(await userinfoStatus(h, onlyNow.access)).toBe(200)
    const ask = await browser.get('/logout')
    await browser.post('/logout', { ...hiddenFields(ask), action: 'confirm' })
    expect(browser.cookies.has(sessionCookie)).toBe(false)
    const thief = testBrowser(h.app)
    thief.cookies.set(sessionCookie, stolen)
    expect((await thief.get('/account')).location).toMatch(/^\/login/)
    expect(await userinfoStatus(h, onlyNow.access)).toBe(401)
    expect((await refresh(h.app, client, offline.refresh)).status).toBe(200)
  })

  test('B44: sessions end after idling and, however busy, at their longest age', async () => {
    const day = 86_400_000
    const idle = await signedIn()
    h.clock.move(7 * day - 1000)
    expect((await idle.get('/account')).status).toBe(200)
    h.clock.move(7 * day + 61_000)
    expect((await idle.get('/account')).location).toMatch(/^\/login/)
    const busy = await signedIn()
    for (let i = 0; i < 5; i++) {
      h.clock.move(6 * day - 1000)
      expect((await busy.get('/account')).status, String(i)).toBe(200)
      // The moment of the last visit is written in a batch.
      await expect.poll(async () => (await newestSession()).lastSeenAt).toBe(h.clock.now())
    }
    h.clock.move(5000)
    expect((await busy.get('/account')).status).toBe(200)
    h.clock.move(1000)
    expect((await busy.get('/account')).location).toMatch(/^\/login/)
  })

  async function newestSession() {
    const [newest] = [...(await h.storage.sessions.listByUser(alice))].sort((a, b) => b.createdAt - a.createdAt)
    if (newest === undefined) throw new Error('there is no session')
    return newest
  }
})

describe('sessions on https', () => {
  let h: Harness
  beforeAll(async () => {
    h = await harness({ settings: { issuer: 'https://id.example' } })
    await addAccount(h)
  })
  afterAll(() => h.close())

  test('B32, K169: cookies are __Host-, Secure, HttpOnly, SameSite=Lax, for the whole path and no domain', async () => {
    const browser = testBrowser(h.app)
    const login = await browser.get('/login')
    const own = { origin: 'https://id.example' }
    const page = await browser.post(
      '/login',
      { ...hiddenFields(login), username: 'alice', password: alicePassword },
      own,
    )
    const cookies = [login.response.headers['set-cookie'], page.response.headers['set-cookie']].flat()
    expect(cookies).toHaveLength(3)
    for (const cookie of cookies) {
      expect(cookie).toMatch(
        /^__Host-consentry-(browser-[A-Za-z0-9_-]{8}|session|device)=[A-Za-z0-9_-]{43,}; Path=\/; HttpOnly; SameSite=Lax; Secure(; Max-Age=\d+)?$/,
      )
    }
    expect(page.status).toBe(303)
  })

  test('B37, K169: https pages and JSON answers carry HSTS', async () => {
    for (const url of ['/login', '/oauth/jwks', '/oauth/token', '/nothing']) {
      expect((await h.app.inject(url)).headers['strict-transport-security'], url).toMatch(/max-age=\d{7,}/)
    }
  })

  test('B32: cookies without the prefix are not taken', async () => {
    const browser = testBrowser(h.app)
    const login = await browser.get('/login')
    const own = { origin: 'https://id.example' }
    await browser.post('/login', { ...hiddenFields(login), username: 'alice', password: alicePassword }, own)
    const value = browser.cookies.get('__Host-consentry-session') ?? ''
    expect((await browser.get('/account')).status).toBe(200)
    const thief = testBrowser(h.app)
    thief.cookies.set('consentry-session', value)
    expect((await thief.get('/account')).status).toBe(303)
  })
})

describe('people who are shut out', () => {
  test('B42: a disabled person is out at once, everywhere', async () => {
    const h = await harness()
    const { id } = await addAccount(h)
    const client = await addClient(h)
    const { browser } = await authorize(h.app, authorizeUrl(client, { scope: 'openid offline_access basic' }))
    const tokens = await newTokens(h, client, { scope: 'openid offline_access basic' }, browser)
    const { code } = await authorize(h.app, authorizeUrl(client, { scope: 'openid' }), { browser })
    expect(await isActive(h, client, tokens.access)).toBe(true)
    await h.storage.accounts.update(id, { enabled: false })
    expect((await browser.get('/account')).location).toMatch(/^\/login/)
    expect((await browser.get(authorizeUrl(client, { prompt: 'none' }))).location).toMatch(/error=login_required/)
    expect(await isActive(h, client, tokens.access)).toBe(false)
    expect(await isActive(h, client, tokens.refresh)).toBe(false)
    expect(await userinfoStatus(h, tokens.access)).toBe(401)
    expect((await refresh(h.app, client, tokens.refresh)).body).toMatchObject({ error: 'invalid_grant' })
    expect((await exchangeCode(h.app, client, code)).body.error).toBe('invalid_grant')
    const login = await signInOn(browser, await browser.get('/login'))
    expect(login.status).toBe(401)
    await h.storage.accounts.update(id, { enabled: true })
    expect((await refresh(h.app, client, tokens.refresh)).status).toBe(200)
    await h.close()
  })

  test('B42: what was given before valid_after is dead, sessions and tokens alike', async () => {
    const h = await harness()
    const { id } = await addAccount(h)
    const client = await addClient(h)
    const { browser } = await authorize(h.app, authorizeUrl(client))
    const tokens = await newTokens(h, client, {}, browser)
    h.clock.move(1000)
    await h.storage.accounts.update(id, { validAfter: h.clock.now() })
    expect((await browser.get('/account')).location).toMatch(/^\/login/)
    expect(await isActive(h, client, tokens.access)).toBe(false)
    expect((await refresh(h.app, client, tokens.refresh)).body.error).toBe('invalid_grant')
    const fresh = await newTokens(h, client)
    expect(await isActive(h, client, fresh.access)).toBe(true)
    await h.close()
  })
})

/** The account's own pages through the front door: sessions, places of apps, and the password. */
import { randomBytes } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { newGrant } from '../../src/engine/grant/new_grant.ts'
import { paths } from '../../src/pages/kit/paths.ts'
import type { Account } from '../../src/storage/contract.ts'
import { en } from '../../src/words/en/index.ts'
import { agentInWords } from '../../src/words/user_agent.ts'
import {
  apiStatus,
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
import { all, byId, type Element, named, read, textOf } from './markup.ts'

const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:152.0) Gecko/20100101 Firefox/152.0'
const another = 'another horse and its battery'

let h: Harness
let alice: Account
let browser: TestBrowser
beforeEach(async () => {
  h = await harness()
  alice = await addAccount(h)
  browser = await signedIn()
})
afterEach(() => h.close())

async function signedIn(username = 'alice', password = alicePassword): Promise<TestBrowser> {
  const fresh = testBrowser(h.app)
  const page = await signInOn(fresh, await fresh.get('/login'), username, password)
  expect(page.path).toBe('/account')
  return fresh
}

/** Whether the browser is still signed in. */
const isIn = async (one: TestBrowser) => (await one.get('/account')).status === 200

const csrfOf = async (one: TestBrowser) => hiddenFields(await one.get('/logout')).csrf ?? ''

async function post(one: TestBrowser, path: string, fields: Record<string, string>): Promise<Page> {
  return one.post(path, { csrf: await csrfOf(one), ...fields })
}

const listed = (page: Page, attribute: string): Element[] =>
  all(read(page.body)).filter((element) => attribute in element.attributes)

async function sessionIds(): Promise<string[]> {
  return (await h.storage.sessions.listByUser(alice.id)).map(({ id }) => id)
}

/** The id of the session that is not the one of `one`, read off the devices page. */
async function otherSession(one: TestBrowser): Promise<string> {
  const entries = listed(await one.get('/account/devices'), 'data-session')
  const other = entries.find((entry) => !textOf(entry).includes('This browser'))
  return other?.attributes['data-session'] ?? ''
}

async function tokensFor(client: TestClient, one: TestBrowser, userAgent: string, scope = 'basic offline_access') {
  const { code } = await authorize(h.app, authorizeUrl(client, { scope }), { browser: one })
  const response = await exchangeCodeAs(client, code, userAgent)
  return { access: response.body.access_token ?? '', refresh: response.body.refresh_token ?? '' }
}

async function exchangeCodeAs(client: TestClient, code: string, userAgent: string) {
  const answer = await exchangeCode(h.app, client, code, {}, { 'user-agent': userAgent })
  expect(answer.status).toBe(200)
  return answer
}

test('every page of the account is reached by links from its overview', async () => {
  const client = await addClient(h)
  await tokensFor(client, browser, firefox)
  const reached = new Set(['/account'])
  for (const path of reached) {
    const page = await browser.get(path)
    if (!String(page.response.headers['content-type']).startsWith('text/html')) continue
    for (const { attributes } of named(read(page.body), 'a')) {
      const to = attributes.href?.split('#')[0] ?? ''
      if (to.startsWith('/account')) reached.add(to)
    }
  }
  const shown: string[] = []
  for (const path of new Set(Object.values(paths))) {
    if (path.startsWith('/account') && (await browser.get(path)).status === 200) shown.push(path)
  }
  // Nothing leads to what is only for who has accepted terms, has an authenticator app or data, or has closed the account.
  const ofOthers: readonly string[] = [paths.acceptedTerms, paths.removeTotp, paths.accountClosed, paths.deleteData]
  expect(shown.filter((path) => !reached.has(path) && !ofOthers.includes(path))).toEqual([])
  expect([...reached].filter((path) => /^\/account\/consents\/rcp_/.test(path))).toHaveLength(2)
})

test('the page about security tells of the latest sign-ins, and whose they are', async () => {
  await signedIn()
  await addAccount(h, 'bob')
  await signedIn('bob')
  const list = byId(read((await browser.get('/account/security')).body), 'sign-in-list')
  const entries = all(list).filter(({ attributes }) => attributes['data-type'] === 'signed_in')
  expect(entries.length).toBe(2)
  expect(textOf(entries[0] ?? list)).toContain('TestBrowser')
  expect(named(list, 'time')).toHaveLength(2)
})

describe('the way around', () => {
  const places = [
    '/account',
    '/account/profile',
    '/account/email',
    '/account/apps',
    '/account/devices',
    '/account/security',
    '/account/activity',
    '/account/data',
  ]

  test('each page leads to the others and marks itself', async () => {
    for (const path of places) {
      const page = await browser.get(path)
      expect(page.status, path).toBe(200)
      const nav = named(read(page.body), 'nav').find((one) => one.attributes['aria-label'] === 'Account')
      const links = nav === undefined ? [] : named(nav, 'a')
      expect(links.map((link) => link.attributes.href)).toEqual(places)
      expect(links.filter((link) => 'aria-current' in link.attributes).map((link) => link.attributes.href)).toEqual([
        path,
      ])
    }
  })

  test('whoever is not signed in is sent to sign in, and back to that page', async () => {
    for (const path of places) {
      const stranger = testBrowser(h.app)
      const login = await stranger.get(path)
      expect(login.location).toBe(`/login?next=${encodeURIComponent(path)}`)
      const form = await stranger.follow(login)
      const fields = { ...hiddenFields(form), username: 'alice', password: alicePassword }
      expect((await stranger.post(login.location ?? '', fields)).location).toBe(path)
    }
  })

  test('the profile says who one is and what is confirmed', async () => {
    const words = async () => textOf(byId(read((await browser.get('/account')).body), 'content'))
    expect(await words()).toMatch(/alice@example\.com confirmed/)
    await h.storage.accounts.update(alice.id, { emailVerified: false })
    expect(await words()).toMatch(/alice@example\.com not confirmed/)
  })

  test('the profile says when somebody last signed in, and with which browser, also where it was another one', async () => {
    const words = async () => textOf(byId(read((await browser.get('/account')).body), 'content'))
    expect(await words()).toMatch(/Last sign-in.*UTCTestBrowser 1\.0/)
    h.clock.move(60_000)
    const desk = testBrowser(h.app)
    const fields = { ...hiddenFields(await desk.get('/login')), username: 'alice', password: alicePassword }
    await desk.post('/login', fields, { 'user-agent': firefox })
    expect(await words()).toMatch(/Last sign-in.*UTCFirefox on Linux/)
  })

  test('forms that are not ours change nothing', async () => {
    const other = await signedIn()
    const foreign = await csrfOf(other)
    const id = await otherSession(browser)
    const forms: [string, Record<string, string>][] = [
      ['/account/devices/end', { session: id }],
      ['/account/devices/end', { others: 'all' }],
      ['/account/devices/end', { grant: 'AAAAAAAAAAAAAAAAAAAAAA' }],
      ['/account/security', { 'current-password': alicePassword, 'new-password': another }],
    ]
    for (const [path, fields] of forms) {
      for (const csrf of ['', 'x', foreign]) {
        expect((await browser.post(path, { ...fields, csrf })).status, path).toBe(403)
      }
      const csrf = await csrfOf(browser)
      const hostile = await browser.post(path, { ...fields, csrf }, { origin: 'https://evil.example' })
      expect(hostile.status, path).toBe(403)
      expect((await testBrowser(h.app).post(path, { ...fields, csrf })).status, path).toBe(403)
    }
    expect(await isIn(browser)).toBe(true)
    expect(await isIn(other)).toBe(true)
    await signedIn()
  })
})

describe('browsers', () => {
  test('each is listed in words, this one first and marked, without a way to name another by its cookie', async () => {
    const desk = testBrowser(h.app)
    const login = await desk.get('/login')
    const fields = { ...hiddenFields(login), username: 'alice', password: alicePassword }
    await desk.post('/login', fields, { 'user-agent': firefox })
    const page = await desk.get('/account/devices')
    const entries = listed(page, 'data-session').map(textOf)
    expect(entries).toHaveLength(2)
    expect(entries[0]).toContain('Firefox on Linux This browser')
    expect(entries[1]).toContain('TestBrowser 1.0')
    expect(entries[1]).not.toContain('This browser')
    for (const cookie of browser.cookies.values()) expect(page.body).not.toContain(cookie)
  })

  test('one that has timed out is not listed', async () => {
    h.clock.move(8 * 86_400_000)
    const later = await signedIn()
    expect(listed(await later.get('/account/devices'), 'data-session')).toHaveLength(1)
    expect(await sessionIds()).toHaveLength(2)
  })

  test('one that is ended is signed out at once, with the apps that came under it', async () => {
    const other = await signedIn()
    const client = await addClient(h)
    const bound = await tokensFor(client, other, 'App/1.0', 'openid basic')
    const lasting = await tokensFor(client, other, 'App/1.0', 'openid basic offline_access')
    expect(await apiStatus(h.app, bound.access)).toBe(200)
    const page = await post(browser, '/account/devices/end', { session: await otherSession(browser) })
    expect(page.status).toBe(303)
    expect(page.location).toBe('/account/devices?ended=session')
    expect((await browser.follow(page)).body).toContain('That browser has been signed out.')
    expect(await isIn(other)).toBe(false)
    expect(await isIn(browser)).toBe(true)
    expect(await apiStatus(h.app, bound.access)).toBe(401)
    expect(await apiStatus(h.app, lasting.access)).toBe(200)
  })

  test('one that calls itself by ten thousand strange characters breaks neither the page nor the sign-in', async () => {
    const strange = testBrowser(h.app)
    const fields = { ...hiddenFields(await strange.get('/login')), username: 'alice', password: alicePassword }
    const name = `Mozilla/5.0 <script>\u202e\u0007"${'('.repeat(10_000)}`
    expect((await strange.post('/login', fields, { 'user-agent': name })).status).toBe(303)
    const page = await browser.get('/account/devices')
    expect(page.body).toContain('Mozilla/5.0 &lt;script&gt;')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what must not be there
    expect(page.body).not.toMatch(/[\u202e\u0007]/)
    expect(page.body.length).toBeLessThan(60_000)
  })

  test('all others end in one go', async () => {
    const others = [await signedIn(), await signedIn(), await signedIn()]
    const page = await post(browser, '/account/devices/end', { others: 'all' })
    expect((await browser.follow(page)).body).toContain('signed out everywhere else')
    for (const other of others) expect(await isIn(other)).toBe(false)
    expect(await isIn(browser)).toBe(true)
    expect(await sessionIds()).toHaveLength(1)
    expect((await browser.get('/account/devices')).body).not.toContain('id="end-others"')
  })

  test('this one, ended, is signed out and told so', async () => {
    const [own = ''] = await sessionIds()
    const page = await browser.follow(await post(browser, '/account/devices/end', { session: own }))
    expect(page.body).toContain('You are signed out')
    expect(await sessionIds()).toEqual([])
  })

  test('lists that are too long for a page have more of them, and what is on none of them ends all the same', async () => {
    const bob = await addAccount(h, 'patient')
    const own = await signedIn('patient')
    const ids: string[] = []
    for (let i = 0; i < 101; i++) {
      const now = h.clock.now() + i
      const id = randomBytes(16)
      const clientId = i < 45 ? (await addClient(h, { client_name: `App ${i}` })).id : (ids[0] ?? '')
      if (i < 45) ids.push(clientId)
      const client = await h.context.clients.find(clientId)
      if (client === undefined) throw new Error('no client')
      const context = {
        grantType: 'authorization_code',
        scope: ['basic'],
        resources: [],
        refreshable: false,
        accessTokenTtl: 3600,
        refreshTokenTtl: 3600,
      } as const
      const rest = { state: 'live', step: 1, expiresAt: now + 3_600_000, dialect: 'oauth', context } as const
      await h.storage.grants.insert({ ...newGrant(h.context, client, bob, { createdAt: now, ...rest }), id })
    }
    const walk = async (path: string, attribute: string) => {
      const pages: string[][] = []
      let next: string | undefined = path
      let back: string | undefined
      while (next !== undefined) {
        const page: Page = await own.get(next)
        expect(page.status).toBe(200)
        pages.push(listed(page, attribute).map((one) => one.attributes[attribute] ?? ''))
        const links = named(read(page.body), 'a')
        const linked = (rel: string) => links.find((link) => link.attributes.rel === rel)?.attributes.href
        expect(linked('prev')).toBe(back)
        back = next
        next = linked('next')
      }
      return pages
    }
    const apps = await walk('/account/apps', 'data-client-id')
    expect(apps.map((page) => page.length)).toEqual([20, 20, 5])
    expect(new Set(apps.flat())).toEqual(new Set(ids))
    const places = await walk('/account/devices', 'data-grant')
    expect(places.map((page) => page.length)).toEqual([50, 50, 1])
    expect(new Set(places.flat()).size).toBe(101)
    expect((await own.get('/account')).body).toContain('All connected apps')
    for (const page of ['0', '-1', 'x', '1e3', '99999999']) {
      expect((await own.get(`/account/apps?page=${page}`)).status, page).toBe(400)
    }
    expect((await own.get('/account/devices?page=9')).status).toBe(200)
    const hidden = ids[0] ?? ''
    await post(own, '/account/apps/remove', { client_id: hidden })
    expect((await walk('/account/devices', 'data-grant')).flat()).toHaveLength(44)
    const last = places.flat().at(-2) ?? ''
    expect((await post(own, '/account/devices/end', { grant: last })).status).toBe(303)
    expect((await walk('/account/devices', 'data-grant')).flat()).not.toContain(last)
  })

  test('nobody ends the session or the access of another person', async () => {
    const client = await addClient(h)
    const tokens = await tokensFor(client, browser, 'App/1.0')
    const [own = ''] = await sessionIds()
    const [place] = listed(await browser.get('/account/devices'), 'data-grant')
    await addAccount(h, 'mallory')
    const mallory = await signedIn('mallory')
    expect((await mallory.get('/account/devices')).body).not.toContain(own)
    const grant = place?.attributes['data-grant'] ?? ''
    expect(grant).not.toBe('')
    for (const fields of [{ session: own }, { grant }, { session: 'ses_none' }, { grant: 'x' }]) {
      expect((await post(mallory, '/account/devices/end', fields)).status).toBe(404)
    }
    await post(mallory, '/account/devices/end', { others: 'all' })
    await post(mallory, '/account/apps/remove', { client_id: client.id })
    expect(await isIn(browser)).toBe(true)
    expect(await apiStatus(h.app, tokens.access)).toBe(200)
    expect((await post(mallory, '/account/devices/end', {})).status).toBe(400)
  })
})

describe('what gave no device information', () => {
  test('ends in one go, browsers and apps alike; what is known and this browser stay', async () => {
    const client = await addClient(h)
    const named = await tokensFor(client, browser, 'Meadow/3.1.7 (iPhone; iOS 19.4)')
    expect((await browser.get('/account/devices')).body).not.toContain('id="end-unknown"')
    const silent = await tokensFor(client, browser, '')
    const nameless = testBrowser(h.app)
    const fields = { ...hiddenFields(await nameless.get('/login')), username: 'alice', password: alicePassword }
    await nameless.post('/login', fields, { 'user-agent': '' })
    const other = await signedIn()
    const page = await browser.get('/account/devices')
    expect(listed(page, 'data-grant').map(textOf).join()).toContain(en.kit.unnamedMeans)
    expect(page.body).toContain('id="end-unknown"')
    const ended = await browser.follow(await post(browser, '/account/devices/end', { unknown: 'all' }))
    expect(ended.body).toContain('Everything that gave no device information has been signed out.')
    expect(ended.body).not.toContain('id="end-unknown"')
    expect([await apiStatus(h.app, named.access), await apiStatus(h.app, silent.access)]).toEqual([200, 401])
    expect([await isIn(browser), await isIn(other), await isIn(nameless)]).toEqual([true, true, false])
    const [event] = await h.storage.audit.list(1)
    expect(event).toMatchObject({ type: 'unknown_signed_out', detail: { grants: 1, sessions: 1 } })
    expect((await browser.get('/account/activity')).body).toContain('You signed out everything that gave no device')
  })
})

describe('apps', () => {
  test('each place is listed under its app, and ending one leaves the others and the yes to the app', async () => {
    const client = await addClient(h)
    const phone = await tokensFor(client, browser, 'Meadow/3.1.7 (iPhone; iOS 19.4)')
    h.clock.move(1000)
    const desk = await tokensFor(client, browser, firefox)
    const places = listed(await browser.get('/account/devices'), 'data-grant')
    expect(places.map(textOf)).toEqual([
      expect.stringContaining('Meadow Journal by Firefox on Linux'),
      expect.stringContaining('Meadow Journal by Meadow 3.1 on an iPhone'),
    ])
    const page = await post(browser, '/account/devices/end', { grant: places[1]?.attributes['data-grant'] ?? '' })
    expect(page.location).toBe('/account/devices?ended=grant')
    expect(await apiStatus(h.app, phone.access)).toBe(401)
    expect((await refresh(h.app, client, phone.refresh)).body.error).toBe('invalid_grant')
    expect(await apiStatus(h.app, desk.access)).toBe(200)
    expect(listed(await browser.get('/account/devices'), 'data-grant')).toHaveLength(1)
    expect(listed(await browser.get('/account/apps'), 'data-client-id')).toHaveLength(1)
  })

  test('a connected app is listed with what it may do, and its removal leads back to the list, which names it', async () => {
    const client = await addClient(h)
    const tokens = await tokensFor(client, browser, firefox, 'basic readmeasurements')
    const [card] = listed(await browser.get('/account/apps'), 'data-client-id')
    expect(card?.attributes['data-client-id']).toBe(client.id)
    expect(card === undefined ? '' : textOf(card)).toContain('Read your measurements')
    h.clock.move(1000)
    const page = await post(browser, '/account/apps/remove', { client_id: client.id })
    expect(page.location).toBe('/account/apps?removed=1')
    const after = await browser.follow(page)
    expect(textOf(read(after.body))).toContain('Meadow Journal has been removed. It can no longer access your account.')
    expect(after.body).toContain('No app is connected')
    expect(await apiStatus(h.app, tokens.access)).toBe(401)
    const again = await browser.get('/account/apps?removed=1')
    expect(again.body).toContain('The app has been removed.')
    expect(again.body).not.toContain('Meadow Journal has been removed')
  })

  test('each app has a page of who runs it, what it may do, since when and where, and asks before it is removed', async () => {
    const client = await addClient(h, {
      client_name: 'Meadow <b>Journal',
      publisher: 'Meadow Studio',
      client_uri: 'https://meadow.example/',
      policy_uri: 'https://meadow.example/privacy',
    })
    const tokens = await tokensFor(client, browser, firefox, 'basic writemeasurements')
    const [entry] = listed(await browser.get('/account/apps'), 'data-client-id')
    const [link] = entry === undefined ? [] : named(entry, 'a')
    const page = await browser.get(link?.attributes.href ?? '')
    expect([page.status, page.path]).toEqual([200, `/account/apps/${client.id}`])
    const shown = read(page.body)
    expect(textOf(byId(shown, 'client-name'))).toBe('Meadow <b>Journal')
    const words = textOf(byId(shown, 'content'))
    for (const word of ['says it is by Meadow Studio', 'Privacy policy', 'Connected', 'Last used', 'Firefox on Linux'])
      expect(words).toContain(word)
    const scopes = listed(page, 'data-scope').map((one) => one.attributes['data-scope'])
    expect(scopes).toEqual(['basic', 'writemeasurements', 'offline_access'])
    expect(textOf(byId(shown, 'it-may-change'))).toBe('It can change')
    expect(words).toMatch(/Last used\s*\d+ \w+ \d{4}, \d\d:\d\d/)
    expect(named(shown, 'form')).toEqual([])

    const question = named(shown, 'a').find((one) => textOf(one).startsWith('Remove'))
    const asked = await browser.get(question?.attributes.href ?? '')
    const fields = { ...hiddenFields(await browser.get('/account/apps')), ask: 'first' }
    const pressed = await browser.post('/account/apps/remove', fields)
    expect([pressed.status, textOf(byId(read(pressed.body), 'app-remove-form'))]).toEqual([
      200,
      textOf(byId(read(asked.body), 'app-remove-form')),
    ])
    expect(await apiStatus(h.app, tokens.access)).toBe(200)
    const form = byId(read(asked.body), 'app-remove-form')
    expect(form.attributes.action).toBe('/account/apps/remove')
    expect(textOf(form)).toContain('Meadow <b>Journal')
    h.clock.move(1000)
    const removed = await browser.follow(await browser.post('/account/apps/remove', hiddenFields(asked)))
    expect(textOf(read(removed.body))).toContain('Meadow <b>Journal has been removed.')
    expect(await apiStatus(h.app, tokens.access)).toBe(401)
    for (const path of [`/account/apps/${client.id}`, `/account/apps/${client.id}/remove`]) {
      expect((await browser.get(path)).status, path).toBe(404)
    }
  })

  test('the page of an app is there for those alone who have connected it, and for ids that are addresses', async () => {
    const client = await addClient(h, {}, { id: 'https://remote.example/app' })
    await tokensFor(client, browser, firefox)
    const path = `/account/apps/${encodeURIComponent(client.id)}`
    expect((await browser.get(path)).status).toBe(200)
    expect((await browser.get(`${path}/remove`)).status).toBe(200)
    await addAccount(h, 'nosy')
    const nosy = await signedIn('nosy')
    for (const one of [path, `${path}/remove`, '/account/apps/nobody', '/account/apps/remove']) {
      expect((await nosy.get(one)).status, one).toBe(404)
    }
    const login = (await testBrowser(h.app).get(path)).location
    expect(login).toBe(`/login?next=${encodeURIComponent(path)}`)
    await post(browser, '/account/apps/remove', { client_id: client.id })
  })
})

describe('the password', () => {
  const change = (one: TestBrowser, current: string, next: string) =>
    post(one, '/account/security', { 'current-password': current, 'new-password': next })

  test('its form has its fields under their ids, and never gives a password back', async () => {
    const page = read((await browser.get('/account/security')).body)
    expect(byId(page, 'current-password').attributes).toMatchObject({
      name: 'current-password',
      type: 'password',
      autocomplete: 'current-password',
    })
    expect(byId(page, 'new-password').attributes).toMatchObject({
      name: 'new-password',
      type: 'password',
      autocomplete: 'new-password',
    })
    expect(textOf(byId(page, 'password-submit'))).toBe('Change password')
    const wrong = await change(browser, 'wrong password', another)
    expect(wrong.body).not.toContain('wrong password')
    expect(wrong.body).not.toContain(another)
  })

  test('changed, it ends every other session and every grant, and this browser goes on under a new session', async () => {
    const other = await signedIn()
    const client = await addClient(h)
    const tokens = await tokensFor(client, browser, firefox)
    const before = browser.cookies.get('consentry-session')
    h.clock.move(1000)
    const page = await change(browser, alicePassword, another)
    expect(page.location).toBe('/account/security?changed=1')
    expect((await browser.follow(page)).body).toContain('Your password has been changed.')
    expect(browser.cookies.get('consentry-session')).not.toBe(before)
    expect(await isIn(browser)).toBe(true)
    expect(await isIn(other)).toBe(false)
    const thief = testBrowser(h.app)
    thief.cookies.set('consentry-session', before ?? '')
    expect(await isIn(thief)).toBe(false)
    expect(await apiStatus(h.app, tokens.access)).toBe(401)
    expect((await refresh(h.app, client, tokens.refresh)).body.error).toBe('invalid_grant')
    const stranger = testBrowser(h.app)
    expect((await signInOn(stranger, await stranger.get('/login'))).status).toBe(401)
    await signedIn('alice', another)
    await h.context.audit.flush()
    const events = (await h.storage.audit.list(50)).filter(({ type }) => type === 'password_changed')
    expect(events).toMatchObject([{ actor: alice.id }])
    expect(JSON.stringify(await h.storage.audit.list(50))).not.toContain(another)
  })

  test('is not changed by whoever does not know the current one', async () => {
    const page = await change(browser, 'wrong password', another)
    expect(page.status).toBe(400)
    expect(textOf(byId(read(page.body), 'current-password-problem'))).toContain('That is not your current password.')
    await signedIn()
  })

  test.each([
    ['', another, 'current-password', 'Enter your current password.'],
    [alicePassword, '', 'new-password', 'Use at least 8 characters.'],
    [alicePassword, 'short', 'new-password', 'Use at least 8 characters.'],
    [alicePassword, 'password123', 'new-password', 'This password is too common. Choose another.'],
    [alicePassword, 'Alice@Example.com', 'new-password', 'Do not use your name or address'],
    [alicePassword, alicePassword, 'new-password', 'That is the password you have now.'],
    ['x'.repeat(1025), another, 'current-password', 'That is not your current password.'],
    [alicePassword, 'x1'.repeat(513), 'new-password', 'Use at most 1,024 bytes.'],
  ])('from %j to %j is refused at the field %s: %s', async (current, next, field, text) => {
    const page = await change(browser, current, next)
    expect(page.status).toBe(400)
    expect(textOf(byId(read(page.body), `${field}-problem`))).toContain(text)
    expect(await isIn(browser)).toBe(true)
    await signedIn()
  })

  test('is guessed ten times at most, together with guesses at sign-in in this browser, even with the right one at last', async () => {
    const login = await browser.get('/login')
    for (let i = 0; i < 4; i++) expect((await signInOn(browser, login, 'alice', 'wrong password')).status).toBe(401)
    for (let i = 0; i < 6; i++) expect((await change(browser, 'wrong password', another)).status).toBe(400)
    const page = await change(browser, alicePassword, another)
    expect(page.status).toBe(429)
    expect(Number(page.response.headers['retry-after'])).toBeGreaterThan(0)
    expect(page.body).toContain('Please try again in')
    expect((await signInOn(browser, login)).status).toBe(429)
    h.clock.move(10 * 60_000)
    expect((await change(browser, alicePassword, another)).status).toBe(303)
  })

  test('an account without one is told so and given a form that asks for none', async () => {
    await h.storage.accounts.update(alice.id, { passwordHash: null })
    const page = await browser.get('/account/security')
    expect(page.body).toContain('You sign in through a provider only')
    const inputs = named(byId(read(page.body), 'password-form'), 'input').map(({ attributes }) => attributes.name)
    expect(inputs).toEqual(['csrf', 'username', 'new-password'])
    expect((await change(browser, alicePassword, another)).status).toBe(400)
    expect((await h.storage.accounts.find(alice.id))?.passwordHash).toBeNull()
  })
})

test.each([
  [firefox, 'Firefox on Linux'],
  ['Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/156.0.0.0 Safari/537.36', 'Chrome on Windows'],
  ['Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/156.0.0.0 Safari/537.36 Edg/156.0', 'Edge on Windows'],
  ['Mozilla/5.0 (Macintosh; Intel Mac OS X 15_0) AppleWebKit/605 Version/19.0 Safari/605', 'Safari on a Mac'],
  ['Mozilla/5.0 (iPhone; CPU iPhone OS 19_4 like Mac OS X) CriOS/156.0 Mobile Safari/604', 'Chrome on an iPhone'],
  ['Mozilla/5.0 (Linux; Android 16) AppleWebKit/537 Chrome/156.0 Mobile Safari/537', 'Chrome on Android'],
  ['Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/156.0.0.0 Safari/537.36 Vivaldi/8.1', 'Vivaldi on Windows'],
  [
    'Mozilla/5.0 (Linux; Android 16; SM-S9) SamsungBrowser/30.0 Chrome/156.0 Mobile Safari/537',
    'Samsung Internet on Android',
  ],
  ['Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 Chrome/156.0 Safari/537.36', 'Chrome on Chrome OS'],
  ['okhttp/4.12.0', 'okhttp 4.12'],
  ['Evil\u202e\u0007/7.1 (iPhone)', 'Evil on an iPhone'],
  [`Mozilla/5.0 ${'\u202e(evil'.repeat(80)}`, `Mozilla/5.0 ${'(evil'.repeat(9)}(e…`],
  ['Mozilla/5.0 (compatible)', 'Mozilla/5.0 (compatible)'],
  ['', 'Unknown device'],
  [null, 'Unknown device'],
  [`<b>${'x'.repeat(100)}`, `<b>${'x'.repeat(56)}…`],
])('the user agent %j is called %s', (userAgent, words) => {
  expect(agentInWords(en.kit, userAgent)).toBe(words)
})

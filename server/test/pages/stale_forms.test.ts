/** A form that has gone stale is drawn again; one from another site draws nothing. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { allowOn, authorizeUrl, hiddenFields, signInOn, type TestBrowser, testBrowser } from '../support/browser.ts'
import {
  addAccount,
  addClient,
  alicePassword,
  callback,
  type Harness,
  harness,
  type TestClient,
} from '../support/harness.ts'

let h: Harness
let client: TestClient
beforeAll(async () => {
  h = await harness()
  await addAccount(h)
  await addAccount(h, 'bob')
  client = await addClient(h, { client_name: 'Meadow <b>Journal' })
})
afterAll(() => h.close())

async function signedIn(username = 'alice'): Promise<TestBrowser> {
  const browser = testBrowser(h.app)
  await signInOn(browser, await browser.get('/login'), username)
  return browser
}

const expired = 'This form has expired'

describe('B33: a form that was open while something else happened in the browser', () => {
  test('is taken where the same person has signed in anew in another tab', async () => {
    const browser = await signedIn()
    const consent = await browser.follow(await browser.get(authorizeUrl(client)))
    expect(consent.body).toContain('id="consent-allow"')
    const { csrf = '' } = hiddenFields(await browser.get('/account/security'))
    await signInOn(browser, await browser.get('/login'))
    expect((await allowOn(browser, consent)).location).toContain('code=')
    expect((await browser.post('/account/devices/end', { csrf, others: 'all' })).status).toBe(303)
  })

  test('is drawn again for the person who is there now, and nothing is carried out', async () => {
    const browser = await signedIn()
    const consent = await browser.follow(await browser.get(authorizeUrl(client, { prompt: 'consent' })))
    await signInOn(browser, await browser.get('/login'), 'bob')
    const again = await allowOn(browser, consent)
    expect([again.status, again.location]).toEqual([403, undefined])
    expect(again.body).toContain(expired)
    expect(again.body).toContain('bob@example.com')
    expect(again.body).toContain('Meadow &lt;b&gt;Journal')
    expect((await allowOn(browser, again)).location).toContain('code=')
  })

  test('leads on to sign-in where nobody is there any more', async () => {
    const browser = await signedIn()
    const consent = await browser.follow(await browser.get(authorizeUrl(client, { prompt: 'consent' })))
    const apps = hiddenFields(await browser.get('/account/security'))
    const out = await browser.get('/logout')
    await browser.post('/logout', { ...hiddenFields(out), action: 'confirm' })
    const again = await allowOn(browser, consent)
    expect([again.status, again.location]).toEqual([403, undefined])
    expect(again.body).toMatch(/<a href="\/login\?request=[^"]+"[^>]*>Continue/)
    const account = await browser.post('/account/apps/remove', { ...apps, client_id: client.id })
    expect([account.status, account.location]).toEqual([403, undefined])
    expect(account.body).toContain('href="/login?next=%2Faccount%2Fapps"')
    expect(account.response.headers['content-security-policy']).toContain("form-action 'self'")
  })
})

describe('B33: every form of ours', () => {
  let owner: TestBrowser
  let own: TestClient
  let key: string
  let secret: string
  const pages = () =>
    [
      ['/login', {}, 'login-form'],
      ['/login/start/google', {}, 'login-form'],
      ['/login/link', { link: 'x' }, 'login-form'],
      ['/signup', {}, 'signup-form'],
      ['/logout', { action: 'confirm' }, 'logout-form'],
      ['/account/apps/remove', { client_id: client.id }, 'Connected apps'],
      ['/account/devices/end', { others: 'all' }, 'session-list'],
      ['/account/security', { 'current-password': alicePassword, 'new-password': 'x' }, 'password-form'],
      ['/account/security/connect/google', {}, 'password-form'],
      ['/account/security/disconnect', { identity: 'x' }, 'password-form'],
      ['/developer/apps/new', { name: 'Another' }, 'app-form'],
      [`/developer/apps/${own.id}/settings/name`, { name: 'Renamed' }, 'app-rename-form'],
      [`/developer/apps/${own.id}/delete`, {}, 'app-delete-form'],
      [`/developer/apps/${own.id}/secrets`, { name: 'More' }, 'secret-form'],
      [`/developer/apps/${own.id}/secrets/${secret}/replace`, { overlap: 'none' }, 'secret-replace-form'],
      [`/developer/apps/${own.id}/secrets/${secret}/remove`, {}, 'secret-remove-form'],
      [`/developer/apps/${own.id}/redirect-uris`, { uri: 'https://a.example/' }, 'redirect-uri-form'],
      [`/developer/apps/${own.id}/redirect-uris/edit`, { uri: callback, to: 'x' }, 'redirect-uri-edit-form'],
      [`/developer/apps/${own.id}/redirect-uris/remove`, { uri: callback }, 'redirect-uri-remove-form'],
      [`/developer/apps/${own.id}/older`, {}, 'older-form'],
      ['/developer/keys', { name: 'More' }, 'key-form'],
      [`/developer/keys/${key}`, { name: 'Renamed' }, 'key-rename-form'],
      [`/developer/keys/${key}/rotate`, { overlap: 'none' }, 'key-rename-form'],
      [`/developer/keys/${key}/disable`, {}, 'key-rename-form'],
      [`/developer/keys/${key}/delete`, {}, 'key-delete-form'],
      [`/developer/keys/${key}/collaborators`, { username: 'bob' }, 'key-rename-form'],
      [`/developer/keys/${key}/collaborators/remove`, { person: 'x' }, 'key-rename-form'],
      [`/developer/keys/${key}/leave`, {}, 'key-form'],
    ] as const

  beforeAll(async () => {
    owner = await signedIn()
    const alice = await h.storage.accounts.findByLogin('alice')
    own = await addClient(h, {}, { ownerId: alice?.id ?? 'usr_' })
    secret = (await h.storage.clients.find(own.id))?.secrets[0]?.id ?? ''
    await owner.post('/developer/keys', { ...hiddenFields(await owner.get('/developer/keys')), name: 'Meter' })
    key = /data-key="([^"]+)"/.exec((await owner.get('/developer/keys')).body)?.[1] ?? ''
  })

  test('is drawn again with 403 where its token is stale', async () => {
    for (const [path, fields, shown] of pages()) {
      const page = await owner.post(path, { ...fields, csrf: 'stale' })
      expect(page.status, path).toBe(403)
      expect(page.body, path).toContain(expired)
      expect(page.body, path).toContain(shown)
      expect(page.response.headers['set-cookie'], path).toBeUndefined()
    }
    expect((await h.storage.clients.find(own.id))?.metadata.client_name).toBe('Meadow Journal')
    expect((await owner.get('/account')).status).toBe(200)
  })

  test('draws nothing of the request where it comes from elsewhere, or nobody says from where', async () => {
    const hostile: Record<string, string>[] = [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { origin: '', 'sec-fetch-site': '' },
    ]
    for (const [path, fields, shown] of pages()) {
      for (const headers of hostile) {
        const page = await owner.post(path, { ...fields, csrf: 'stale' }, headers)
        expect(page.status, path).toBe(403)
        expect(page.body, path).not.toContain(`id="${shown}"`)
        expect(page.body, path).toContain('was not sent from our own page')
      }
    }
  })
})

test('B33: a token reads differently in every answer, and each of them is good', async () => {
  const browser = await signedIn()
  const tokens = [hiddenFields(await browser.get('/logout')).csrf, hiddenFields(await browser.get('/logout')).csrf]
  expect(new Set(tokens).size).toBe(2)
  h.clock.move(1000)
  const login = await browser.get(authorizeUrl(client, { prompt: 'login' }))
  const request = async () => hiddenFields(await browser.get(login.location ?? '')).request
  expect(await request()).toBeDefined()
  expect(await request()).not.toBe(await request())
  for (const csrf of tokens) {
    expect((await browser.post('/logout', { csrf: csrf ?? '', action: 'cancel' })).location).toBe('/account')
  }
})

test('B33: a form without its token is answered 403 to a browser that takes compressed pages, too', async () => {
  for (const encoding of ['identity', 'gzip', 'br']) {
    const page = await testBrowser(h.app).post('/signup', { username: 'x' }, { 'accept-encoding': encoding })
    expect(page.status, encoding).toBe(403)
  }
})

/**
 * Pages whose database fails under them, in the middle of an app's request: "Try again" leads to where the person was, and
 * the owner of the app finds the request in its log.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from '@photostructure/sqlite'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { openSetting, ownPath, pressProvider, type Setting, signInThrough } from '../providers/setting.ts'
import { allowOn, authorize, authorizeUrl, hiddenFields, type Page, signInOn, testBrowser } from '../support/browser.ts'
import { addAccount, addClient, alicePassword, openCopy, type TestClient } from '../support/harness.ts'
import { named, read, textOf } from './markup.ts'

const folder = mkdtempSync(join(tmpdir(), 'consentry-faults-'))
const path = join(folder, 'faults.db')
let s: Setting
let client: TestClient
let other: InstanceType<typeof DatabaseSync>
beforeAll(async () => {
  s = await openSetting({}, { open: (clock) => openCopy(path, clock) })
  const alice = await addAccount(s)
  client = await addClient(s, {}, { ownerId: alice.id })
  other = new DatabaseSync(path)
})
afterAll(async () => {
  other.close()
  await s.close()
  rmSync(folder, { recursive: true, force: true })
})

/** What happens while a table is not there. */
async function without(table: string, what: () => Promise<Page>): Promise<Page> {
  other.exec(`alter table ${table} rename to away`)
  try {
    return await what()
  } finally {
    other.exec(`alter table away rename to ${table}`)
  }
}

/** Where "Try again" leads on a page about a fault. */
function againOn(page: Page): string | undefined {
  const links = named(read(page.body), 'a')
  return links.find((link) => textOf(link) === 'Try again')?.attributes.href
}

async function entryOf(page: Page, of = client) {
  return vi.waitFor(async () => {
    await s.context.requests.flush()
    const [found] = await s.storage.requests.find(of.id, page.response.headers['x-request-id'] as string)
    if (found === undefined) throw new Error('the request left no entry')
    return found
  }, 30_000)
}

async function atLogin(more: Record<string, string | undefined> = {}, of = client) {
  const browser = testBrowser(s.app)
  return { browser, page: await browser.follow(await browser.get(authorizeUrl(of, more))) }
}

test('a consent that fails is tried again from the consent page, to its end, and stands in the log of the app', async () => {
  const { browser, page } = await atLogin()
  const consent = await signInOn(browser, page)
  const failed = await without('grants', () => allowOn(browser, consent))
  expect([failed.status, failed.location]).toEqual([500, undefined])
  expect(await entryOf(failed)).toMatchObject({
    endpoint: '/consent',
    method: 'POST',
    status: 500,
    reason: 'fault',
    rule: 'consent',
    ruleset: 'authorize pushed dpop_jkt resource claims id_token_hint prompt',
    authenticated: false,
    pairwise: null,
  })
  expect(againOn(failed)).toMatch(/^\/consent\?request=/)
  const again = await browser.follow(await browser.get(againOn(failed) ?? ''))
  expect(again.location).toMatch(/^https:\/\/app\.example\/cb\?code=/)
})

test('so does a sign-in, and its entry says which rules were passed before and which had nothing to check', async () => {
  const alice = await s.storage.accounts.findByLogin('alice')
  const allowed = await addClient(s, {}, alice && { ownerId: alice.id })
  await authorize(s.app, authorizeUrl(allowed))
  const { browser, page } = await atLogin({ prompt: 'login' }, allowed)
  const fields = { ...hiddenFields(page), username: 'alice', password: alicePassword }
  const failed = await without('sessions', () => browser.post('/login', fields))
  expect(failed.status).toBe(500)
  expect(await entryOf(failed, allowed)).toMatchObject({
    endpoint: '/login',
    rule: 'sign_in',
    ruleset: 'authorize pushed dpop_jkt resource claims id_token_hint',
  })
  const again = await browser.get(againOn(failed) ?? '')
  expect(again.body).toContain('id="login-form"')
  expect((await signInOn(browser, again)).location).toMatch(/^https:\/\/app\.example\/cb\?code=/)
  const owner = testBrowser(s.app)
  await signInOn(owner, await owner.get('/login'))
  const { 'x-request-id': id } = failed.response.headers
  const log = await owner.get(`/developer/apps/${allowed.id}/requests?request=${id}`)
  expect(log.body).toContain('This server failed while it was at this check.')
})

test('a database that is away while somebody signs in is 503 with the same way on and an entry', async () => {
  const { browser, page } = await atLogin()
  const fields = { ...hiddenFields(page), username: 'alice', password: alicePassword }
  other.exec('begin immediate')
  const failed = await browser.post('/login', fields)
  other.exec('rollback')
  expect([failed.status, failed.response.headers['retry-after']]).toEqual([503, '2'])
  expect(await entryOf(failed)).toMatchObject({ endpoint: '/login', status: 503, reason: 'unavailable' })
  expect(failed.body).not.toContain('href="/account"')
  expect((await browser.get(againOn(failed) ?? '')).body).toContain('id="login-form"')
})

test('whoever is signed in keeps the header while the database is away, and tries again on the page of the form', async () => {
  const { browser, page } = await atLogin()
  await signInOn(browser, page)
  const { csrf = '' } = hiddenFields(await browser.get('/logout'))
  other.exec('begin immediate')
  const failed = await browser.post('/account/devices/end', { csrf, others: 'all' })
  other.exec('rollback')
  expect(failed.status).toBe(503)
  const links = named(read(failed.body), 'a').map((link) => link.attributes.href)
  expect(links).toEqual(expect.arrayContaining(['/account', '/developer', '/logout']))
  expect(againOn(failed)).toBe('/account/devices')
})

test.each([
  ['/signup', { username: 'dora', email: 'dora@example.com', password: alicePassword }],
  ['/login/start/google', {}],
] as const)('a form at %s keeps the request', async (action, fields) => {
  const { browser, page } = await atLogin()
  const failed = await without('clients', () => {
    s.context.clients.forget()
    return browser.post(action, { ...hiddenFields(page), ...fields })
  })
  expect(failed.status).toBe(500)
  const { request = '' } = hiddenFields(page)
  expect(againOn(failed)).toBe(`${action === '/signup' ? action : '/login'}?request=${request}`)
})

test('a page that fails itself is asked for again, and leaves its entry', async () => {
  const { browser, page } = await atLogin()
  await signInOn(browser, page)
  const { request = '' } = hiddenFields(page)
  const failed = await without('consents', () => browser.get(`/consent?request=${request}`))
  expect([failed.status, againOn(failed)]).toEqual([500, ''])
  expect(await entryOf(failed)).toMatchObject({ endpoint: '/consent', method: 'GET', rule: 'consent' })
})

test('authorize itself names the app in the log when it fails on a request that comes back', async () => {
  const { browser, page } = await atLogin()
  await signInOn(browser, page)
  const { request = '' } = hiddenFields(page)
  const failed = await without('sessions', () => browser.get(`/oauth/authorize?resume=${request}`))
  expect([failed.status, againOn(failed)]).toEqual([500, ''])
  expect(await entryOf(failed)).toMatchObject({ endpoint: '/oauth/authorize', reason: 'fault', rule: 'sign_in' })
})

test('a request that was posted to authorize is not tried again without what was posted', async () => {
  const [, query = ''] = authorizeUrl(client).split('?')
  const failed = await without('clients', () => {
    s.context.clients.forget()
    return testBrowser(s.app).post('/oauth/authorize', query)
  })
  expect([failed.status, againOn(failed)]).toEqual([500, undefined])
})

test('a return from a provider that fails begins the request anew, as the provider’s answer is good for once', async () => {
  s.provider.persona = { sub: 'fails', preferred_username: 'fails' }
  const browser = testBrowser(s.app)
  const { sent } = await pressProvider(browser, authorizeUrl(client))
  const back = ownPath(s.provider.answer(sent.location ?? ''))
  const failed = await without('identities', () => browser.get(back))
  expect(failed.status).toBe(500)
  expect(await entryOf(failed)).toMatchObject({ endpoint: '/login/return/google', method: 'GET', rule: 'sign_in' })
  const again = againOn(failed) ?? ''
  expect(again).toMatch(/^\/oauth\/authorize\?again=/)
  expect((await signInThrough(s, again, { browser })).page.body).toContain('id="consent-allow"')
})

test('so does the page that connects an account with the same address', async () => {
  await addAccount(s, 'nora')
  s.provider.persona = { sub: 'nora', email: 'nora@example.com' }
  const { browser, page } = await signInThrough(s, authorizeUrl(client))
  const fields = { ...hiddenFields(page), username: 'nora', password: alicePassword }
  const failed = await without('identities', () => browser.post('/login/link', fields))
  expect(failed.status).toBe(500)
  expect(await entryOf(failed)).toMatchObject({ endpoint: '/login/link', rule: 'sign_in' })
  expect(againOn(failed)).toMatch(/^\/oauth\/authorize\?again=/)
})

test('a sign-in at the social endpoints begins anew there, and is logged as such', async () => {
  const page = 'https://app.example/social'
  const { storage } = s
  const record = await storage.clients.find(client.id)
  if (record === undefined) throw new Error('no client')
  const metadata = { ...record.metadata, dialects: ['quantimodo'], redirect_uris: [page] }
  await storage.clients.amend(record.clientId, () => ({ metadata: metadata }))
  s.context.clients.forget()
  const browser = testBrowser(s.app)
  const sent = await browser.get(`/api/v2/auth/social/login?provider=google&redirectUrl=${page}&client_id=${client.id}`)
  const failed = await without('identities', () => browser.get(ownPath(s.provider.answer(sent.location ?? ''))))
  await storage.clients.amend(record.clientId, () => ({ metadata: record.metadata }))
  s.context.clients.forget()
  expect(await entryOf(failed)).toMatchObject({ status: 500, ruleset: 'social:login', rule: 'provider' })
  expect(againOn(failed)).toContain('/api/v2/auth/social/login?provider=google')
})

test('other forms are tried again on their pages, too, and leave no entry in the log of an app', async () => {
  const browser = testBrowser(s.app)
  const login = await browser.follow(await browser.get('/account/apps'))
  const fields = { ...hiddenFields(login), username: 'alice', password: alicePassword }
  const failed = await without('sessions', () => browser.post('/login', fields))
  expect(againOn(failed)).toBe('/login?next=%2Faccount%2Fapps')
  await signInOn(browser, login)
  const csrf = hiddenFields(await browser.get('/logout'))
  const uri = 'https://app.example/cb'
  for (const [action, more, expected] of [
    [
      '/account/security',
      { 'current-password': alicePassword, 'new-password': 'other horse battery' },
      '/account/security',
    ],
    [
      `/developer/apps/${client.id}/redirect-uris/edit`,
      { uri, to: `${uri}2` },
      `/developer/apps/${client.id}/redirect-uris/edit?uri=${encodeURIComponent(uri)}`,
    ],
  ] as const) {
    const table = action.startsWith('/account') ? 'users' : 'clients'
    const page = await without(table, () => {
      s.context.clients.forget()
      return browser.post(action, { ...csrf, ...more })
    })
    expect([page.status, againOn(page)], action).toEqual([500, expected])
    await s.context.requests.flush()
    expect(await s.storage.requests.find(client.id, page.response.headers['x-request-id'] as string)).toEqual([])
  }
})

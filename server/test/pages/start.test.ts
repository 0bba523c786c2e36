/** The start page and the checklist through the front door: who is led where. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { setupToken } from '../../src/engine/account/sign_up.ts'
import { hiddenFields, signInOn, type TestBrowser, testBrowser } from '../support/browser.ts'
import { addAccount, addClient, alicePassword, type Harness, harness } from '../support/harness.ts'
import { all, byId, named, read, textOf } from './markup.ts'

let h: Harness
beforeEach(async () => {
  h = await harness()
})
afterEach(() => h.close())

async function signedIn(username: string): Promise<TestBrowser> {
  const browser = testBrowser(h.app)
  await signInOn(browser, await browser.get('/login'), username, alicePassword)
  return browser
}

/** The one button of the start page that stands out, and where it leads. */
async function firstWay(browser: TestBrowser): Promise<string | undefined> {
  const page = read((await browser.get('/')).body)
  const [first, ...more] = all(page).filter((element) => element.attributes.class === 'button')
  expect(more).toEqual([])
  return first?.attributes.href
}

/** What the checklist says of each step. */
async function steps(browser: TestBrowser): Promise<Record<string, string>> {
  const page = await browser.get('/admin/checklist')
  expect(page.status).toBe(200)
  const listed = all(read(page.body)).filter((element) => 'data-step' in element.attributes)
  return Object.fromEntries(listed.map(({ attributes }) => [attributes['data-step'], attributes['data-state'] ?? '']))
}

test('everybody has one way on: strangers sign in, people and developers go to what is theirs', async () => {
  expect(await firstWay(testBrowser(h.app))).toBe('/login')
  await addAccount(h)
  expect(await firstWay(await signedIn('alice'))).toBe('/account')
  const bob = await addAccount(h, 'bob')
  await addClient(h, {}, { ownerId: bob.id })
  expect(await firstWay(await signedIn('bob'))).toBe('/developer')
})

test('it says which server this is, and where apps find its endpoints', async () => {
  const page = read((await testBrowser(h.app).get('/')).body)
  expect(textOf(named(page, 'h1')[0] ?? byId(page, 'content'))).toBe('localhost:3000')
  const endpoints = textOf(byId(page, 'endpoints'))
  for (const path of ['', '/.well-known/openid-configuration', '/oauth/authorize', '/oauth/token']) {
    expect(endpoints).toContain(`http://localhost:3000${path}`)
  }
  for (const link of named(page, 'a')) {
    const { statusCode } = await h.app.inject({ url: link.attributes.href ?? '' })
    expect([200, 303], link.attributes.href).toContain(statusCode)
  }
})

test('the link of the first start ends at the checklist, which follows what is done', async () => {
  const browser = testBrowser(h.app)
  const form = await browser.get(`/setup?token=${setupToken(h.context).token}`)
  const fields = { username: 'olga', email: 'olga@example.com', password: 'correct horse battery' }
  const made = await browser.post('/setup', { ...hiddenFields(form), ...fields })
  expect(made.location).toBe('/admin/checklist')
  expect(await steps(browser)).toEqual({
    app: 'open',
    address: 'open',
    providers: 'optional',
    registration: 'optional',
    legacy: 'check',
    backup: 'regular',
    doctor: 'regular',
  })
  expect(await firstWay(browser)).toBe('/admin/checklist')
  expect((await browser.get('/account')).body).toContain('href="/admin/checklist"')
  await addClient(h)
  const done = await steps(browser)
  expect(done).toMatchObject({ app: 'done', address: 'open' })
  expect(done).not.toHaveProperty('waiting')
})

test('on an https issuer with an app an operator goes where everybody goes, and no legacy protocol is told of', async () => {
  const settings = { issuer: 'https://id.example', dialects: new Set(['oauth' as const]), secondFactor: 'off' as const }
  const other = await harness({ settings })
  try {
    const owner = await addAccount(other, 'olga', { roles: ['owner'] })
    const browser = testBrowser(other.app)
    const login = await browser.get('/login')
    const fields = { ...hiddenFields(login), username: 'olga', password: alicePassword }
    await browser.post('/login', fields, { origin: 'https://id.example' })
    expect(await firstWay(browser)).toBe('/admin/checklist')
    await addClient(other, {}, { ownerId: owner.id })
    expect(await firstWay(browser)).toBe('/developer')
    expect(await steps(browser)).toEqual({
      app: 'done',
      address: 'done',
      providers: 'optional',
      registration: 'optional',
      backup: 'regular',
      doctor: 'regular',
    })
  } finally {
    await other.close()
  }
})

test('the checklist is for those who run the server', async () => {
  expect((await testBrowser(h.app).get('/admin/checklist')).location).toBe('/login?next=%2Fadmin%2Fchecklist')
  for (const [username, roles, status] of [
    ['ada', ['admin'], 200],
    ['sam', ['support'], 403],
    ['alice', [], 403],
  ] as const) {
    await addAccount(h, username, { roles })
    const browser = await signedIn(username)
    expect((await browser.get('/admin/checklist')).status, username).toBe(status)
    expect((await browser.get('/account')).body.includes('/admin/checklist'), username).toBe(status === 200)
  }
})

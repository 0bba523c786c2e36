/** The start page through the front door: who is led where. */
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

test('the link of the first start ends in the console, whose checklist names the first administrator', async () => {
  const browser = testBrowser(h.app)
  const form = await browser.get(`/setup?token=${setupToken(h.context).token}`)
  const fields = { username: 'olga', email: 'olga@example.com', password: 'correct horse battery' }
  const made = await browser.post('/setup', { ...hiddenFields(form), ...fields })
  expect(made.location).toBe('/admin')
  expect(await firstWay(browser)).toBe('/admin')
  expect((await browser.get('/account')).body).toContain('href="/admin">Open the console')
  // Where mails of earlier releases lead.
  expect((await browser.get('/admin/checklist')).location).toBe('/admin')
})

test('on an https issuer with an app an operator goes where everybody goes', async () => {
  const settings = { issuer: 'https://id.example', dialects: new Set(['oauth' as const]), secondFactor: 'off' as const }
  const other = await harness({ settings })
  try {
    const owner = await addAccount(other, 'olga', { roles: ['owner'] })
    const browser = testBrowser(other.app)
    const login = await browser.get('/login')
    const fields = { ...hiddenFields(login), username: 'olga', password: alicePassword }
    await browser.post('/login', fields, { origin: 'https://id.example' })
    expect(await firstWay(browser)).toBe('/admin')
    await addClient(other, {}, { ownerId: owner.id })
    expect(await firstWay(browser)).toBe('/developer')
  } finally {
    await other.close()
  }
})

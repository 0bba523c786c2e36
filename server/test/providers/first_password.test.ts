/** A first password for an account that has been opened through a provider. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Account } from '../../src/storage/contract.ts'
import { byId, read, textOf } from '../pages/markup.ts'
import { type Page, signInOn, type TestBrowser, testBrowser } from '../support/browser.ts'
import { addAccount, alicePassword } from '../support/harness.ts'
import {
  auditedWays,
  csrfOf,
  openSetting,
  postSigned,
  type Setting,
  signInThrough,
  signInWithoutPassword,
  whoIsSignedIn,
} from './setting.ts'

const security = '/account/security'
const minutes = 60_000

let s: Setting
beforeAll(async () => {
  s = await openSetting()
})
afterAll(() => s.close())

const words = (page: Page) => textOf(byId(read(page.body), 'content'))
const another = 'another horse and its battery'
const set = (one: TestBrowser, password: string) => postSigned(one, security, { 'new-password': password })
const canSignIn = async (account: Account, password: string) => {
  const one = testBrowser(s.app)
  return (await signInOn(one, await one.get('/login'), account.username, password)).path === '/account'
}

test('a first password is set beside the provider, ends nothing, and is a way in of its own', async () => {
  const { browser: one, account } = await signInWithoutPassword(s, 'first')
  const second = (await signInThrough(s)).browser
  const page = await one.follow(await set(one, another))
  expect(words(page)).toContain('Your password has been set.')
  expect(page.body).toContain('id="current-password"')
  expect(await whoIsSignedIn(one)).toBe(account.username)
  expect(await whoIsSignedIn(second)).toBe(account.username)
  expect(await canSignIn(account, another)).toBe(true)
  expect(await auditedWays(s, account)).toEqual([['password_set', undefined]])
  const [identity = ''] = /(?<=id="disconnect-)[^"]*/.exec(page.body) ?? []
  const gone = await postSigned(one, `${security}/disconnect`, { identity })
  expect(gone.location).toBe(`${security}?done=disconnected`)
  expect(await canSignIn(account, another)).toBe(true)
})

test.each([
  ['', 'Use at least 8 characters.'],
  ['short', 'Use at least 8 characters.'],
  ['password123', 'This password is too common. Choose another.'],
  ['x1'.repeat(513), 'Use at most 1,024 bytes.'],
])('%j is refused as the first one: %s', async (password, text) => {
  const { browser: one, account } = await signInWithoutPassword(s, `weak${password.length}`)
  const page = await set(one, password)
  expect(page.status).toBe(400)
  expect(textOf(byId(read(page.body), 'new-password-problem'))).toContain(text)
  expect((await s.storage.accounts.find(account.id))?.passwordHash).toBeNull()
})

test('it needs a recent sign-in and the form’s own token', async () => {
  const { browser: one, account } = await signInWithoutPassword(s, 'late')
  expect((await one.post(security, { csrf: 'x', 'new-password': another })).status).toBe(403)
  s.clock.move(10 * minutes + 1000)
  expect(words(await one.get(security))).toContain('For your security, please sign in again to make changes here.')
  const page = await set(one, another)
  expect(page.status).toBe(403)
  expect(words(page)).toContain('Nothing was changed. For your security, please sign in again')
  expect((await s.storage.accounts.find(account.id))?.passwordHash).toBeNull()
})

test('it is not a way round the one that there is', async () => {
  const alice = await addAccount(s)
  const browser = testBrowser(s.app)
  await signInOn(browser, await browser.get('/login'))
  const page = await set(browser, another)
  expect(page.status).toBe(400)
  expect(textOf(byId(read(page.body), 'current-password-problem'))).toContain('Enter your current password.')
  expect(await canSignIn(alice, alicePassword)).toBe(true)
})

test('of several first passwords at once one is set, and the others are told', async () => {
  const { browser: one, account } = await signInWithoutPassword(s, 'many')
  const fields = await csrfOf(one)
  const passwords = ['first of several', 'second of several', 'third of several']
  const pages = await Promise.all(passwords.map((next) => one.post(security, { ...fields, 'new-password': next })))
  const done = pages.map(({ location }) => location === `${security}?done=password_set`)
  expect(done.filter((is) => is)).toHaveLength(1)
  for (const [i, password] of passwords.entries()) expect(await canSignIn(account, password)).toBe(done[i])
  expect(await auditedWays(s, account)).toHaveLength(1)
})

/** /account/profile: what a person says of themselves, which apps are told at once, and another username. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { day, minute } from '../../src/lib/clock.ts'
import type { Account } from '../../src/storage/contract.ts'
import { byId, named, read, textOf } from '../pages/markup.ts'
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
import { addAccount, addClient, alicePassword, type Harness, harness, type TestClient } from '../support/harness.ts'
import { type Mailbox, openMailbox } from '../support/mailbox.ts'

let h: Harness
let mailbox: Mailbox
let client: TestClient
beforeAll(async () => {
  mailbox = await openMailbox()
  h = await harness({ mailer: mailbox.mailer(), settings: { signUp: 'open' } })
  client = await addClient(h, { scope: 'openid profile basic' })
  await addAccount(h, 'willow', { roles: ['owner'] })
})
afterAll(async () => {
  await h.close()
  await mailbox.close()
})

async function person(username: string, claims = {}): Promise<{ account: Account; browser: TestBrowser }> {
  const account = await addAccount(h, username, { claims })
  return { account, browser: await signedIn(username) }
}

async function signedIn(username: string): Promise<TestBrowser> {
  const browser = testBrowser(h.app)
  await signInOn(browser, await browser.get('/login'), username, alicePassword)
  return browser
}

async function send(browser: TestBrowser, fields: Record<string, string>, path = ''): Promise<Page> {
  const page = await browser.get('/account/profile')
  return browser.post(`/account/profile${path}`, { csrf: hiddenFields(page).csrf ?? '', ...fields })
}

const rename = (browser: TestBrowser, username: string) => send(browser, { username }, '/username')

async function told(browser: TestBrowser): Promise<Record<string, unknown>> {
  await authorize(h.app, authorizeUrl(client, { scope: 'openid profile basic' }), { browser })
  const { access } = await newTokens(h, client, { scope: 'openid profile basic' }, browser)
  const authorization = `Bearer ${access}`
  const userinfo = (await h.app.inject({ url: '/oauth/userinfo', headers: { authorization } })).json()
  return { ...userinfo, api: (await h.app.inject({ url: '/api/v3/user', headers: { authorization } })).json() }
}

async function eventsOf({ id }: Account): Promise<unknown[]> {
  await h.context.audit.flush()
  const events = await h.storage.audit.list(200)
  return events.filter(({ actor }) => actor === id).map(({ type, detail }) => [type, detail])
}

const chosen = (page: Page, name: string) => {
  const select = named(read(page.body), 'select').find((one) => one.attributes.name === name)
  return select && named(select, 'option').find((one) => 'selected' in one.attributes)?.attributes.value
}

test('name, language and time zone are kept and told to apps at once; what is emptied is told no more', async () => {
  const { account, browser } = await person('ann', { nickname: 'a' })
  expect((await told(browser)).name).toBeUndefined()
  const saved = await send(browser, { name: '  Ann   Müller ', locale: 'en', zoneinfo: 'Europe/Berlin' })
  const page = await browser.follow(saved)
  expect(textOf(read(page.body))).toContain('Your profile has been saved.')
  expect(byId(read(page.body), 'name').attributes.value).toBe('Ann Müller')
  expect([chosen(page, 'locale'), chosen(page, 'zoneinfo')]).toEqual(['en', 'Europe/Berlin'])
  const all = { name: 'Ann Müller', locale: 'en', zoneinfo: 'Europe/Berlin', nickname: 'a', preferred_username: 'ann' }
  expect(await told(browser)).toMatchObject({ ...all, api: { displayName: 'Ann Müller' } })
  h.clock.move(5000)
  await send(browser, { name: '', locale: '', zoneinfo: 'UTC' })
  const after = await told(browser)
  expect(after).toMatchObject({ zoneinfo: 'UTC', nickname: 'a', api: { displayName: 'ann' } })
  expect([after.name, after.locale]).toEqual([undefined, undefined])
  const events = await eventsOf(account)
  expect(events).toContainEqual(['profile_changed', { changed: ['name', 'locale', 'zoneinfo'] }])
  expect(JSON.stringify(events)).not.toContain('Berlin')
})

test('what cannot be taken is told at its field, and nothing is changed', async () => {
  const { account, browser } = await person('bea')
  const before = await eventsOf(account)
  const wrong: Record<string, [Record<string, string>, string]> = {
    hidden: [{ name: 'Be\u202ea' }, 'The name holds a character that cannot be seen.'],
    long: [{ name: 'x'.repeat(300) }, 'A name has at most 100 characters.'],
    posing: [{ name: 'C\u043ensentry' }, 'A word of the name mixes letters of different alphabets.'],
    server: [{ name: 'Consentry Support' }, 'This name could be mistaken for this server or its operator.'],
    language: [{ locale: 'xx-<b>' }, 'Choose a language from the list.'],
    zone: [{ zoneinfo: '+01:00' }, 'Choose a time zone from the list.'],
    noZone: [{ zoneinfo: 'Europe/Atlantis' }, 'Choose a time zone from the list.'],
  }
  for (const [name, [fields, sentence]] of Object.entries(wrong)) {
    const page = await send(browser, { name: 'Bea', locale: '', zoneinfo: '', ...fields })
    expect([page.status, textOf(read(page.body)).includes(sentence)], name).toEqual([400, true])
  }
  expect((await h.storage.accounts.find(account.id))?.claims).toEqual({})
  expect(await eventsOf(account)).toEqual(before)
})

test('what a provider or the operator has given stays, although it is not offered', async () => {
  const { account, browser } = await person('cleo', { locale: 'pt-BR', zoneinfo: 'nowhere', name: 'Consentry Cleo' })
  const page = await browser.get('/account/profile')
  expect([chosen(page, 'locale'), chosen(page, 'zoneinfo')]).toEqual(['pt-BR', 'nowhere'])
  await send(browser, { name: 'Consentry Cleo', locale: 'pt-BR', zoneinfo: 'nowhere' })
  expect((await h.storage.accounts.find(account.id))?.claims).toEqual(account.claims)
})

test('of two changes at once none is lost', async () => {
  const { account, browser } = await person('dora')
  const csrf = hiddenFields(await browser.get('/account/profile')).csrf ?? ''
  const answers = await Promise.all([
    browser.post('/account/profile', { csrf, name: 'Dora', locale: 'en', zoneinfo: '' }),
    browser.post('/account/profile/username', { csrf, username: 'theodora' }),
  ])
  expect(answers.map(({ status }) => status)).toEqual([303, 303])
  expect(await h.storage.accounts.find(account.id)).toMatchObject({
    username: 'theodora',
    claims: { name: 'Dora', locale: 'en' },
  })
})

test('another username opens the account, apps stay connected, and its holder is written to', async () => {
  const { account, browser } = await person('emil')
  const { access } = await newTokens(h, client, { scope: 'openid profile basic' }, browser)
  await mailbox.next(h, 'emil@example.com')
  const page = await browser.follow(await rename(browser, 'Emilia'))
  expect(textOf(read(page.body))).toContain('Your username has been changed.')
  expect(textOf(read(page.body))).toContain('Former usernames that are still yours: emil')
  expect((await told(browser)).preferred_username).toBe('Emilia')
  const headers = { authorization: `Bearer ${access}` }
  expect((await h.app.inject({ url: '/api/v3/user', headers })).json()).toMatchObject({ loginName: 'Emilia' })
  expect((await (await signedIn('emilia')).get('/account')).status).toBe(200)
  expect((await (await signedIn('emil')).get('/account')).status).toBe(303)
  expect(await eventsOf(account)).toContainEqual(['username_changed', {}])
  const mail = await mailbox.next(h, 'emil@example.com')
  expect(mail.subject).toBe('Your username was changed')
  expect(mail.text).toContain('Emilia')
})

test('a username needs a sign-in within ten minutes and the rules of a sign-up', async () => {
  const { browser } = await person('fritz')
  for (const [typed, sentence] of [
    ['fritz', 'That is already your username.'],
    ['two words', 'Use letters, digits, dot, hyphen and underscore only.'],
    ['x'.repeat(300), 'Use 1 to 60 characters.'],
    ['a@b', 'Use letters, digits, dot, hyphen and underscore only.'],
    ['support', 'This name could be mistaken for this server or its operator.'],
    ['wi11ow', 'This username could be mistaken for somebody who runs this server.'],
    ['p\u0430ul', 'A word of the name mixes letters of different alphabets.'],
    ['r00t', 'This name could be mistaken for this server or its operator.'],
  ]) {
    const page = await rename(browser, typed ?? '')
    expect([page.status, textOf(read(page.body)).includes(sentence ?? '')], typed).toEqual([400, true])
  }
  h.clock.move(11 * minute)
  const late = await rename(browser, 'frederick')
  expect([late.status, textOf(read(late.body)).includes('Your username was not changed.')]).toEqual([403, true])
  expect((await (await signedIn('fritz')).get('/account')).status).toBe(200)
})

test('the former username is nobody else’s for 90 days, wherever they ask for it; its holder may go back to it', async () => {
  const { browser } = await person('gina')
  await rename(browser, 'regina')
  const other = await person('helga')
  expect(textOf(read((await rename(other.browser, 'GINA')).body))).toContain('That username is taken.')
  const insert = { email: null, emailVerified: false, passwordHash: null, roles: [], claims: {} }
  const make = () => h.storage.accounts.insert({ ...insert, id: 'usr_ginas', username: 'Gina' })
  expect(await make()).toBe('username_taken')
  expect(await h.storage.accounts.find('usr_ginas')).toBeUndefined()
  expect((await rename(browser, 'gina')).status).toBe(303)
  expect((await rename(browser, 'regina')).status).toBe(303)
  h.clock.move(91 * day)
  expect(await make()).toMatchObject({ username: 'Gina' })
  // Who has it now keeps it, and the one before it cannot go back.
  expect(textOf(read((await rename(await signedIn('regina'), 'gina')).body))).toContain('That username is taken.')
})

test('a person has three former usernames at most, and may still go back to one of them', async () => {
  const { browser } = await person('ivy1')
  for (const next of ['ivy2', 'ivy3', 'ivy4']) expect((await rename(browser, next)).status).toBe(303)
  const fourth = await rename(browser, 'ivy5')
  expect(textOf(read(fourth.body))).toContain('You have changed your username 3 times in 90 days.')
  expect((await rename(browser, 'IVY4')).status).toBe(303)
  expect((await rename(browser, 'ivy2')).status).toBe(303)
})

test('whoever tries many usernames is told to wait', async () => {
  await addAccount(h, 'taken')
  const { browser } = await person('jon')
  const statuses: number[] = []
  for (let i = 0; i < 21; i++) statuses.push((await rename(browser, 'taken')).status)
  expect([statuses.slice(0, 20).every((status) => status === 400), statuses[20]]).toEqual([true, 429])
})

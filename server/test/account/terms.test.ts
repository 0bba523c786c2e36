/** The operator's terms and privacy policy: accepted with a new account, and once a version at sign-in. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { inviteUser } from '../../src/engine/operator/people.ts'
import { minute } from '../../src/lib/clock.ts'
import type { Account } from '../../src/storage/contract.ts'
import { registerApp } from '../pages/developer.ts'
import { openSetting, type Setting, signInThrough, signInWithoutPassword } from '../providers/setting.ts'
import {
  allowOn,
  authorizeUrl,
  exchangeCode,
  hiddenFields,
  type Page,
  refresh,
  signInOn,
  type TestBrowser,
  testBrowser,
} from '../support/browser.ts'
import { enrol } from '../support/factors.ts'
import { addAccount, addClient, alicePassword, byCommand, type Harness, issuer } from '../support/harness.ts'
import { type Mailbox, openMailbox } from '../support/mailbox.ts'
import { putInForce } from '../support/terms.ts'

const password = 'a horse, a field and a battery'

/** What an account has accepted, the terms first. */
async function acceptedBy({ storage }: Pick<Harness, 'storage'>, login: string): Promise<readonly string[]> {
  const account = await storage.accounts.findByLogin(login)
  const accepted = account === null || account === undefined ? [] : await storage.acceptances.listByUser(account.id)
  return accepted.map(({ document, version, language }) => `${document} ${version} ${language}`)
}

const accept = async (browser: TestBrowser, page: Page, more: Record<string, string> = {}) =>
  browser.follow(await browser.post('/login/terms', { ...hiddenFields(page), action: 'accept', ...more }))

const isAsked = ({ body }: Page) => body.includes('id="terms-form"')

let h: Setting
let number = 0
const newPerson = (): Promise<Account> => addAccount(h, `reader${++number}`)

async function signedIn(account: Account, path = '/login'): Promise<{ browser: TestBrowser; page: Page }> {
  const browser = testBrowser(h.app)
  const page = await signInOn(browser, await browser.follow(await browser.get(path)), account.username)
  return { browser, page }
}

describe('at a sign-in', () => {
  beforeAll(async () => {
    h = await openSetting()
  })
  afterEach(() => putInForce(h))
  afterAll(() => h.close())

  test('whoever has not accepted what is in force does so before an app or a page is reached, and once', async () => {
    const client = await addClient(h)
    putInForce(h, { terms: '3', privacy: '2026-01' })
    const account = await newPerson()
    const { browser, page } = await signedIn(account, authorizeUrl(client))
    expect(page.path).toMatch(/^\/login\/terms\?request=/)
    expect(page.body).toContain('href="https://northfield.example/terms"')
    expect(page.body).toContain('Terms (version 3)')
    expect(page.body).toContain('Privacy policy (version 2026-01)')
    expect(page.body).not.toContain('<script')

    expect((await browser.get('/account/apps')).location).toBe('/login/terms?next=%2Faccount%2Fapps')
    expect((await browser.get(authorizeUrl(client))).location).toMatch(/^\/login\/terms\?request=/)
    const silent = (await browser.get(authorizeUrl(client, { prompt: 'none' }))).location
    expect(new URL(silent ?? '').searchParams.get('error')).toBe('interaction_required')
    h.clock.move(2000)
    const other = (await browser.get(authorizeUrl(client, { prompt: 'none', max_age: '1' }))).location
    expect(new URL(other ?? '').searchParams.get('error')).toBe('login_required')

    const consent = await accept(browser, page)
    expect(new URL((await allowOn(browser, consent)).location ?? '').searchParams.has('code')).toBe(true)
    expect(await acceptedBy(h, account.username)).toEqual(['terms 3 en', 'privacy 2026-01 en'])
    expect((await browser.get('/login/terms?next=/account/apps')).location).toBe('/account/apps')
    expect((await signedIn(account)).page.path).toBe('/account')

    const profile = await browser.get('/account/profile')
    expect(profile.body).toContain('data-document="terms" data-version="3"')
    const file = (await browser.get('/account/profile/accepted.json')).response.json()
    expect(file[1]).toMatchObject({ document: 'privacy', version: '2026-01', language: 'en' })
    const activity = await browser.get('/account/activity')
    expect(activity.body).toContain('You accepted the terms or the privacy policy of this server.')
  })

  test('a newer version asks for that one alone at the next sign-in, and leaves what stands in peace', async () => {
    const client = await addClient(h)
    putInForce(h, { terms: '1', privacy: '1' })
    const account = await newPerson()
    const before = await signedIn(account, authorizeUrl(client))
    const code = (await allowOn(before.browser, await accept(before.browser, before.page))).location ?? ''
    const tokens = await exchangeCode(h.app, client, new URL(code).searchParams.get('code') ?? '')

    h.clock.move(minute)
    putInForce(h, { terms: '1', privacy: '2' })
    expect((await before.browser.get('/account')).status).toBe(200)
    expect((await refresh(h.app, client, tokens.body.refresh_token ?? '')).status).toBe(200)
    const { browser, page } = await signedIn(account, '/login?next=/account/apps')
    expect(page.path).toBe('/login/terms?next=%2Faccount%2Fapps')
    expect(page.body).not.toContain('Terms (version 1)')
    expect(page.body).toContain('Privacy policy (version 2)')
    expect((await accept(browser, page)).path).toBe('/account/apps')
    expect(await acceptedBy(h, account.username)).toEqual(['privacy 2 en', 'terms 1 en', 'privacy 1 en'])
  })

  test('a consent page that stayed open leads there after a new sign-in beside it, and goes on', async () => {
    const client = await addClient(h)
    const account = await newPerson()
    const { browser, page: consent } = await signedIn(account, authorizeUrl(client))
    putInForce(h, { terms: '1' })
    expect(isAsked(await signInOn(browser, await browser.get('/login'), account.username))).toBe(true)
    const asked = await browser.follow(await allowOn(browser, consent))
    expect(asked.path).toMatch(/^\/login\/terms\?request=/)
    const again = await accept(browser, asked)
    expect(new URL((await allowOn(browser, again)).location ?? '').searchParams.has('code')).toBe(true)
  })

  test('only the version that was shown is accepted', async () => {
    putInForce(h, { terms: '1' })
    const account = await newPerson()
    const { browser, page } = await signedIn(account)
    putInForce(h, { terms: '2' })
    const again = await browser.post('/login/terms', { ...hiddenFields(page), action: 'accept' })
    expect(again.status).toBe(409)
    expect(again.body).toContain('A newer version came into force')
    expect(again.body).toContain('Terms (version 2)')
    expect(await acceptedBy(h, account.username)).toEqual([])
    expect((await accept(browser, again)).path).toBe('/account')
    expect(await acceptedBy(h, account.username)).toEqual(['terms 2 en'])
  })

  test('of two browsers that are asked, one accepts for both', async () => {
    putInForce(h, { terms: '1' })
    const account = await newPerson()
    const one = await signedIn(account)
    const two = await signedIn(account)
    expect([isAsked(one.page), isAsked(two.page)]).toEqual([true, true])
    const both = await Promise.all([accept(one.browser, one.page), accept(two.browser, two.page)])
    expect(both.map(({ path }) => path)).toEqual(['/account', '/account'])
    const three = await signedIn(await newPerson())
    const four = await signedIn((await h.storage.accounts.findByLogin(`reader${number}`)) as Account)
    await accept(three.browser, three.page)
    expect((await four.browser.get('/account')).status).toBe(200)
    await h.context.audit.flush()
    const events = (await h.storage.audit.list(100)).filter(
      ({ type, actor }) => type === 'terms_accepted' && actor === account.id,
    )
    expect(events.map(({ detail }) => detail)).toEqual([{ versions: [{ document: 'terms', version: '1' }] }])
  })

  test('whoever declines is signed out, and an app that waits is told', async () => {
    const client = await addClient(h)
    putInForce(h, { terms: '1' })
    const account = await newPerson()
    const { browser, page } = await signedIn(account, authorizeUrl(client))
    const told = await browser.post('/login/terms', { ...hiddenFields(page), action: 'decline' })
    expect(new URL(told.location ?? '').searchParams.get('error')).toBe('access_denied')
    expect((await browser.get('/account')).location).toMatch(/^\/login\?next=/)
    const alone = await signedIn(account)
    const out = await alone.browser.post('/login/terms', { ...hiddenFields(alone.page), action: 'decline' })
    expect(out.body).toContain('You are signed out')
    expect(await h.storage.sessions.listByUser(account.id)).toEqual([])
    expect(await acceptedBy(h, account.username)).toEqual([])
  })

  test('whoever does not accept takes their data along, deletes their apps and closes the account all the same', async () => {
    const account = await newPerson()
    const before = await signedIn(account)
    const app = await registerApp(before.browser)
    const another = await registerApp(before.browser)
    putInForce(h, { terms: '1' })
    const { browser, page } = await signedIn(account)
    for (const id of ['terms-export-csv', 'terms-export-json', 'terms-close']) expect(page.body).toContain(`id="${id}"`)
    for (const format of ['csv', 'json']) {
      const { status, response } = await browser.get(`/account/data/export/${format}`)
      expect([status, response.headers['content-disposition']]).toEqual([200, expect.stringContaining('attachment')])
    }
    const obstacles = await browser.get('/account/close')
    expect(obstacles.body).toContain('id="close-obstacles"')
    const offered = { ...hiddenFields(obstacles), client_id: another.id, username: 'somebody' }
    expect((await browser.post('/account/close/hand-over', offered)).location).toBe('/account/close')
    expect((await browser.get('/account/close')).body).toContain('hand-over-link')
    for (const { id } of [app, another]) {
      const path = `/developer/apps/${id}/delete`
      expect(obstacles.body).toContain(`href="${path}"`)
      await browser.post(path, hiddenFields(await browser.get(path)))
      expect(await h.storage.clients.find(id)).toBeUndefined()
    }
    for (const path of ['/account', '/account/data', '/account/email', '/developer', '/account/security']) {
      expect((await browser.get(path)).location).toBe(`/login/terms?next=${encodeURIComponent(path)}`)
    }
    const form = { ...hiddenFields(await browser.get('/account/close')), understood: 'yes' }
    expect((await browser.post('/account/close', form)).location).toBe('/account/closed')
    expect(await h.storage.accounts.find(account.id)).toMatchObject({ enabled: false })
    expect(await acceptedBy(h, account.username)).toEqual([])
    expect((await testBrowser(h.app).get('/account/data/export/csv')).location).toMatch(/^\/login\?next=/)
  })

  test('a session that was ended meanwhile accepts nothing', async () => {
    putInForce(h, { terms: '1' })
    const account = await newPerson()
    const { browser, page } = await signedIn(account)
    await h.storage.sessions.endAll(account.id)
    await browser.post('/login/terms', { ...hiddenFields(page), action: 'accept' })
    expect(await acceptedBy(h, account.username)).toEqual([])
  })

  test('a session goes on as it was where a second factor is added or the password changes in it', async () => {
    const account = await newPerson()
    const { browser } = await signedIn(account)
    putInForce(h, { terms: '1' })
    await enrol(browser, h.clock)
    expect((await browser.get('/account')).status).toBe(200)
    const security = await browser.get('/account/security')
    const changed = await browser.post('/account/security', {
      ...hiddenFields(security),
      'current-password': alicePassword,
      'new-password': password,
    })
    expect(changed.status).toBe(303)
    expect((await browser.get('/account')).status).toBe(200)
  })

  test('where no version is in force any more, nobody waits', async () => {
    putInForce(h, { terms: '1' })
    const { browser, page } = await signedIn(await newPerson())
    expect(isAsked(page)).toBe(true)
    putInForce(h)
    expect((await browser.get('/account')).status).toBe(200)
  })

  test('who comes through a provider is asked as well, also by a ticket of the social endpoints', async () => {
    putInForce(h, { terms: '1' })
    h.provider.persona = { sub: 'social', preferred_username: 'social' }
    const { browser, page } = await signInThrough(h)
    expect(page.path).toBe('/login/terms')

    const client = await addClient(h, { dialects: ['oauth', 'quantimodo'] })
    const query = new URLSearchParams({
      provider: 'google',
      client_id: client.id,
      accessToken: h.provider.accessToken(h.provider.clientId),
    })
    const ticket = async () =>
      (await h.app.inject(`/api/v2/auth/social/authorizeToken?${query}`)).json().data.token as string
    const withTicket = async () =>
      testBrowser(h.app).get(authorizeUrl(client, { token: await ticket() }).replace('/oauth/', '/api/oauth2/'))
    expect((await withTicket()).location).toMatch(/^\/login\?request=/)
    await accept(browser, page)
    expect((await withTicket()).location).toMatch(/^\/consent\?request=/)
  })

  test('legacy apps that ask for a password get their tokens as before', async () => {
    putInForce(h, { terms: '1' })
    const { username } = await newPerson()
    const payload = new URLSearchParams({ username, password: alicePassword }).toString()
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const answer = await h.app.inject({ method: 'POST', url: '/v1/oauth/', headers, payload })
    expect(answer.json()).toMatchObject({ success: true })
  })
})

test('whoever must add a second factor does that first, sees the recovery codes, and then accepts', async () => {
  h = await openSetting({}, { settings: { secondFactor: 'required' } })
  putInForce(h, { terms: '1' })
  const client = await addClient(h)
  const { browser, page } = await signedIn(await newPerson(), authorizeUrl(client))
  expect(page.path).toMatch(/^\/account\/security\/totp\?request=/)
  const { page: codes } = await enrol(browser, h.clock, page)
  expect(codes.body).toContain('id="recovery-codes"')
  const onward = /href="([^"]*resume=[^"]*)"/.exec(codes.body)?.[1] ?? ''
  const asked = await browser.follow(await browser.get(onward.replaceAll('&amp;', '&')))
  expect(asked.path).toMatch(/^\/login\/terms\?request=/)
  expect((await accept(browser, asked)).body).toContain('id="consent-allow"')
  await h.close()
})

describe('with a new account', () => {
  let mailbox: Mailbox | undefined
  afterEach(async () => {
    await h.close()
    await mailbox?.close()
    mailbox = undefined
  })

  test('the form says what is accepted by it, in the language of the page, and nobody is asked again', async () => {
    h = await openSetting()
    putInForce(h, { terms: '3', privacy: '2' })
    const browser = testBrowser(h.app)
    const page = await browser.get('/signup', { 'accept-language': 'de' })
    expect(page.body).toContain('Nutzungsbedingungen (Version 3)')
    expect(page.body).toContain('href="https://northfield.example/privacy"')
    const form = { ...hiddenFields(page), email: 'carol@example.com', username: 'carol', password }
    expect((await browser.post('/signup', form, { 'accept-language': 'de' })).location).toBe('/account')
    expect(await acceptedBy(h, 'carol')).toEqual(['terms 3 de', 'privacy 2 de'])

    const { account } = await signInWithoutPassword(h, 'dave')
    expect(await acceptedBy(h, account.username)).toEqual([])

    const late = testBrowser(h.app)
    const old = hiddenFields(await late.get('/signup'))
    putInForce(h, { terms: '4', privacy: '2' })
    const erin = { ...old, email: 'erin@example.com', username: 'erin', password }
    const asked = await late.follow(await late.post('/signup', erin))
    expect(asked.body).toContain('Terms (version 4)')
    expect(await acceptedBy(h, 'erin')).toEqual(['privacy 2 en'])
  })

  test('a mailed sign-up counts in the browser that asked, and another one is asked', async () => {
    mailbox = await openMailbox()
    h = await openSetting({}, { mailer: mailbox.mailer() })
    putInForce(h, { terms: '1' })
    const signUp = async (name: string) => {
      const browser = testBrowser(h.app)
      const form = { ...hiddenFields(await browser.get('/signup')), username: name, password }
      const waiting = await browser.follow(await browser.post('/signup', { ...form, email: `${name}@example.com` }))
      return { browser, waiting, mail: await (mailbox as Mailbox).next(h, `${name}@example.com`) }
    }
    const { browser, waiting, mail } = await signUp('carol')
    const done = await browser.follow(
      await browser.post('/verify', { ...hiddenFields(waiting), code: mail.code ?? '' }),
    )
    expect(done.path).toBe('/account')
    expect(await acceptedBy(h, 'carol')).toEqual(['terms 1 en'])

    const link = (await signUp('dora')).mail.links.find((href) => href.includes('/verify?token=')) ?? ''
    const elsewhere = testBrowser(h.app)
    const page = await elsewhere.follow(await elsewhere.get(link.slice(issuer.length)))
    const opened = await elsewhere.follow(await elsewhere.post('/verify', { ...hiddenFields(page), password }))
    expect(isAsked(opened)).toBe(true)
    expect(await acceptedBy(h, 'dora')).toEqual([])
  })

  test('an invitation says what is accepted by it, and keeps it', async () => {
    h = await openSetting({}, { settings: { signUp: 'invite' } })
    putInForce(h, { privacy: '7' })
    const { href = '' } = await inviteUser(h.context, byCommand, { email: 'dora@example.com', print: true, issuer })
    const browser = testBrowser(h.app)
    const page = await browser.follow(await browser.get(href.slice(issuer.length)))
    expect(page.body).toContain('Privacy policy (version 7)')
    const form = { ...hiddenFields(page), username: 'dora', password }
    expect((await browser.follow(await browser.post('/invitation', form))).path).toBe('/account')
    expect(await acceptedBy(h, 'dora')).toEqual(['privacy 7 en'])
  })
})

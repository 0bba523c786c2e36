/** Signing up where mail can be sent: nothing is there before the address is proved, and nobody learns who has an account. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { day, hour } from '../../src/lib/clock.ts'
import {
  allowOn,
  authorizeUrl,
  exchangeCode,
  hiddenFields,
  type Page,
  signInOn,
  type TestBrowser,
  testBrowser,
} from '../support/browser.ts'
import { addAccount, addClient, callback, doJobs, type Harness, harness, issuer } from '../support/harness.ts'
import { type Mailbox, openMailbox, type ReceivedMail } from '../support/mailbox.ts'

const password = 'a horse, a field and a battery'
const carol = { email: 'carol@example.com', username: 'carol', password }

let mailbox: Mailbox
let h: Harness
beforeEach(async () => {
  mailbox = await openMailbox()
  h = await harness({ mailer: mailbox.mailer() })
})
afterEach(async () => {
  await h.close()
  await mailbox.close()
})

async function signUp(browser: TestBrowser, fields: Record<string, string> = carol, at = '/signup'): Promise<Page> {
  const page = await browser.follow(await browser.get(at))
  return browser.follow(await browser.post('/signup', { ...hiddenFields(page), ...fields }))
}

async function mailedPath(to = carol.email): Promise<string> {
  return pathIn(await mailbox.next(h, to))
}

function pathIn({ links }: ReceivedMail): string {
  return (links.find((href) => href.startsWith(`${issuer}/verify?token=`)) ?? '').slice(issuer.length)
}

const accounts = async () => (await h.storage.accounts.list(10)).map(({ username }) => username)

describe('in the browser that signs up', () => {
  test('the code opens the account, signs in and lets the request of the app go on, without the link', async () => {
    const client = await addClient(h)
    const browser = testBrowser(h.app)
    const signInPage = await browser.follow(await browser.get(authorizeUrl(client, { scope: 'openid email' })))
    const form = await browser.get(`/signup?request=${encodeURIComponent(hiddenFields(signInPage).request ?? '')}`)
    const waiting = await browser.follow(await browser.post('/signup', { ...hiddenFields(form), ...carol }))
    expect(waiting.path).toBe('/verify')
    expect(waiting.body).toContain('Meadow Journal')
    expect(waiting.response.headers['content-security-policy']).not.toContain('form-action')
    expect(await accounts()).toEqual([])
    expect((await browser.get('/account')).status).toBe(303)

    const { code = '' } = await mailbox.next(h, carol.email)
    const consent = await browser.follow(await browser.post('/verify', { ...hiddenFields(waiting), code }))
    expect(consent.body).toContain('id="consent-allow"')
    const back = new URL((await allowOn(browser, consent)).location ?? '')
    expect(back.href).toContain(callback)
    const tokens = await exchangeCode(h.app, client, back.searchParams.get('code') ?? '')
    const headers = { authorization: `Bearer ${tokens.body.access_token}` }
    expect((await h.app.inject({ url: '/oauth/userinfo', headers })).json()).toMatchObject({
      email: carol.email,
      email_verified: true,
    })
    expect(await accounts()).toEqual(['carol'])
  })

  test('the link does the same by its button, and no password is asked for', async () => {
    const client = await addClient(h)
    const browser = testBrowser(h.app)
    await signUp(browser, carol, authorizeUrl(client, { prompt: 'create' }))
    const page = await browser.follow(await browser.get(await mailedPath()))
    expect(page.body).not.toMatch(/id="(?:password|code)"/)
    expect(await accounts()).toEqual([])
    const consent = await browser.follow(await browser.post('/verify', hiddenFields(page)))
    expect(consent.body).toContain('id="consent-allow"')
  })

  test('where the request of the app is too old by then, it ends at the account', async () => {
    const client = await addClient(h)
    const browser = testBrowser(h.app)
    await signUp(browser, carol, authorizeUrl(client, { prompt: 'create' }))
    h.clock.move(2 * hour)
    const page = await browser.follow(await browser.get(await mailedPath()))
    const end = await browser.follow(await browser.post('/verify', hiddenFields(page)))
    expect([end.path, end.status]).toEqual(['/account', 200])
  })

  test('a page of ours that waits is gone on to', async () => {
    const browser = testBrowser(h.app)
    const waiting = await signUp(browser, carol, '/signup?next=%2Faccount%2Fsecurity')
    const { code = '' } = await mailbox.next(h, carol.email)
    const end = await browser.follow(await browser.post('/verify', { ...hiddenFields(waiting), code }))
    expect(end.path).toBe('/account/security')
  })

  test('a username that was taken meanwhile is asked for again', async () => {
    const browser = testBrowser(h.app)
    const waiting = await signUp(browser)
    await addAccount(h, 'other')
    const other = await h.storage.accounts.findByLogin('other')
    if (other !== undefined) await h.storage.accounts.update(other.id, { username: 'carol' })
    const { code = '' } = await mailbox.next(h, carol.email)
    const again = await browser.post('/verify', { ...hiddenFields(waiting), code })
    expect(again.status).toBe(400)
    expect(again.body).toContain('That username is taken.')
    const end = await browser.follow(
      await browser.post('/verify', { ...hiddenFields(again), code, username: 'carol.two' }),
    )
    expect(end.path).toBe('/account')
    expect(await accounts()).toEqual(['carol', 'carol.two'])
  })

  test('a username that was left out is taken from the address, with a number where it is taken', async () => {
    await addAccount(h, 'carol')
    const browser = testBrowser(h.app)
    const waiting = await signUp(browser, { email: 'carol@elsewhere.example', username: '', password })
    const { code = '' } = await mailbox.next(h, 'carol@elsewhere.example')
    await browser.follow(await browser.post('/verify', { ...hiddenFields(waiting), code }))
    expect(await accounts()).toEqual(['carol', 'carol2'])
  })
})

describe('in another browser', () => {
  test('the link first asks for a password, opens the account with it, and ends at the account', async () => {
    const client = await addClient(h)
    const attacker = testBrowser(h.app)
    const waiting = await signUp(attacker, carol, authorizeUrl(client, { prompt: 'create' }))
    const path = await mailedPath()
    const browser = testBrowser(h.app)
    const page = await browser.follow(await browser.get(path))
    expect(page.body).toContain('id="password"')
    expect(page.body).not.toContain('Meadow Journal')
    expect((await browser.post('/verify', hiddenFields(page))).status).toBe(400)
    expect(await accounts()).toEqual([])
    const own = 'a password of my own, not theirs'
    const end = await browser.follow(await browser.post('/verify', { ...hiddenFields(page), password: own }))
    expect(end.path).toBe('/account')
    expect((await signInOn(attacker, await attacker.get('/login'), 'carol', password)).status).toBe(401)
    expect((await signInOn(attacker, await attacker.get('/login'), 'carol', own)).path).toBe('/account')
    expect((await attacker.post('/verify', { ...hiddenFields(waiting), code: '123456' })).status).toBe(410)
  })

  test('the code opens nothing', async () => {
    const waiting = await signUp(testBrowser(h.app))
    const { code = '' } = await mailbox.next(h, carol.email)
    const browser = testBrowser(h.app)
    const { csrf = '' } = hiddenFields(await browser.get('/login'))
    expect((await browser.post('/verify', { ...hiddenFields(waiting), csrf, code })).status).toBe(410)
    expect(await accounts()).toEqual([])
  })
})

describe('an address that has an account', () => {
  test('gets the same answer, and a mail that says so to its holder alone', async () => {
    await addAccount(h, 'alice')
    const one = await signUp(testBrowser(h.app), { ...carol, email: 'alice@example.com' })
    const other = await signUp(testBrowser(h.app))
    const plain = ({ status, body, path }: Page) => [status, path, body.replaceAll(/value="[^"]*"|alice|carol/g, '')]
    expect(plain(one)).toEqual(plain(other))
    const mail = await mailbox.next(h, 'alice@example.com')
    expect(mail.subject).toBe('You already have an account')
    expect(mail.code).toBeUndefined()
    expect(mail.links.some((href) => href.includes('/verify'))).toBe(false)
    expect(await accounts()).toEqual(['alice'])
  })

  test('stays with its account where that was opened while the sign-up waited', async () => {
    const browser = testBrowser(h.app)
    const waiting = await signUp(browser)
    const { code = '' } = await mailbox.next(h, carol.email)
    await addAccount(h, 'other')
    const other = await h.storage.accounts.findByLogin('other')
    if (other !== undefined) await h.storage.accounts.update(other.id, { email: carol.email })
    expect((await browser.post('/verify', { ...hiddenFields(waiting), code })).status).toBe(410)
    expect(await accounts()).toEqual(['other'])
  })
})

test('a mail of a sign-up has no word that somebody chose', async () => {
  await signUp(testBrowser(h.app), { ...carol, username: 'win-a-prize' })
  const { subject, text, html } = await mailbox.next(h, carol.email)
  expect(`${subject}${text}${html}`).not.toContain('prize')
})

test('what is not proved within a day is gone, and reserves no name meanwhile', async () => {
  const browser = testBrowser(h.app)
  const waiting = await signUp(browser)
  const second = testBrowser(h.app)
  expect((await signUp(second, { ...carol, email: 'carol@second.example' })).path).toBe('/verify')
  const path = await mailedPath()
  h.clock.move(day + 1)
  expect((await browser.follow(await browser.get(path))).status).toBe(410)
  await h.storage.sweep({ rows: day, audit: day })
  expect(await h.storage.mailedLinks.find(hiddenFields(waiting).link ?? '')).toBeUndefined()
  expect(await accounts()).toEqual([])
})

test('of a code and a link that are used at once, one opens the account', async () => {
  const browser = testBrowser(h.app)
  const waiting = await signUp(browser)
  const mail = await mailbox.next(h, carol.email)
  const { code = '' } = mail
  const elsewhere = testBrowser(h.app)
  const page = await elsewhere.follow(await elsewhere.get(pathIn(mail)))
  const answers = await Promise.all([
    browser.post('/verify', { ...hiddenFields(waiting), code }),
    elsewhere.post('/verify', { ...hiddenFields(page), password }),
  ])
  expect(answers.map(({ status }) => status).sort()).toEqual([303, 410])
  expect(await accounts()).toEqual(['carol'])
})

test('a password or a name that cannot be is told at once, and nothing is mailed', async () => {
  await addAccount(h, 'dora')
  for (const [fields, said] of [
    [{ ...carol, password: 'short' }, 'Use at least 8 characters.'],
    [{ ...carol, email: 'carol' }, 'That is not an e-mail address.'],
    [{ ...carol, email: 'carol@a@b' }, 'That is not an e-mail address.'],
    [{ ...carol, username: 'dora' }, 'That username is taken.'],
    [{ ...carol, username: 'admin' }, 'mistaken for this server'],
    [{ ...carol, username: 'x'.repeat(300) }, 'Use 1 to 60 characters.'],
  ] as const) {
    const page = await signUp(testBrowser(h.app), fields)
    expect(page.status).toBe(400)
    expect(page.body).toContain(said)
  }
  await doJobs(h)
  expect(mailbox.mails).toEqual([])
})

test('addresses of domains that the operator has blocked are refused, those below them as well', async () => {
  const strict = await harness({
    mailer: mailbox.mailer(),
    settings: { blockedDomains: new Set(['throwaway.example']) },
  })
  for (const email of ['carol@throwaway.example', 'carol@sub.Throwaway.example']) {
    const browser = testBrowser(strict.app)
    const form = hiddenFields(await browser.get('/signup'))
    const page = await browser.post('/signup', { ...form, ...carol, email })
    expect([page.status, page.body.includes('Addresses of that domain cannot be used here.')]).toEqual([400, true])
  }
  const browser = testBrowser(strict.app)
  const form = hiddenFields(await browser.get('/signup'))
  const fine = await browser.post('/signup', { ...form, ...carol, email: 'carol@notthrowaway.example' })
  expect(fine.status).toBe(303)
  await strict.close()
})

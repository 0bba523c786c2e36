/** Lost passwords and addresses: what is mailed, what a link and a code do, and what ends them. */

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { makeResetLink } from '../../src/engine/operator/people.ts'
import { day, hour, minute } from '../../src/lib/clock.ts'
import type { Account } from '../../src/storage/contract.ts'
import { en } from '../../src/words/en/index.ts'
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
import {
  addAccount,
  addClient,
  alicePassword,
  byCommand,
  doJobs,
  type Harness,
  harness,
  issuer,
} from '../support/harness.ts'
import { type Mailbox, openMailbox, type ReceivedMail } from '../support/mailbox.ts'

const another = 'another horse and its battery'
const address = 'alice@example.com'

let mailbox: Mailbox
let h: Harness
let alice: Account
beforeEach(async () => {
  mailbox = await openMailbox()
  h = await harness({ mailer: mailbox.mailer() })
  alice = await addAccount(h)
})
afterEach(async () => {
  await h.close()
  await mailbox.close()
})

/** The path of the only link of a mail that leads to a page. */
async function mailedPath(to: string, page: string): Promise<string> {
  await doJobs(h)
  const mail = mailbox.mails.findLast(
    (one) => one.to === to && one.links.some((href) => href.includes(`${page}?token=`)),
  )
  if (mail === undefined) throw new Error(`no link to ${page} came to ${to}`)
  return pathIn(mail, page)
}

function pathIn({ links }: ReceivedMail, page: string): string {
  const found = links.filter((href) => href.startsWith(`${issuer}${page}?token=`))
  expect(new Set(found).size).toBe(1)
  return (found[0] ?? '').slice(issuer.length)
}

async function askReset(browser: TestBrowser, email = address): Promise<Page> {
  const page = await browser.get('/forgot')
  return browser.follow(await browser.post('/forgot', { ...hiddenFields(page), email }))
}

async function setPassword(browser: TestBrowser, page: Page, password = another): Promise<Page> {
  return browser.post('/reset', { ...hiddenFields(page), password })
}

async function signedIn(password = alicePassword): Promise<TestBrowser> {
  const browser = testBrowser(h.app)
  expect((await signInOn(browser, await browser.get('/login'), 'alice', password)).path).toBe('/account')
  return browser
}

const auditTypes = async () => (await h.storage.audit.list(100)).map(({ type }) => type)

describe('a lost password', () => {
  test('is replaced with a mailed link, which ends every session and grant and signs nobody in', async () => {
    const client = await addClient(h)
    const { code, browser: old } = await authorize(h.app, authorizeUrl(client))
    const tokens = (await exchangeCode(h.app, client, code)).body
    const browser = testBrowser(h.app)
    expect((await browser.get('/login')).body).toContain('id="login-forgot"')
    expect((await askReset(browser)).body).toContain('id="forgot-sent"')

    const path = await mailedPath(address, '/reset')
    const opened = await browser.get(path)
    expect([opened.status, opened.location]).toEqual([303, '/reset'])
    expect(opened.response.headers['referrer-policy']).toBe('no-referrer')
    const page = await browser.follow(opened)
    expect(page.body).toContain('id="reset-form"')
    expect(page.body).not.toContain(new URL(path, issuer).searchParams.get('token'))
    const done = await browser.follow(await setPassword(browser, page))
    expect(done.path).toBe('/login?done=reset')
    expect(done.body).toContain('Your password has been changed.')
    expect((await browser.get('/account')).status).toBe(303)

    expect((await old.get('/account')).status).toBe(303)
    expect(await apiStatus(h.app, tokens.access_token ?? '')).toBe(401)
    expect((await refresh(h.app, client, tokens.refresh_token ?? '')).body.error).toBe('invalid_grant')
    expect((await signInOn(browser, done, 'alice', alicePassword)).status).toBe(401)
    await signedIn(another)
    expect(await auditTypes()).toContain('password_reset')
  })

  test('I125: asks for a link alike for an address that is nobody’s, one that is not proved, and a proved one', async () => {
    await addAccount(h, 'bob')
    const bob = await h.storage.accounts.findByLogin('bob')
    await h.storage.accounts.update(bob?.id ?? alice.id, { emailVerified: false })
    const asked = await Promise.all(
      ['nobody@example.com', 'bob@example.com', address].map(async (email) => {
        const browser = testBrowser(h.app)
        const { status, body, path } = await askReset(browser, email)
        return { status, path, body: body.replaceAll(/value="[^"]*"/g, '') }
      }),
    )
    expect(asked[1]).toEqual(asked[0])
    expect(asked[2]).toEqual(asked[0])
    expect(asked[0]?.status).toBe(200)
    await doJobs(h)
    expect(mailbox.mails.flatMap(({ to }) => to)).toEqual([address])
  })

  test('I135: a link works once, and once more where the password was refused', async () => {
    const browser = testBrowser(h.app)
    await askReset(browser)
    const path = await mailedPath(address, '/reset')
    const page = await browser.follow(await browser.get(path))
    const refused = await setPassword(browser, page, 'short')
    expect(refused.status).toBe(400)
    expect(refused.body).toContain('Use at least 8 characters.')
    expect((await setPassword(browser, refused)).status).toBe(303)
    expect((await setPassword(browser, page)).status).toBe(410)
    expect((await browser.follow(await browser.get(path))).status).toBe(410)
  })

  test('is set by a link that the operator hands over, also where the address is not proved', async () => {
    await h.storage.accounts.update(alice.id, { emailVerified: false })
    const path = ((await makeResetLink(h.context, byCommand, alice.id, issuer)) ?? '').slice(issuer.length)
    expect(await auditTypes()).toContain('reset_link_made')
    const browser = testBrowser(h.app)
    const page = await browser.follow(await browser.get(path))
    expect((await setPassword(browser, page)).status).toBe(303)
    await signedIn(another)
    expect((await browser.follow(await browser.get(path))).status).toBe(410)
  })

  test('stays while the removal of a lost second factor waits, and so does the address', async () => {
    const browser = testBrowser(h.app)
    await askReset(browser)
    const page = await browser.follow(await browser.get(await mailedPath(address, '/reset')))
    const owner = await signedIn()
    const form = await owner.get('/account/email')
    const asked = await owner.follow(
      await owner.post('/account/email', { ...hiddenFields(form), email: 'a@new.example' }),
    )
    const { code = '' } = await mailbox.next(h, 'a@new.example')
    await h.storage.accounts.update(alice.id, { secondFactor: true })
    await h.storage.act(({ factors }) => factors.askRemoval(alice.id, h.clock.now() + day))
    const refused = await setPassword(browser, page)
    expect([refused.status, refused.body.includes('while the removal of your second step waits')]).toEqual([400, true])
    expect((await owner.post('/verify', { ...hiddenFields(asked), code })).status).toBe(410)
    expect((await h.storage.accounts.find(alice.id))?.email).toBe(address)
  })

  test('of two forms with one link that are sent at once, one sets the password', async () => {
    const browser = testBrowser(h.app)
    await askReset(browser)
    const page = await browser.follow(await browser.get(await mailedPath(address, '/reset')))
    const answers = await Promise.all([setPassword(browser, page), setPassword(browser, page, `${another} two`)])
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 410])
  })

  test('I139: looking at a link, or fetching it ahead, spends nothing', async () => {
    await askReset(testBrowser(h.app))
    const path = await mailedPath(address, '/reset')
    const scanner = testBrowser(h.app)
    await scanner.follow(await scanner.get(path))
    await h.app.inject({ method: 'HEAD', url: path })
    expect((await scanner.get(path, { 'sec-purpose': 'prefetch' })).status).toBe(503)
    const browser = testBrowser(h.app)
    const page = await browser.follow(await browser.get(path))
    expect((await setPassword(browser, page)).status).toBe(303)
  })

  test('I138: a form without the cookie of its link, or with that of another one, does nothing', async () => {
    const browser = testBrowser(h.app)
    await askReset(browser)
    const first = await browser.follow(await browser.get(await mailedPath(address, '/reset')))
    await addAccount(h, 'bob')
    await askReset(browser, 'bob@example.com')
    const second = await mailedPath('bob@example.com', '/reset')
    await browser.get(second)
    expect((await setPassword(browser, first)).status).toBe(410)
    const stranger = testBrowser(h.app)
    const { csrf = '' } = hiddenFields(await stranger.get('/login'))
    expect((await stranger.post('/reset', { ...hiddenFields(first), csrf, password: another })).status).toBe(410)
    await signedIn()
  })

  test.each<[string, () => Promise<unknown>]>([
    ['an hour has passed', async () => h.clock.move(hour + 1)],
    ['a newer one was asked for', async () => askReset(testBrowser(h.app))],
    ['the operator made another one', async () => makeResetLink(h.context, byCommand, alice.id, issuer)],
    [
      'the password was changed',
      async () => {
        const browser = await signedIn()
        const form = { 'current-password': alicePassword, 'new-password': `${another} indeed` }
        const page = await browser.get('/account/security')
        expect((await browser.post('/account/security', { ...hiddenFields(page), ...form })).status).toBe(303)
      },
    ],
    ['the address was changed', async () => h.storage.accounts.update(alice.id, { email: 'new@example.com' })],
    [
      'the account was disabled, also once it is enabled again',
      async () => {
        await h.storage.accounts.update(alice.id, { enabled: false, validAfter: h.clock.now() })
        await h.storage.accounts.update(alice.id, { enabled: true })
      },
    ],
  ])('a link is over when %s', async (_when, happens) => {
    const browser = testBrowser(h.app)
    await askReset(browser)
    const path = await mailedPath(address, '/reset')
    const page = await browser.follow(await browser.get(path))
    expect(page.status).toBe(200)
    await happens()
    expect((await setPassword(browser, page)).status).toBe(410)
    expect((await browser.follow(await browser.get(path))).status).toBe(410)
  })

  test('a token that is not ours is told to be over, whatever it looks like', async () => {
    await askReset(testBrowser(h.app))
    const path = await mailedPath(address, '/reset')
    const token = new URL(path, issuer).searchParams.get('token') ?? ''
    const other = (letter: string | undefined) => (letter === 'A' ? 'B' : 'A')
    const altered = [`${token.slice(0, -1)}${other(token.at(-1))}`, `${other(token[0])}${token.slice(1)}`]
    for (const wrong of ['', 'x', token.slice(1), `${token}A`, ...altered]) {
      const browser = testBrowser(h.app)
      expect((await browser.follow(await browser.get(`/reset?token=${encodeURIComponent(wrong)}`))).status).toBe(410)
    }
  })

  test('I135: neither the database nor a job holds the token, and links are made for the issuer whatever Host says', async () => {
    const browser = testBrowser(h.app)
    const form = { ...hiddenFields(await browser.get('/forgot')), email: address }
    await browser.post('/forgot', form, { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' })
    const path = await mailedPath(address, '/reset')
    const id = new URL(path, issuer).searchParams.get('token')?.slice(0, 22) ?? ''
    const link = await h.storage.mailedLinks.find(id)
    expect(link).toMatchObject({ kind: 'reset', userId: null })
    expect(JSON.stringify(link)).not.toMatch(new RegExp(`${path.slice(-22)}|alice`))
    expect(h.logged.join('')).not.toContain(path.slice(-22))
  })

  test('a network that asks for too many mails waits, and one address gets no more than ten', async () => {
    const browser = testBrowser(h.app)
    const form = hiddenFields(await browser.get('/forgot'))
    const send = (email: string) => browser.post('/forgot', { ...form, email })
    for (let i = 0; i < 12; i++) expect((await send(address)).status).toBe(303)
    await doJobs(h)
    expect(mailbox.mails.length).toBeLessThanOrEqual(10)
    for (let i = 0; i < 18; i++) expect((await send(`nobody${i}@example.com`)).status).toBe(303)
    const refused = await send('more@example.com')
    expect(refused.status).toBe(429)
    expect(Number(refused.response.headers['retry-after'])).toBeGreaterThan(0)
  })

  test('what is no address is told so, and a server without mail sends people to its operator', async () => {
    const browser = testBrowser(h.app)
    const form = hiddenFields(await browser.get('/forgot'))
    for (const email of ['', 'alice', 'a@b@c', 'a@b\r\nbcc: x@y', `${'a'.repeat(300)}@example.com`]) {
      const page = await browser.post('/forgot', { ...form, email })
      expect(page.status).toBe(400)
      expect(page.body).toContain('That is not an e-mail address.')
    }
    const without = await harness()
    const stranger = testBrowser(without.app)
    expect((await stranger.get('/login')).body).toContain('Ask the operator')
    const page = await stranger.get('/forgot')
    expect(page.body).toContain('id="forgot-operator"')
    expect(page.body).not.toContain('id="forgot-form"')
    await without.close()
  })
})

describe('the address of an account', () => {
  beforeEach(async () => {
    await h.storage.accounts.update(alice.id, { emailVerified: false })
  })

  const state = async () => {
    const account = await h.storage.accounts.find(alice.id)
    return { email: account?.email, verified: account?.emailVerified }
  }

  async function ask(browser: TestBrowser, fields: Record<string, string>): Promise<Page> {
    const page = await browser.get('/account/email')
    return browser.post('/account/email', { ...hiddenFields(page), ...fields })
  }

  test('is confirmed by a code in the browser that asked', async () => {
    const browser = await signedIn()
    expect((await browser.get('/account/email')).body).toContain('data-verified="false"')
    const waiting = await browser.follow(await ask(browser, { action: 'confirm' }))
    expect(waiting.path).toBe('/verify')
    const { code = '' } = await mailbox.next(h, address)
    const done = await browser.follow(await browser.post('/verify', { ...hiddenFields(waiting), code }))
    expect(done.body).toContain('Your address is confirmed.')
    expect(done.body).toContain('data-verified="true"')
    expect(await state()).toEqual({ email: address, verified: true })
    expect(await auditTypes()).toContain('email_verified')
  })

  test('is confirmed by the link in any browser, by its button alone', async () => {
    await ask(await signedIn(), { action: 'confirm' })
    const path = await mailedPath(address, '/verify')
    const elsewhere = testBrowser(h.app)
    const page = await elsewhere.follow(await elsewhere.get(path))
    expect(page.body).toContain('alice')
    expect(page.body).not.toContain('id="code"')
    expect((await state()).verified).toBe(false)
    const done = await elsewhere.post('/verify', hiddenFields(page))
    expect(done.body).toContain('Your address is confirmed')
    expect((await state()).verified).toBe(true)
    expect((await elsewhere.get('/account')).status).toBe(303)
    expect((await elsewhere.follow(await elsewhere.get(path))).status).toBe(410)
  })

  test('I132: a code works in no other browser, not after ten minutes, and not after five wrong ones', async () => {
    const browser = await signedIn()
    const waiting = await browser.follow(await ask(browser, { action: 'confirm' }))
    const { code = '' } = await mailbox.next(h, address)
    const stranger = testBrowser(h.app)
    const { csrf = '' } = hiddenFields(await stranger.get('/login'))
    expect((await stranger.post('/verify', { ...hiddenFields(waiting), csrf, code })).status).toBe(410)
    const wrong = code === '000000' ? '000001' : '000000'
    const tried = await Promise.all(
      Array.from({ length: 20 }, () => browser.post('/verify', { ...hiddenFields(waiting), code: wrong })),
    )
    expect(tried.every(({ status }) => status === 400)).toBe(true)
    expect(tried[0]?.body).toContain('That is not the code in the newest mail.')
    const over = await browser.post('/verify', { ...hiddenFields(waiting), code })
    expect(over.status).toBe(400)
    expect(over.body).toContain('This code is no longer valid.')
    expect((await state()).verified).toBe(false)

    const again = await browser.follow(await browser.post('/verify', { ...hiddenFields(waiting), action: 'again' }))
    expect(again.body).toContain('Another mail is on its way.')
    const fresh = await mailbox.next(h, address)
    const path = pathIn(fresh, '/verify')
    h.clock.move(10 * minute)
    expect((await browser.post('/verify', { ...hiddenFields(again), code: fresh.code ?? '' })).status).toBe(400)
    const opened = await browser.follow(await browser.get(path))
    expect((await browser.post('/verify', hiddenFields(opened))).status).toBe(303)
    expect((await state()).verified).toBe(true)
  })

  test('another mail to another address takes a sign-in as recent as the first did', async () => {
    const browser = await signedIn()
    const waiting = await browser.follow(await ask(browser, { email: 'alice@new.example' }))
    await mailbox.next(h, 'alice@new.example')
    const again = () => browser.post('/verify', { ...hiddenFields(waiting), action: 'again' })
    h.clock.move(2 * hour)
    expect((await again()).location).toBe('/account/email?refused=sign_in_again')
    await doJobs(h)
    expect(mailbox.mails.filter(({ to }) => to === 'alice@new.example')).toHaveLength(1)
  })

  test('I136: another address takes its place once it is proved, and the old one is told', async () => {
    await h.storage.accounts.update(alice.id, { emailVerified: true })
    const browser = await signedIn()
    const waiting = await browser.follow(await ask(browser, { email: 'Alice@new.example' }))
    expect(await state()).toEqual({ email: address, verified: true })
    const { code = '' } = await mailbox.next(h, 'Alice@new.example')
    await browser.follow(await browser.post('/verify', { ...hiddenFields(waiting), code }))
    expect(await state()).toEqual({ email: 'Alice@new.example', verified: true })
    const told = await mailbox.next(h, address)
    expect(told.subject).toBe('The address of your account was changed')
    expect(told.text).not.toContain('new.example')
    expect(await auditTypes()).toContain('email_changed')
    expect((await signInOn(testBrowser(h.app), await browser.get('/login'), address)).status).not.toBe(200)
  })

  test('the old one is told, too, where the account is closed before that mail has left, and so is the new one', async () => {
    await h.storage.accounts.update(alice.id, { emailVerified: true })
    const browser = await signedIn()
    const waiting = await browser.follow(await ask(browser, { email: 'thief@new.example' }))
    const { code = '' } = await mailbox.next(h, 'thief@new.example')
    await browser.follow(await browser.post('/verify', { ...hiddenFields(waiting), code }))
    const form = hiddenFields(await browser.get('/account/close'))
    expect((await browser.post('/account/close', { ...form, understood: 'yes' })).location).toBe('/account/closed')
    expect((await mailbox.next(h, address)).subject).toBe('The address of your account was changed')
    const closed = await mailbox.next(h, 'thief@new.example')
    expect(closed.subject).toBe('Your account was closed')
    expect(closed.text).toContain(`Erased on: ${en.time.minute(h.clock.now() + 14 * day)}`)
    const ended = await h.storage.jobs.list({ state: 'done', limit: 100 })
    expect(ended.filter(({ secret, payload }) => secret !== null || Object.keys(payload).length > 0)).toEqual([])
    await signedIn()
    expect((await mailbox.next(h, 'thief@new.example')).subject).toBe('Your account is yours again')
  })

  test('another address is taken only from somebody who has signed in lately', async () => {
    const browser = await signedIn()
    h.clock.move(11 * minute)
    const refused = await ask(browser, { email: 'alice@new.example' })
    expect(refused.status).toBe(403)
    expect(refused.body).toContain('sign in again')
    await doJobs(h)
    expect(mailbox.mails).toEqual([])
  })

  test('an address that another account has is not told on the page, and its holder gets another mail', async () => {
    await addAccount(h, 'bob')
    const browser = await signedIn()
    const free = await browser.follow(await ask(browser, { email: 'free@example.com' }))
    const taken = await browser.follow(await ask(browser, { email: 'bob@example.com' }))
    const plain = ({ body }: Page) => body.replaceAll(/value="[^"]*"|free|bob/g, '')
    expect([taken.status, plain(taken)]).toEqual([free.status, plain(free)])
    const mail = await mailbox.next(h, 'bob@example.com')
    expect(mail.subject).toBe('Your e-mail address was given for another account')
    expect(mail.code).toBeUndefined()
  })

  test('a mail to an address that is not proved has no word that somebody chose', async () => {
    await h.storage.accounts.update(alice.id, { username: 'call-0800-prize', claims: { name: 'You have won' } })
    const browser = testBrowser(h.app)
    await signInOn(browser, await browser.get('/login'), address)
    await ask(browser, { email: 'victim@example.com' })
    const mail = await mailbox.next(h, 'victim@example.com')
    expect(`${mail.subject}${mail.text}${mail.html}`).not.toMatch(/prize|won|alice/i)
  })

  test.each<[string, () => Promise<unknown>]>([
    ['a day has passed', async () => h.clock.move(day + 1)],
    ['the password was changed', async () => h.storage.accounts.update(alice.id, { passwordHash: 'other' })],
    ['the address was changed', async () => h.storage.accounts.update(alice.id, { email: 'other@example.com' })],
    ['the account was disabled', async () => h.storage.accounts.update(alice.id, { enabled: false })],
  ])('a link that proves it is over when %s', async (_when, happens) => {
    await ask(await signedIn(), { action: 'confirm' })
    const path = await mailedPath(address, '/verify')
    const browser = testBrowser(h.app)
    const page = await browser.follow(await browser.get(path))
    expect(page.status).toBe(200)
    await happens()
    expect((await browser.post('/verify', hiddenFields(page))).status).toBe(410)
    expect((await state()).verified).toBe(false)
  })

  test('that its mail server refuses for good is told at the next sign-in, once, until it is another', async () => {
    await h.storage.accounts.update(alice.id, { emailVerified: true })
    mailbox.answer(address, '550 5.1.1 No such user')
    await askReset(testBrowser(h.app))
    await doJobs(h)
    const browser = testBrowser(h.app)
    const client = await addClient(h)
    const signIn = await browser.follow(await browser.get(authorizeUrl(client)))
    const told = await signInOn(browser, signIn)
    expect(told.path).toMatch(/^\/login\/address\?request=/)
    expect(told.body).toContain('id="address-refused"')
    const later = /id="address-later"[^>]*href="([^"]*)"/.exec(told.body)?.[1] ?? ''
    expect((await browser.follow(await browser.get(later))).body).toContain('id="consent-allow"')
    expect((await browser.get('/account/email')).body).toContain('id="email-refused"')
    const waiting = await browser.follow(await ask(browser, { email: 'alice@new.example' }))
    const { code = '' } = await mailbox.next(h, 'alice@new.example')
    await browser.follow(await browser.post('/verify', { ...hiddenFields(waiting), code }))
    expect((await browser.get('/account/email')).body).not.toContain('id="email-refused"')
    await signedIn()
  })

  test('apps are told that it is confirmed from then on', async () => {
    const client = await addClient(h)
    const claims = async () => {
      const { code } = await authorize(h.app, authorizeUrl(client, { scope: 'openid email' }))
      const { body } = await exchangeCode(h.app, client, code)
      const headers = { authorization: `Bearer ${body.access_token}` }
      return (await h.app.inject({ url: '/oauth/userinfo', headers })).json()
    }
    expect((await claims()).email_verified).toBe(false)
    const browser = await signedIn()
    const waiting = await browser.follow(await ask(browser, { action: 'confirm' }))
    const { code = '' } = await mailbox.next(h, address)
    await browser.post('/verify', { ...hiddenFields(waiting), code })
    expect((await claims()).email_verified).toBe(true)
  })
})

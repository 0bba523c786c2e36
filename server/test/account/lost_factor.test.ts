/** A second factor that was lost: removed a day after it was asked for, unless anybody who has one stops it. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { day, hour } from '../../src/lib/clock.ts'
import type { Account } from '../../src/storage/contract.ts'
import { hiddenFields, type Page, signInOn, type TestBrowser, testBrowser } from '../support/browser.ts'
import { codeOf, enterCode, withApp } from '../support/factors.ts'
import { addAccount, alicePassword, doJobs, type Harness, harness, issuer } from '../support/harness.ts'
import { type Mailbox, openMailbox } from '../support/mailbox.ts'

let h: Harness
let mailbox: Mailbox
let number = 0
beforeAll(async () => {
  mailbox = await openMailbox()
  h = await harness({ mailer: mailbox.mailer() })
})
afterAll(async () => {
  await h.close()
  await mailbox.close()
})

const newPerson = (): Promise<Account> => addAccount(h, `loser${++number}`)

const isSignedIn = async (browser: TestBrowser) => (await browser.get('/account')).status === 200

async function waiting({ username }: Account): Promise<{ readonly browser: TestBrowser; readonly page: Page }> {
  const browser = testBrowser(h.app)
  return { browser, page: await signInOn(browser, await browser.get('/login'), username) }
}

/** Asks for the removal with the password alone; answers the page that says when it takes effect. */
async function ask(account: Account): Promise<{ readonly browser: TestBrowser; readonly page: Page }> {
  const { browser, page } = await waiting(account)
  const href = /id="factor-lost" href="([^"]*)"/.exec(page.body)?.[1]?.replaceAll('&amp;', '&') ?? ''
  const form = await browser.get(href)
  expect(form.body).toContain('id="lost-submit"')
  // Looking asks for nothing.
  expect((await h.storage.factors.find(account.id))?.removalAt).toBeNull()
  const asked = await browser.post('/login/factor/lost', hiddenFields(form))
  expect(asked.body).toContain('id="lost-asked"')
  return { browser, page: asked }
}

/** The newest mail to a person whose subject is this. */
async function mailAbout({ email }: Account, subject: string) {
  await doJobs(h)
  return mailbox.mails.filter((mail) => mail.to === email && mail.subject === subject).at(-1)
}

describe('the removal of a lost second factor', () => {
  test('takes effect after a day, not before, and is told at once by mail', async () => {
    const account = await newPerson()
    await withApp(h, account)
    await ask(account)
    const mail = await mailAbout(account, 'Your second step will be removed')
    expect(mail?.text).toContain(account.username)
    h.clock.move(day - hour)
    const early = await waiting(account)
    expect(early.page.body).toContain('id="factor-form"')
    expect(early.page.body).toContain('Your second step will be removed on')
    h.clock.move(hour)
    const late = await waiting(account)
    expect(await isSignedIn(late.browser)).toBe(true)
    expect((await h.storage.accounts.find(account.id))?.secondFactor).toBe(false)
    expect(await h.storage.factors.find(account.id)).toBeUndefined()
    expect(await mailAbout(account, 'Two-step verification is off')).toBeDefined()
  })

  test('is stopped by a sign-in with the factor', async () => {
    const account = await newPerson()
    const { seed } = await withApp(h, account)
    await ask(account)
    const { browser, page } = await waiting(account)
    await enterCode(browser, page, codeOf(seed, h.clock))
    expect(await isSignedIn(browser)).toBe(true)
    h.clock.move(2 * day)
    expect((await waiting(account)).page.body).toContain('id="factor-form"')
    await h.context.audit.flush()
    const types = (await h.storage.audit.list(1000)).filter(({ actor }) => actor === account.id).map(({ type }) => type)
    expect(types).toContain('factor_removal_stopped')
    expect((await h.storage.audit.list(1000)).map(({ type }) => type)).toContain('factor_removal_asked')
  })

  test('is stopped by one click in a session, which says that it waits', async () => {
    const account = await newPerson()
    const { browser } = await withApp(h, account)
    await ask(account)
    const page = await browser.get('/account/security')
    expect(page.body).toContain('id="stop-removal"')
    const done = await browser.follow(await browser.post('/account/security/totp/keep', hiddenFields(page)))
    expect(done.body).toContain('Your second step stays.')
    expect((await h.storage.factors.find(account.id))?.removalAt).toBeNull()
  })

  test('is stopped by one click after the mail’s link, which decides nothing by itself', async () => {
    const account = await newPerson()
    await withApp(h, account)
    await ask(account)
    const link = (await mailAbout(account, 'Your second step will be removed'))?.links.find((href) =>
      href.includes('keep'),
    )
    const path = (link ?? '').replace(issuer, '')
    const browser = testBrowser(h.app)
    // The link moves into a cookie, so that it stands in no address, history or Referer.
    const opened = await browser.get(path)
    expect([opened.status, opened.location]).toEqual([303, '/login/factor/keep'])
    expect(opened.response.headers['referrer-policy']).toBe('no-referrer')
    const form = await browser.follow(opened)
    expect(form.body).toContain('id="keep-submit"')
    expect(form.body).not.toContain(path.split('token=')[1])
    expect((await h.storage.factors.find(account.id))?.removalAt).not.toBeNull()
    const other = testBrowser(h.app)
    const altered = `${path.slice(0, -9)}${path.at(-9) === 'A' ? 'B' : 'A'}${path.slice(-8)}`
    const none = await other.follow(await other.get(altered))
    expect(none.body).toContain('Nothing to stop')
    const theirs = hiddenFields(await other.get('/login'))
    expect((await other.post('/login/factor/keep', theirs)).body).toContain('Nothing to stop')
    expect((await h.storage.factors.find(account.id))?.removalAt).not.toBeNull()
    expect((await browser.post('/login/factor/keep', hiddenFields(form))).body).toContain('Your second step stays')
    expect((await h.storage.factors.find(account.id))?.removalAt).toBeNull()
    // A removal that is asked for later is another one.
    expect((await browser.post('/login/factor/keep', hiddenFields(form))).body).toContain('Nothing to stop')
    h.clock.move(1000)
    await ask(account)
    expect((await browser.follow(await browser.get(path))).body).toContain('Nothing to stop')
  })

  test('bars a change of the password meanwhile', async () => {
    const account = await newPerson()
    const { browser } = await withApp(h, account)
    await ask(account)
    const page = await browser.get('/account/security')
    const fields = { 'current-password': alicePassword, 'new-password': 'another long meadow word' }
    const change = await browser.post('/account/security', { ...hiddenFields(page), ...fields })
    expect(change.status).toBe(400)
    expect(change.body).toContain('cannot be changed while the removal')
    expect((await h.storage.accounts.find(account.id))?.passwordHash).toBe(account.passwordHash)
  })

  test('bars it as well where it is asked for while the new password is being hashed', async () => {
    const account = await newPerson()
    const { browser } = await withApp(h, account)
    const page = await browser.get('/account/security')
    const { passwords } = h.context
    const hash = passwords.hash.bind(passwords)
    const hashing = vi.spyOn(passwords, 'hash').mockImplementationOnce(async (text) => {
      await ask(account)
      return hash(text)
    })
    const fields = { 'current-password': alicePassword, 'new-password': 'another long meadow word' }
    const change = await browser.post('/account/security', { ...hiddenFields(page), ...fields })
    hashing.mockRestore()
    expect(change.status).toBe(400)
    expect(change.body).toContain('cannot be changed while the removal')
    expect((await h.storage.accounts.find(account.id))?.passwordHash).toBe(account.passwordHash)
    expect((await h.storage.factors.find(account.id))?.removalAt).not.toBeNull()
  })

  test('is asked for once: who asks again moves nothing', async () => {
    const account = await newPerson()
    await withApp(h, account)
    const first = await ask(account)
    const at = (await h.storage.factors.find(account.id))?.removalAt
    h.clock.move(hour)
    const { browser, page } = await waiting(account)
    expect(page.body).not.toContain('id="factor-lost"')
    const again = await browser.post('/login/factor/lost', hiddenFields(page))
    expect(again.body).toContain(/<time[^>]*>[^<]*<\/time>/.exec(first.page.body)?.[0])
    expect((await h.storage.factors.find(account.id))?.removalAt).toBe(at)
  })

  test('cannot be asked for where nobody would hear of it: without mail, or a proved address', async () => {
    const account = await newPerson()
    await withApp(h, account)
    await h.storage.accounts.update(account.id, { emailVerified: false })
    const { browser, page } = await waiting(account)
    const refused = await browser.post('/login/factor/lost', hiddenFields(page))
    expect(refused.status).toBe(403)
    expect(refused.body).toContain('Ask its operator')
    expect((await h.storage.factors.find(account.id))?.removalAt).toBeNull()
  })
})

describe('mails about a second factor', () => {
  test('tell of its beginning, of new and used recovery codes, and of wrong codes once a day', async () => {
    const account = await newPerson()
    const { browser, codes } = await withApp(h, account)
    expect(await mailAbout(account, 'Two-step verification is on')).toBeDefined()
    const page = await browser.get('/account/security/totp')
    await browser.post('/account/security/totp/codes', hiddenFields(page))
    expect(await mailAbout(account, 'You have new recovery codes')).toBeDefined()
    const again = await waiting(account)
    for (const code of [codes[0] ?? '', '000000', '000001']) await enterCode(again.browser, again.page, code)
    await doJobs(h)
    const told = mailbox.mails.filter(
      ({ to, subject }) => to === account.email && subject === 'Somebody knows your password',
    )
    expect(told).toHaveLength(1)
    const renewed = await browser.follow(await browser.post('/account/security/totp/codes', hiddenFields(page)))
    const fresh = /<li>([0-9a-z-]{19})<\/li>/.exec(renewed.body)?.[1] ?? ''
    const last = await waiting(account)
    await enterCode(last.browser, last.page, fresh)
    expect(await mailAbout(account, 'A recovery code was used')).toBeDefined()
  })
})

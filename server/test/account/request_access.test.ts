/** Developers without an account ask to be let in with an app, where people cannot sign up by themselves. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { inviteUser } from '../../src/engine/operator/people.ts'
import { day, hour } from '../../src/lib/clock.ts'
import { en } from '../../src/words/en/index.ts'
import { hiddenFields, type Page, signInOn, type TestBrowser, testBrowser } from '../support/browser.ts'
import { addAccount, byCommand, doJobs, type Harness, harness, issuer } from '../support/harness.ts'
import { type Mailbox, openMailbox } from '../support/mailbox.ts'

const password = 'a horse, a field and a battery'
const asked = {
  email: 'dora@example.com',
  app_name: 'Tide Table',
  purpose: 'Shows sailors the tides.\nFor the harbour of Northfield.',
  website: 'https://tides.example/',
}

let mailbox: Mailbox
let h: Harness
beforeEach(async () => {
  mailbox = await openMailbox()
  h = await harness({ mailer: mailbox.mailer(), settings: { signUp: 'invite', appRegistration: 'approval' } })
})
afterEach(async () => {
  await h.close()
  await mailbox.close()
})

async function ask(browser: TestBrowser, fields: Partial<typeof asked> = {}): Promise<Page> {
  const form = hiddenFields(await browser.get('/developer'))
  return browser.post('/developer', { ...form, ...asked, ...fields })
}

/** Asks, and proves the address by the code of the mail. */
async function askAndProve(fields: Partial<typeof asked> = {}, browser = testBrowser(h.app)): Promise<Page> {
  const waiting = await browser.follow(await ask(browser, fields))
  const { code = '' } = await mailbox.next(h, fields.email ?? asked.email)
  return browser.post('/verify', { ...hiddenFields(waiting), code })
}

const queue = () => h.storage.accessRequests.list(10)
const events = async () => (await h.storage.audit.list(50)).map(({ type }) => type)
const text = (page: Page) => page.body.replaceAll(/<[^>]*>/g, '')
const pathTo = ({ links }: { readonly links: readonly string[] }, page: string) =>
  (links.find((href) => href.startsWith(`${issuer}${page}?token=`)) ?? '').slice(issuer.length)

async function operatorSignedIn(): Promise<TestBrowser> {
  await addAccount(h, 'olga', { roles: ['owner'] })
  const browser = testBrowser(h.app)
  await signInOn(browser, await browser.get('/login'), 'olga')
  return browser
}

async function decide(browser: TestBrowser, decision: string, more: Record<string, string> = {}): Promise<Page> {
  const page = await browser.get('/admin/access')
  const [request] = await queue()
  return browser.follow(
    await browser.post('/admin/access', { ...hiddenFields(page), id: request?.id ?? '', decision, ...more }),
  )
}

/** Opens the invitation that came by mail, in a browser. */
async function openInvitation(browser: TestBrowser, to = asked.email): Promise<Page> {
  const path = pathTo(await mailbox.next(h, to), '/invitation')
  return browser.follow(await browser.get(path))
}

const secretOn = (page: Page) => /id="client-secret"[^>]*>([^<]+)</.exec(page.body)?.[1]

describe('the form', () => {
  test('stands at /developer for whoever is not signed in, and asks for sign-in beside it', async () => {
    const page = await testBrowser(h.app).get('/developer')
    expect(page.status).toBe(200)
    for (const id of ['access-form', 'email', 'app_name', 'purpose', 'website', 'access-submit']) {
      expect(page.body).toContain(`id="${id}"`)
    }
    expect(page.body).toContain('href="/login?next=%2Fdeveloper"')
    expect(page.body).not.toContain('<script')
  })

  test('is not there where sign-up is open, nor for somebody who is signed in', async () => {
    await addAccount(h)
    const browser = testBrowser(h.app)
    const form = hiddenFields(await browser.get('/developer'))
    await signInOn(browser, await browser.get('/login'))
    expect((await browser.get('/developer')).body).not.toContain('access-form')
    const own = hiddenFields(await browser.get('/account/email'))
    expect((await browser.post('/developer', { ...own, ...asked })).location).toBe('/developer')
    Object.assign(h.context.settings, { signUp: 'open' })
    const outside = testBrowser(h.app)
    expect((await outside.get('/developer')).location).toBe('/login?next=%2Fdeveloper')
    expect((await outside.post('/developer', { ...form, ...asked })).status).toBeGreaterThanOrEqual(400)
    await doJobs(h)
    expect(mailbox.mails.filter(({ to }) => to === asked.email)).toEqual([])
  })

  test('is not there where no mail can prove an address: people ask the operator', async () => {
    const silent = await harness({ settings: { signUp: 'closed' } })
    try {
      const browser = testBrowser(silent.app)
      const page = await browser.get('/developer')
      expect(page.body).toContain('id="access-by-hand"')
      expect(page.body).not.toContain('id="access-form"')
      const { csrf = '' } = hiddenFields(await browser.get('/login'))
      expect((await browser.post('/developer', { csrf, ...asked })).status).toBeGreaterThanOrEqual(400)
    } finally {
      await silent.close()
    }
  })

  test('refuses what is wrong with a sentence at its field, and mails nothing', async () => {
    const wrong: readonly [string, Partial<typeof asked>, string][] = [
      ['header injection', { email: 'dora@example.com\r\nBcc: all@example.com' }, 'email'],
      ['two at signs', { email: 'dora@here@example.com' }, 'email'],
      ['no address', { email: '' }, 'email'],
      ['a name of 300 characters', { app_name: 'x'.repeat(300) }, 'app_name'],
      ['a name with a control character', { app_name: 'Tide\u0007Table' }, 'app_name'],
      ['a name that turns its text around', { app_name: 'Tide\u202eelbaT' }, 'app_name'],
      ['the name of this server', { app_name: 'Consentry Support' }, 'app_name'],
      ['no purpose', { purpose: ' \r\n ' }, 'purpose'],
      ['a purpose of 1,001 characters', { purpose: 'x'.repeat(1001) }, 'purpose'],
      ['a purpose with a control character', { purpose: 'Tides\u0007' }, 'purpose'],
      ['a script for a website', { website: 'javascript:alert(1)' }, 'website'],
      ['a website without https', { website: 'http://tides.example/' }, 'website'],
      ['a website with a password', { website: 'https://me:secret@tides.example/' }, 'website'],
    ]
    const browser = testBrowser(h.app)
    for (const [what, fields, field] of wrong) {
      const page = await ask(browser, fields)
      expect([what, page.status, page.body.match(/id="[a-z_]+-problem"/g)]).toEqual([
        what,
        400,
        [`id="${field}-problem"`],
      ])
    }
    await doJobs(h)
    expect(mailbox.mails).toEqual([])
  })

  test('takes names of every script, and an address without ASCII', async () => {
    for (const [app_name, email] of [
      ['潮汐表', 'dora@example.com'],
      ['Приливы', 'дора@example.com'],
    ] as const) {
      expect((await askAndProve({ app_name, email, website: '' })).status).toBe(200)
      h.clock.move(1)
    }
    expect((await queue()).map(({ appName, website }) => [appName, website])).toEqual([
      ['潮汐表', null],
      ['Приливы', null],
    ])
  })

  test('obeys the list of blocked domains and the budgets of a network and of an address', async () => {
    Object.assign(h.context.settings, { blockedDomains: new Set(['blocked.example']) })
    expect((await ask(testBrowser(h.app), { email: 'dora@mail.blocked.example' })).status).toBe(400)
    const statuses = []
    for (let n = 0; n < 21; n++)
      statuses.push((await ask(testBrowser(h.app), { email: `dora${n}@example.com` })).status)
    expect(statuses.filter((status) => status === 303)).toHaveLength(20)
    const last = await ask(testBrowser(h.app))
    expect(last.status).toBe(429)
    expect(Number(last.response.headers['retry-after'])).toBeGreaterThan(0)
  })
})

describe('asking', () => {
  test('opens no account, and is answered alike for an address that has one, down to the row and the mail', async () => {
    await addAccount(h, 'alice')
    const shapeOf = async (email: string) => {
      const browser = testBrowser(h.app)
      const sent = await ask(browser, { email })
      const page = await browser.follow(sent)
      const plain = page.body.replaceAll(email, 'EMAIL').replaceAll(/value="[^"]*"/g, '')
      const { subject, text: said } = await mailbox.next(h, email)
      return [sent.status, sent.location, page.status, plain, subject, said.replaceAll(/\d{6}|token=\S+/g, '')]
    }
    expect(await shapeOf('alice@example.com')).toEqual(await shapeOf('nobody@example.com'))
    expect((await h.storage.accounts.list(10)).map(({ username }) => username)).toEqual(['alice'])
    expect(await queue()).toEqual([])
  })

  test('mails nothing of what was filled in before the address is proved', async () => {
    await ask(testBrowser(h.app), { app_name: 'Cheap Pills', purpose: 'Buy at pills.example' })
    const { subject, text: said, html, source } = await mailbox.next(h, asked.email)
    for (const part of [subject, said, html, source]) expect(part).not.toMatch(/pills/i)
  })

  test('by the code: the request waits, and whoever runs the server is told once an hour at most', async () => {
    await addAccount(h, 'olga', { roles: ['admin'] })
    const done = await askAndProve()
    expect([done.status, done.body.includes('id="access-requested"')]).toEqual([200, true])
    expect(await queue()).toMatchObject([{ email: asked.email, appName: 'Tide Table', clientId: null, language: 'en' }])
    const told = await mailbox.next(h, 'olga@example.com')
    expect([told.subject, told.text.includes(`${issuer}/admin/access`)]).toEqual([
      '1 request for access waits for your decision',
      true,
    ])
    await askAndProve({ email: 'emil@example.com' })
    await doJobs(h)
    expect(mailbox.mails.filter(({ to }) => to === 'olga@example.com')).toHaveLength(1)
    h.clock.move(hour)
    expect((await mailbox.next(h, 'olga@example.com')).subject).toBe('2 requests for access wait for your decision')
    expect(await events()).toContain('access_requested')
  })

  test('by the link in another browser: opening it spends nothing, the button decides, and once', async () => {
    await ask(testBrowser(h.app))
    const path = pathTo(await mailbox.next(h, asked.email), '/verify')
    for (let look = 0; look < 2; look++) await h.app.inject({ url: path, headers: { purpose: 'prefetch' } })
    const browser = testBrowser(h.app)
    const opened = await browser.get(path)
    expect([opened.status, opened.location]).toEqual([303, '/verify'])
    const page = await browser.follow(opened)
    expect(await queue()).toEqual([])
    const form = hiddenFields(page)
    expect((await browser.post('/verify', form)).body).toContain('id="access-requested"')
    expect((await browser.post('/verify', form)).status).toBe(410)
    expect(await queue()).toHaveLength(1)
  })

  test('again from the same address takes the place of what waits', async () => {
    await askAndProve()
    await askAndProve({ app_name: 'Tide Tables' })
    expect((await queue()).map(({ appName }) => appName)).toEqual(['Tide Tables'])
  })

  test('without the proof is gone after a day, and a request that nobody decides after 90', async () => {
    const browser = testBrowser(h.app)
    const waiting = await browser.follow(await ask(browser))
    const { code = '' } = await mailbox.next(h, asked.email)
    h.clock.move(day + 1)
    expect((await browser.post('/verify', { ...hiddenFields(waiting), code })).status).toBe(410)
    const retention = { rows: 30 * day, audit: 400 * day }
    expect(await h.storage.sweep(retention)).toBeGreaterThan(0)
    await askAndProve()
    h.clock.move(90 * day)
    await h.storage.sweep(retention)
    expect(await queue()).toEqual([])
  })
})

describe('an approved request', () => {
  test('registers the app and invites its developer, whose account gets it with a secret that is shown once', async () => {
    await askAndProve()
    const operator = await operatorSignedIn()
    expect(text(await operator.get('/admin'))).toContain(en.consoleHome.accessRequests(1))
    expect(text(await operator.get('/admin/access'))).toContain('For the harbour of Northfield.')
    expect(text(await decide(operator, 'approve'))).toContain('its developer is invited')
    const [app] = (await h.storage.clients.list(10)).filter(({ metadata }) => metadata.client_name === 'Tide Table')
    expect(app).toMatchObject({ ownerId: null, status: 'pending', secrets: [] })

    const developer = testBrowser(h.app)
    const page = await openInvitation(developer)
    expect(text(page)).toContain('Tide Table')
    const started = await developer.follow(
      await developer.post('/invitation', { ...hiddenFields(page), username: '', password }),
    )
    expect(started.path).toBe(`/developer/apps/${app?.clientId}/start`)
    const secret = secretOn(started) ?? ''
    expect(secretOn(await developer.get(started.path))).toBeUndefined()
    const dora = await h.storage.accounts.findByLogin(asked.email)
    expect(dora).toMatchObject({ username: 'dora', emailVerified: true, roles: [] })
    expect((await h.storage.clients.find(app?.clientId ?? ''))?.ownerId).toBe(dora?.id)
    const answer = await h.app.inject({
      method: 'POST',
      url: '/oauth/token',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        authorization: `Basic ${Buffer.from(`${app?.clientId}:${secret}`).toString('base64')}`,
      },
      payload: new URLSearchParams({ grant_type: 'client_credentials' }).toString(),
    })
    expect([answer.statusCode, answer.json().token_type]).toEqual([200, 'Bearer'])
    for (const mail of mailbox.mails) expect(mail.source).not.toContain(secret)
    expect(await queue()).toEqual([])
    expect(await events()).toEqual(expect.arrayContaining(['access_approved', 'access_taken_up', 'signed_up']))
    expect((await developer.get('/developer')).body).toContain(`/developer/apps/${app?.clientId}`)
  })

  test('of somebody who has an account by then becomes an app of that account, after a sign-in alone', async () => {
    await askAndProve()
    await decide(await operatorSignedIn(), 'approve')
    await addAccount(h, 'dora')
    await addAccount(h, 'mallory')
    const browser = testBrowser(h.app)
    const path = pathTo(await mailbox.next(h, asked.email), '/invitation')
    const page = await browser.follow(await browser.get(path))
    expect(page.body).not.toContain('invitation-form')
    expect(page.body).toContain('href="/login?next=%2Finvitation"')
    const form = {
      ...hiddenFields(await browser.get('/login')),
      link: path.slice('/invitation?token='.length).slice(0, 22),
    }
    expect((await browser.post('/invitation', form)).location).toBe('/invitation')

    const wrong = await signInOn(browser, await browser.get('/login?next=%2Finvitation'), 'mallory')
    expect([wrong.path, wrong.body.includes('invitation-form'), text(wrong).includes('mallory')]).toEqual([
      '/invitation',
      false,
      true,
    ])
    const right = await signInOn(browser, await browser.get('/login?next=%2Finvitation'), 'dora')
    expect(right.path).toBe('/invitation')
    const taken = await browser.follow(await browser.post('/invitation', hiddenFields(right)))
    expect(secretOn(taken)).toBeDefined()
    expect((await browser.get('/developer')).body).toContain('Tide Table')
    expect((await browser.get('/invitation')).status).toBe(410)
  })

  test('can be sent again after the invitation has expired, and earlier invitations end', async () => {
    await askAndProve()
    const operator = await operatorSignedIn()
    await decide(operator, 'approve')
    const first = pathTo(await mailbox.next(h, asked.email), '/invitation')
    h.clock.move(8 * day)
    await signInOn(operator, await operator.get('/login'), 'olga')
    expect((await testBrowser(h.app).get(first)).location).toBe('/invitation')
    expect(text(await decide(operator, 'approve'))).toContain('Another invitation is on its way')
    const browser = testBrowser(h.app)
    expect((await browser.follow(await browser.get(first))).status).toBe(410)
    expect((await openInvitation(browser)).status).toBe(200)
    const named = (await h.storage.clients.list(10)).filter(({ metadata }) => metadata.client_name === 'Tide Table')
    expect(named).toHaveLength(1)
  })

  test('is no bar to another invitation of the same address, and an account that came of that takes the app up', async () => {
    await askAndProve()
    await decide(await operatorSignedIn(), 'approve')
    const path = pathTo(await mailbox.next(h, asked.email), '/invitation')
    await inviteUser(h.context, byCommand, { email: asked.email, print: false, issuer })
    const browser = testBrowser(h.app)
    const plain = await openInvitation(browser)
    await browser.post('/invitation', { ...hiddenFields(plain), username: 'dora', password })
    const page = await browser.follow(await browser.get(path))
    const taken = await browser.follow(await browser.post('/invitation', hiddenFields(page)))
    expect(secretOn(taken)).toBeDefined()
  })

  test('leads to the account alone where the app was deleted meanwhile', async () => {
    await askAndProve()
    await decide(await operatorSignedIn(), 'approve')
    const [request] = await queue()
    await h.storage.clients.delete(request?.clientId ?? '')
    const browser = testBrowser(h.app)
    const page = await openInvitation(browser)
    const end = await browser.follow(
      await browser.post('/invitation', { ...hiddenFields(page), username: '', password }),
    )
    expect([end.status, end.path]).toEqual([200, '/account'])
  })

  test('is registered once, of however many who approve it at once', async () => {
    await askAndProve()
    const operator = await operatorSignedIn()
    const { csrf = '' } = hiddenFields(await operator.get('/admin/access'))
    const [request] = await queue()
    const decision = { csrf, id: request?.id ?? '', decision: 'approve' }
    await Promise.all([1, 2, 3].map(() => operator.post('/admin/access', decision)))
    const named = (await h.storage.clients.list(10)).filter(({ metadata }) => metadata.client_name === 'Tide Table')
    expect(named).toHaveLength(1)
  })
})

describe('a refused request', () => {
  test('tells its developer why, and leaves nothing of them behind', async () => {
    await askAndProve()
    const operator = await operatorSignedIn()
    const unsaid = await decide(operator, 'refuse', { reason: ' ' })
    expect([unsaid.status, unsaid.body.includes('-problem"')]).toEqual([400, true])
    const reason = 'The website does not answer.'
    expect(text(await decide(operator, 'refuse', { reason }))).toContain('The request is refused')
    const { subject, text: said } = await mailbox.next(h, asked.email)
    expect([subject, said.includes(reason)]).toEqual(['Your request for access with Tide Table was refused', true])
    expect(await queue()).toEqual([])
    const log = JSON.stringify(await h.storage.audit.list(50))
    expect(log).toContain('access_refused')
    expect(log).not.toContain('dora')
  })

  test('cannot be refused or approved again, and nobody else decides', async () => {
    await askAndProve()
    const [request] = await queue()
    const operator = await operatorSignedIn()
    await decide(operator, 'refuse', { reason: 'No.' })
    const { csrf = '' } = hiddenFields(await operator.get('/account/email'))
    const late = await operator.follow(
      await operator.post('/admin/access', { csrf, id: request?.id ?? '', decision: 'approve' }),
    )
    expect(text(late)).toContain('Somebody else has already decided on it.')
    await addAccount(h)
    const browser = testBrowser(h.app)
    await signInOn(browser, await browser.get('/login'))
    expect((await browser.get('/admin/access')).status).toBe(403)
  })
})

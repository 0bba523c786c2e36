/** The console's pages about people, through the front door: finding them, and what each role does to whom. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { AuditType } from '../../src/protocol/audit_events.ts'
import type { UserId } from '../../src/protocol/names.ts'
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
import { codeOf, enrol } from '../support/factors.ts'
import { addAccount, addClient, type Harness, harness } from '../support/harness.ts'
import { type Mailbox, openMailbox } from '../support/mailbox.ts'

let box: Mailbox
let h: Harness
beforeAll(async () => {
  box = await openMailbox()
  h = await harness({ mailer: box.mailer() })
  for (const role of ['owner', 'admin', 'support'] as const) await addAccount(h, role, { roles: [role] })
})
afterAll(async () => {
  await h.close()
  await box.close()
})

async function signedIn(username: string): Promise<TestBrowser> {
  const browser = testBrowser(h.app)
  const page = await signInOn(browser, await browser.get('/login'), username)
  if (page.status !== 200) throw new Error(`not signed in: ${page.status}`)
  return browser
}

const usersOn = (page: Page) => [...page.body.matchAll(/<tr data-user="([^"]*)"/g)].map(([, id]) => id)
const formsOn = (page: Page) => [...page.body.matchAll(/<form id="([^"]*)"/g)].map(([, id]) => id)

/** Sends the form of that id on a person's page, and confirms where that is asked. */
async function act(browser: TestBrowser, id: string, form: string, fields: Record<string, string> = {}): Promise<Page> {
  const page = await browser.get(`/admin/people/${id}`)
  const html = new RegExp(`<form id="${form}".*?</form>`, 's').exec(page.body)?.[0]
  if (html === undefined) throw new Error(`no #${form} on the page: ${page.status} ${formsOn(page)}`)
  const action = /action="([^"]*)"/.exec(html)?.[1] ?? ''
  const answer = await browser.post(action, { ...hiddenFields({ ...page, body: html }), ...fields })
  if (!answer.body.includes('id="confirm-submit"')) return browser.follow(answer)
  return browser.follow(await browser.post(action, hiddenFields(answer)))
}

describe('the list of people', () => {
  test('finds a person by the beginning of username, address and ID, and keeps the filters from page to page', async () => {
    const vera = await addAccount(h, 'Vera')
    for (let i = 0; i < 60; i++) await addAccount(h, `crowd${String(i).padStart(2, '0')}`)
    const browser = await signedIn('support')
    for (const q of ['ver', 'VERA', 'vera@exam', vera.id, vera.id.slice(0, 9)]) {
      expect(usersOn(await browser.get(`/admin/people?q=${encodeURIComponent(q)}`)), q).toEqual([vera.id])
    }
    const first = await browser.get('/admin/people?q=crowd&status=enabled')
    const next = /href="(\/admin\/people\?[^"]*)" rel="next"/.exec(first.body)?.[1]?.replaceAll('&amp;', '&') ?? ''
    const second = await browser.get(next)
    expect([usersOn(first).length, usersOn(second).length]).toEqual([50, 10])
    expect(next).toContain('status=enabled')
    const previous = /href="(\/admin\/people\?[^"]*)" rel="prev"/.exec(second.body)?.[1]?.replaceAll('&amp;', '&') ?? ''
    expect(usersOn(await browser.get(previous))).toEqual(usersOn(first))
    expect((await browser.get('/admin/people?q=nobody-is-called-so')).body).toContain('Nobody found')
  })

  test('refuses a filter, a page or a text that is none, and shows what was typed as text', async () => {
    const browser = await signedIn('support')
    for (const query of ['status=gone', 'after=x', 'before=%00', 'after=W10', `q=${'a'.repeat(400)}`, 'role=root']) {
      expect((await browser.get(`/admin/people?${query}`)).status, query).toBe(400)
    }
    const page = await browser.get(`/admin/people?q=${encodeURIComponent('"><script>1</script>')}`)
    expect(page.body).not.toContain('<script>1')
  })
})

describe('the page of a person', () => {
  test('of an unknown ID is not found, for whoever may look', async () => {
    const browser = await signedIn('support')
    for (const path of ['/admin/people/usr_nobody', '/admin/people/%00', '/admin/people/usr_nobody/end']) {
      expect((await browser.get(path)).status, path).toBe(404)
    }
  })

  test('shows no form about oneself, nor about somebody of the same rank or a higher one', async () => {
    const find = async (name: string) => (await h.storage.accounts.findByLogin(name))?.id ?? ''
    const shown: Record<string, Record<string, readonly (string | undefined)[]>> = {}
    const alice = await addAccount(h, 'ranked')
    for (const by of ['support', 'admin', 'owner']) {
      const browser = await signedIn(by)
      shown[by] = {}
      for (const of of ['ranked', 'support', 'admin', 'owner']) {
        shown[by][of] = formsOn(await browser.get(`/admin/people/${of === 'ranked' ? alice.id : await find(of)}`))
      }
    }
    const all = ['end-all', 'forgive-guesses', 'reset-link', 'disable-user']
    const byOwner = ['end-all', 'forgive-guesses', 'reset-link', 'roles', 'disable-user']
    expect(shown).toEqual({
      support: { ranked: ['end-all', 'forgive-guesses'], support: [], admin: [], owner: [] },
      admin: { ranked: all, support: all, admin: [], owner: [] },
      owner: { ranked: byOwner, support: byOwner, admin: byOwner, owner: [] },
    })
  })

  test('refuses whoever posts what their rank may not, and nothing is done', async () => {
    const admin = await h.storage.accounts.findByLogin('admin')
    const victim = await addAccount(h, 'victim')
    const browser = await signedIn('support')
    const { csrf = '' } = hiddenFields(await browser.get(`/admin/people/${victim.id}`))
    for (const [path, fields] of [
      [`/admin/people/${victim.id}/disable`, { confirm: 'yes' }],
      [`/admin/people/${victim.id}/roles`, { confirm: 'yes', role: 'owner' }],
      [`/admin/people/${victim.id}`, { act: 'reset' }],
      [`/admin/people/${victim.id}`, { act: 'enable' }],
      [`/admin/people/${admin?.id}/end`, { confirm: 'yes' }],
      [`/admin/people/${admin?.id}`, { act: 'forgive' }],
    ] as const) {
      expect((await browser.post(path, { csrf, ...fields })).status, path).toBe(403)
    }
    expect(await h.storage.accounts.find(victim.id)).toMatchObject({ enabled: true, roles: [] })
  })

  test('asks for a sign-in of the last ten minutes before anything is done, and leads back', async () => {
    const person = await addAccount(h, 'later')
    const browser = await signedIn('admin')
    const page = await browser.get(`/admin/people/${person.id}`)
    h.clock.move(11 * 60_000)
    const { csrf = '' } = hiddenFields(page)
    const end = `/admin/people/${person.id}/end`
    const sent = await browser.post(end, { csrf, confirm: 'yes' })
    expect([sent.status, sent.location]).toEqual([303, `/login?next=${encodeURIComponent(end)}`])
    expect((await browser.get(end)).location).toBe(`/login?next=${encodeURIComponent(end)}`)
    const forgive = await browser.post(`/admin/people/${person.id}`, { csrf, act: 'forgive' })
    expect(forgive.location).toBe(`/login?next=${encodeURIComponent(`/admin/people/${person.id}`)}`)
    const again = await signInOn(browser, await browser.get(sent.location ?? ''), 'admin')
    expect([again.path, again.body.includes('id="confirm-submit"')]).toEqual([end, true])
  })
})

describe('an operator', () => {
  /** The newest event about a person, and which administrator did it. */
  async function expectNoted(type: AuditType, who: string, subject: UserId): Promise<void> {
    const actor = await h.storage.accounts.findByLogin(who)
    const events = (await h.storage.audit.list(20)).filter((event) => event.subject === subject && event.actor !== null)
    expect(events[0]).toMatchObject({ type, actor: actor?.id })
  }

  test('disables a person: every token, session and refresh is refused at once, and enabling brings none back', async () => {
    const person = await addAccount(h, 'mallory')
    const client = await addClient(h)
    const { code, browser: theirs } = await authorize(h.app, authorizeUrl(client), { username: 'mallory' })
    const { body } = await exchangeCode(h.app, client, code)
    const browser = await signedIn('admin')
    const answer = await act(browser, person.id, 'disable-user')
    expect(answer.body).toContain('The account is disabled.')
    expect(await apiStatus(h.app, body.access_token ?? '')).toBe(401)
    expect((await refresh(h.app, client, body.refresh_token ?? '')).status).toBe(400)
    expect((await theirs.get('/account')).location).toBe('/login?next=%2Faccount')
    await act(browser, person.id, 'enable-user')
    expect((await h.storage.accounts.find(person.id))?.enabled).toBe(true)
    expect((await refresh(h.app, client, body.refresh_token ?? '')).status).toBe(400)
    const events = await h.storage.audit.list(20)
    const admin = await h.storage.accounts.findByLogin('admin')
    expect(events.filter(({ subject }) => subject === person.id).slice(0, 2)).toMatchObject([
      { type: 'user_enabled', actor: admin?.id },
      { type: 'user_disabled', actor: admin?.id },
    ])
  })

  test('signs a person out everywhere, who may sign in again', async () => {
    const person = await addAccount(h, 'ended')
    const theirs = await signedIn('ended')
    expect((await act(await signedIn('support'), person.id, 'end-all')).body).toContain('Everything that was signed in')
    await expectNoted('user_sessions_ended', 'support', person.id)
    expect((await theirs.get('/account')).status).toBe(303)
    expect((await (await signedIn('ended')).get('/account')).status).toBe(200)
  })

  test('lets somebody try again after too many wrong passwords, whatever the node remembers', async () => {
    const person = await addAccount(h, 'guessed')
    const browser = testBrowser(h.app)
    const page = await browser.get('/login')
    for (let i = 0; i < 10; i++) await signInOn(browser, page, 'guessed', 'wrong')
    expect((await signInOn(browser, page, 'guessed')).status).toBe(429)
    await act(await signedIn('support'), person.id, 'forgive-guesses')
    await expectNoted('user_guesses_forgiven', 'support', person.id)
    expect((await signInOn(browser, await browser.get('/login'), 'guessed')).status).toBe(200)
  })

  test('mails a reset link to the confirmed address, and never sees it', async () => {
    const person = await addAccount(h, 'lost')
    const answer = await act(await signedIn('admin'), person.id, 'reset-link')
    expect(answer.body).toContain('The link is on its way.')
    await expectNoted('reset_link_mailed', 'admin', person.id)
    const mail = await box.next(h, 'lost@example.com')
    const link = mail.links.find((one) => one.includes('/reset?token=')) ?? ''
    const token = new URL(link).searchParams.get('token') ?? ''
    expect(token.length).toBeGreaterThan(20)
    expect(answer.body).not.toContain(token)
    const reset = testBrowser(h.app)
    expect((await reset.follow(await reset.get(`/reset?token=${token}`))).body).toContain('lost')
    await h.storage.accounts.update(person.id, { emailVerified: false })
    expect(formsOn(await (await signedIn('admin')).get(`/admin/people/${person.id}`))).not.toContain('reset-link')
  })

  test('starts the removal of a lost factor, which is told at once, and stops it', async () => {
    const person = await addAccount(h, 'factored')
    const theirs = await signedIn('factored')
    const { seed } = await enrol(theirs, h.clock)
    const browser = await signedIn('support')
    expect((await act(browser, person.id, 'remove-factor')).body).toContain('removed in 24 hours')
    expect((await box.next(h, 'factored@example.com')).subject).toContain('second step')
    expect((await h.storage.factors.find(person.id))?.removalAt).toBe(h.clock.now() + 24 * 3_600_000)
    await act(browser, person.id, 'keep-factor')
    expect((await h.storage.factors.find(person.id))?.removalAt).toBeNull()
    expect(codeOf(seed, h.clock)).toMatch(/^\d{6}$/)
  })

  test('who owns the server gives roles, and nobody takes the last owner away', async () => {
    const person = await addAccount(h, 'promoted')
    const browser = await signedIn('owner')
    await act(browser, person.id, 'roles', { role: 'admin' })
    await expectNoted('user_roles_changed', 'owner', person.id)
    expect((await h.storage.accounts.find(person.id))?.roles).toEqual(['admin'])
    expect((await (await signedIn('promoted')).get('/admin')).status).toBe(200)
    await act(browser, person.id, 'roles', { role: 'none' })
    expect((await (await signedIn('promoted')).get('/admin')).status).toBe(403)
    const own = (await h.storage.accounts.findByLogin('owner'))?.id
    const { csrf = '' } = hiddenFields(await browser.get(`/admin/people/${person.id}`))
    expect((await browser.post(`/admin/people/${own}/roles`, { csrf, confirm: 'yes', role: 'none' })).status).toBe(403)
  })
})

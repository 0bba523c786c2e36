/** Mails of what has happened: to account holders, to those who run the server, to developers. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { waitingForm } from '../../src/engine/developer/waiting_form.ts'
import { approveApp, refuseApp, wantChanges } from '../../src/engine/operator/apps.ts'
import { makeResetLink, setUserPassword } from '../../src/engine/operator/people.ts'
import { hour, minute } from '../../src/lib/clock.ts'
import { registerApp, signedIn } from '../pages/developer.ts'
import {
  authorize,
  authorizeUrl,
  exchangeCode,
  hiddenFields,
  refresh,
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
import { type Mailbox, openMailbox } from '../support/mailbox.ts'

let mailbox: Mailbox
let h: Harness

async function open(settings: Partial<Harness['context']['settings']> = {}): Promise<void> {
  h = await harness({ mailer: mailbox.mailer(), settings })
}

beforeEach(async () => {
  mailbox = await openMailbox()
})
afterEach(async () => {
  await h.close()
  await mailbox.close()
})

/** Subjects of the mails to an address that have come, after what is due was done. */
async function subjects(to = 'alice@example.com'): Promise<readonly string[]> {
  await doJobs(h)
  return mailbox.mails.filter((mail) => mail.to === to).map(({ subject }) => subject)
}

async function signIn(browser: TestBrowser, username = 'alice', password = alicePassword): Promise<void> {
  const page = await browser.post('/login', { ...hiddenFields(await browser.get('/login')), username, password })
  expect(page.status).toBe(303)
}

describe('an account holder is told', () => {
  const newSignIn = 'New sign-in to your account'

  test('of a browser that has not been signed in to before, once, with what it calls itself', async () => {
    await open()
    await addAccount(h)
    h.clock.move(hour)
    const browser = testBrowser(h.app)
    await signIn(browser)
    const mail = await mailbox.next(h, 'alice@example.com')
    expect(mail.subject).toBe(newSignIn)
    expect(mail.text).toContain('TestBrowser 1.0')
    expect(mail.text).toContain('UTC')
    expect(mail.links[0]).toBe(`${h.context.settings.issuer}/account/devices`)
    await signIn(browser)
    expect(await subjects()).toEqual([newSignIn])
    await signIn(testBrowser(h.app))
    expect(await subjects()).toEqual([newSignIn, newSignIn])
  })

  test('of no browser in which the account was just opened, nor of a known one after the password was changed', async () => {
    await open()
    const { id } = await addAccount(h)
    const browser = testBrowser(h.app)
    await signIn(browser)
    expect(await subjects()).toEqual([])
    h.clock.move(hour)
    await setUserPassword(h.context, byCommand, id, 'another horse battery')
    await signIn(browser, 'alice', 'another horse battery')
    expect(await subjects()).toEqual(['Your password was changed'])
  })

  test('of a new password, however it came about', async () => {
    await open()
    const { id } = await addAccount(h)
    const browser = await signedIn(h)
    const form = hiddenFields(await browser.get('/account/security'))
    const fields = { ...form, 'current-password': alicePassword, 'new-password': 'staple correct horse' }
    expect((await browser.post('/account/security', fields)).status).toBeLessThan(400)
    expect((await mailbox.next(h, 'alice@example.com')).subject).toBe('Your password was changed')
    await setUserPassword(h.context, byCommand, id, 'another horse battery')
    expect((await mailbox.next(h, 'alice@example.com')).subject).toBe('Your password was changed')
    const link = (await makeResetLink(h.context, byCommand, id, issuer)) ?? ''
    const stranger = testBrowser(h.app)
    const page = await stranger.follow(await stranger.get(link.slice(issuer.length)))
    await stranger.post('/reset', { ...hiddenFields(page), password: 'a third horse battery' })
    expect((await mailbox.next(h, 'alice@example.com')).subject).toBe('Your password was changed')
  })

  test('of an app that they allowed for the first time, and of its access that ended because of reuse', async () => {
    await open()
    await addAccount(h)
    const client = await addClient(h)
    const url = authorizeUrl(client, { scope: 'basic offline_access' })
    const { code, browser } = await authorize(h.app, url)
    const allowed = await mailbox.next(h, 'alice@example.com')
    expect(allowed.subject).toBe('Meadow Journal can now use your account')
    expect(allowed.links[0]).toBe(`${h.context.settings.issuer}/account/apps`)
    await authorize(h.app, authorizeUrl(client, { scope: 'basic offline_access readmeasurements' }), { browser })
    expect(await subjects()).toHaveLength(1)
    const first = await exchangeCode(h.app, client, code)
    const second = await refresh(h.app, client, first.body.refresh_token ?? '')
    await refresh(h.app, client, second.body.refresh_token ?? '')
    h.clock.move(hour)
    for (let i = 0; i < 3; i++) {
      expect((await refresh(h.app, client, first.body.refresh_token ?? '')).body.error).toBe('invalid_grant')
    }
    expect(await subjects()).toEqual([allowed.subject, 'Meadow Journal lost its access to your account'])
  })

  test('at an address that they have proved, and at no other', async () => {
    await open()
    const { id } = await addAccount(h)
    await h.storage.accounts.update(id, { emailVerified: false })
    h.clock.move(hour)
    await signIn(testBrowser(h.app))
    await setUserPassword(h.context, byCommand, id, 'another horse battery')
    expect(await subjects()).toEqual([])
  })
})

describe('an app that waits for approval', () => {
  test('is told of to everybody who runs the server, once an hour at most', async () => {
    await open({ appRegistration: 'approval' })
    await addAccount(h, 'owner', { roles: ['owner'] })
    await addAccount(h, 'admin', { roles: ['admin'] })
    await addAccount(h, 'helper', { roles: ['support'] })
    await addAccount(h)
    const developer = await signedIn(h)
    const first = await registerApp(developer, { name: 'Meadow' })
    const mail = await mailbox.next(h, 'owner@example.com')
    expect(mail.subject).toBe('1 app waits for your approval')
    expect(mail.text).toContain(`Meadow: ${first.id}`)
    const operator = testBrowser(h.app)
    await signIn(operator, 'owner')
    const [page = ''] = mail.links
    expect((await operator.get(page.slice(h.context.settings.issuer.length))).body).toContain(
      `href="/admin/apps/${first.id}"`,
    )
    expect(await subjects('admin@example.com')).toEqual([mail.subject])
    expect(await subjects('helper@example.com')).toEqual([])
    h.clock.move(10 * minute)
    await registerApp(developer, { name: 'Forest' })
    await registerApp(developer, { name: 'River' })
    expect(await subjects('owner@example.com')).toHaveLength(1)
    h.clock.move(49 * minute)
    expect(await subjects('owner@example.com')).toHaveLength(1)
    h.clock.move(minute + 1)
    expect(await subjects('owner@example.com')).toEqual([mail.subject, '3 apps wait for your approval'])
    h.clock.move(2 * hour)
    expect(await subjects('owner@example.com')).toHaveLength(2)
  })

  test('is no longer told of where it has been decided on before the digest leaves', async () => {
    await open({ appRegistration: 'approval' })
    await addAccount(h, 'owner', { roles: ['owner'] })
    await addAccount(h)
    const { id } = await registerApp(await signedIn(h))
    await approveApp(h.context, byCommand, id)
    expect(await subjects('owner@example.com')).toEqual([])
  })

  test('and its developer hears what was decided, with the reason, a link to the app and no secret', async () => {
    await open({ appRegistration: 'approval' })
    await addAccount(h)
    const developer = await signedIn(h)
    const { id, secret } = await registerApp(developer)
    expect(await wantChanges(h.context, byCommand, id, 'Name the publisher, <please>.')).toBe('asked')
    const wanted = await mailbox.next(h, 'alice@example.com')
    expect((await h.storage.audit.list(100)).map(({ type }) => type)).toContain('client_changes_wanted')
    expect(wanted.subject).toBe('Meadow needs changes before it can be approved')
    expect(wanted.text).toContain('What to change: Name the publisher, <please>.')
    expect(wanted.html).toContain('Name the publisher, &lt;please&gt;.')
    expect(wanted.links[0]).toBe(`${h.context.settings.issuer}/developer/apps/${id}`)

    await approveApp(h.context, byCommand, id)
    expect((await mailbox.next(h, 'alice@example.com')).subject).toBe('Meadow is approved')

    const uris = `/developer/apps/${id}/redirect-uris`
    const form = { ...hiddenFields(await developer.get(uris)), uri: 'https://other.example/cb' }
    expect((await developer.post(uris, form)).status).toBeLessThan(400)
    const app = await h.storage.clients.find(id)
    expect(app && waitingForm(app)).toBeDefined()
    expect(await refuseApp(h.context, byCommand, id, 'That host is not yours.')).toBe('change')
    const [queued] = await h.storage.jobs.list({ state: 'waiting', limit: 1 })
    expect(JSON.stringify(queued)).not.toContain('That host')
    const refused = await mailbox.next(h, 'alice@example.com')
    expect(refused.subject).toBe('The change to Meadow was refused')
    expect(refused.text).toContain('Reason: That host is not yours.')
    expect(await wantChanges(h.context, byCommand, id, 'More')).toBe('nothing_waits')
    for (const { source } of mailbox.mails) expect(source).not.toContain(secret)
    const [done] = await h.storage.jobs.list({ state: 'done', limit: 1 })
    expect(done).toMatchObject({ payload: {}, secret: null })
  })
})

describe('an app that the operator has refused', () => {
  test('works for its developer, who reads why, and waits for nobody until it is changed', async () => {
    await open({ appRegistration: 'approval' })
    await addAccount(h, 'owner', { roles: ['owner'] })
    await addAccount(h)
    const developer = await signedIn(h)
    const { id } = await registerApp(developer)
    expect(await subjects('owner@example.com')).toHaveLength(1)
    expect(await refuseApp(h.context, byCommand, id, 'The website does not answer.')).toBe('app')
    const told = await mailbox.next(h, 'alice@example.com')
    expect(told.subject).toBe('Meadow was not approved')
    expect(told.text).toContain('Reason: The website does not answer.')
    expect(told.links[0]).toBe(`${h.context.settings.issuer}/developer/apps/${id}`)
    expect(await refuseApp(h.context, byCommand, id)).toBeUndefined()
    expect((await developer.get(`/developer/apps/${id}`)).body).toContain('id="app-refused"')
    const asked = await developer.follow(await developer.get(authorizeUrl(id, { scope: 'basic' })))
    expect(asked.body).toContain('id="consent-allow"')

    h.clock.move(hour)
    await registerApp(developer, { name: 'Forest' })
    expect(await subjects('owner@example.com')).toEqual([
      '1 app waits for your approval',
      '1 app waits for your approval',
    ])
    h.clock.move(hour)
    const settings = hiddenFields(await developer.get(`/developer/apps/${id}/settings`))
    await developer.post(`/developer/apps/${id}/settings/name`, { ...settings, name: 'Meadow Journal' })
    expect((await subjects('owner@example.com')).at(-1)).toBe('2 apps wait for your approval')
    expect((await developer.get(`/developer/apps/${id}`)).body).not.toContain('id="app-refused"')
    expect(await approveApp(h.context, byCommand, id)).toBe('approved')
  })
})

test('a server that can send no mail queues none', async () => {
  h = await harness({ settings: { appRegistration: 'approval' } })
  const { id } = await addAccount(h)
  await addAccount(h, 'owner', { roles: ['owner'] })
  h.clock.move(hour)
  await registerApp(await signedIn(h))
  await setUserPassword(h.context, byCommand, id, 'another horse battery')
  for (const state of ['waiting', 'done', 'given_up'] as const) {
    expect(await h.storage.jobs.list({ state, limit: 10 })).toEqual([])
  }
})

/** Personal tokens: made on a page of the account for a script, good at the data API until their day, and nowhere else. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { addPersonalToken } from '../../src/engine/access_tokens/personal_tokens.ts'
import { disableUser, enableUser } from '../../src/engine/operator/people.ts'
import { sha256 } from '../../src/lib/hash.ts'
import { nobody } from '../../src/runtime/caller.ts'
import type { Account } from '../../src/storage/contract.ts'
import { signedIn } from '../pages/developer.ts'
import { byId, read, textOf } from '../pages/markup.ts'
import { apiStatus, hiddenFields, type Page, type TestBrowser } from '../support/browser.ts'
import { drivers, type Servers } from '../support/drivers.ts'
import { addAccount, addClient, alicePassword, byCommand, doJobs, type Harness, issuer } from '../support/harness.ts'
import { type Mailbox, openMailbox } from '../support/mailbox.ts'

const path = '/account/security/personal-tokens'
const minute = 60_000
const day = 24 * 60 * minute
interface Form {
  readonly name: string
  readonly scope: readonly string[]
  readonly expires: string
  readonly until: string
}

const usual: Form = { name: 'Backup script', scope: ['basic', 'readmeasurements'], expires: '30', until: '' }

describe.each(await drivers())('personal tokens over $name', (driver) => {
  let mailbox: Mailbox
  let servers: Servers
  let h: Harness
  let alice: Account
  let browser: TestBrowser
  let count = 0
  beforeAll(async () => {
    mailbox = await openMailbox()
    servers = await driver.servers({ mailer: mailbox.mailer() })
    h = servers.h
  })
  afterAll(async () => {
    await servers?.close()
    await mailbox?.close()
  })
  beforeEach(async () => {
    alice = await addAccount(h, `alice${++count}`)
    browser = await signedIn(h, alice.username)
  })

  async function ask(form: Partial<Form> = {}, by = browser): Promise<Page> {
    const { scope, ...rest } = { ...usual, ...form }
    const fields = new URLSearchParams({ ...hiddenFields(await by.get(path)), ...rest })
    for (const name of scope) fields.append('scope', name)
    return by.post(path, fields.toString())
  }
  /** Makes one, and answers its text from the page that shows it. */
  async function make(form: Partial<Form> = {}): Promise<string> {
    const asked = await ask(form)
    expect(asked.status, asked.body).toBe(303)
    const shown = await browser.follow(asked)
    return textOf(byId(read(shown.body), 'personal-token'))
  }
  const grantOf = async (text: string) => (await h.storage.grants.findByHandle(sha256(text)))?.grant
  const idOf = async (text: string) => (await grantOf(text))?.id.toString('base64url') ?? ''
  const withToken = (url: string, token: string, method: 'GET' | 'POST' = 'GET') =>
    h.app.inject({ method, url, headers: { authorization: `Bearer ${token}` } })
  const post = (
    url: string,
    fields: Record<string, string>,
    client?: { readonly id: string; readonly secret: string },
  ) =>
    h.app.inject({
      method: 'POST',
      url,
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        ...(client && { authorization: `Basic ${Buffer.from(`${client.id}:${client.secret}`).toString('base64')}` }),
      },
      payload: new URLSearchParams(fields).toString(),
    })

  test('one opens the data API as far as its scopes go, in the header alone, and is shown once', async () => {
    const text = await make()
    expect(text).toMatch(/^pat[0-9A-Za-z]{49}$/)
    expect(await apiStatus(h.app, text)).toBe(200)
    expect((await withToken('/api/v1/measurements', text)).statusCode).toBe(200)
    expect((await withToken('/api/v1/measurements', text, 'POST')).statusCode).toBe(403)
    expect((await h.app.inject(`/api/v1/measurements?access_token=${text}`)).statusCode).toBe(400)
    expect((await browser.get(path)).body).not.toContain(text)
    expect(h.logged.join()).not.toContain(text)
    const events = await h.storage.audit.list(50)
    expect(JSON.stringify(events)).not.toContain(text)
    const told = events.find(({ type }) => type === 'personal_token_added')
    expect(told?.detail).toMatchObject({ token: await idOf(text), scope: usual.scope })
  })

  test('it is nobody else’s: not of userinfo, not of an introspection, not of an app that asks in the name of its client, of which the request log tells', async () => {
    const text = await make()
    expect((await withToken('/oauth/userinfo', text)).statusCode).toBe(403)
    const app = await addClient(h)
    expect((await post('/oauth/introspect', { token: text }, app)).json()).toEqual({ active: false })
    await post('/oauth/revoke', { token: text }, app)
    expect(await apiStatus(h.app, text)).toBe(200)
    const asked = await browser.get(
      '/oauth/authorize?client_id=personal-tokens&response_type=code&redirect_uri=https://x.example/',
    )
    expect(asked.status).toBe(400)
    for (const grant of ['client_credentials', 'password', 'refresh_token']) {
      const answer = await post('/oauth/token', {
        client_id: 'personal-tokens',
        grant_type: grant,
        refresh_token: text,
      })
      expect(answer.statusCode, grant).toBe(400)
    }
    await h.context.requests.flush()
    const entries = await h.storage.requests.list('personal-tokens', 3)
    expect(entries.map(({ endpoint, status }) => `${endpoint} ${status}`)).toEqual(Array(3).fill('/oauth/token 400'))
    expect(JSON.stringify(entries)).not.toContain(text)
  })

  test('whoever has found it can revoke it (RFC 7009), which its person reads', async () => {
    const text = await make()
    expect((await post('/oauth/revoke', { token: text, client_id: 'personal-tokens' })).statusCode).toBe(200)
    expect(await apiStatus(h.app, text)).toBe(401)
    expect((await browser.get('/account/activity')).body).toContain(
      'A program that had a personal token of yours gave it up.',
    )
  })

  test('the page tells its name, what it may do, when it was used and when it ends', async () => {
    const text = await make({ name: 'Scale <1>' })
    const before = (await browser.get(path)).body
    for (const part of ['Scale &lt;1&gt;', 'Read your measurements', 'not used yet', 'works until']) {
      expect(before).toContain(part)
    }
    await apiStatus(h.app, text)
    expect((await browser.get(path)).body).toContain('last used')
    expect((await browser.get('/account/security')).body).toContain(path)
  })

  test('it is neither a connected app nor a device, and does not end as one', async () => {
    const text = await make()
    await apiStatus(h.app, text)
    for (const page of ['/account', '/account/apps', '/account/devices']) {
      const { body } = await browser.get(page)
      expect(body, page).not.toContain('Backup script')
      expect(body, page).not.toContain('Personal tokens</')
    }
    expect((await browser.get('/account/apps/personal-tokens')).status).toBe(404)
    const csrf = hiddenFields(await browser.get(path)).csrf ?? ''
    expect((await browser.post('/account/apps/remove', { csrf, client_id: 'personal-tokens' })).status).toBe(303)
    expect((await browser.post('/account/devices/end', { csrf, grant: await idOf(text) })).status).toBe(404)
    expect(await apiStatus(h.app, text)).toBe(200)
    expect(
      (await h.storage.audit.list(50)).filter(({ subject }) => subject === alice.id).map(({ type }) => type),
    ).not.toContain('consent_withdrawn')
  })

  test('it ends with its day, and works until then though it is never used', async () => {
    const week = await make({ expires: '7' })
    const until = new Date(h.clock.now() + 100 * day).toISOString().slice(0, 10)
    const chosen = await make({ expires: 'until', until })
    expect((await grantOf(chosen))?.expiresAt).toBe(Date.parse(until) + day)
    const year = await make({ expires: '365' })
    h.clock.move(7 * day - minute)
    expect(await apiStatus(h.app, week)).toBe(200)
    h.clock.move(minute)
    expect(await apiStatus(h.app, week)).toBe(401)
    h.clock.move(92 * day)
    expect(await apiStatus(h.app, chosen)).toBe(200)
    h.clock.move(3 * day)
    expect(await apiStatus(h.app, chosen)).toBe(401)
    h.clock.move(200 * day)
    expect(await apiStatus(h.app, year)).toBe(200)
  })

  const unsound = [
    ['no name', { name: ' ' }, 'personal-token-name-problem'],
    ['no scope', { scope: [] }, 'personal-token-scope-problem'],
    ['a scope of another kind', { scope: ['openid', 'offline_access'] }, 'personal-token-scope-problem'],
    ['no life', { expires: '' }, 'personal-token-expires-problem'],
    ['a life that is not offered', { expires: '3650' }, 'personal-token-expires-problem'],
    ['no day', { expires: 'until' }, 'personal-token-until-problem'],
    ['a day that is none', { expires: 'until', until: '2027-02-30' }, 'personal-token-until-problem'],
    ['a day that is over', { expires: 'until', until: '2020-01-01' }, 'personal-token-until-problem'],
    ['a day too far away', { expires: 'until', until: '2999-01-01' }, 'personal-token-until-problem'],
  ] as const

  test('what cannot be taken is refused at its field, and nothing is made', async () => {
    for (const [what, form, problem] of unsound) {
      const refused = await ask(form)
      expect(refused.status, what).toBe(400)
      expect(refused.body, what).toContain(`id="${problem}"`)
    }
    expect((await browser.get(path)).body).toContain('You have no personal token.')
  })

  test('one is made only after a sign-in within ten minutes, by a form of that page', async () => {
    expect((await browser.post(path, { name: 'Foreign', csrf: 'x', scope: 'basic', expires: '7' })).status).toBe(403)
    h.clock.move(11 * minute)
    const refused = await ask()
    expect(refused.status).toBe(403)
    expect(refused.body).toContain('No personal token was created.')
    expect((await browser.get(path)).body).toContain('You have no personal token.')
  })

  test('its person ends it, and nobody else', async () => {
    const [text, other] = [await make(), await make({ name: 'Other' })]
    const place = `${path}/${await idOf(text)}/end`
    const bob = await signedIn(h, (await addAccount(h, `bob${count}`)).username)
    const csrf = hiddenFields(await bob.get(path)).csrf ?? ''
    expect((await bob.get(place)).status).toBe(404)
    expect((await bob.post(place, { csrf })).status).toBe(404)
    expect(await apiStatus(h.app, text)).toBe(200)
    const question = await browser.get(place)
    expect(question.body).toContain('id="personal-token-end-confirm"')
    expect((await browser.post(place, hiddenFields(question))).location).toBe(`${path}?done=ended`)
    expect(await apiStatus(h.app, text)).toBe(401)
    expect(await apiStatus(h.app, other)).toBe(200)
    const [event] = await h.storage.audit.list(1)
    expect(event).toMatchObject({ type: 'personal_token_ended', actor: alice.id })
    const { body } = await browser.get('/account/activity')
    expect(body).toContain('You created a personal token.')
    expect(body).toContain('You removed a personal token.')
  })

  test('signing out everywhere else, a new password, being disabled and closing the account end all of them', async () => {
    const acts: Record<string, () => Promise<unknown>> = {
      async elsewhere() {
        await signedIn(h, alice.username)
        const csrf = hiddenFields(await browser.get('/account/devices')).csrf ?? ''
        await browser.post('/account/devices/end', { csrf, others: 'all' })
      },
      async changed() {
        const form = { 'current-password': alicePassword, 'new-password': 'another horse and its battery' }
        const fields = hiddenFields(await browser.get('/account/security'))
        expect((await browser.post('/account/security', { ...fields, ...form })).location).toContain('changed=1')
      },
      async reset() {
        await browser.post('/logout', { ...hiddenFields(await browser.get('/logout')), action: 'confirm' })
        const { email } = alice
        await doJobs(h)
        const asked = await browser.post('/forgot', {
          ...hiddenFields(await browser.get('/forgot')),
          email: email ?? '',
        })
        expect(asked.status, asked.body).toBeLessThan(400)
        const { links } = await mailbox.next(h, email ?? '')
        const page = await browser.follow(await browser.get((links[0] ?? '').slice(issuer.length)))
        const reset = await browser.post('/reset', { ...hiddenFields(page), password: 'a third horse and its battery' })
        expect(reset.status, reset.body).toBe(303)
      },
      async closed() {
        const fields = hiddenFields(await browser.get('/account/close'))
        expect((await browser.post('/account/close', { ...fields, understood: 'yes' })).location).toBe(
          '/account/closed',
        )
        // Who signs in again takes the account back, and not what ended with it.
        await signedIn(h, alice.username)
      },
      async disabled() {
        await disableUser(h.context, byCommand, alice.id)
        await enableUser(h.context, byCommand, alice.id)
      },
    }
    for (const [name, act] of Object.entries(acts)) {
      alice = await addAccount(h, `alice${++count}`)
      browser = await signedIn(h, alice.username)
      const text = await make()
      await act()
      expect(await apiStatus(h.app, text), name).toBe(401)
    }
  })

  test('its person is told of it by mail, and of an app password alike', async () => {
    await make()
    const of = alice.email ?? ''
    const mail = await mailbox.next(h, of)
    expect(mail.subject).toBe('Your account has a new personal token')
    expect(mail.links[0]).toBe(`${issuer}${path}`)
    const place = '/account/security/app-passwords'
    await browser.post(place, { ...hiddenFields(await browser.get(place)), name: 'Scale' })
    const other = await mailbox.next(h, of)
    expect(other.subject).toBe('Your account has a new app password')
    expect(other.links[0]).toBe(`${issuer}${place}`)
  })

  test('none is made in a session that counts no more by then', async () => {
    const [session] = await h.storage.sessions.listByUser(alice.id)
    if (session === undefined) throw new Error('nobody is signed in')
    const form = { ...usual, scope: [...usual.scope] }
    // Such as where the account has got a second factor in another browser.
    await h.storage.accounts.update(alice.id, { secondFactor: true })
    const late = await addPersonalToken(h.context, { session, account: alice }, form, nobody)
    expect(late).toEqual({ outcome: 'sign_in_again' })
    expect(await h.storage.grants.listByUser(alice.id, 10)).toEqual([])
  })

  test('there are never more than the limit, however many are made at once', async () => {
    const made = await grantOf(await make())
    if (made === undefined) throw new Error('none was made')
    const begin = (at: number) => {
      const { storage } = servers.nodes[at % servers.nodes.length] ?? h
      const id = Buffer.concat([made.id.subarray(0, 15), Buffer.of(at)])
      const grant = { ...made, id, handle: sha256(`many ${count} ${at}`) }
      return storage.act(({ grants }) => grants.begin(grant, 4))
    }
    const outcomes = await Promise.all(Array.from({ length: 8 }, (_, at) => begin(at)))
    expect(outcomes.filter((outcome) => outcome === 'begun')).toHaveLength(3)
  })
})

test('switched off, there is no page, and those that were made do not work either', async () => {
  const [driver] = await drivers()
  if (driver === undefined) throw new Error('no database')
  const settings = { personalTokens: true }
  const servers = await driver.servers({ settings })
  await addAccount(servers.h)
  const before = await signedIn(servers.h)
  const form = { ...hiddenFields(await before.get(path)), name: 'Script', scope: 'basic', expires: '7' }
  const made = await before.follow(await before.post(path, form))
  const text = textOf(byId(read(made.body), 'personal-token'))
  expect(await apiStatus(servers.h.app, text)).toBe(200)
  settings.personalTokens = false
  const h = await servers.another()
  expect(await apiStatus(h.app, text)).toBe(401)
  const browser = await signedIn(h)
  expect((await browser.get(path)).status).toBe(404)
  expect((await browser.get('/account/security')).body).not.toContain(path)
  await h.close()
  await servers.close()
})

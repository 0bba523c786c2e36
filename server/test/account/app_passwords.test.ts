/** App passwords: made on a page of the account, good at both password protocols, and nowhere else. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { appPasswordLimit } from '../../src/engine/account/app_passwords.ts'
import { disableUser, enableUser, setUserPassword } from '../../src/engine/operator/people.ts'
import { sha256 } from '../../src/lib/hash.ts'
import type { Account } from '../../src/storage/contract.ts'
import { signedIn } from '../pages/developer.ts'
import { byId, read, textOf } from '../pages/markup.ts'
import { apiStatus, authorizeUrl, hiddenFields, type Page, type TestBrowser, testBrowser } from '../support/browser.ts'
import { drivers, type Servers } from '../support/drivers.ts'
import {
  addAccount,
  addClient,
  addSubscriptionKey,
  alicePassword,
  byCommand,
  type Harness,
  harness,
} from '../support/harness.ts'

const path = '/account/security/app-passwords'
const minute = 60_000

describe.each(await drivers())('app passwords over $name', (driver) => {
  let servers: Servers
  let h: Harness
  let alice: Account
  let browser: TestBrowser
  let key: string
  let count = 0
  beforeAll(async () => {
    servers = await driver.servers()
    h = servers.h
  })
  afterAll(() => servers.close())
  beforeEach(async () => {
    h.clock.move(20 * minute)
    alice = await addAccount(h, `alice${++count}`)
    browser = await signedIn(h, alice.username)
    key = await addSubscriptionKey(h, `${count}`.padStart(32, 'K'), alice.id)
  })

  async function ask(name: string, by = browser): Promise<Page> {
    return by.post(path, { ...hiddenFields(await by.get(path)), name })
  }

  /** Makes one, and answers its text from the page that shows it. */
  async function make(name = 'Weather station'): Promise<string> {
    const shown = await browser.follow(await ask(name))
    expect(shown.path).toBe(path)
    return textOf(byId(read(shown.body), 'app-password'))
  }

  const passwordToken = async (password: string, username = alice.username) => {
    const payload = new URLSearchParams({ username, password }).toString()
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    return h.app.inject({ method: 'POST', url: '/v1/oauth/', headers, payload })
  }
  const jwtLogin = (password: string, username = alice.username) =>
    h.app.inject({
      method: 'POST',
      url: '/auth/v2/login',
      headers: { 'subscription-key': key },
      payload: { username, password },
    })
  /** The tokens of both protocols. */
  async function enter(password: string): Promise<{ readonly token: string; readonly jwt: string }> {
    const [handle, login] = [await passwordToken(password), await jwtLogin(password)]
    expect(handle.json(), handle.body).toMatchObject({ success: true })
    expect(login.statusCode, login.body).toBe(201)
    return { token: handle.json().data.access_token, jwt: login.json().authorization.token }
  }
  /** Whether both protocols refuse it as a wrong password. */
  async function expectShut(password: string): Promise<void> {
    const wrong = await passwordToken(`${alicePassword} but wrong`)
    expect((await passwordToken(password)).body).toBe(wrong.body)
    expect((await jwtLogin(password)).statusCode).toBe(401)
    h.clock.move(20 * minute)
  }

  const idOf = async () => (await h.storage.appPasswords.listByUser(alice.id))[0]?.id ?? ''

  async function end(id: string): Promise<Page> {
    const question = await browser.get(`${path}/${id}/end`)
    expect(question.body).toContain('id="app-password-end-confirm"')
    return browser.post(`${path}/${id}/end`, hiddenFields(question))
  }

  test('one opens both protocols, also with the e-mail address, and its tokens are worth what others are', async () => {
    const text = await make()
    expect(text).toMatch(/^apw[0-9A-Za-z]{28}$/)
    const { token, jwt } = await enter(text)
    expect(await apiStatus(h.app, token)).toBe(200)
    expect(await apiStatus(h.app, jwt)).toBe(200)
    expect((await passwordToken(text, `${alice.username}@example.com`)).json()).toMatchObject({ success: true })
  })

  test('it is shown once, and kept as a digest only', async () => {
    const text = await make()
    expect((await browser.get(path)).body).not.toContain(text)
    expect(await h.storage.appPasswords.find(sha256(text))).toMatchObject({ name: 'Weather station' })
    expect(h.logged.join()).not.toContain(text)
    expect(JSON.stringify(await h.storage.audit.list(50))).not.toContain(text)
  })

  test('the page tells its name, when it was made and when it was used', async () => {
    const text = await make('Scale <1>')
    const before = (await browser.get(path)).body
    expect(before).toContain('Scale &lt;1&gt;')
    expect(before).toContain('not used yet')
    await enter(text)
    expect((await browser.get(path)).body).toContain('last used')
    const used = (await h.storage.appPasswords.listByUser(alice.id))[0]?.usedAt ?? 0
    h.clock.move(59 * minute)
    await enter(text)
    expect((await h.storage.appPasswords.listByUser(alice.id))[0]?.usedAt).toBe(used)
    h.clock.move(2 * minute)
    await enter(text)
    expect((await h.storage.appPasswords.listByUser(alice.id))[0]?.usedAt).toBeGreaterThan(used)
  })

  test('it opens no page and no other protocol, and is no password that the account has', async () => {
    const text = await make()
    const fresh = testBrowser(h.app)
    const login = hiddenFields(await fresh.get('/login'))
    expect((await fresh.post('/login', { ...login, username: alice.username, password: text })).status).toBe(401)
    const form = { 'current-password': text, 'new-password': 'another horse and its battery' }
    const changed = await browser.post('/account/security', {
      ...hiddenFields(await browser.get('/account/security')),
      ...form,
    })
    expect(changed.status).toBe(400)
    const app = await addClient(h, { dialects: ['oauth', 'quantimodo'] })
    for (const url of ['/oauth/token', '/api/oauth2/token']) {
      const payload = new URLSearchParams({
        grant_type: 'password',
        client_id: app.id,
        client_secret: app.secret,
        username: alice.username,
        password: text,
      }).toString()
      const headers = { 'content-type': 'application/x-www-form-urlencoded' }
      expect((await h.app.inject({ method: 'POST', url, headers, payload })).statusCode, url).toBe(400)
    }
    expect(await apiStatus(h.app, text)).toBe(401)
  })

  test('it opens the account of its person only', async () => {
    const text = await make()
    const bob = await addAccount(h, `bob${count}`)
    expect((await passwordToken(text, bob.username)).json().success).toBe(false)
    expect((await passwordToken(text, 'nobody')).json().success).toBe(false)
  })

  test('a right one is no guess, and a wrong one counts like a password', async () => {
    const text = await make()
    const wrong = `${text.slice(0, -1)}${text.endsWith('a') ? 'b' : 'a'}`
    for (let i = 0; i < 10; i++) expect((await jwtLogin(wrong)).statusCode).toBe(401)
    expect((await jwtLogin(alicePassword)).statusCode).toBe(429)
    expect((await jwtLogin(text)).statusCode).toBe(201)
    for (let i = 0; i < 12; i++) expect((await jwtLogin(text)).statusCode).toBe(201)
  })

  test('where a second factor is enrolled it opens the protocols, and the password does not', async () => {
    const text = await make()
    await h.storage.accounts.update(alice.id, { secondFactor: true })
    await enter(text)
    expect((await passwordToken(alicePassword)).json().success).toBe(false)
  })

  test('ended by its person, it is shut at once, with the access that came by it and no other', async () => {
    const [first, second] = [await make('One'), await make('Two')]
    const ended = await enter(first)
    const other = await enter(second)
    const own = await enter(alicePassword)
    const found = await h.storage.appPasswords.find(sha256(first))
    expect((await end(found?.id ?? '')).location).toBe(`${path}?done=ended`)
    await expectShut(first)
    for (const token of [ended.token, ended.jwt]) expect(await apiStatus(h.app, token)).toBe(401)
    for (const { token, jwt } of [other, own]) {
      expect(await apiStatus(h.app, token)).toBe(200)
      expect(await apiStatus(h.app, jwt)).toBe(200)
    }
    const refreshed = await jwtLogin(second)
    expect(refreshed.statusCode).toBe(201)
    expect((await browser.get(`${path}/${found?.id}/end`)).status).toBe(404)
  })

  test('a password change, an operator’s reset, and being disabled end all of them', async () => {
    const acts: Record<string, () => Promise<unknown>> = {
      async changed() {
        const form = { 'current-password': alicePassword, 'new-password': 'another horse and its battery' }
        const fields = hiddenFields(await browser.get('/account/security'))
        expect((await browser.post('/account/security', { ...fields, ...form })).location).toContain('changed=1')
      },
      reset: () => setUserPassword(h.context, byCommand, alice.id, 'an operator chose this one'),
      async disabled() {
        await disableUser(h.context, byCommand, alice.id)
        await enableUser(h.context, byCommand, alice.id)
      },
    }
    for (const [name, act] of Object.entries(acts)) {
      alice = await addAccount(h, `alice${++count}`)
      browser = await signedIn(h, alice.username)
      key = await addSubscriptionKey(h, `${count}`.padStart(32, 'K'), alice.id)
      const text = await make()
      const { token } = await enter(text)
      await act()
      expect((await passwordToken(text)).json().success, name).toBe(false)
      expect(await apiStatus(h.app, token), name).toBe(401)
      expect(await h.storage.appPasswords.listByUser(alice.id), name).toEqual([])
    }
  })

  test('signing out everywhere else ends all of them, with the access that came by them', async () => {
    const text = await make()
    const { token } = await enter(text)
    await signedIn(h, alice.username)
    const csrf = hiddenFields(await browser.get('/account/devices')).csrf ?? ''
    await browser.post('/account/devices/end', { csrf, others: 'all' })
    await expectShut(text)
    expect(await apiStatus(h.app, token)).toBe(401)
  })

  test('one is made only after a sign-in within ten minutes', async () => {
    h.clock.move(11 * minute)
    const refused = await ask('Late')
    expect(refused.status).toBe(403)
    expect(refused.body).toContain('No app password was created.')
    expect(refused.body).toContain(`/login?next=${encodeURIComponent(path)}`)
    expect(await h.storage.appPasswords.listByUser(alice.id)).toEqual([])
  })

  test.each(['', '   ', '\u200b', 'x'.repeat(101), '!!!'])(
    'a name that cannot be told is refused: %j',
    async (name) => {
      const refused = await ask(name)
      expect(refused.status).toBe(400)
      expect(refused.body).toContain('id="app-password-name-problem"')
      expect(await h.storage.appPasswords.listByUser(alice.id)).toEqual([])
    },
  )

  test('a form without the token of its page makes and ends none', async () => {
    await make()
    const id = await idOf()
    expect((await browser.post(path, { name: 'Foreign', csrf: 'x' })).status).toBe(403)
    expect((await browser.post(`${path}/${id}/end`, { csrf: 'x' })).status).toBe(403)
    expect(await h.storage.appPasswords.listByUser(alice.id)).toHaveLength(1)
  })

  test('nobody ends one of another person', async () => {
    await make()
    const id = await idOf()
    const bob = await signedIn(h, (await addAccount(h, `bob${count}`)).username)
    const csrf = hiddenFields(await bob.get(path)).csrf ?? ''
    expect((await bob.get(`${path}/${id}/end`)).status).toBe(404)
    expect((await bob.post(`${path}/${id}/end`, { csrf })).status).toBe(404)
    expect(await h.storage.appPasswords.listByUser(alice.id)).toHaveLength(1)
  })

  test('there are never more than the limit, however many are made at once', async () => {
    const made = { userId: alice.id, name: 'Many', createdAt: h.clock.now(), usedAt: null }
    const outcomes = await Promise.all(
      Array.from({ length: appPasswordLimit + 10 }, (_, at) => {
        const storage = (servers.nodes[at % servers.nodes.length] ?? h).storage
        const of = { digest: sha256(`many ${count} ${at}`), room: appPasswordLimit }
        return storage.appPasswords.insert({ ...made, id: `many${count}-${at}` }, of)
      }),
    )
    expect(outcomes.filter((outcome) => outcome === 'inserted')).toHaveLength(appPasswordLimit)
    expect((await browser.get(path)).body).toContain(`You have ${appPasswordLimit} app passwords`)
    expect((await browser.get(path)).body).not.toContain('id="app-password-submit"')
  })

  test('the account’s activity tells of each act', async () => {
    const text = await make()
    await enter(text)
    await end(await idOf())
    await h.context.audit.flush()
    const types = (await h.storage.audit.list(10)).map(({ type }) => type)
    expect(types).toEqual(expect.arrayContaining(['app_password_added', 'app_password_ended']))
    const { body } = await browser.get('/account/activity')
    expect(body).toContain('You created an app password.')
    expect(body).toContain('with an app password.')
    expect(body).toContain('You removed an app password.')
  })

  test('an account that is deleted leaves none', async () => {
    const text = await make()
    await h.storage.subscriptionKeys.delete((await h.storage.subscriptionKeys.listByUser(alice.id))[0]?.id ?? '')
    await h.storage.accounts.erase(alice.id)
    expect(await h.storage.appPasswords.find(sha256(text))).toBeUndefined()
  })
})

test('without a password protocol there is no page for them, and no way to it', async () => {
  const h = await harness({ settings: { dialects: new Set(['oauth']) } })
  await addAccount(h)
  const browser = await signedIn(h)
  expect((await browser.get(path)).status).toBe(404)
  expect((await browser.get('/account/security')).body).not.toContain(path)
  expect((await browser.get(authorizeUrl('nobody'))).status).toBe(400)
  await h.close()
})

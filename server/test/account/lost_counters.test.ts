/** While the database or its counters cannot be read: nothing that is guessed is tried, nobody gets in, no token is judged. */
import { afterEach, describe, expect, test, vi } from 'vitest'
import { openPostgres } from '../../src/storage/postgres.ts'
import { newTokens, userinfoStatus } from '../support/answers.ts'
import {
  apiStatus,
  authorize,
  authorizeUrl,
  hiddenFields,
  type Page,
  post,
  refresh,
  type TestBrowser,
  testBrowser,
} from '../support/browser.ts'
import { type CuttingProxy, startCuttingProxy } from '../support/cutting_proxy.ts'
import { drivers, type Servers } from '../support/drivers.ts'
import {
  addAccount,
  addClient,
  alicePassword,
  type Harness,
  harness,
  movableClock,
  rootSecret,
} from '../support/harness.ts'
import { postgresUrl } from '../support/postgres.ts'
import { copyDatabase } from '../support/template.ts'

async function signInWith(browser: TestBrowser, hidden: Record<string, string>, password: string): Promise<Page> {
  return browser.post('/login', { ...hidden, username: 'alice', password })
}

/** Whoever is signed in has a session; nobody has. */
async function sessionsOf(h: Harness, id: `usr_${string}`): Promise<number> {
  return (await h.storage.sessions.listByUser(id)).length
}

describe.each(await drivers())('counters of guesses on $name', (driver) => {
  let servers: Servers
  afterEach(() => servers.close())

  test('K166: that cannot be read refuse every guess on every node, untried, while what is proved goes on', async () => {
    servers = await driver.servers()
    const { h, nodes } = servers
    const { id } = await addAccount(h)
    const app = await addClient(h)
    const open = await Promise.all(
      nodes.map(async (node) => {
        const browser = testBrowser(node.app)
        return { node, browser, hidden: hiddenFields(await browser.get('/login')) }
      }),
    )
    await servers.execute('alter table failures rename to failures_away')
    for (const { node, browser, hidden } of open) {
      const verify = vi.spyOn(node.context.passwords, 'verify')
      for (const password of ['a guess', alicePassword]) {
        const page = await signInWith(browser, hidden, password)
        expect(page.status).toBe(503)
      }
      const signUp = hiddenFields(await browser.get('/signup'))
      const names = { username: 'newcomer', email: 'new@example.com', password: 'meadow lantern copper' }
      expect((await browser.post('/signup', { ...signUp, ...names })).status).toBe(503)
      expect(verify).not.toHaveBeenCalled()
      // Nobody guesses a generated secret, and an app is not shut out by counters.
      const response = await node.app.inject({
        method: 'POST',
        url: '/oauth/token',
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          authorization: `Basic ${Buffer.from(`${app.id}:${app.secret}`).toString('base64')}`,
        },
        payload: 'grant_type=client_credentials',
      })
      expect(response.statusCode).toBe(200)
    }
    expect(await sessionsOf(h, id)).toBe(0)
    expect(await h.storage.accounts.findByLogin('newcomer')).toBeUndefined()
    await servers.execute('alter table failures_away rename to failures')
    for (const { browser, hidden } of open) expect((await signInWith(browser, hidden, alicePassword)).status).toBe(303)
  })
})

describe.skipIf((await postgresUrl()) === undefined)('with the line to PostgreSQL cut', () => {
  let proxy: CuttingProxy
  let h: Harness
  let drop: () => Promise<void>
  afterEach(async () => {
    await h.close()
    await proxy.close()
    await drop()
  })

  test('K166: a right password gets in no more than a wrong one, and is taken again when the database is back', async () => {
    const clock = movableClock()
    const database = await copyDatabase(clock, rootSecret)
    drop = () => database.drop()
    proxy = await startCuttingProxy(database.url)
    h = await harness({ clock, open: () => openPostgres({ url: proxy.url, clock }) })
    await addAccount(h)
    const browser = testBrowser(h.app)
    const hidden = hiddenFields(await browser.get('/login'))
    const verify = vi.spyOn(h.context.passwords, 'verify')
    proxy.refuse(true)
    proxy.breakAll()
    for (const password of ['a guess', 'another guess', alicePassword]) {
      expect((await signInWith(browser, hidden, password)).status).toBe(503)
    }
    expect(verify).not.toHaveBeenCalled()
    proxy.refuse(false)
    await vi.waitFor(async () => expect((await signInWith(browser, hidden, alicePassword)).status).toBe(303), 20_000)
  })

  test('K166: no token is good or bad meanwhile, and every one is what it was when the database is back', async () => {
    const clock = movableClock()
    const database = await copyDatabase(clock, rootSecret)
    drop = () => database.drop()
    proxy = await startCuttingProxy(database.url)
    h = await harness({ clock, open: () => openPostgres({ url: proxy.url, clock }) })
    await addAccount(h)
    const app = await addClient(h)
    const scope = 'openid offline_access basic'
    const { browser } = await authorize(h.app, authorizeUrl(app, { scope }))
    const [live, ended] = [await newTokens(h, app, { scope }, browser), await newTokens(h, app, { scope }, browser)]
    await post(h.app, '/oauth/revoke', app, { token: ended.refresh })
    proxy.refuse(true)
    proxy.breakAll()
    for (const { access, refresh: next } of [live, ended]) {
      expect((await post(h.app, '/oauth/introspect', app, { token: access })).status).toBe(503)
      expect((await post(h.app, '/oauth/introspect', app, { token: next })).status).toBe(503)
      expect((await post(h.app, '/oauth/revoke', app, { token: next })).status).toBe(503)
      expect((await refresh(h.app, app, next)).status).toBe(503)
      expect(await userinfoStatus(h, access)).toBe(503)
      expect(await apiStatus(h.app, access)).toBe(503)
    }
    expect((await browser.get('/account')).status).toBe(503)
    proxy.refuse(false)
    await vi.waitFor(async () => expect(await userinfoStatus(h, live.access)).toBe(200), 20_000)
    expect([await apiStatus(h.app, live.access), (await browser.get('/account')).status]).toEqual([200, 200])
    expect([await userinfoStatus(h, ended.access), (await refresh(h.app, app, ended.refresh)).status]).toEqual([
      401, 400,
    ])
    expect((await refresh(h.app, app, live.refresh)).status).toBe(200)
  })
})

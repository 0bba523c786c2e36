/** What the account pages tell of apps: what each did, by day, and why the access of one has ended. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { deleteApp, switchApp } from '../../src/engine/operator/apps.ts'
import { de } from '../../src/words/de/index.ts'
import { en } from '../../src/words/en/index.ts'
import { signedIn } from '../pages/developer.ts'
import { all, byId, named, read, textOf } from '../pages/markup.ts'
import { authorize, authorizeUrl, exchangeCode, hiddenFields, refresh, type TestBrowser } from '../support/browser.ts'
import { drivers, type Servers } from '../support/drivers.ts'
import { addAccount, addClient, byCommand, type Harness, type TestClient } from '../support/harness.ts'

const day = 86_400_000
const scope = 'basic readmeasurements writemeasurements'

describe.each(await drivers())('over $name', (driver) => {
  let servers: Servers
  let h: Harness
  let browser: TestBrowser
  beforeAll(async () => {
    servers = await driver.servers()
    h = servers.h
    await addAccount(h)
    browser = await signedIn(h)
  })
  afterAll(() => servers.close())

  async function tokensFor(client: TestClient): Promise<{ readonly access: string; readonly refresh: string }> {
    const { code } = await authorize(h.app, authorizeUrl(client, { scope }), { browser })
    const { body } = await exchangeCode(h.app, client, code)
    return { access: body.access_token ?? '', refresh: body.refresh_token ?? '' }
  }

  const call = (at: Harness, access: string, method: 'GET' | 'POST' | 'DELETE', url: string, payload?: object) =>
    at.app.inject({
      method,
      url: `/api/v3/${url}`,
      headers: { authorization: `Bearer ${access}` },
      ...(payload && { payload }),
    })
  const weighing = (startTime: number) => ({ variableName: 'Weight', unit: 'kg', value: 71, startTime })
  const uses = async (client: TestClient) => {
    const table = read((await browser.get(`/account/apps/${client.id}`)).body)
    return all(table)
      .filter((element) => 'data-resource' in element.attributes)
      .map((row) =>
        all(row)
          .filter(({ name }) => name === 'td')
          .map(textOf),
      )
  }

  test('what an app read and changed is told by day and kind of data, whichever server it asked', async () => {
    const client = await addClient(h)
    const { access } = await tokensFor(client)
    expect((await browser.get(`/account/apps/${client.id}`)).body).toContain('It has read and changed nothing')
    expect((await call(h, access, 'POST', 'measurements', [weighing(1), weighing(2), weighing(3)])).statusCode).toBe(
      201,
    )
    expect((await call(h, access, 'GET', 'measurements?limit=2')).statusCode).toBe(200)
    expect((await call(h, access, 'GET', 'user')).statusCode).toBe(200)
    // What is refused did nothing.
    expect((await call(h, access, 'DELETE', 'measurements?id=999999')).statusCode).toBe(404)
    const other = servers.nodes[1] ?? h
    expect((await call(other, access, 'GET', 'measurements')).statusCode).toBe(200)
    await other.context.appUses.flush()
    const today = en.time.day(h.clock.now())
    expect(await uses(client)).toEqual([
      [today, 'Measurements', '2', '1', '8'],
      [today, 'Your account details', '1', '0', '1'],
    ])
  })

  test('a server that ends in order stores what it has counted, and one whose database is away keeps it', async () => {
    const client = await addClient(h)
    const { access } = await tokensFor(client)
    const another = driver.name === 'SQLite' ? h : await servers.another()
    await servers.execute('alter table app_uses rename to away')
    await call(another, access, 'GET', 'user')
    await another.context.appUses.flush()
    await servers.execute('alter table away rename to app_uses')
    await call(another, access, 'GET', 'user')
    if (another === h) await h.context.appUses.flush()
    else await another.close()
    expect((await uses(client)).map(([, ...row]) => row)).toEqual([['Your account details', '2', '0', '2']])
  })

  test('a day is that of UTC in every zone, as the table says', async () => {
    const wes = await addAccount(h, 'wes', { claims: { zoneinfo: 'America/Los_Angeles', locale: 'de' } })
    const his = await signedIn(h, 'wes')
    const client = await addClient(h)
    await authorize(h.app, authorizeUrl(client, { scope }), { browser: his })
    const use = { clientId: client.id, resource: 'user', reads: 1, writes: 0, records: 1 }
    const day = new Date(h.clock.now()).toISOString().slice(0, 10)
    await h.storage.appUses.add([{ ...use, userId: wes.id, day }])
    const table = byId(read((await his.get(`/account/apps/${client.id}`)).body), 'app-uses')
    const [time] = named(table, 'time')
    expect(time?.attributes.datetime).toBe(day)
    expect(time && textOf(time)).toBe(de.time.day(Date.parse(day)))
    expect(textOf(table)).toContain('UTC')
  })

  test('an app that the operator has switched off is told as such, and no more once it is on again', async () => {
    const client = await addClient(h, { client_name: 'Halted' })
    await tokensFor(client)
    const told = async (language = 'en') => {
      const pages = ['/account', '/account/apps', `/account/apps/${client.id}`]
      const found = await Promise.all(pages.map((path) => browser.get(path, { 'accept-language': language })))
      return found.map(({ body }) => body.includes((language === 'de' ? de : en).account.switchedOffMeans))
    }
    expect(await told()).toEqual([false, false, false])
    await switchApp(h.context, byCommand, client.id, false)
    h.context.clients.forget()
    expect(await told()).toEqual([true, true, true])
    expect(await told('de')).toEqual([true, true, true])
    await switchApp(h.context, byCommand, client.id, true)
    h.context.clients.forget()
    expect(await told()).toEqual([false, false, false])
  })

  test('after thirty days it is forgotten, and with the account at once', async () => {
    const bob = await addAccount(h, 'bob')
    const use = { clientId: 'app', resource: 'user', reads: 1, writes: 0, records: 1 }
    const on = (at: number) => new Date(h.clock.now() - at * day).toISOString().slice(0, 10)
    await h.storage.appUses.add([29, 31].map((at) => ({ ...use, userId: bob.id, day: on(at) })))
    await h.storage.sweep({ rows: 30 * day, audit: 400 * day })
    expect((await h.storage.appUses.list(bob.id, 'app', on(40))).map((one) => one.day)).toEqual([on(29)])
    await h.storage.accounts.erase(bob.id)
    expect(await h.storage.appUses.list(bob.id, 'app', on(40))).toEqual([])
    await h.storage.appUses.add([{ ...use, userId: bob.id, day: on(0) }])
    expect(await h.storage.appUses.list(bob.id, 'app', on(40))).toEqual([])
  })

  test('an app whose access has ended stays listed for thirty days with the reason', async () => {
    const send = async (path: string, fields: Record<string, string>) =>
      browser.post(path, { ...hiddenFields(await browser.get('/logout')), ...fields })
    const app = async (name: string) => {
      const client = await addClient(h, { client_name: name })
      return { client, tokens: await tokensFor(client) }
    }
    const removed = await app('Removed')
    const deleted = await app('Deleted')
    const reused = await app('Reused')
    await send('/account/apps/remove', { client_id: removed.client.id })
    await deleteApp(h.context, byCommand, deleted.client.id)
    h.context.clients.forget()
    const second = (await refresh(h.app, reused.client, reused.tokens.refresh)).body.refresh_token ?? ''
    await refresh(h.app, reused.client, second)
    expect((await refresh(h.app, reused.client, reused.tokens.refresh)).body.error).toBe('invalid_grant')

    const ended = async () => {
      const page = read((await browser.get('/account/apps')).body)
      return all(page)
        .filter((element) => 'data-ended-app' in element.attributes)
        .map(textOf)
    }
    const told = await ended()
    expect(told).toHaveLength(2)
    expect(told.find((text) => text.includes('Removed'))).toContain(en.appHistory.ends.revoked_by_user)
    expect(told.find((text) => text.includes('Deleted'))).toContain(en.appHistory.ends.app_deleted)
    // The yes to it still stands, so it is listed as connected, and says so.
    const list = textOf(byId(read((await browser.get('/account/apps')).body), 'content'))
    expect(list).toContain(en.appHistory.ends.refresh_token_reused)
    expect(list).not.toContain(en.account.notUsed)
    expect((await browser.get(`/account/apps/${reused.client.id}`)).body).toContain(
      en.appHistory.ends.refresh_token_reused,
    )

    h.clock.move(31 * day)
    await h.storage.sweep({ rows: 30 * day, audit: 400 * day })
    browser = await signedIn(h)
    expect(await ended()).toEqual([])
  })
})

/** Receipts of consents: what a person read when they allowed an app, kept with their yes. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { signedIn } from '../pages/developer.ts'
import { all, byId, named, read, textOf } from '../pages/markup.ts'
import { allowOn, authorizeUrl, hiddenFields, type TestBrowser } from '../support/browser.ts'
import { drivers, type Servers } from '../support/drivers.ts'
import { addAccount, addClient, type Harness, type TestClient } from '../support/harness.ts'
import { putInForce } from '../support/terms.ts'

const metadata = {
  client_name: 'Meadow Journal',
  publisher: 'Meadow Studio',
  client_uri: 'https://meadow.example/',
  policy_uri: 'https://meadow.example/privacy-2',
  tos_uri: 'https://meadow.example/terms',
}

describe.each(await drivers())('over $name', (driver) => {
  let servers: Servers
  let h: Harness
  let browser: TestBrowser
  beforeAll(async () => {
    servers = await driver.servers()
    h = servers.h
    await addAccount(h)
    await addAccount(h, 'mallory')
    browser = await signedIn(h)
  })
  afterAll(() => servers.close())

  /** The receipts on the page, by their ids. */
  const listed = async (one = browser) =>
    all(read((await one.get('/account/consents')).body)).flatMap(({ attributes }) => attributes['data-receipt'] ?? [])
  const ask = (client: TestClient, scope: string, more: Record<string, string> = {}) =>
    browser.get(authorizeUrl(client, { scope, prompt: 'consent', ...more })).then((page) => browser.follow(page))
  const allowed = async (client: TestClient, scope: string) => {
    h.clock.move(1000)
    const page = await allowOn(browser, await ask(client, scope))
    expect(page.location).toContain('code=')
  }

  test('a yes leaves what was read, and is downloaded by its holder alone', async () => {
    const client = await addClient(h, metadata)
    await allowed(client, 'basic readmeasurements')
    const [id = ''] = await listed()
    const file = await browser.get(`/account/consents/${id}.json`)
    expect(file.response.headers['content-disposition']).toBe(`attachment; filename="consent-${id}.json"`)
    expect(JSON.parse(file.body)).toMatchObject({
      id,
      at: new Date(h.clock.now()).toISOString(),
      client_id: client.id,
      language: 'en',
      app: {
        name: 'Meadow Journal',
        publisher: 'Meadow Studio',
        verified: false,
        policy: 'https://meadow.example/privacy-2',
        terms: 'https://meadow.example/terms',
      },
      destination: 'app.example',
      scope: 'basic readmeasurements',
      permissions: [
        { scope: 'basic', sentence: 'See your account details' },
        { scope: 'readmeasurements', sentence: 'Read your measurements' },
        { scope: 'offline_access', sentence: 'Stay connected when you are away' },
      ],
    })
    const mallory = await signedIn(h, 'mallory')
    expect(await listed(mallory)).toEqual([])
    for (const name of [`${id}.json`, 'none.json', 'all.csv', '%2e%2e', '\u0000.json']) {
      expect((await mallory.get(`/account/consents/${encodeURIComponent(name)}`)).status, name).toBe(404)
    }
    expect((await mallory.get('/account/consents/all.json')).body).toBe('[]\n')
    const whole = JSON.parse((await browser.get('/account/consents/all.json')).body) as { id: string }[]
    expect(whole.map((one) => one.id).sort()).toEqual((await listed()).sort())
  })

  test('a yes that changes nothing leaves none; one for more, or to an app that says something else of itself, does', async () => {
    const client = await addClient(h, metadata)
    const count = async () => (await listed()).length
    const before = await count()
    await allowed(client, 'basic readmeasurements')
    await allowed(client, 'basic readmeasurements')
    await allowed(client, 'basic')
    expect(await count()).toBe(before + 1)
    await allowed(client, 'basic writemeasurements')
    expect(await count()).toBe(before + 2)
    await h.storage.clients.amend(client.id, ({ metadata: present }) => ({
      metadata: { ...present, policy_uri: 'https://meadow.example/privacy-3' },
    }))
    h.context.clients.forget()
    await allowed(client, 'basic')
    expect(await count()).toBe(before + 3)
    await browser.post('/account/apps/remove', { ...hiddenFields(await browser.get('/logout')), client_id: client.id })
    expect(await count()).toBe(before + 3)
    await allowed(client, 'basic')
    expect(await count()).toBe(before + 4)
  })

  test('what has changed since the page was shown is shown again before it is agreed to', async () => {
    const client = await addClient(h, metadata)
    const shown = await ask(client, 'basic')
    await h.storage.clients.amend(client.id, ({ metadata: present }) => ({
      metadata: { ...present, policy_uri: 'https://meadow.example/other' },
    }))
    h.context.clients.forget()
    const before = (await listed()).length
    const again = await browser.follow(await allowOn(browser, shown))
    expect(again.body).toContain('https://meadow.example/other')
    expect((await listed()).length).toBe(before)
    expect((await allowOn(browser, again)).location).toContain('code=')
    expect((await listed()).length).toBe(before + 1)
  })

  test('the language is that in which it was read, and a yes that is not stored leaves no receipt', async () => {
    const client = await addClient(h, metadata)
    h.clock.move(1000)
    const page = await ask(client, 'basic', { ui_locales: 'de' })
    const before = (await listed()).length
    await servers.execute('alter table consent_receipts rename to away')
    expect((await allowOn(browser, page)).status).toBeGreaterThanOrEqual(500)
    await servers.execute('alter table away rename to consent_receipts')
    expect((await browser.get('/account/apps')).body).not.toContain(client.id)
    await allowOn(browser, page)
    const [id, ...others] = await listed()
    expect(others).toHaveLength(before)
    const receipt = JSON.parse((await browser.get(`/account/consents/${id}.json`)).body)
    expect(receipt.language).toBe('de')
    expect(receipt.permissions[0].sentence).not.toBe('See your account details')
  })

  test('names the policies that were in force, and a newer version of one leaves another receipt', async () => {
    const client = await addClient(h, metadata)
    putInForce(h, { terms: '2026-01' })
    await allowed(client, 'basic')
    const [id = '', ...before] = await listed()
    const policies = JSON.parse((await browser.get(`/account/consents/${id}.json`)).body).policies
    expect(policies).toEqual([
      { document: 'terms', url: 'https://northfield.example/terms', version: '2026-01' },
      { document: 'privacy', url: 'https://northfield.example/privacy' },
    ])
    const page = textOf(byId(read((await browser.get(`/account/consents/${id}`)).body), 'receipt-policies'))
    expect(page).toContain('Terms (version 2026-01)')
    expect(page).toContain('https://northfield.example/privacy')
    await allowed(client, 'basic')
    expect(await listed()).toHaveLength(before.length + 1)
    putInForce(h, { terms: '2027-01' })
    await allowed(client, 'basic')
    expect(await listed()).toHaveLength(before.length + 2)
    Object.assign(h.context, { settings: { ...h.context.settings, brand: undefined } })
  })

  test('each has a page that shows all that was read, to its holder alone', async () => {
    const client = await addClient(h, metadata)
    await allowed(client, 'basic readmeasurements')
    const [id = ''] = await listed()
    const link = named(read((await browser.get('/account/consents')).body), 'a').map(
      ({ attributes }) => attributes.href,
    )
    expect(link).toContain(`/account/consents/${id}`)
    const said = textOf(byId(read((await browser.get(`/account/consents/${id}`)).body), 'content'))
    for (const one of [
      ...['Meadow Journal', 'Meadow Studio', 'https://meadow.example/privacy-2', 'app.example', 'English'],
      ...['See your account details', 'Stay connected when you are away', 'basic readmeasurements'],
    ]) {
      expect(said).toContain(one)
    }
    expect((await (await signedIn(h, 'mallory')).get(`/account/consents/${id}`)).status).toBe(404)
  })

  test('a yes in a session that ended meanwhile is none', async () => {
    const client = await addClient(h, metadata)
    const { id: userId } = (await h.storage.accounts.findByLogin('alice')) ?? { id: 'usr_' as const }
    const sessions = async () => (await h.storage.sessions.listByUser(userId)).map(({ id }) => id)
    const others = await sessions()
    const visitor = await signedIn(h)
    const [own] = (await sessions()).filter((id) => !others.includes(id))
    const page = await visitor.follow(await visitor.get(authorizeUrl(client, { scope: 'basic', prompt: 'consent' })))
    const before = await listed()
    const act = h.storage.act.bind(h.storage)
    // Somebody signs the browser out between the page's own look at the session and the act.
    vi.spyOn(h.storage, 'act').mockImplementationOnce(async (work) => {
      if (own !== undefined) await h.storage.sessions.end(own)
      return act(work)
    })
    const answer = await allowOn(visitor, page)
    expect((await visitor.follow(answer)).body).toContain('id="login-form"')
    expect(await listed()).toEqual(before)
    expect(await h.storage.consents.find(userId, client.id)).toBeUndefined()
  })

  test('receipts go with the account', async () => {
    const carol = await addAccount(h, 'carol')
    const one = { id: 'rcp_carol', userId: carol.id, clientId: 'app', at: 1 }
    const app = { name: 'x', verified: false, inDevelopment: false }
    const text = { language: 'en', app, destination: 'x', scope: [], permissions: [], services: [], lasts: '' }
    await h.storage.receipts.insert({ ...one, read: text })
    expect(await h.storage.receipts.find(carol.id, one.id)).toEqual({ ...one, read: text })
    await h.storage.accounts.erase(carol.id)
    expect(await h.storage.receipts.find(carol.id, one.id)).toBeUndefined()
  })
})

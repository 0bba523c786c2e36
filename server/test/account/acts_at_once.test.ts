/** What people and operators do, many times at once: one wins, or all of it holds, on one server and on two over one PostgreSQL. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { setupToken } from '../../src/engine/account/sign_up.ts'
import { registerClient } from '../../src/engine/client/register_client.ts'
import { appLimit } from '../../src/engine/developer/developer_apps.ts'
import { executeApply, planApply } from '../../src/engine/operator/apply/apply.ts'
import { parseDocument } from '../../src/engine/operator/apply/document.ts'
import { approveApp } from '../../src/engine/operator/apps.ts'
import { clientMetadataSchema } from '../../src/protocol/client_metadata.ts'
import type { Account } from '../../src/storage/contract.ts'
import { registerApp, signedIn } from '../pages/developer.ts'
import { hiddenFields, type TestBrowser, testBrowser } from '../support/browser.ts'
import { drivers, type Servers } from '../support/drivers.ts'
import { addAccount, addClient, alicePassword, byCommand, callback, type Harness } from '../support/harness.ts'

const racers = 20

describe.each(await drivers())('over $name', (driver) => {
  let servers: Servers
  let h: Harness
  let alice: Account
  /** Alice's browser at each server, in which she is signed in, and Bob's. */
  let hers: TestBrowser[]
  let his: TestBrowser[]
  let csrf: string
  let bobs: string
  /** Handles of keys that a test has made. */
  const known = new Set<string>()
  beforeAll(async () => {
    servers = await driver.servers({ settings: { appRegistration: 'approval' } })
    h = servers.h
    alice = await addAccount(h, 'alice')
    await addAccount(h, 'bob')
    hers = atEveryServer(await signedIn(h, 'alice'))
    his = atEveryServer(await signedIn(h, 'bob'))
    csrf = await formToken(at(hers, 0))
    bobs = await formToken(at(his, 0))
  })
  afterAll(() => servers.close())

  /** The same browser at every server. */
  function atEveryServer(browser: TestBrowser): TestBrowser[] {
    return servers.nodes.map(({ app }) => {
      const same = testBrowser(app)
      for (const [name, value] of browser.cookies) same.cookies.set(name, value)
      return same
    })
  }
  const formToken = async (browser: TestBrowser) => hiddenFields(await browser.get('/logout')).csrf ?? ''
  const at = <T>(of: readonly T[], i: number): T => of[i % of.length] as T

  /** How often each outcome came of the same act, done many times at once. */
  async function outcomes(act: (i: number) => Promise<string | number>): Promise<Record<string, number>> {
    const found = await Promise.all(Array.from({ length: racers }, (_, i) => act(i)))
    return Object.fromEntries([...new Set(found)].map((one) => [one, found.filter((other) => other === one).length]))
  }

  test('a username is given to one who signs up', async () => {
    const strangers = servers.nodes.map(({ app }) => testBrowser(app))
    const forms = await Promise.all(strangers.map(async (one) => hiddenFields(await one.get('/signup'))))
    const statuses = await outcomes(async (i) => {
      const spelled = i % 2 === 0 ? 'Meadowlark' : 'meadowlark'
      const fields = { ...at(forms, i), username: spelled, email: `m${i}@example.com`, password: alicePassword }
      return (await at(strangers, i).post('/signup', fields)).status
    })
    expect(statuses).toEqual({ 303: 1, 400: racers - 1 })
    h.clock.move(600_001)
  })

  test('a client ID is given to one who creates it, with that one\u2019s secret', async () => {
    const metadata = clientMetadataSchema.parse({ redirect_uris: [callback] })
    const found = await outcomes(async (i) => {
      const { storage, clock } = at(servers.nodes, i).context
      const made = await registerClient(storage, { clientId: 'the-one', ownerId: null, metadata }, clock.now())
      return typeof made === 'string' ? made : 'inserted'
    })
    expect(found).toEqual({ inserted: 1, taken: racers - 1 })
    expect((await h.storage.clients.find('the-one'))?.secrets).toHaveLength(1)
    const document = { clients: [{ client_id: 'the-other', client_secret: 'x'.repeat(32), redirect_uris: [callback] }] }
    const applied = await outcomes(async (i) => {
      const { context } = at(servers.nodes, i)
      const plan = await planApply(context, parseDocument(JSON.stringify(document)), { prune: false })
      return executeApply(context, byCommand, plan).then(
        () => 'applied',
        (error: unknown) => (/apply the document again/.test(String(error)) ? 'again' : String(error)),
      )
    })
    expect(applied.applied).toBeGreaterThan(0)
    expect((applied.applied ?? 0) + (applied.again ?? 0)).toBe(racers)
    expect((await h.storage.clients.find('the-other'))?.secrets).toHaveLength(1)
  })

  test('no more apps are registered than one may have', async () => {
    const have = (await h.storage.clients.listByUser(alice.id)).length
    const row = { ownerId: alice.id, status: 'enabled', metadata: { redirect_uris: [callback] }, secrets: [] } as const
    for (let i = have; i < appLimit - 3; i++) await h.storage.clients.insert({ ...row, clientId: `hers-${i}` })
    const app = { kind: 'web', redirect_uris: callback, scope: 'basic' }
    const statuses = await outcomes(
      async (i) => (await at(hers, i).post('/developer/apps/new', { csrf, ...app, name: `App ${i}` })).status,
    )
    expect(statuses).toEqual({ 303: 3, 400: racers - 3 })
    const apps = await h.storage.clients.listByUser(alice.id)
    expect(apps).toHaveLength(appLimit)
    for (const { clientId } of apps) await h.storage.clients.delete(clientId)
  })

  test('the last secret that works stays, whichever are removed', async () => {
    const { id } = await addClient(h, {}, { ownerId: alice.id })
    for (const name of ['second', 'third']) await at(hers, 0).post(`/developer/apps/${id}/secrets`, { csrf, name })
    const secrets = (await h.storage.clients.find(id))?.secrets ?? []
    expect(secrets).toHaveLength(3)
    const statuses = await outcomes(
      async (i) =>
        (await at(hers, i).post(`/developer/apps/${id}/secrets/${at(secrets, i).id}/remove`, { csrf })).status,
    )
    expect(statuses).toEqual({ 303: 2, 400: racers - 2 })
    expect((await h.storage.clients.find(id))?.secrets).toHaveLength(1)
  })

  test('no more secrets are added than an app may have, and no name twice', async () => {
    const { id } = await addClient(h, {}, { ownerId: alice.id })
    const statuses = await outcomes(
      async (i) => (await at(hers, i).post(`/developer/apps/${id}/secrets`, { csrf, name: `number ${i >> 1}` })).status,
    )
    expect(statuses).toEqual({ 303: 4, 400: racers - 4 })
    const names = (await h.storage.clients.find(id))?.secrets.map(({ name }) => name) ?? []
    expect(new Set(names).size).toBe(5)
  })

  test('a secret is replaced once', async () => {
    const { id } = await addClient(h, {}, { ownerId: alice.id })
    const [old] = (await h.storage.clients.find(id))?.secrets ?? []
    const path = `/developer/apps/${id}/secrets/${old?.id}/replace`
    const statuses = await outcomes(
      async (i) => (await at(hers, i).post(path, { csrf, name: `number ${i}`, overlap: 'week' })).status,
    )
    expect(statuses).toEqual({ 303: 1, 400: racers - 1 })
    expect((await h.storage.clients.find(id))?.secrets).toHaveLength(2)
  })

  test('what is approved is what the audit log says, whatever name is asked for meanwhile', async () => {
    const app = await registerApp(at(hers, 0), { name: 'Meadow' })
    await approveApp(h.context, byCommand, app.id)
    const rename = (i: number, name: string) =>
      at(hers, i).post(`/developer/apps/${app.id}/settings/name`, { csrf, name })
    await rename(0, 'Meadow Zero')
    await outcomes(async (i) =>
      i % 4 === 0
        ? approveApp(at(servers.nodes, i).context, byCommand, app.id)
        : (await rename(i, `Meadow ${'abcdefghijklmnopqrst'[i]}`)).status,
    )
    const events = (await h.storage.audit.list(200)).filter(({ clientId }) => clientId === app.id)
    const approved = events
      .filter(({ type }) => type === 'client_approved')
      .map(({ detail }) => (detail.form as { name: string }).name)
    const { metadata, proposal } = (await h.storage.clients.find(app.id)) ?? {}
    expect(approved).toContain(metadata?.client_name)
    expect(proposal?.members.client_name).not.toBe(metadata?.client_name)
  })

  test('an invitation is accepted once, or withdrawn: never both', async () => {
    for (let round = 0; round < 3; round++) {
      await at(hers, 0).post('/developer/keys', { csrf, name: `Key ${round}` })
      const list = (await at(hers, 0).get('/developer/keys')).body
      const handles = [...list.matchAll(/data-key="([^"]+)"/g)].map(([, handle]) => handle ?? '')
      const handle = handles.find((one) => !known.has(one)) ?? ''
      known.add(handle)
      expect(
        (await at(hers, 0).post(`/developer/keys/${handle}/collaborators`, { csrf, username: 'bob' })).status,
      ).toBe(303)
      const found = await outcomes(async (i) => {
        if (i % 2 === 0)
          return `answer ${(await at(his, i).post(`/developer/keys/${handle}/answer`, { csrf: bobs, answer: 'accepted' })).status}`
        const back = { csrf, username: 'bob' }
        return `withdraw ${(await at(hers, i).post(`/developer/keys/${handle}/invitations/remove`, back)).status}`
      })
      expect((found['answer 303'] ?? 0) + (found['withdraw 303'] ?? 0), JSON.stringify(found)).toBe(1)
      const shared = (await at(his, 0).get('/developer/keys')).body.includes(`Key ${round}`)
      expect(shared).toBe(found['answer 303'] === 1)
    }
  })
  test('no more usernames are invited to a key than it has room for, and none twice', async () => {
    await at(hers, 0).post('/developer/keys', { csrf, name: 'Crowded' })
    const list = (await at(hers, 0).get('/developer/keys')).body
    const handle = [...list.matchAll(/data-key="([^"]+)"/g)].map(([, one]) => one ?? '').find((one) => !known.has(one))
    known.add(handle ?? '')
    h.clock.move(600_001)
    const statuses = await outcomes(
      async (i) =>
        (await at(hers, i).post(`/developer/keys/${handle}/collaborators`, { csrf, username: `guest${i >> 1}` }))
          .status,
    )
    expect(statuses).toEqual({ 303: racers / 2, 400: racers / 2 })
  })

  test('a page shows what it shows once to one who asks', async () => {
    const form = { csrf, name: 'Flash', kind: 'web', redirect_uris: callback, scope: 'basic' }
    const made = await at(hers, 0).post('/developer/apps/new', form)
    const flash = at(hers, 0).cookies.get('consentry-flash') ?? ''
    expect(flash.length).toBeGreaterThan(50)
    const shown = await outcomes(async (i) => {
      const same = atEveryServer(at(hers, 0))
      at(same, i).cookies.set('consentry-flash', flash)
      const page = await at(same, i).get(made.location ?? '')
      return /id="client-secret">\s*[^<\s]+/.test(page.body) ? 'secret' : page.status
    })
    expect(shown).toEqual({ secret: 1, 200: racers - 1 })
    at(hers, 0).cookies.delete('consentry-flash')
  })
})

describe.each(await drivers())('before anybody runs the server, over $name', (driver) => {
  test('one sets it up, and nobody else gets an account by the link', async () => {
    const servers = await driver.servers()
    const token = setupToken(servers.h.context).token
    const browsers = servers.nodes.map(({ app }) => testBrowser(app))
    const forms = await Promise.all(browsers.map(async (one) => hiddenFields(await one.get(`/setup?token=${token}`))))
    const statuses = await Promise.all(
      Array.from({ length: 10 }, async (_, i) => {
        const at = i % browsers.length
        const fields = {
          ...forms[at],
          token,
          username: `admin${i}`,
          email: `a${i}@example.com`,
          password: alicePassword,
        }
        return (await browsers[at]?.post('/setup', fields))?.status
      }),
    )
    expect(statuses.filter((status) => status === 303)).toHaveLength(1)
    const accounts = await servers.h.storage.accounts.list(100)
    expect(accounts.map(({ roles }) => roles)).toEqual([['owner']])
    await servers.close()
  })
})

/** /account/close: an account ends at once, can be taken back for two weeks, and then leaves nothing that names its holder. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { startSession } from '../../src/engine/account/sessions.ts'
import { closeAccount } from '../../src/engine/developer/close_account.ts'
import { jobHandlers } from '../../src/engine/job_handlers.ts'
import { deleteUser, disableUser, enableUser } from '../../src/engine/operator/people.ts'
import { day } from '../../src/lib/clock.ts'
import type { ClientId } from '../../src/protocol/names.ts'
import type { Account } from '../../src/storage/contract.ts'
import { dataMap } from '../../src/storage/data_map/index.ts'
import { openPostgres } from '../../src/storage/postgres.ts'
import { databaseOpener } from '../../src/storage/sqlite/database.ts'
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
import {
  addAccount,
  addClient,
  alicePassword,
  byCommand,
  type Harness,
  harness,
  movableClock,
  openCopy,
  rootSecret,
} from '../support/harness.ts'
import { putMeasurements } from '../support/measurements.ts'
import { postgresUrl, type TestDatabase } from '../support/postgres.ts'
import { copyDatabase } from '../support/template.ts'

const withPostgres = (await postgresUrl()) !== undefined

let h: Harness
let database: TestDatabase | undefined
afterEach(async () => {
  await h.close()
  await database?.drop()
  database = undefined
})

/** What a harness is given to be over PostgreSQL. */
async function onPostgres() {
  const clock = movableClock()
  database = await copyDatabase(clock, rootSecret)
  const { url } = database
  return { url, clock, open: () => openPostgres({ url, clock }) }
}

const phone = 'UncommonPhone/7.3'

async function begin(more: Parameters<typeof addAccount>[2] = {}, options = {}): Promise<[Account, TestBrowser]> {
  h = await harness(options)
  const alice = await addAccount(h, 'wonderland.alice', more)
  return [alice, await signedIn()]
}

async function signedIn(): Promise<TestBrowser> {
  const fresh = testBrowser(h.app)
  const page = await signInOn(fresh, await fresh.get('/login'), 'wonderland.alice', alicePassword)
  expect(page.path).toBe('/account')
  return fresh
}

/** Whether the right password opens the account. */
async function opens(): Promise<boolean> {
  const fresh = testBrowser(h.app)
  const fields = { ...hiddenFields(await fresh.get('/login')), username: 'wonderland.alice', password: alicePassword }
  return (await fresh.post('/login', fields)).status === 303
}

async function close(browser: TestBrowser, understood: Record<string, string> = { understood: 'yes' }): Promise<Page> {
  return browser.post('/account/close', { ...hiddenFields(await browser.get('/account/close')), ...understood })
}

/** What the audit log tells of the account, newest first. */
async function told({ id }: Account): Promise<readonly string[]> {
  await h.context.audit.flush()
  return (await h.storage.audit.list(100))
    .filter((event) => event.subject === id || event.actor === id)
    .map(({ type }) => type)
}

const sweep = () => jobHandlers.sweep(h.context, undefined as unknown as Parameters<typeof jobHandlers.sweep>[1])

describe('closing', () => {
  test('ends sessions, authorizations and waiting jobs at once, and says how the account is taken back', async () => {
    const [alice, browser] = await begin()
    const client = await addClient(h)
    const { code } = await authorize(h.app, authorizeUrl(client, { scope: 'basic offline_access' }), { browser })
    const { body } = await exchangeCode(h.app, client, code)
    const other = await signedIn()
    const closed = await close(browser)
    expect(closed.location).toBe('/account/closed')
    expect((await browser.follow(closed)).body).toContain('Your account is closed')
    for (const one of [browser, other]) expect((await one.get('/account')).status).toBe(303)
    expect(await apiStatus(h.app, body.access_token ?? '')).toBe(401)
    expect((await refresh(h.app, client, body.refresh_token ?? '')).status).toBe(400)
    expect(await h.storage.sessions.listByUser(alice.id)).toEqual([])
    expect(await told(alice)).toContain('account_closed')
  })

  test('a full sign-in takes it back within 14 days, and not a moment later', async () => {
    const [alice, browser] = await begin()
    await close(browser)
    h.clock.move(14 * day - 60_000)
    const again = await signedIn()
    expect((await h.storage.accounts.find(alice.id))?.closingAt).toBe(null)
    expect(await told(alice)).toContain('account_taken_back')
    expect((await again.get('/account/activity')).body).toContain('You took your account back.')
    await close(again)
    h.clock.move(14 * day)
    expect(await opens()).toBe(false)
    await sweep()
    expect(await opens()).toBe(false)
  })

  test('a legacy protocol neither lets a closed account in nor takes it back', async () => {
    const [alice, browser] = await begin()
    const ask = async () => {
      const fields = { username: 'wonderland.alice', password: alicePassword }
      const headers = { 'content-type': 'application/x-www-form-urlencoded' }
      const payload = new URLSearchParams(fields).toString()
      return (await h.app.inject({ method: 'POST', url: '/v1/oauth/', headers, payload })).body
    }
    expect(await ask()).toContain('access_token')
    await close(browser)
    expect(await ask()).not.toContain('access_token')
    expect((await h.storage.accounts.find(alice.id))?.enabled).toBe(false)
  })

  test('needs the box ticked and a sign-in of the last ten minutes', async () => {
    const [alice, browser] = await begin()
    expect((await close(browser, {})).status).toBe(400)
    const fields = hiddenFields(await browser.get('/account/close'))
    h.clock.move(11 * 60_000)
    expect((await browser.get('/account/close')).body).not.toContain('id="close-form"')
    expect((await browser.post('/account/close', { ...fields, understood: 'yes' })).status).toBe(403)
    expect((await h.storage.accounts.find(alice.id))?.enabled).toBe(true)
  })

  test('whoever owns apps, or is the last owner of the server, is told so and cannot', async () => {
    const [alice, browser] = await begin({ roles: ['owner'] })
    await addClient(h, { client_name: 'Looking Glass' }, { ownerId: alice.id })
    const page = await browser.get('/account/close')
    expect(page.body).toContain('You are the only owner of this server')
    expect(page.body).toContain('Looking Glass')
    expect(page.body).not.toContain('id="close-form"')
    const fields = hiddenFields(await browser.get('/logout'))
    expect((await browser.post('/account/close', { ...fields, understood: 'yes' })).status).toBe(409)
    expect((await h.storage.accounts.find(alice.id))?.enabled).toBe(true)
  })

  test.each(withPostgres ? ['sqlite', 'postgres'] : ['sqlite'])(
    'of two owners who close their accounts at once, one stays (%s)',
    async (driver) => {
      await begin({ roles: ['owner'] }, driver === 'postgres' ? await onPostgres() : {})
      await addAccount(h, 'other', { roles: ['owner'] })
      const second = testBrowser(h.app)
      await signInOn(second, await second.get('/login'), 'other', alicePassword)
      const owners = await h.storage.accounts.listWithRoles()
      const lives = await Promise.all(
        owners.map(async (account) => ({ account, session: (await h.storage.sessions.listByUser(account.id))[0] })),
      )
      const closed = await Promise.all(
        lives.map(({ account, session }) => {
          if (session === undefined) throw new Error('an owner is not signed in')
          return closeAccount(
            h.context,
            { account, session },
            { requestId: 'r', address: '127.0.0.1', userAgent: null },
          )
        }),
      )
      expect(closed.sort()).toEqual(['closed', 'obstacles'])
      expect((await h.storage.accounts.listWithRoles()).filter(({ enabled }) => enabled)).toHaveLength(1)
    },
  )

  test('the operator has the last word: what they disable nobody takes back, and nothing erases it', async () => {
    const [alice, browser] = await begin()
    await close(browser)
    await disableUser(h.context, byCommand, alice.id)
    expect(await opens()).toBe(false)
    // Nor does a sign-in that was under way meanwhile.
    const before = { ...alice, enabled: false, closingAt: h.clock.now() }
    const caller = { requestId: 'r', address: '127.0.0.1', userAgent: null }
    await startSession(h.context, before, { amr: ['pwd'] }, caller)
    expect(await h.storage.accounts.find(alice.id)).toMatchObject({ enabled: false, closingAt: null })
    h.clock.move(15 * day)
    await sweep()
    expect(await h.storage.accounts.find(alice.id)).toBeDefined()
    await enableUser(h.context, byCommand, alice.id)
    expect(await opens()).toBe(true)
  })
})

/** Every value of every table of the data map, as text, by its place. */
type Rows = (table: string) => Promise<readonly Record<string, unknown>[]>

async function places(rows: Rows): Promise<{ readonly place: string; readonly text: string }[]> {
  const found: { place: string; text: string }[] = []
  for (const [table, { columns }] of Object.entries(dataMap)) {
    for (const row of await rows(table)) {
      for (const column of Object.keys(columns)) {
        const value = row[column]
        const text = value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : String(value)
        found.push({ place: `${table}.${column}`, text: text.toLowerCase() })
      }
    }
  }
  return found
}

async function liveAndClose(alice: Account, browser: TestBrowser): Promise<void> {
  await live(alice, browser)
  expect((await close(browser)).location).toBe('/account/closed')
}

/** What else the person has named, each with a text of its own. */
async function addNames(alice: Account, browser: TestBrowser): Promise<void> {
  const tokens = '/account/security/personal-tokens'
  const form = { ...hiddenFields(await browser.get(tokens)), scope: 'basic', expires: '30', until: '' }
  expect((await browser.post(tokens, { ...form, name: 'token-of-alice' })).status).toBe(303)
  const now = h.clock.now()
  await h.storage.passkeys.insert({
    credentialId: 'AAAA',
    userId: alice.id,
    rpId: 'localhost',
    userHandle: Buffer.alloc(32),
    publicKey: Buffer.alloc(77),
    signCount: 0,
    transports: [],
    name: 'passkey-of-alice',
    synced: false,
  })
  await h.storage.act((acting) =>
    acting.accessRequests.put({
      id: 'request-of-alice',
      email: 'wonderland.alice@example.com',
      appName: 'app-of-alice',
      purpose: 'purpose-of-alice',
      website: null,
      language: 'en',
      askedAt: now,
      expiresAt: now + 90 * day,
    }),
  )
}

async function live(alice: Account, browser: TestBrowser): Promise<void> {
  const issuer = 'https://provider.example'
  const label = 'alice.l@provider.example'
  const identity = { issuer, subject: 'provider-subject-4711', providerId: 'hub', userId: alice.id, label }
  await h.storage.identities.link(identity, (await h.storage.accounts.find(alice.id))?.updatedAt ?? 0)
  const client = await addClient(h)
  const { code } = await authorize(h.app, authorizeUrl(client, { scope: 'basic offline_access' }), { browser })
  await exchangeCode(h.app, client, code, {}, { 'user-agent': phone })
  const desk = testBrowser(h.app)
  const fields = { ...hiddenFields(await desk.get('/login')), username: 'wonderland.alice', password: alicePassword }
  await desk.post('/login', fields, { 'user-agent': phone })
  await desk.post(
    '/login',
    { ...hiddenFields(await desk.get('/login')), ...fields, password: 'wrong' },
    { 'user-agent': phone },
  )
  // A name that is nobody's, mistyped on a device of its own.
  const slip = { ...hiddenFields(await desk.get('/login')), ...fields, username: 'wonderland.alcie' }
  await desk.post('/login', slip, { 'user-agent': phone })
  await addNames(alice, browser)
  // For a while the person was called otherwise, and by that name somebody invited them.
  const formerKeptUntil = h.clock.now() + 1000
  for (const username of ['Former.Looking.Glass', 'wonderland.alice']) {
    await h.storage.accounts.update(alice.id, { username, formerKeptUntil })
  }
  await h.storage.pictures.put(alice.id, { digest: 'digest-of-alice', content: Buffer.from('face-of-alice') })
  const clientId = client.id as ClientId
  for (const username of ['Wonderland.Alice', 'former.looking.glass']) {
    await h.storage.testers.invite(clientId, { username, userId: null }, 9)
  }
  const developer = await addAccount(h, 'developer')
  for (const username of ['wonderland.alice', 'Former.Looking.Glass']) {
    await h.storage.audit.append([
      {
        at: h.clock.now(),
        type: 'tester_invited',
        actor: developer.id,
        operator: null,
        subject: null,
        clientId: client.id,
        address: null,
        userAgent: null,
        requestId: null,
        detail: { username },
      },
    ])
  }
  await putMeasurements(h.storage.measurements, alice.number, clientId, [
    {
      variableName: 'alice Liddell height',
      variableCategory: null,
      combination: 'MEAN',
      unit: 'm',
      startTime: 1,
      value: 1,
      note: null,
      source: 'x',
    },
  ])
  await h.context.audit.flush()
  await h.context.requests.flush()
  await h.context.tokenRequests.flush()
}

describe('what is left of a closed account after 14 days', () => {
  const texts = [
    'wonderland.alice',
    'alice liddell',
    'former.looking.glass',
    'face-of-alice',
    'provider-subject-4711',
    'alice.l@provider.example',
    phone.toLowerCase(),
    'passkey-of-alice',
    'token-of-alice',
    'app-of-alice',
    'purpose-of-alice',
    'testbrowser/1.0',
  ]

  async function expectForgotten(
    rows: Rows,
    alice: Account,
    event = 'account_erased',
    erase: () => Promise<unknown> = async () => undefined,
  ): Promise<void> {
    const before = await places(rows)
    for (const text of texts)
      expect(
        before.some((one) => one.text.includes(text)),
        text,
      ).toBe(true)
    await erase()
    h.clock.move(14 * day + 60_000)
    await sweep()
    expect(await told(alice)).toContain(event)
    const after = await places(rows)
    for (const text of texts) {
      expect(
        after.filter((one) => one.text.includes(text)).map((one) => one.place),
        text,
      ).toEqual([])
    }
    const withId = new Set(after.filter((one) => one.text.includes(alice.id.toLowerCase())).map((one) => one.place))
    expect([...withId].sort()).toEqual(['audit_log.actor', 'audit_log.subject'])
    for (const text of texts)
      expect(
        h.logged.filter((line) => line.toLowerCase().includes(text)),
        text,
      ).toEqual([])
    const again = await addAccount(h, 'wonderland.alice')
    expect(again.id).not.toBe(alice.id)
    expect(again.number).toBeGreaterThan(alice.number)
  }

  test.each([
    ['no value of any table or log line on SQLite names its holder, and no ID is used again', 'account_erased'],
    ['nor where the operator has deleted it', 'user_deleted'],
  ])('%s', async (_name, event) => {
    const folder = mkdtempSync(join(tmpdir(), 'consentry-test-'))
    const path = join(folder, 'consentry.db')
    const clock = movableClock()
    const options = { clock, open: () => openCopy(path, clock) }
    const [alice, browser] = await begin({ claims: { name: 'Alice Liddell' } }, options)
    await (event === 'user_deleted' ? live : liveAndClose)(alice, browser)
    const rows: Rows = async (table) => {
      const file = table === 'request_log' ? 'consentry.requests.db' : 'consentry.db'
      const database = await (await databaseOpener(join(folder, file)))(2000)
      const found = database.prepare(`select * from ${table}`).all() as Record<string, unknown>[]
      database.close()
      return found
    }
    const erase = () => (event === 'user_deleted' ? deleteUser(h.context, byCommand, alice.id) : Promise.resolve())
    await expectForgotten(rows, alice, event, erase)
    rmSync(folder, { recursive: true, force: true })
  })

  test.runIf(withPostgres)('nor on PostgreSQL', async () => {
    const { default: pg } = await import('pg')
    const options = await onPostgres()
    const [alice, browser] = await begin({ claims: { name: 'Alice Liddell' } }, options)
    await liveAndClose(alice, browser)
    const client = new pg.Client({ connectionString: options.url })
    await client.connect()
    const rows: Rows = async (table) => (await client.query<Record<string, unknown>>(`select * from ${table}`)).rows
    await expectForgotten(rows, alice)
    await client.end()
  })
})

/** A database of the first release, opened by this one: everything that was in it is found again and still counts. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { createLocalJWKSet, jwtVerify } from 'jose'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { SubscriptionKey } from '../../src/storage/contract.ts'
import { openPostgres } from '../../src/storage/postgres.ts'
import { databaseOpener } from '../../src/storage/sqlite/database.ts'
import { openSqlite } from '../../src/storage/sqlite.ts'
import { signedIn } from '../pages/developer.ts'
import { signInThrough, whoIsSignedIn } from '../providers/setting.ts'
import {
  apiStatus,
  authorizeUrl,
  exchangeCode,
  post,
  refresh,
  signInOn,
  type TestBrowser,
  testBrowser,
  token,
} from '../support/browser.ts'
import { alicePassword, callback, type Harness, harness, issuer, movableClock } from '../support/harness.ts'
import { createDatabase, postgresUrl } from '../support/postgres.ts'
import { startProvider } from '../support/test_provider.ts'

const folder = join(import.meta.dirname, 'first_release')
const unpacked = (name: string) => gunzipSync(readFileSync(join(folder, `${name}.gz`)))
const hour = 3_600_000

/** What the first release handed out, as `make_first_release.ts` wrote it down. */
interface HandedOut {
  readonly madeAt: number
  readonly cookies: Readonly<Record<string, string>>
  readonly web: { readonly id: string; readonly secret: string; readonly secondSecret: string }
  readonly waiting: { readonly id: string; readonly secret: string }
  readonly machine: { readonly id: string; readonly secret: string; readonly access: string }
  readonly code: string
  readonly codeGrant: { readonly old: string; readonly refresh: string; readonly access: string }
  readonly idToken: string
  readonly unnamed: { readonly refresh: string; readonly access: string }
  readonly once: { readonly access: string }
  readonly ended: { readonly refresh: string }
  readonly revoked: { readonly access: string; readonly refresh: string }
  readonly older: Readonly<Record<'passwordToken' | 'jwt' | 'jwtRefresh' | 'older', string>>
  readonly key: { readonly first: string; readonly second: string; readonly handle: string }
  readonly operatorsKey: string
  readonly refusedRequest: string
  readonly keyIds: readonly string[]
}

interface Document {
  readonly kind: string
  readonly name: string
  readonly body: string
}

/** An opened copy of what the first release left. */
interface Copy {
  open(clock: { now(): number }, migrate?: boolean): ReturnType<typeof openSqlite>
  /** What a node of the first release would read of the table of documents now; undefined where it could not. */
  documents(): Promise<readonly Document[] | undefined>
  /** Puts a document there, as the first release would have. */
  plant(document: Document): Promise<void>
  remove(): Promise<void>
}

async function sqliteCopy(): Promise<Copy> {
  const place = mkdtempSync(join(tmpdir(), 'consentry-test-'))
  for (const name of ['consentry.db', 'consentry.requests.db']) writeFileSync(join(place, name), unpacked(name))
  return {
    open: (clock, migrate = true) => openSqlite({ path: join(place, 'consentry.db'), clock, migrate }),
    async documents() {
      const database = await (await databaseOpener(join(place, 'consentry.db')))(2000)
      const isThere = database.prepare("select 1 from sqlite_schema where name = 'documents'").get() !== undefined
      const rows = isThere ? database.prepare('select kind, name, body from documents').all() : undefined
      database.close()
      return rows as readonly Document[] | undefined
    },
    async plant({ kind, name, body }) {
      const database = await (await databaseOpener(join(place, 'consentry.db')))(2000)
      database.prepare('insert into documents (kind, name, body) values (?, ?, ?)').run(kind, name, body)
      database.close()
    },
    remove: async () => rmSync(place, { recursive: true }),
  }
}

async function postgresCopy(): Promise<Copy> {
  const database = await createDatabase()
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  await client.query(unpacked('postgres.sql').toString())
  await client.end()
  return {
    open: (clock, migrate = true) => openPostgres({ url: database.url, clock, migrate }),
    async documents() {
      const client = new pg.Client({ connectionString: database.url })
      await client.connect()
      const { rows } = await client.query<Document>('select kind, name, body from documents')
      await client.end()
      return rows
    },
    async plant({ kind, name, body }) {
      const client = new pg.Client({ connectionString: database.url })
      await client.connect()
      await client.query('insert into documents (kind, name, body) values ($1, $2, $3)', [kind, name, body])
      await client.end()
    },
    remove: database.drop,
  }
}

const drivers = [
  { driver: 'SQLite', copy: sqliteCopy, handedOut: 'sqlite.json', here: true },
  { driver: 'PostgreSQL', copy: postgresCopy, handedOut: 'postgres.json', here: (await postgresUrl()) !== undefined },
] as const

for (const { driver, copy, handedOut } of drivers.filter(({ here }) => here)) {
  // There is one old database, of which much can be spent once: the tests are the steps of one life of it.
  describe(`a ${driver} database of the first release`, { shuffle: false }, () => {
    const was = JSON.parse(readFileSync(join(folder, handedOut), 'utf8')) as HandedOut
    const outboundAllowed = new Set<string>()
    let h: Harness
    let place: Copy
    let documents: readonly Document[]
    let keys: readonly SubscriptionKey[]
    beforeAll(async () => {
      const clock = movableClock()
      clock.move(was.madeAt + 15_000 - clock.now())
      place = await copy()
      documents = (await place.documents()) ?? []
      await expect(place.open(clock, false)).rejects.toMatchObject({ name: 'MigrationsPending' })
      // One more measurement than there are fits.
      h = await harness({ clock, open: place.open, settings: { measurementsPerAccount: 4, outboundAllowed } })
      keys = await h.storage.subscriptionKeys.list()
    })
    afterAll(async () => {
      await h.close()
      await place.remove()
    })

    function bodyOf(kind: string, name: string): string {
      const found = documents.find((one) => one.kind === kind && one.name === name)
      if (found === undefined) throw new Error(`${kind} ${name} was not there`)
      return found.body
    }

    /** The browser in which alice was signed in. */
    function alice(): TestBrowser {
      const browser = testBrowser(h.app)
      for (const [name, value] of Object.entries(was.cookies)) browser.cookies.set(name, value)
      return browser
    }

    async function account(username: string) {
      const found = await h.storage.accounts.findByLogin(username)
      if (found === undefined) throw new Error(`${username} is not there`)
      return found
    }

    async function grantOf(username: string, clientId: string) {
      const { id } = await account(username)
      return (await h.storage.grants.listByUser(id, 50, { state: 'live', clientId })).at(-1)?.grant
    }

    const signInWithKey = (key: string, username: string) =>
      h.app.inject({
        method: 'POST',
        url: '/auth/v2/login',
        payload: { username, password: alicePassword },
        headers: { 'subscription-key': key },
      })

    test('has accounts that are signed in, sign in, and have their roles', async () => {
      expect(await whoIsSignedIn(alice())).toBe('alice')
      expect(await whoIsSignedIn(await signedIn(h, 'bob'))).toBe('bob')
      expect((await account('olivia')).roles).toEqual(['owner'])
      expect((await account('olivia')).claims).toEqual({ name: 'Olivia Owner' })
      expect((await alice().get('/setup')).body).not.toContain('id="setup-form"')
    })

    test('has e-mail addresses in one form, and the clash of two is written down', async () => {
      expect((await account('maria')).email).toBe('maria@xn--mller-kva.example')
      for (const [login, who] of [
        ['maria@müller.example', 'maria'],
        ['maria@xn--mller-kva.example', 'maria'],
        ['joe@bücher.example', 'joseph'],
        ['joe', 'joe'],
      ] as const) {
        const browser = testBrowser(h.app)
        await signInOn(browser, await browser.get('/login'), login)
        expect(await whoIsSignedIn(browser)).toBe(who)
      }
      const clash = { userId: (await account('joe')).id, otherId: (await account('joseph')).id }
      expect(await h.storage.accounts.listEmailClashes()).toEqual([clash])
    })

    test('has what the operator has said, and the marks of its root secret', async () => {
      const { resources, providers, dialectNotices, secretMarks } = h.storage
      expect(await resources.list()).toEqual([
        { resource: 'https://weather.example', scopes: ['forecast'], token_format: 'jwt' },
      ])
      expect(await providers.list()).toEqual([JSON.parse(bodyOf('providers', 'google'))])
      expect(await dialectNotices.list()).toEqual(
        ['jwt_login', 'quantimodo'].map((dialect) => ({ dialect, ...JSON.parse(bodyOf('dialects', dialect)) })),
      )
      expect([...(await secretMarks.list())]).toEqual([[1, JSON.parse(bodyOf('root_secret', '1')).mark]])
    })

    test('has every subscription key with its texts, its people and its use', async () => {
      expect(keys.map(({ name }) => name).sort()).toEqual(['Meters', 'Thermometer'])
      for (const { id, owner, name, start, collaborators, digest, previous, createdAt, openToAll, use } of keys) {
        const body = JSON.parse(bodyOf('subscription_keys', id))
        expect({ owner, name, start, created_at: createdAt }).toEqual({
          owner: body.owner,
          name: body.name,
          start: body.start,
          created_at: body.created_at,
        })
        expect([collaborators, openToAll]).toEqual([body.collaborators ?? [], body.open_to === 'all'])
        expect([digest, previous]).toEqual([body.digest ?? id, body.previous ?? null])
        const used = documents.find((one) => one.kind === 'subscription_key_uses' && one.name === id)
        const { last_used: lastUsed, ...rest } = JSON.parse(used?.body ?? '{}')
        expect(use).toEqual(used === undefined ? null : { lastUsed, ...rest })
      }
    })

    test('shows a node of the first release that works beside this one what it reads, where there can be one', async () => {
      const shown = await place.documents()
      if (driver === 'SQLite') return expect(shown).toBeUndefined()
      const read = ['providers', 'resources', 'dialects', 'root_secret', 'subscription_keys', 'subscription_key_texts']
      for (const { kind, name, body } of documents.filter((one) => read.includes(one.kind))) {
        const now = shown?.find((one) => one.kind === kind && one.name === name)?.body ?? '{}'
        expect(JSON.parse(now), `${kind} ${name}`).toMatchObject(JSON.parse(body))
      }
      const [key] = await h.storage.subscriptionKeys.list()
      await h.storage.subscriptionKeys.amend(key?.id ?? '', (present) => ({ ...present, disabled: 'operator' }))
      const after = (await place.documents())?.find(
        ({ kind, name }) => kind === 'subscription_keys' && name === key?.id,
      )
      expect(JSON.parse(after?.body ?? '{}')).toMatchObject({ disabled: 'operator' })
      await h.storage.subscriptionKeys.amend(key?.id ?? '', () => key)
    })

    test('has access tokens that are worth what they were', async () => {
      for (const text of [was.codeGrant.access, was.unnamed.access, was.once.access, was.older.older]) {
        expect(await apiStatus(h.app, text)).toBe(200)
      }
      expect(await apiStatus(h.app, was.older.passwordToken)).toBe(200)
      expect(await apiStatus(h.app, was.older.jwt)).toBe(200)
      expect(await apiStatus(h.app, was.revoked.access)).toBe(401)
      const { body } = await post(h.app, '/oauth/introspect', was.machine, { token: was.machine.access })
      expect(body).toMatchObject({ active: true, client_id: 'machine' })
    })

    test('has a code that is exchanged once, and refresh tokens that go on at the step where they were', async () => {
      const grant = await grantOf('alice', was.web.id)
      expect(grant).toMatchObject({ state: 'live', step: 3, usedStep: Number.MAX_SAFE_INTEGER })
      expect(await h.storage.grants.repeats(grant?.id ?? Buffer.alloc(16))).toMatchObject({ count: 1, networks: 1 })
      const exchanged = await exchangeCode(h.app, was.web, was.code)
      expect(exchanged.status).toBe(200)
      const first = await refresh(h.app, was.web, was.codeGrant.refresh)
      expect(first.status).toBe(200)
      expect((await refresh(h.app, was.web, was.codeGrant.refresh)).body.refresh_token).toBe(first.body.refresh_token)
      const second = await refresh(h.app, was.web, first.body.refresh_token ?? '')
      expect(await apiStatus(h.app, second.body.access_token ?? '')).toBe(200)
      // A token that was spent long ago still gives its thief away.
      expect((await refresh(h.app, was.web, was.codeGrant.old)).body.error).toBe('invalid_grant')
      expect(await apiStatus(h.app, second.body.access_token ?? '')).toBe(401)
      expect((await refresh(h.app, was.web, was.ended.refresh)).body.error).toBe('invalid_grant')
      expect((await refresh(h.app, { id: 'unnamed-method' }, was.revoked.refresh)).status).toBe(200)
    })

    test('has apps whose secrets authenticate, and none that has become public or confidential', async () => {
      for (const secret of [was.web.secret, was.web.secondSecret]) {
        const { body } = await post(h.app, '/oauth/introspect', { id: was.web.id, secret }, { token: 'nothing' })
        expect(body).toEqual({ active: false })
      }
      expect(
        (await post(h.app, '/oauth/introspect', { ...was.web, secret: 'x'.repeat(49) }, { token: 'x' })).status,
      ).toBe(401)
      expect((await refresh(h.app, { id: 'unnamed-method' }, was.unnamed.refresh)).status).toBe(200)
      const { metadata } = (await h.storage.clients.find('unnamed-method')) ?? {}
      expect(metadata).toMatchObject({ token_endpoint_auth_method: 'none', client_name: 'Phone Diary' })
      for (const { metadata } of await h.storage.clients.list(1000)) {
        expect(metadata).toHaveProperty('token_endpoint_auth_method')
      }
      const jwt = await token(h.app, was.machine, {
        grant_type: 'client_credentials',
        scope: 'forecast',
        resource: 'https://weather.example',
      })
      expect(jwt.body.access_token?.split('.')).toHaveLength(3)
    })

    test('has apps in the state in which the operator left them', async () => {
      const status = async (id: string) => (await h.storage.clients.find(id))?.status
      expect(await status(was.waiting.id)).toBe('pending')
      expect(await status('switched-off')).toBe('disabled')
      expect(await status(was.web.id)).toBe('enabled')
      const asked = (id: string, browser: TestBrowser) => browser.get(authorizeUrl(id, { scope: 'basic' }))
      const dora = await signedIn(h, 'dora')
      expect((await dora.follow(await asked(was.waiting.id, dora))).body).toContain('id="consent-allow"')
      for (const id of [was.waiting.id, 'switched-off']) {
        expect((await alice().follow(await asked(id, alice()))).body, id).not.toContain('id="consent-allow"')
      }
      const overview = (await (await signedIn(h, 'bob')).get('/developer')).body
      expect(overview).toContain(`/developer/apps/${was.web.id}`)
    })

    test('has the addresses of its apps where requests look for them', async () => {
      const { origin } = new URL(callback)
      const preflight = { origin, 'access-control-request-method': 'POST' }
      const asked = (from: string) =>
        h.app.inject({ method: 'OPTIONS', url: '/oauth/token', headers: { ...preflight, origin: from } })
      expect((await asked(origin)).headers['access-control-allow-origin']).toBe(origin)
      expect((await asked('https://elsewhere.example')).headers['access-control-allow-origin']).toBeUndefined()
      expect(await h.storage.clients.withRedirectUri(callback)).toContain(was.web.id)
    })

    test('has consents: what was allowed is not asked for again, and what was taken back is', async () => {
      const again = await alice().get(authorizeUrl(was.web.id, { scope: 'basic' }))
      expect(new URL((await alice().follow(again)).location ?? issuer).searchParams.get('code')).toMatch(/^ac/)
      const bob = await signedIn(h, 'bob')
      const page = await bob.follow(await bob.get(authorizeUrl(was.web.id, { scope: 'basic' })))
      expect(page.body).toContain('id="consent-allow"')
      const apps = (await alice().get('/account/apps')).body
      for (const name of ['Meadow', 'Phone Diary', 'Older Diary']) expect(apps).toContain(name)
      const response = await h.app.inject({
        url: '/api/v3/shares',
        headers: { authorization: `Bearer ${was.older.older}` },
      })
      expect(response.body).toContain('Phone Diary')
    })

    test('has measurements, variables and units, and counts them', async () => {
      const headers = { authorization: `Bearer ${was.unnamed.access}` }
      const url = '/api/v3/measurements'
      const listed = await h.app.inject({ url: `${url}?sort=startTime`, headers })
      expect(listed.json().map(({ value, note }: Record<string, unknown>) => [value, note])).toEqual([
        [1, 'note 1'],
        [2, 'note 2'],
        [3, 'note 3'],
      ])
      const variables = await h.app.inject({ url: '/api/v3/variables', headers })
      expect(variables.json()).toMatchObject([{ name: 'Overall Mood', unitAbbreviatedName: '/5' }])
      const record = (startTimeEpoch: number) =>
        h.app.inject({
          method: 'POST',
          url,
          headers,
          payload: [{ variableName: 'Overall Mood', value: 5, startTimeEpoch, unitAbbreviatedName: '/5' }],
        })
      expect((await record(1_500_000_000)).statusCode).toBe(201)
      expect((await record(1_500_000_060)).statusCode).not.toBe(201)
    })

    test('has subscription keys that open to the same people, before and after their rotation', async () => {
      expect((await alice().get('/developer/keys')).body).toContain('Thermometer')
      for (const [key, username, status] of [
        [was.key.first, 'alice', 201],
        [was.key.second, 'bob', 201],
        [was.key.second, 'maria', 403],
        [was.operatorsKey, 'maria', 201],
      ] as const) {
        expect((await signInWithKey(key, username)).statusCode, username).toBe(status)
      }
    })

    test('has logins by JWT that are renewed, and the operator’s word about legacy protocols', async () => {
      const renewed = await h.app.inject({
        method: 'POST',
        url: '/auth/v2/refresh',
        payload: { token: was.older.jwtRefresh },
        headers: { 'subscription-key': was.key.second },
      })
      expect(renewed.statusCode, renewed.body).toBe(201)
      expect(renewed.headers.sunset).toBe('Wed, 30 Jun 2027 00:00:00 GMT')
      expect((await h.app.inject({ method: 'POST', url: '/api/oauth2/token' })).statusCode).toBe(410)
      const used = await h.storage.dialectUses.sum('2026-01-01')
      expect(used.map(({ dialect }) => dialect)).toEqual(expect.arrayContaining(['password_token', 'quantimodo']))
    })

    test('has the provider with its secret, and the account of who came through it', async () => {
      const provider = await startProvider()
      const endpoints = {
        authorization_endpoint: `${provider.issuer}/authorize`,
        token_endpoint: `${provider.issuer}/token`,
        userinfo_endpoint: `${provider.issuer}/userinfo`,
      }
      await h.storage.providers.amend('google', (present) => present && { ...present, ...endpoints })
      outboundAllowed.add(provider.issuer)
      h.clock.move(5001)
      provider.persona = { sub: 'carol-at-google', name: 'Somebody Else' }
      const { browser } = await signInThrough({ ...h, provider })
      expect(await whoIsSignedIn(browser)).toBe('carol')
      await provider.close()
    })

    test('has signing keys by which what they signed is still proved', async () => {
      const jwks = (await h.app.inject({ url: '/oauth/jwks' })).json()
      expect(jwks.keys.map(({ kid }: { kid: string }) => kid)).toEqual(expect.arrayContaining([...was.keyIds]))
      const currentDate = new Date(h.clock.now())
      const proof = { issuer, audience: was.web.id, currentDate }
      const { payload } = await jwtVerify(was.idToken, createLocalJWKSet(jwks), proof)
      expect(payload.sub).toBe((await account('alice')).id)
    })

    test('has its logs: requests, what people did, and how much they asked for', async () => {
      const log = await alice().get(`/developer/apps/${was.web.id}/requests?id=${was.refusedRequest}`)
      expect(log.body).toContain(was.refusedRequest)
      const types = (await h.storage.audit.list(500)).map(({ type }) => type)
      for (const type of ['app_registered', 'client_disabled', 'subscription_key_created'])
        expect(types).toContain(type)
      const day = new Date(was.madeAt).toISOString().slice(0, 10)
      const [total] = await h.storage.usage.add(day, [{ userId: (await account('alice')).id, count: 0 }])
      expect(total).toBeGreaterThan(5)
    })

    test('lets go of what nothing refreshes when its last token has expired', async () => {
      expect(await grantOf('alice', 'code-only')).toBeDefined()
      h.clock.move(2 * hour)
      expect(await grantOf('alice', 'code-only')).toBeUndefined()
      expect(await grantOf('alice', 'unnamed-method')).toBeDefined()
    })

    test('is of this release once it has been opened', async () => {
      const again = await place.open(h.clock, false)
      await again.ping()
      await again.close()
    })
  })
}

describe.each(drivers.filter(({ here }) => here))('a $driver database of the first release', ({ driver, copy }) => {
  test('keeps documents with every member that they can have, and with none', async () => {
    const scopes = ['bare', { name: 'worded', title: { en: 'Words' }, for: 'reviewed' }]
    const resource = {
      resource: 'https://a.example',
      scopes,
      token_format: 'opaque',
      name: 'Ä',
      publisher: 'P',
      sunset: 'S',
    }
    const provider = {
      id: 'hub',
      kind: 'oidc',
      issuer: 'https://hub.example',
      client_id: 'us',
      scope: 'openid',
      native_client_ids: ['a', 'b'],
      email_authoritative: true,
    }
    const previous = { digest: 'before', start: 'wxyz', until: 9 }
    const invited = [
      { username: 'Bob', userId: 'usr_bob', declined: true },
      { username: 'Näbody', userId: null },
    ]
    const key = {
      owner: 'usr_a',
      name: 'Whole',
      start: 'abcd',
      disabled: 'operator',
      collaborators: ['usr_b', 'usr_c'],
      invited,
      open_to: 'all',
      created_at: 5,
      digest: 'now',
      previous,
    }
    const place = await copy()
    for (const [kind, name, body] of [
      ['resources', 'https://a.example', resource],
      ['resources', 'https://b.example', { resource: 'https://b.example' }],
      ['providers', 'hub', provider],
      ['dialects', 'jwt_login/v1', { closed: true, since: 7, sunset: 8, link: 'https://a.example/why' }],
      ['subscription_keys', 'whole', key],
      ['subscription_keys', 'bare', { owner: 'usr_a' }],
      ['subscription_key_texts', 'now', { key: 'whole' }],
      ['subscription_key_texts', 'before', { key: 'whole' }],
      ['subscription_key_uses', 'whole', { last_used: 6, day: '2026-01-01', count: 4 }],
    ] as const) {
      await place.plant({ kind, name, body: JSON.stringify(body) })
    }
    const storage = await place.open({ now: () => Date.now() })
    const { resources, providers, dialectNotices, subscriptionKeys, keyTeams } = storage
    expect(await resources.list()).toEqual(expect.arrayContaining([resource, { resource: 'https://b.example' }]))
    expect(await providers.list()).toContainEqual(provider)
    const notice = { dialect: 'jwt_login/v1', closed: true, since: 7, sunset: 8, link: 'https://a.example/why' }
    expect(await dialectNotices.list()).toContainEqual(notice)
    const whole = {
      id: 'whole',
      owner: 'usr_a',
      name: 'Whole',
      start: 'abcd',
      disabled: 'operator',
      collaborators: ['usr_b', 'usr_c'],
      openToAll: true,
      createdAt: 5,
      digest: 'now',
      previous,
      use: { lastUsed: 6, day: '2026-01-01', count: 4 },
    }
    for (const text of ['whole', 'now', 'before']) expect(await subscriptionKeys.findByText(text)).toEqual(whole)
    expect((await keyTeams.find('whole'))?.invited).toEqual(invited.map((one) => ({ declined: false, ...one })))
    expect(await subscriptionKeys.find('bare')).toEqual({
      id: 'bare',
      owner: 'usr_a',
      name: '',
      start: '',
      disabled: null,
      collaborators: [],
      openToAll: false,
      createdAt: null,
      digest: 'bare',
      previous: null,
      use: null,
    })
    if (driver === 'PostgreSQL') {
      const shown = (await place.documents()) ?? []
      const read = (kind: string, name: string) =>
        JSON.parse(shown.find((one) => one.kind === kind && one.name === name)?.body ?? '{}')
      expect(read('resources', 'https://a.example')).toEqual(resource)
      expect(read('providers', 'hub')).toEqual(provider)
      expect(read('subscription_keys', 'whole')).toEqual({ ...key, invited: undefined })
      for (const text of ['now', 'before']) expect(read('subscription_key_texts', text)).toEqual({ key: 'whole' })
    }
    await storage.close()
    await place.remove()
  })
})

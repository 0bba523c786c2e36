/**
 * Makes the databases of the first release that `first_release.slow.test.ts` opens. It is run by the first release and not by
 * this one: README.md beside it says how. Everything is made through the front door as far as there was one.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { executeApply, planApply } from '../../src/engine/operator/apply/apply.ts'
import { parseDocument } from '../../src/engine/operator/apply/document.ts'
import { codeChallenge } from '../../src/protocol/pkce.ts'
import { decideDialect } from '../../src/runtime/kept/legacy_dialects.ts'
import { openPostgres } from '../../src/storage/postgres.ts'
import { databaseOpener } from '../../src/storage/sqlite/database.ts'
import { openSqlite } from '../../src/storage/sqlite.ts'
import { registerApp, signedIn } from '../pages/developer.ts'
import { csrfOf, type Setting, setProviders, signInThrough } from '../providers/setting.ts'
import {
  allowOn,
  authorize,
  authorizeUrl,
  exchangeCode,
  hiddenFields,
  refresh,
  type TestBrowser,
  testBrowser,
  token,
  verifier,
} from '../support/browser.ts'
import { alicePassword, byCommand, callback, type Harness, type HarnessOptions, harness } from '../support/harness.ts'
import { createDatabase } from '../support/postgres.ts'
import { startProvider, type TestProvider } from '../support/test_provider.ts'

const folder = 'first_release'
const scope = 'openid offline_access basic readmeasurements writemeasurements'
const machine = { id: 'machine', secret: 'the secret of a machine, 32 letters' }
const operatorsKey = 'OperatorsKeyOf32LettersAndDigits'

async function signUp(h: Harness, username: string, email: string): Promise<TestBrowser> {
  const browser = testBrowser(h.app)
  const form = hiddenFields(await browser.get('/signup'))
  const fields = { ...form, username, email, password: alicePassword }
  const page = await browser.follow(await browser.post('/signup', fields))
  expect(page.path).toBe('/account')
  return browser
}

async function apply(h: Harness, document: Record<string, unknown>): Promise<void> {
  await executeApply(
    h.context,
    byCommand,
    await planApply(h.context, parseDocument(JSON.stringify(document)), { prune: false }),
  )
  h.context.clients.forget()
}

/** What only the operator makes. */
async function applyDocument(h: Setting): Promise<void> {
  await apply(h, {
    users: [
      {
        username: 'olivia',
        email: 'olivia@example.com',
        password: alicePassword,
        roles: ['owner'],
        claims: { name: 'Olivia Owner' },
      },
    ],
    clients: [
      {
        client_id: machine.id,
        client_secret: machine.secret,
        owner: 'olivia',
        grant_types: ['client_credentials'],
        scope: `${scope} forecast`,
      },
      { client_id: 'unnamed-method', redirect_uris: [callback], scope, client_name: 'Phone Diary' },
      {
        client_id: 'code-only',
        redirect_uris: [callback],
        grant_types: ['authorization_code'],
        scope,
        client_name: 'Once',
      },
      { client_id: 'older', redirect_uris: [callback], dialects: ['quantimodo'], scope, client_name: 'Older Diary' },
      { client_id: 'switched-off', redirect_uris: [callback], scope, client_name: 'Switched Off' },
    ],
    resources: [{ resource: 'https://weather.example', scopes: ['forecast'], token_format: 'jwt' }],
    subscription_keys: [{ key: operatorsKey, owner: 'olivia', name: 'Meters', open_to: 'all' }],
  })
  await h.storage.clients.amend('switched-off', () => ({ status: 'disabled' }))
  const event = {
    at: h.clock.now(),
    type: 'client_disabled',
    actor: null,
    operator: null,
    subject: null,
    clientId: 'switched-off',
  }
  await h.storage.audit.append([{ ...event, address: null, userAgent: null, requestId: null, detail: {} }])
}

/** A grant by code, with its first tokens. */
async function allow(h: Harness, browser: TestBrowser, client: { id: string; secret?: string }) {
  const { code } = await authorize(h.app, authorizeUrl(client.id, { scope }), { browser })
  const { status, body } = await exchangeCode(h.app, client, code)
  expect(status).toBe(200)
  return body
}

async function refreshed(h: Harness, client: { id: string; secret?: string }, refreshToken = '') {
  const { status, body } = await refresh(h.app, client, refreshToken)
  expect(status, JSON.stringify(body)).toBe(200)
  return body
}

async function json(h: Harness, method: 'GET' | 'POST', url: string, payload: object, headers: Record<string, string>) {
  const response = await h.app.inject({ method, url, payload, headers })
  expect(response.statusCode, response.body).toBeLessThan(300)
  return response.json()
}

async function submit(browser: TestBrowser, path: string, fields: Record<string, string>) {
  const page = await browser.follow(await browser.post(path, { ...(await csrfOf(browser)), ...fields }))
  expect(page.status, page.body).toBe(200)
  return page
}

/** A key of alice's, shared with bob and rotated, so that two texts open it. */
async function makeKey(alice: TestBrowser) {
  const text = (body: string) => /id="subscription-key"[^>]*>\s*([A-Za-z0-9]+)\s*</.exec(body)?.[1] ?? ''
  const made = await submit(alice, '/developer/keys', { name: 'Thermometer' })
  const handle = /data-key="([^"]+)"/.exec((await alice.get('/developer/keys')).body)?.[1] ?? ''
  await submit(alice, `/developer/keys/${handle}/collaborators`, { username: 'bob' })
  const rotated = await submit(alice, `/developer/keys/${handle}/rotate`, { overlap: 'month' })
  return { first: text(made.body), second: text(rotated.body), handle }
}

/** The legacy protocols: a token of each, and the operator's word about two of them. */
async function useLegacyDialects(h: Harness, alice: TestBrowser, key: string) {
  const password = { username: 'alice', password: alicePassword }
  const passwordToken = await json(h, 'POST', '/v1/oauth/', password, {})
  const jwt = await json(h, 'POST', '/auth/v2/login', password, { 'subscription-key': key })
  const query = new URLSearchParams({
    client_id: 'older',
    redirect_uri: callback,
    response_type: 'code',
    scope: 'basic',
  })
  const pkce = { code_challenge: codeChallenge(verifier), code_challenge_method: 'S256', state: 'xyz' }
  const page = await alice.follow(await alice.get(`/api/oauth2/authorize?${query}&${new URLSearchParams(pkce)}`))
  const back = new URL((await allowOn(alice, page)).location ?? '')
  const code = { grant_type: 'authorization_code', code: back.searchParams.get('code'), client_id: 'older' }
  const older = await json(
    h,
    'POST',
    '/api/oauth2/token',
    { ...code, redirect_uri: callback, code_verifier: verifier },
    {},
  )
  await decideDialect(h.storage, h.storage.clock, 'quantimodo', { closed: true })
  await decideDialect(h.storage, h.storage.clock, 'jwt_login', { sunset: Date.UTC(2027, 5, 30) })
  return {
    passwordToken: passwordToken.data.access_token,
    jwt: jwt.authorization.token,
    jwtRefresh: jwt.refresh.token,
    older: older.access_token,
  }
}

async function fill(h: Setting) {
  await applyDocument(h)
  const alice = await signUp(h, 'alice', 'alice@example.com')
  const bob = await signUp(h, 'bob', 'bob@example.com')
  await signUp(h, 'maria', 'maria@müller.example')
  await signUp(h, 'joe', 'joe@bücher.example')
  await signUp(h, 'joseph', 'joe@xn--bcher-kva.example')
  h.provider.persona = { sub: 'carol-at-google', preferred_username: 'carol', name: 'Carol Reed' }
  await signInThrough(h)

  const web = await registerApp(alice, { name: 'Meadow', scope: 'readmeasurements' })
  await apply(h, {
    clients: [
      {
        client_id: web.id,
        client_name: 'Meadow',
        owner: 'alice',
        redirect_uris: [callback],
        scope,
        grant_types: ['authorization_code', 'refresh_token'],
        token_endpoint_auth_method: 'client_secret_basic',
      },
    ],
  })
  const shown = await submit(alice, `/developer/apps/${web.id}/secrets`, { name: 'second' })
  const secondSecret = /id="client-secret">\s*([^<\s]+)/.exec(shown.body)?.[1] ?? ''
  const collaborator = await h.storage.accounts.findByLogin('bob')
  // The first release had a verb for it.
  const { setCollaborator } = h.storage.clients as unknown as {
    readonly setCollaborator: (clientId: string, userId: string, on: boolean) => Promise<void>
  }
  if (collaborator !== undefined) await setCollaborator(web.id, collaborator.id, true)
  const key = await makeKey(alice)

  const first = await allow(h, alice, web)
  const second = await refreshed(h, web, first.refresh_token)
  await refreshed(h, web, first.refresh_token)
  const third = await refreshed(h, web, second.refresh_token)
  const unnamed = await allow(h, alice, { id: 'unnamed-method' })
  const once = await allow(h, alice, { id: 'code-only' })
  const bobs = await allow(h, bob, web)
  await submit(bob, '/account/apps/remove', { client_id: web.id })
  const own = await token(h.app, machine, { grant_type: 'client_credentials', scope: 'readmeasurements' })
  const revoked = await allow(h, bob, { id: 'unnamed-method' })
  await h.app.inject({
    method: 'POST',
    url: '/oauth/revoke',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    payload: new URLSearchParams({ token: revoked.access_token ?? '', client_id: 'unnamed-method' }).toString(),
  })
  const older = await useLegacyDialects(h, alice, key.second)

  const measurements = [1, 2, 3].map((value) => ({
    variableName: 'Overall Mood',
    value,
    startTimeEpoch: 1_406_419_860 + value,
    note: `note ${value}`,
    unitAbbreviatedName: '/5',
    sourceName: 'Meadow',
    variableCategoryName: 'Emotions',
    combinationOperation: 'MEAN',
  }))
  const bearer = { authorization: `Bearer ${third.access_token}` }
  await json(h, 'POST', '/api/v3/measurements', measurements, bearer)
  const refused = await h.app.inject({ url: authorizeUrl(web.id, { redirect_uri: 'https://elsewhere.example/' }) })
  const guess = testBrowser(h.app)
  const guessed = { ...hiddenFields(await guess.get('/login')), username: 'alice', password: 'a wrong one' }
  expect((await guess.post('/login', guessed)).status).toBe(401)
  const jwks = (await h.app.inject({ url: '/oauth/jwks' })).json()
  // The last of all, because a code lives for a minute.
  const { code } = await authorize(h.app, authorizeUrl(web.id, { scope }), { browser: alice })
  return {
    madeAt: h.storage.clock.now(),
    cookies: Object.fromEntries(alice.cookies),
    web: { id: web.id, secret: web.secret, secondSecret },
    code,
    codeGrant: { old: first.refresh_token, refresh: third.refresh_token, access: third.access_token },
    idToken: third.id_token ?? first.id_token,
    unnamed: { refresh: unnamed.refresh_token, access: unnamed.access_token },
    once: { access: once.access_token },
    ended: { refresh: bobs.refresh_token },
    revoked: { access: revoked.access_token, refresh: revoked.refresh_token },
    machine: { ...machine, access: own.body.access_token },
    older,
    key,
    operatorsKey,
    refusedRequest: refused.headers['x-request-id'],
    keyIds: jwks.keys.map(({ kid }: { kid: string }) => kid),
  }
}

/** Two servers one after the other on one database: at the first, apps wait for the operator. */
async function make(open: NonNullable<HarnessOptions['open']>, provider: TestProvider): Promise<object> {
  const outboundAllowed = new Set([provider.issuer])
  const strict = await harness({ open, settings: { appRegistration: 'approval', outboundAllowed } })
  await signUp(strict, 'dora', 'dora@example.com')
  const waiting = await registerApp(await signedIn(strict, 'dora'), { name: 'Waiting' })
  await strict.close()
  const h = await harness({ open, settings: { outboundAllowed } })
  const { issuer, clientId, clientSecret } = provider
  const endpoints = {
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    userinfo_endpoint: `${issuer}/userinfo`,
  }
  await setProviders(h, [
    { id: 'google', kind: 'oauth2', ...endpoints, client_id: clientId, client_secret: clientSecret },
  ])
  const handedOut = await fill({ ...h, provider })
  await h.context.legacyDialects.flush()
  await h.close()
  requireWhole(handedOut)
  return { ...handedOut, waiting: { id: waiting.id, secret: waiting.secret } }
}

/** Nothing that was handed out is empty. */
function requireWhole(value: unknown): void {
  if (typeof value === 'object' && value !== null) for (const member of Object.values(value)) requireWhole(member)
  else expect(value).toBeTruthy()
}

function save(name: string, content: Buffer | string): void {
  mkdirSync(join(import.meta.dirname, folder), { recursive: true })
  writeFileSync(join(import.meta.dirname, folder, name), content)
}

test('SQLite', async () => {
  const provider = await startProvider()
  const place = mkdtempSync(join(tmpdir(), 'consentry-release-'))
  const handedOut = await make((clock) => openSqlite({ path: join(place, 'consentry.db'), clock }), provider)
  const open = await databaseOpener(join(place, 'consentry.db'))
  const database = await open(2000)
  database.exec(`attach database '${join(place, 'consentry.requests.db')}' as log; pragma wal_checkpoint(truncate)`)
  database.close()
  for (const name of ['consentry.db', 'consentry.requests.db']) {
    save(`${name}.gz`, gzipSync(readFileSync(join(place, name)), { level: 9 }))
  }
  save('sqlite.json', `${JSON.stringify(handedOut, null, 2)}\n`)
  rmSync(place, { recursive: true })
  await provider.close()
}, 120_000)

test('PostgreSQL', async () => {
  const provider = await startProvider()
  const database = await createDatabase()
  const handedOut = await make((clock) => openPostgres({ url: database.url, clock }), provider)
  const dump = execFileSync('pg_dump', ['--inserts', '--no-owner', '--no-privileges', database.url], {
    encoding: 'utf8',
  })
  const lines = dump.split('\n').filter((line) => !/^(--|SET |SELECT pg_catalog.set_config|$|\\)/.test(line))
  save('postgres.sql.gz', gzipSync(`${lines.join('\n')}\n`, { level: 9 }))
  save('postgres.json', `${JSON.stringify(handedOut, null, 2)}\n`)
  await database.drop()
  await provider.close()
}, 120_000)

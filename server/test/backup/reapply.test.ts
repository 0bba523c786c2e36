/** What `restore --reapply` makes of each kind of event of the audit log, told by an export or written by hand. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { passkeyHandle } from '../../src/engine/account/passkeys/passkeys.ts'
import type { UserId } from '../../src/protocol/names.ts'
import { newTokens, type Tokens } from '../support/answers.ts'
import { refresh, signInOn, testBrowser } from '../support/browser.ts'
import { withApp } from '../support/factors.ts'
import {
  addAccount,
  addClient,
  addSubscriptionKey,
  callback,
  type Harness,
  type TestClient,
} from '../support/harness.ts'
import { type Place, sqlite } from './place.ts'

const ids: Record<string, UserId> = {}
const places: Place[] = []
let place: Place
let restored: Harness
let told: readonly string[]
let file: string
let app: TestClient
let bound: Tokens
let offline: Tokens
let key: string

/** An event as an export has it, a moment after the backup. */
const line = (type: string, more: Record<string, unknown> = {}) =>
  JSON.stringify({ at: new Date(Date.now() + 60_000).toISOString(), type, detail: {}, ...more })
const of = (name: string, type: string, detail: Record<string, unknown> = {}) =>
  line(type, { subject: ids[name], detail })
const ofApp = (id: string, type: string, detail: Record<string, unknown> = {}) => line(type, { client_id: id, detail })

async function empty(): Promise<Place> {
  const fresh = await sqlite.empty()
  places.push(fresh)
  return fresh
}

beforeAll(async () => {
  place = await sqlite.full()
  places.push(place)
  const h = await place.serve()
  for (const name of ['gina', 'ivan', 'kate', 'lena', 'mary', 'nick', 'olga', 'pete', 'quinn']) {
    ids[name] = (await addAccount(h, name, { roles: name === 'lena' ? ['admin'] : [] })).id
  }
  for (const name of ['frank', 'hana', 'jack']) {
    const account = await addAccount(h, name)
    ids[name] = account.id
    await withApp(h, account)
  }
  const passkey = {
    userId: ids.ivan as UserId,
    rpId: 'localhost',
    userHandle: Buffer.alloc(32),
    publicKey: Buffer.alloc(32),
  }
  await h.storage.passkeys.insert({
    ...passkey,
    credentialId: 'aXZhbg',
    signCount: 0,
    transports: [],
    name: 'key',
    synced: false,
  })
  const mary = await h.storage.accounts.find(ids.mary as UserId)
  const identity = {
    issuer: 'https://meadow.example',
    subject: 'm',
    providerId: 'meadow',
    label: null,
    userId: ids.mary as UserId,
  }
  await h.storage.identities.link(identity, mary?.updatedAt ?? 0)
  const appPassword = { id: 'pw1', userId: ids.nick as UserId, name: 'mail', createdAt: h.clock.now(), usedAt: null }
  await h.storage.appPasswords.insert(appPassword, { digest: Buffer.alloc(32, 1), room: 5 })
  for (const id of ['disabled', 'deleted', 'secrets']) await addClient(h, {}, { id })
  await addClient(h, { redirect_uris: [callback, 'https://app.example/old'] }, { id: 'addresses' })
  app = await addClient(h, {}, { id: 'meadow' })
  const browser = testBrowser(h.app)
  await signInOn(browser, await browser.get('/login'), 'quinn')
  bound = await newTokens(h, app, { scope: 'openid basic' }, browser)
  offline = await newTokens(h, app, { scope: 'openid offline_access basic' }, browser)
  await addSubscriptionKey(h, 'K'.repeat(32), ids.kate as UserId)
  key = (await h.storage.subscriptionKeys.list())[0]?.id.slice(0, 16) ?? ''
  const secret = (await h.storage.clients.find('secrets'))?.secrets[0]?.id ?? ''
  await h.close()
  file = join(place.data, 'night.backup')
  expect((await place.run('backup', file)).code).toBe(0)
  expect((await place.run('audit', 'export', `${file}.jsonl`)).code).toBe(0)
  const lines = [
    of('frank', 'second_factor_off'),
    of('gina', 'second_factor_on'),
    of('hana', 'recovery_code_used', { left: 9 }),
    of('ivan', 'passkey_removed', { passkey: passkeyHandle({ credentialId: 'aXZhbg' }) }),
    of('jack', 'authenticator_removed', { kind: 'totp' }),
    of('kate', 'email_changed'),
    line('applied', { detail: { action: 'update', kind: 'user', name: 'lena', members: ['roles'] } }),
    of('mary', 'identity_unlinked', { provider: 'meadow' }),
    of('nick', 'app_password_ended', { appPassword: 'pw1' }),
    line('account_closed', { actor: ids.olga }),
    of('pete', 'user_deleted'),
    line('signed_out', { actor: ids.quinn }),
    ofApp('disabled', 'client_disabled'),
    ofApp('deleted', 'app_deleted', { name: 'Meadow Journal' }),
    ofApp('addresses', 'redirect_uri_removed', { uri: 'https://app.example/old' }),
    ofApp('secrets', 'client_secret_removed', { secret }),
    line('legacy_protocol_decided', { detail: { protocol: 'quantimodo', closed: true, sunset: null, link: null } }),
    line('subscription_key_deleted', { detail: { key, name: '' } }),
    line('user_created', { subject: 'usr_later', detail: { roles: [] } }),
    line('moon_landed'),
  ]
  writeFileSync(`${file}.jsonl`, `${readFileSync(`${file}.jsonl`, 'utf8')}${lines.join('\n')}\n`)
  const there = await empty()
  const { code, stdout, stderr } = await there.run('restore', file, '--reapply', `${file}.jsonl`, '--json')
  expect(code, stderr).toBe(0)
  const said = JSON.parse(stdout) as { reapplied: { again: number; events: number; gapless: boolean; told: string[] } }
  // The backup itself, an account that came later and a type that is not known change nothing.
  expect(said.reapplied).toMatchObject({ events: lines.length + 1, again: lines.length - 2, gapless: true })
  told = said.reapplied.told
  restored = await there.serve()
  // Whoever enters codes moves the clock on; this one begins at the present.
  restored.clock.move(600_000)
}, 120_000)

afterAll(async () => {
  await restored?.close()
  for (const one of places) await one.close()
})

const account = (name: string) => restored.storage.accounts.find(ids[name] as UserId)

test('a second factor that was removed is gone, and one that was added ends the password that it stood behind', async () => {
  expect(await account('frank')).toMatchObject({ secondFactor: false, passwordHash: expect.any(String) })
  expect(await account('gina')).toMatchObject({ passwordHash: null })
  expect(await account('jack')).toMatchObject({ secondFactor: false, passwordHash: null })
  expect(told).toContainEqual(expect.stringMatching(/^gina had a second factor after the backup that is lost/))
  expect((await restored.storage.factors.find(ids.hana as UserId))?.recovery?.left).toBe(0)
  expect(await restored.storage.passkeys.listByUser(ids.ivan as UserId)).toEqual([])
})

test('a former address is proved no longer, and roles go where the event does not say which there were', async () => {
  expect(await account('kate')).toMatchObject({ email: 'kate@example.com', emailVerified: false })
  expect(await account('lena')).toMatchObject({ roles: [] })
  expect(told).toContainEqual(expect.stringContaining('user lena: has no role until then'))
})

test('what was unlinked, ended, closed and deleted is so again', async () => {
  expect(await restored.storage.identities.listByUser(ids.mary as UserId)).toEqual([])
  expect(await restored.storage.appPasswords.listByUser(ids.nick as UserId)).toEqual([])
  expect(await account('olga')).toMatchObject({ enabled: false, closingAt: expect.any(Number) })
  expect(await account('pete')).toBeUndefined()
  expect((await refresh(restored.app, app, bound.refresh)).status).toBe(400)
  expect((await refresh(restored.app, app, offline.refresh)).status).toBe(200)
})

test('apps, keys and legacy protocols are as they were switched', async () => {
  const { clients, subscriptionKeys, dialectNotices } = restored.storage
  expect(await clients.find('disabled')).toMatchObject({ status: 'disabled' })
  expect(await clients.find('deleted')).toBeUndefined()
  expect((await clients.find('addresses'))?.metadata.redirect_uris).toEqual([callback])
  expect((await clients.find('secrets'))?.secrets).toEqual([])
  expect(await subscriptionKeys.list()).toEqual([])
  expect(await dialectNotices.list()).toMatchObject([{ dialect: 'quantimodo', closed: true }])
})

test('what is lost, and what no release knows yet, is told', () => {
  expect(told).toContainEqual('usr_later was created after the backup; the account is lost.')
  expect(told).toContainEqual('an event of the type moon_landed is not known to this release.')
})

test('an export that begins later leaves the time before it unprotected', async () => {
  writeFileSync(`${file}.late.jsonl`, `${of('gina', 'user_disabled')}\n`)
  const there = await empty()
  const { stdout } = await there.run('restore', file, '--reapply', `${file}.late.jsonl`, '--json')
  expect(JSON.parse(stdout)).toMatchObject({ unprotected: expect.any(Object), reapplied: { again: 1, gapless: false } })
})

test('an export from which a line was taken, a filtered one and one without places leave the time unprotected', async () => {
  const lines = readFileSync(`${file}.jsonl`, 'utf8').trim().split('\n')
  const places = lines.map((one) => (JSON.parse(one) as { chain?: { node: string; number: number } }).chain)
  const last = places.findLastIndex((place) => place !== undefined)
  // A later act of the same process, so that what stands before it is missed.
  const later = (number: number) =>
    JSON.stringify({ ...JSON.parse(of('gina', 'user_disabled')), chain: { ...places[last], number } })
  const end = places[last]?.number ?? 0
  const without = lines.map((one) => JSON.stringify({ ...JSON.parse(one), chain: undefined }))
  const tried = [
    ['whole', [...lines, later(end + 1)], true],
    ['a line less', [...lines, later(end + 2)], false],
    ['filtered', [...lines.slice(0, 1), later(end + 5)], false],
    ['no places', without, false],
  ] as const
  for (const [what, some, gapless] of tried) {
    const there = await empty()
    writeFileSync(`${file}.some.jsonl`, `${some.join('\n')}\n`)
    const { stdout, stderr } = await there.run('restore', file, '--reapply', `${file}.some.jsonl`, '--json')
    const said = JSON.parse(stdout) as { unprotected: object | null }
    expect(said, `${what} ${stderr}`).toMatchObject({ reapplied: { gapless } })
    expect(said.unprotected === null, what).toBe(gapless)
  }
})

test('a file that is no export is refused by its line, and nothing is made', async () => {
  writeFileSync(`${file}.bad.jsonl`, `${line('signed_in')}\n{"at":"yesterday"}\n`)
  const there = await empty()
  const { code, stderr } = await there.run('restore', file, '--reapply', `${file}.bad.jsonl`)
  expect([code, stderr]).toEqual([2, expect.stringContaining('line 2 is no event of an audit log (at: ')])
  expect(existsSync(there.data) ? readdirSync(there.data) : []).toEqual([])
})

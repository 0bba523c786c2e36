/** An act and its row in the audit log are stored together: where the log takes no row, nothing has been done. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { setupToken } from '../../src/engine/account/sign_up.ts'
import { answerInvitation } from '../../src/engine/developer/app_testers.ts'
import { createKey, deleteKey, renameKey, rotateKey, setKeyEnabled } from '../../src/engine/developer/developer_keys.ts'
import { withdrawChange } from '../../src/engine/developer/edit_app.ts'
import {
  answerOffer,
  invite,
  leave,
  removeCollaborator,
  takeBackInvitation,
} from '../../src/engine/developer/sharing.ts'
import { executeApply, planApply } from '../../src/engine/operator/apply/apply.ts'
import { parseDocument } from '../../src/engine/operator/apply/document.ts'
import {
  approveApp,
  createApp,
  deleteApp,
  endAppTokens,
  refuseApp,
  switchApp,
  verifyApp,
} from '../../src/engine/operator/apps.ts'
import { rotateSigningKeys } from '../../src/engine/operator/keys.ts'
import { createUser, deleteUser, disableUser, enableUser, setUserPassword } from '../../src/engine/operator/people.ts'
import { decideProtocol } from '../../src/engine/operator/protocols.ts'
import { minute } from '../../src/lib/clock.ts'
import { type AuditType, auditEvents } from '../../src/protocol/audit_events.ts'
import { clientMetadataSchema } from '../../src/protocol/client_metadata.ts'
import { signingLife, turnKeys } from '../../src/runtime/keys/signing_keys.ts'
import type { Account, Storage, SubscriptionKey } from '../../src/storage/contract.ts'
import { registerApp, signedIn } from '../pages/developer.ts'
import { isActive, newCode, newTokens, type Tokens } from '../support/answers.ts'
import {
  authorizeUrl,
  exchangeCode,
  hiddenFields,
  type Page,
  post,
  refresh,
  signInOn,
  type TestBrowser,
  testBrowser,
} from '../support/browser.ts'
import { type Driver, drivers, type Servers } from '../support/drivers.ts'
import { addAccount, addClient, alicePassword, byCommand, type Harness, type TestClient } from '../support/harness.ts'

/** What is done to a change that waits. */
const waiting: ReadonlySet<AuditType> = new Set(['client_change_refused', 'app_change_withdrawn', 'client_approved'])

/** What acts change of accounts and apps, of what they hold, of keys and legacy protocols. */
async function stateOf(storage: Storage, isRevoked: boolean): Promise<unknown> {
  const accounts = (await storage.accounts.list(100)).map(({ updatedAt, ...account }) => account)
  const held = await Promise.all(
    accounts.map(async ({ id }) => {
      const [sessions, consents, grants] = await Promise.all([
        storage.sessions.listByUser(id),
        storage.consents.listByUser(id),
        storage.grants.listByUser(id, 100),
      ])
      return [sessions.map((session) => session.id), consents, grants.map(({ grant }) => [grant.id, grant.state])]
    }),
  )
  const clients = (await storage.clients.list(100)).map(({ updatedAt, ...client }) => client)
  const testers = await Promise.all(clients.map(({ clientId }) => storage.testers.list(clientId)))
  const subscriptionKeys = await storage.subscriptionKeys.list()
  const notices = await storage.dialectNotices.list()
  const teams = await Promise.all([
    ...clients.map(({ clientId }) => storage.appTeams.find(clientId)),
    ...subscriptionKeys.map(({ id }) => storage.keyTeams.find(id)),
  ])
  return {
    accounts,
    held,
    clients,
    teams,
    testers,
    subscriptionKeys,
    keys: await storage.keys.list(),
    notices,
    isRevoked,
  }
}

for (const driver of await drivers()) describe(`over ${driver.name}`, () => actsOver(driver))

function actsOver(driver: Driver): void {
  let servers: Servers
  let h: Harness
  let alice: Account
  let browser: TestBrowser
  /** Alice's own, registered by her. */
  let own: string
  let second: string
  let app: TestClient
  let tokens: Tokens
  /** A code and a refresh token that have been used. */
  let used: { readonly code: string; readonly refresh: string }
  beforeAll(async () => {
    servers = await driver.servers()
    h = servers.h
    alice = await addAccount(h)
    await addAccount(h, 'bob')
    browser = await signedIn(h)
    own = (await registerApp(browser)).id
    second = (await registerApp(browser, { name: 'To be deleted' })).id
    app = await addClient(h, {}, { id: 'journal' })
    tokens = await newTokens(h, app, { scope: 'basic offline_access' }, browser)
    const code = await newCode(h, app, { scope: 'basic' }, browser)
    await exchangeCode(h.app, app, code)
    const first = await newTokens(h, app, { scope: 'basic offline_access' }, browser)
    const next = await refresh(h.app, app, first.refresh)
    await refresh(h.app, app, next.body.refresh_token ?? '')
    used = { code, refresh: first.refresh }
  })
  afterAll(() => servers.close())

  const send = async (path: string, fields: Record<string, string>, from = browser): Promise<Page> =>
    from.post(path, { csrf: hiddenFields(await from.get('/logout')).csrf ?? '', ...fields })
  const ofApp = (what: string, fields: Record<string, string>) => send(`/developer/apps/${own}/${what}`, fields)
  const stranger = async (path: string, fields: Record<string, string>) => {
    const fresh = testBrowser(h.app)
    return fresh.post(path.replace(/\?.*/, ''), { ...hiddenFields(await fresh.get(path)), ...fields })
  }
  const elsewhere = async () => {
    const other = testBrowser(h.app)
    await signInOn(other, await other.get('/login'), 'alice', 'another horse battery')
  }
  /** What is refused once it is done. */
  const refused = async (answer: Promise<{ readonly status: number }>) => {
    const { status } = await answer
    if (status < 500) expect(status).toBe(400)
    return status < 500 ? undefined : { status }
  }
  const bob = async () => (await h.storage.accounts.findByLogin('bob'))?.id ?? alice.id
  const keys = () => h.storage.subscriptionKeys.listByUser(alice.id)
  const mine = async () => (await keys())[0]?.id ?? ''
  const dev = (account = alice) => ({
    account,
    caller: { requestId: '', address: '', userAgent: null, dialect: 'oauth' as const },
  })
  const devBob = async () => dev(await h.storage.accounts.findByLogin('bob'))
  const share = async (answer: 'accepted' | 'declined') =>
    answerOffer(h.context, await devBob(), { kind: 'key', handle: (await mine()).slice(0, 16) }, answer)
  const ofKey = async () => ({ kind: 'key', id: await mine() }) as const
  const answerApp = async (answer: 'accepted' | 'declined') =>
    answerOffer(h.context, await devBob(), { kind: 'app', handle: own }, answer)
  const apply = async (document: object) => {
    const changes = await planApply(h.context, parseDocument(JSON.stringify(document)))
    await executeApply(h.context, { via: 'apply', user: 'tester' }, changes)
  }
  const metadata = clientMetadataSchema.parse({ redirect_uris: ['https://app.example/cb'] })
  const other = 'https://app.example/other'
  const person = { email: 'new@example.com', password: 'correct horse battery' }

  /** In their order, each on what those before it have left: it is tried in vain, and then done. */
  const acts: readonly (readonly [AuditType, () => Promise<unknown>])[] = [
    ['signed_up', () => stranger('/signup', { username: 'newcomer', ...person })],
    [
      'administrator_created',
      () =>
        stranger(`/setup?token=${setupToken(h.context).token}`, {
          ...person,
          username: 'root',
          email: 'root@example.com',
        }),
    ],
    ['signed_in', () => stranger('/login', { username: 'bob', password: alicePassword })],
    ['signed_in', () => post(h.app, '/v1/oauth/', { id: 'any' }, { username: 'bob', password: alicePassword })],
    ['credential_reused', () => refused(exchangeCode(h.app, app, used.code))],
    ['credential_reused', () => refused(refresh(h.app, app, used.refresh))],
    ['access_token_revoked', () => post(h.app, '/oauth/revoke', app, { token: tokens.access })],
    [
      'consent_given',
      async () => {
        const asked = await browser.follow(await browser.get(authorizeUrl(app, { scope: 'basic email' })))
        return browser.post('/consent', { ...hiddenFields(asked), decision: 'allow' })
      },
    ],
    ['app_registered', () => registerApp(browser, { name: 'Second' })],
    ['app_renamed', () => ofApp('settings/name', { name: 'Renamed' })],
    ['client_secret_added', () => ofApp('secrets', { name: 'Another' })],
    ['redirect_uri_added', () => ofApp('redirect-uris', { uri: other })],
    ['redirect_uri_changed', () => ofApp('redirect-uris/edit', { uri: other, to: 'https://app.example/third' })],
    ['redirect_uri_removed', () => ofApp('redirect-uris/remove', { uri: 'https://app.example/third' })],
    ['app_details_changed', () => ofApp('settings/details', { publisher: 'Meadow Ltd' })],
    ['app_access_changed', () => ofApp('settings/access', { kind: 'web', scope: 'readmeasurements' })],
    ['app_protections_changed', () => ofApp('settings/protections', { protection: 'dpop_bound_access_tokens' })],
    ['app_sign_in_changed', () => ofApp('settings/sign-in', { initiate_login_uri: 'https://app.example/login' })],
    ['app_profile_changed', () => ofApp('settings/profile', { profile: 'oauth21' })],
    ['app_sign_out_changed', () => ofApp('settings/sign-out', { backchannel_logout_uri: 'https://app.example/out' })],
    ['tester_invited', () => ofApp('testers', { username: 'bob' })],
    ['invitation_accepted', async () => answerInvitation(h.context, await devBob(), own, 'accepted')],
    ['invitation_declined', async () => answerInvitation(h.context, await devBob(), own, 'declined')],
    ['tester_removed', () => ofApp('testers/remove', { username: 'bob' })],
    ['app_invited', () => ofApp('collaborators', { username: 'bob' })],
    ['app_shared', () => answerApp('accepted')],
    ['app_left', async () => leave(h.context, await devBob(), 'app', own)],
    ['app_invited', () => ofApp('collaborators', { username: 'bob' })],
    ['app_declined', () => answerApp('declined')],
    ['app_invitation_ended', () => ofApp('invitations/remove', { username: 'bob' })],
    ['app_invited', () => ofApp('collaborators', { username: 'bob' })],
    ['app_shared', () => answerApp('accepted')],
    ['app_unshared', async () => ofApp('collaborators/remove', { person: await bob() })],
    ['subscription_key_created', () => createKey(h.context, dev(), 'Mine')],
    ['subscription_key_renamed', async () => renameKey(h.context, dev(), await mine(), 'Renamed')],
    ['subscription_key_invited', async () => invite(h.context, dev(), await ofKey(), 'bob')],
    ['subscription_key_shared', () => share('accepted')],
    ['subscription_key_left', async () => leave(h.context, await devBob(), 'key', (await mine()).slice(0, 16))],
    ['subscription_key_invited', async () => invite(h.context, dev(), await ofKey(), 'bob')],
    ['subscription_key_declined', () => share('declined')],
    ['subscription_key_invitation_ended', async () => takeBackInvitation(h.context, dev(), await ofKey(), 'bob')],
    ['subscription_key_invited', async () => invite(h.context, dev(), await ofKey(), 'bob')],
    ['subscription_key_shared', () => share('accepted')],
    ['subscription_key_unshared', async () => removeCollaborator(h.context, dev(), await ofKey(), await bob())],
    ['subscription_key_disabled', async () => setKeyEnabled(h.context, dev(), await mine(), false)],
    ['subscription_key_enabled', async () => setKeyEnabled(h.context, dev(), await mine(), true)],
    ['subscription_key_rotated', async () => rotateKey(h.context, dev(), await mine(), 'none')],
    ['subscription_key_deleted', async () => deleteKey(h.context, dev(), (await keys())[0] as SubscriptionKey)],
    ['client_disabled', () => switchApp(h.context, byCommand, own, false)],
    ['client_enabled', () => switchApp(h.context, byCommand, own, true)],
    ['client_refused', () => refuseApp(h.context, byCommand, own)],
    ['client_change_refused', () => refuseApp(h.context, byCommand, own)],
    ['app_change_withdrawn', () => withdrawChange(h.context, dev(), own)],
    ['client_approved', () => approveApp(h.context, byCommand, own)],
    ['client_verified', () => verifyApp(h.context, byCommand, own, 'Dana')],
    ['client_unverified', () => verifyApp(h.context, byCommand, own, null)],
    ['client_tokens_ended', () => endAppTokens(h.context, byCommand, own)],
    ['app_deleted', () => send(`/developer/apps/${second}/delete`, {})],
    ['client_deleted', () => deleteApp(h.context, byCommand, own)],
    ['client_created', () => createApp(h.context, byCommand, { clientId: 'made', ownerId: null, metadata })],
    ['grant_revoked', () => post(h.app, '/oauth/revoke', app, { token: tokens.refresh })],
    ['consent_withdrawn', () => send('/account/apps/remove', { client_id: app.id })],
    [
      'user_created',
      () => createUser(h.context, byCommand, { username: 'dora', email: null, password: person.password }),
    ],
    ['user_password_set', async () => setUserPassword(h.context, byCommand, await bob(), 'another horse battery')],
    ['user_disabled', async () => disableUser(h.context, byCommand, await bob())],
    ['user_enabled', async () => enableUser(h.context, byCommand, await bob())],
    ['user_deleted', async () => deleteUser(h.context, byCommand, await bob())],
    ['legacy_protocol_decided', () => decideProtocol(h.context, byCommand, 'jwt_login/v1', { closed: true })],
    ['applied', () => apply({ clients: [{ client_id: 'applied', client_secret: 's'.repeat(40), ...metadata }] })],
    ['signing_key_rotated', () => rotateSigningKeys(h.context, byCommand, { hurry: true, algorithms: ['ES256'] })],
    [
      'password_changed',
      () => send('/account/security', { 'current-password': alicePassword, 'new-password': 'another horse battery' }),
    ],
    ['signed_out_elsewhere', () => send('/account/devices/end', { others: '1' })],
    ['signed_out', () => send('/logout', {})],
  ]

  test('every event of a change is tried here, or named by a test of its own; what changes nothing fails', async () => {
    const tests = fileURLToPath(new URL('..', import.meta.url))
    const others = readdirSync(tests, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.test.ts') && !name.startsWith('security'))
      .map((name) => readFileSync(join(tests, name), 'utf8'))
    const tried = new Set<string>(acts.map(([type]) => type))
    const rows = Object.entries(auditEvents)
    const changes = (row: object) => !('changes' in row)
    const untold = rows.filter(([type, row]) => changes(row) && !tried.has(type))
    const unnamed = untold.filter(([type]) => !others.some((text) => new RegExp(`['"]${type}['"]`).test(text)))
    expect(unnamed.map(([type]) => type)).toEqual([])
    expect(rows.filter(([type, row]) => !changes(row) && tried.has(type))).toEqual([])

    const { id } = await addAccount(h, 'eve')
    await stranger('/login', { username: 'eve', password: 'not that one' })
    await h.context.audit.flush()
    const failed = (await h.storage.audit.list(1000)).filter(({ type }) => type === 'sign_in_failed')
    expect(failed.map(({ subject }) => subject)).toContain(id)
  })

  const state = async () => stateOf(h.storage, !(await isActive(h, app, tokens.access)))

  /** What has to be there for an act; whether anything was made for it. */
  async function prepare(type: AuditType): Promise<boolean> {
    if (type === 'signed_out_elsewhere') await elsewhere()
    if (type === 'client_refused') await h.storage.clients.amend(own, () => ({ status: 'pending' }))
    if (waiting.has(type))
      await h.storage.clients.amend(own, () => ({ proposal: { members: { client_name: 'Other' }, at: 1 } }))
    return type === 'signed_out_elsewhere' || type === 'client_refused' || waiting.has(type)
  }

  /** Tries an act in vain, then does it. Answers the state that it leaves; `left` is that of the act before it. */
  async function tryAndDo(type: AuditType, act: () => Promise<unknown>, left: unknown): Promise<unknown> {
    const before = (await prepare(type)) ? await state() : left
    await h.context.audit.flush()
    const count = async () => (await h.storage.audit.search(1000, { type })).events.length
    const events = await count()
    await servers.execute('alter table audit_log rename to away')
    const failed = await act().catch(() => ({ status: 500 }))
    await servers.execute('alter table away rename to audit_log')
    expect((failed as { status: number }).status, type).toBeGreaterThanOrEqual(500)
    expect(await state(), type).toEqual(before)
    expect(await count(), type).toBe(events)
    h.context.clients.forget()

    const done = await act()
    if (typeof done === 'object' && done !== null && 'status' in done) expect(done.status, type).toBeLessThan(400)
    expect(await count(), type).toBe(events + 1)
    const after = await state()
    expect(after, type).not.toEqual(before)
    h.context.clients.forget()
    return after
  }

  test('each act is done with its row, or not at all', async () => {
    let left = await state()
    for (const [type, act] of acts) left = await tryAndDo(type, act, left)
  })

  test('what changed nothing and could not be noted is counted, and /readyz tells how much was lost', async () => {
    const ready = async () => (await h.app.inject('/readyz')).json()
    expect(await ready()).toEqual({ status: 'ready' })
    await servers.execute('alter table audit_log rename to away')
    const refused = await stranger('/login', { username: 'nobody', password: 'not that one' })
    await h.context.audit.flush()
    await servers.execute('alter table away rename to audit_log')
    expect(refused.status).toBe(401)
    expect(await ready()).toEqual({ status: 'ready', lost: { audit_events: 1, requests: 0 } })
  })

  test('an account that is switched off holds nothing any more, also after it is switched on again', async () => {
    const carol = await addAccount(h, 'carol')
    const hers = testBrowser(h.app)
    await signInOn(hers, await hers.get('/login'), 'carol')
    await newTokens(h, app, { scope: 'basic offline_access' }, hers)
    expect(await h.storage.grants.appsOfUser(carol.id)).toHaveLength(1)
    await disableUser(h.context, byCommand, carol.id)
    await enableUser(h.context, byCommand, carol.id)
    expect(await h.storage.grants.appsOfUser(carol.id)).toEqual([])
    expect(await h.storage.sessions.listByUser(carol.id)).toEqual([])
    expect((await hers.get('/account')).status).toBe(303)
  })

  test('a server that lets its next key sign by itself notes it, with nobody who did it', async () => {
    const events = async () =>
      (await h.storage.audit.list(100_000)).filter(({ type }) => type === 'signing_key_rotated')
    const before = (await events()).length
    // A minute more: the clocks of two nodes follow that of the database, each within some milliseconds.
    const due = h.storage.clock.now() + signingLife + minute
    await Promise.all(servers.nodes.map(({ storage, context }) => turnKeys(storage, context.keyring, due)))
    const after = await events()
    const algorithms = after.slice(0, after.length - before).map(({ detail }) => detail.alg)
    expect(algorithms.sort()).toEqual(['ES256', 'EdDSA', 'RS256'])
    expect(after[0]).toMatchObject({ actor: null, operator: null, subject: null })
  })
}

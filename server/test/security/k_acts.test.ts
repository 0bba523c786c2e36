/** An act and its row in the audit log are stored together: where the log takes no row, nothing has been done. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { setupToken } from '../../src/engine/account/sign_up.ts'
import { createKey, deleteKey, renameKey, rotateKey } from '../../src/engine/developer/developer_keys.ts'
import { inviteToKey } from '../../src/engine/developer/key_invitations.ts'
import { executeApply, planApply } from '../../src/engine/operator/apply/apply.ts'
import { parseDocument } from '../../src/engine/operator/apply/document.ts'
import { createApp, deleteApp, endAppTokens, switchApp, verifyApp } from '../../src/engine/operator/apps.ts'
import { rotateSigningKeys } from '../../src/engine/operator/keys.ts'
import { createUser, deleteUser, disableUser, enableUser, setUserPassword } from '../../src/engine/operator/people.ts'
import { decideProtocol } from '../../src/engine/operator/protocols.ts'
import type { AuditType } from '../../src/protocol/audit_events.ts'
import { clientMetadataSchema } from '../../src/protocol/client_metadata.ts'
import { signingLife, turnKeys } from '../../src/runtime/keys/signing_keys.ts'
import type { Account, Storage, SubscriptionKey } from '../../src/storage/contract.ts'
import { registerApp, signedIn } from '../pages/developer.ts'
import { newTokens, type Tokens } from '../support/answers.ts'
import { hiddenFields, type Page, post, signInOn, type TestBrowser, testBrowser } from '../support/browser.ts'
import { drivers, type Servers } from '../support/drivers.ts'
import { addAccount, addClient, alicePassword, byCommand, type Harness, type TestClient } from '../support/harness.ts'

/** What acts change of accounts and apps, of what they hold, of keys and legacy protocols. */
async function stateOf(storage: Storage): Promise<unknown> {
  const accounts = (await storage.accounts.list(100)).map(({ updatedAt, ...account }) => account)
  const held = await Promise.all(
    accounts.map(async ({ id }) => [
      (await storage.sessions.listByUser(id)).map((session) => session.id),
      await storage.consents.listByUser(id),
      (await storage.grants.listByUser(id, 100)).map(({ grant }) => [grant.id, grant.state]),
    ]),
  )
  const clients = (await storage.clients.list(100)).map(({ updatedAt, ...client }) => client)
  const testers = await Promise.all(clients.map(({ clientId }) => storage.testers.list(clientId)))
  const subscriptionKeys = await storage.subscriptionKeys.list()
  const notices = await storage.dialectNotices.list()
  return { accounts, held, clients, testers, subscriptionKeys, keys: await storage.keys.list(), notices }
}

describe.each(await drivers())('over $name', (driver) => {
  let servers: Servers
  let h: Harness
  let alice: Account
  let browser: TestBrowser
  /** Alice's own, registered by her. */
  let own: string
  let app: TestClient
  let tokens: Tokens
  beforeAll(async () => {
    servers = await driver.servers()
    h = servers.h
    alice = await addAccount(h)
    await addAccount(h, 'bob')
    browser = await signedIn(h)
    own = (await registerApp(browser)).id
    app = await addClient(h, {}, { id: 'journal' })
    tokens = await newTokens(h, app, { scope: 'basic offline_access' }, browser)
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
  const bob = async () => (await h.storage.accounts.findByLogin('bob'))?.id ?? alice.id
  const keys = () => h.storage.subscriptionKeys.listByUser(alice.id)
  const mine = async () => (await keys())[0]?.id ?? ''
  const dev = () => ({
    account: alice,
    caller: { requestId: '', address: '', userAgent: null, dialect: 'oauth' as const },
  })
  const apply = async (document: object) => {
    const changes = await planApply(h.context, parseDocument(JSON.stringify(document)))
    await executeApply(h.context, { via: 'apply', user: 'tester' }, changes)
  }
  const metadata = clientMetadataSchema.parse({ redirect_uris: ['https://app.example/cb'] })
  const person = { email: 'new@example.com', password: 'correct horse battery' }

  /** In their order: each is tried in vain, and then done. */
  const acts: readonly (readonly [AuditType, () => Promise<unknown>])[] = [
    ['signed_up', () => stranger('/signup', { username: 'newcomer', ...person })],
    [
      'administrator_created',
      () =>
        stranger(`/setup?token=${setupToken(h.context)}`, { ...person, username: 'root', email: 'root@example.com' }),
    ],
    ['app_registered', () => registerApp(browser, { name: 'Second' })],
    ['app_renamed', () => ofApp('settings/name', { name: 'Renamed' })],
    ['client_secret_added', () => ofApp('secrets', { name: 'Another' })],
    ['redirect_uri_added', () => ofApp('redirect-uris', { uri: 'https://app.example/other' })],
    ['tester_invited', () => ofApp('testers', { username: 'bob' })],
    ['subscription_key_created', () => createKey(h.context, dev(), 'Mine')],
    ['subscription_key_renamed', async () => renameKey(h.context, dev(), await mine(), 'Renamed')],
    ['subscription_key_invited', async () => inviteToKey(h.context, dev(), await mine(), 'bob')],
    ['subscription_key_rotated', async () => rotateKey(h.context, dev(), await mine(), 'none')],
    ['subscription_key_deleted', async () => deleteKey(h.context, dev(), (await keys())[0] as SubscriptionKey)],
    ['client_disabled', () => switchApp(h.context, byCommand, own, false)],
    ['client_enabled', () => switchApp(h.context, byCommand, own, true)],
    ['client_verified', () => verifyApp(h.context, byCommand, own, 'Dana')],
    ['client_tokens_ended', () => endAppTokens(h.context, byCommand, own)],
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

  test.each(acts)('%s is done with its row, or not at all', async (type, act) => {
    if (type === 'signed_out_elsewhere') await elsewhere()
    await h.context.audit.flush()
    const count = async () => (await h.storage.audit.list(1000)).filter((event) => event.type === type).length
    const [before, events] = [await stateOf(h.storage), await count()]
    await servers.execute('alter table audit_log rename to away')
    const failed = await act().catch(() => ({ status: 500 }))
    await servers.execute('alter table away rename to audit_log')
    expect((failed as { status: number }).status).toBeGreaterThanOrEqual(500)
    expect(await stateOf(h.storage)).toEqual(before)
    expect(await count()).toBe(events)
    h.context.clients.forget()

    const done = await act()
    if (typeof done === 'object' && done !== null && 'status' in done) expect(done.status).toBeLessThan(400)
    expect(await count()).toBe(events + 1)
    expect(await stateOf(h.storage)).not.toEqual(before)
    h.context.clients.forget()
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
    const events = async () => (await h.storage.audit.list(1000)).filter(({ type }) => type === 'signing_key_rotated')
    const before = (await events()).length
    const due = h.storage.clock.now() + signingLife
    await Promise.all(servers.nodes.map(({ storage, context }) => turnKeys(storage, context.keyring, due)))
    const after = await events()
    const algorithms = after.slice(0, after.length - before).map(({ detail }) => detail.alg)
    expect(algorithms.sort()).toEqual(['ES256', 'EdDSA', 'RS256'])
    expect(after[0]).toMatchObject({ actor: null, operator: null, subject: null })
  })
})

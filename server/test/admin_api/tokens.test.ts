/** Tokens of the admin API: who gets them, what they are worth, and that they are good nowhere else. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { addSecret } from '../../src/engine/developer/developer_apps.ts'
import {
  apiStatus,
  authorize,
  authorizeUrl,
  exchangeCode,
  hiddenFields,
  testBrowser,
  token,
} from '../support/browser.ts'
import { codeOf, enterCode, withApp } from '../support/factors.ts'
import { addAccount, addClient, callback, type Harness, harness, issuer, type TestClient } from '../support/harness.ts'
import { adminResource, askToken, call, ownToken } from './calls.ts'

let h: Harness
beforeEach(async () => {
  h = await harness()
})
afterEach(() => h.close())

const both = 'admin.read admin.write'
const machine = { grant_types: ['client_credentials'], redirect_uris: [], scope: `${both} basic` }

/** An app that people who run the server may let use the admin API. */
const forPeople = { admin_api: true, scope: `openid ${both} basic offline_access` }

/** The access token of a person's yes. */
async function personToken(client: TestClient, username: string, more: Record<string, string> = {}): Promise<string> {
  const asked = authorizeUrl(client, { scope: both, resource: adminResource, ...more })
  const { code } = await authorize(h.app, asked, { username })
  const answer = await exchangeCode(h.app, client, code)
  return answer.body.access_token ?? ''
}

describe('A machine client', () => {
  it('with a role of its own gets a token that it asks for with scope and resource', async () => {
    const client = await addClient(h, { ...machine, admin_role: 'support' })
    const read = await ownToken(h, client, { scope: 'admin.read', resource: adminResource })
    expect((await call(h, read, 'GET', '/people')).statusCode).toBe(200)
    expect((await call(h, read, 'POST', '/people', { body: { username: 'x' } })).statusCode).toBe(403)
  })

  it('gets none unasked, without the resource, beside another one, or for other scopes', async () => {
    const client = await addClient(h, { ...machine, admin_role: 'owner' })
    await h.storage.resources.put({ resource: 'https://data.example/api' })
    const refused = async (asked: string) => (await askToken(h, client, asked)).json().error
    expect(await refused(`scope=admin.read`)).toBe('invalid_target')
    expect(await refused(`resource=${adminResource}`)).toBe('invalid_scope')
    expect(await refused(`scope=admin.read&resource=${adminResource}&resource=https://data.example/api`)).toBe(
      'invalid_target',
    )
    expect(await refused(`scope=admin.read&resource=https://data.example/api`)).toBe('invalid_target')
    expect(await refused(`scope=admin.read&resource=${issuer}/api`)).toBe('invalid_target')
    expect(await refused(`scope=admin.read+basic&resource=${adminResource}`)).toBe('invalid_scope')
    const unasked = await askToken(h, client, '')
    expect([unasked.statusCode, unasked.json().scope]).toEqual([200, 'basic'])
  })

  it('without a role, or switched off, gets none, and one that had a role loses it at once', async () => {
    const without = await addClient(h, { ...machine, admin_api: true })
    const asked = { scope: 'admin.read', resource: adminResource }
    expect((await askToken(h, without, asked)).json().error).toBe('invalid_scope')
    const unlisted = await addClient(h, { ...machine, scope: 'basic' })
    expect((await askToken(h, unlisted, asked)).json().error).toBe('invalid_scope')
    const client = await addClient(h, { ...machine, admin_role: 'admin' })
    const had = await ownToken(h, client, asked)
    expect((await call(h, had, 'GET', '/apps')).statusCode).toBe(200)
    await h.storage.clients.amend(client.id, ({ metadata: { admin_role: _, ...metadata } }) => ({ metadata }))
    h.context.clients.forget()
    expect((await call(h, had, 'GET', '/apps')).statusCode).toBe(401)
    const off = await addClient(h, { ...machine, admin_role: 'admin' })
    const offToken = await ownToken(h, off, asked)
    await h.storage.clients.amend(off.id, () => ({ status: 'disabled' }))
    expect((await call(h, offToken, 'GET', '/apps')).statusCode).toBe(401)
  })

  it('has what it does noted in the audit log under its ID', async () => {
    const client = await addClient(h, { ...machine, admin_role: 'admin' })
    const own = await ownToken(h, client, { scope: both, resource: adminResource })
    const made = await call(h, own, 'POST', '/people', { body: { username: 'noted' } })
    const [event] = await h.storage.audit.list(1)
    expect(event).toMatchObject({ type: 'user_created', operator: `client:${client.id}`, actor: null })
    expect(event?.requestId).toBe(made.headers['x-request-id'])
  })
})

describe('A token', () => {
  it('of the admin API is refused by the data API and userinfo', async () => {
    const client = await addClient(h, forPeople)
    await addAccount(h, 'olga', { roles: ['owner'] })
    const own = await personToken(client, 'olga', { scope: `openid ${both}` })
    expect((await call(h, own, 'GET', '/people')).statusCode).toBe(200)
    expect(await apiStatus(h.app, own)).toBe(401)
    const userinfo = await h.app.inject({ url: '/oauth/userinfo', headers: { authorization: `Bearer ${own}` } })
    expect(userinfo.statusCode).toBe(401)
  })

  it('of another API is refused by the admin API, whatever its person and scopes are', async () => {
    const client = await addClient(h, forPeople)
    await addAccount(h, 'olga', { roles: ['owner'] })
    const { code } = await authorize(h.app, authorizeUrl(client, { scope: 'openid basic' }), { username: 'olga' })
    const basic = (await exchangeCode(h.app, client, code)).body.access_token
    const refused = await call(h, basic, 'GET', '/people')
    expect(refused.statusCode).toBe(401)
    expect(refused.headers['www-authenticate']).toContain('error="invalid_token"')
    expect(refused.headers['www-authenticate']).toContain('/.well-known/oauth-protected-resource/admin/api"')
    expect((await call(h, undefined, 'GET', '/people')).statusCode).toBe(401)
  })

  it('of a person is worth what their role is as of now', async () => {
    const client = await addClient(h, forPeople)
    const account = await addAccount(h, 'sam', { roles: ['support'] })
    const own = await personToken(client, 'sam')
    expect((await call(h, own, 'GET', '/people')).statusCode).toBe(200)
    expect((await call(h, own, 'POST', '/people', { body: { username: 'x' } })).statusCode).toBe(403)
    await h.storage.accounts.update(account.id, { roles: ['admin'] })
    expect((await call(h, own, 'POST', '/people', { body: { username: 'x' } })).statusCode).toBe(201)
    await h.storage.accounts.update(account.id, { roles: [] })
    expect((await call(h, own, 'GET', '/people')).statusCode).toBe(403)
  })

  it('is not lent to an app of an owner, and owning an app gives it no role', async () => {
    const owner = await addAccount(h, 'olga', { roles: ['owner'] })
    const client = await addClient(h, machine, { ownerId: owner.id })
    expect((await askToken(h, client, { scope: both, resource: adminResource })).statusCode).toBe(400)
  })
})

describe('Consent to the admin API', () => {
  it('is asked for each time, and of the operator’s own apps as well', async () => {
    const client = await addClient(h, { ...forPeople, first_party: true })
    await addAccount(h, 'olga', { roles: ['owner'] })
    const asked = authorizeUrl(client, { scope: both, resource: adminResource })
    const { browser } = await authorize(h.app, asked, { username: 'olga' })
    const again = await browser.follow(await browser.get(asked))
    expect(again.body).toContain('id="consent-allow"')
    expect(again.body).toContain('data-scope="admin.write"')
    const silent = await browser.get(authorizeUrl(client, { scope: both, resource: adminResource, prompt: 'none' }))
    expect(silent.location).toContain('error=consent_required')
    // What is not of the admin API is not asked for.
    const plain = await browser.get(authorizeUrl(client, { scope: 'openid basic' }))
    expect(plain.location).toContain(`${callback}?code=`)
  })

  it('is for no app that the operator has not let, and never by a default scope or another resource', async () => {
    const asked = (client: TestClient, more: Record<string, string | undefined> = {}) =>
      h.app.inject(authorizeUrl(client, { scope: 'admin.read', resource: adminResource, ...more }))
    const errorOf = async (answer: ReturnType<typeof asked>) =>
      new URL(String((await answer).headers.location), issuer).searchParams.get('error')
    const unlet = await addClient(h, { scope: 'admin.read basic' })
    expect(await errorOf(asked(unlet))).toBe('invalid_scope')
    const byRole = await addClient(h, { scope: 'admin.read basic', admin_role: 'admin' })
    expect(await errorOf(asked(byRole))).toBe('invalid_scope')
    const client = await addClient(h, forPeople)
    expect(await errorOf(asked(client, { resource: undefined }))).toBe('invalid_target')
    expect(await errorOf(asked(client, { resource: `${issuer}/api` }))).toBe('invalid_target')
    expect(await errorOf(asked(client, { scope: 'admin.read basic' }))).toBe('invalid_scope')
    expect(await errorOf(asked(client, { scope: undefined }))).toBe('invalid_scope')
    await addAccount(h, 'olga', { roles: ['owner'] })
    const { code } = await authorize(h.app, authorizeUrl(client, { scope: undefined }), { username: 'olga' })
    const answer = await exchangeCode(h.app, client, code)
    expect(answer.body.scope).toBe('openid basic offline_access')
  })

  it('is not carried by a legacy protocol', async () => {
    const client = await addClient(h, { ...forPeople, dialects: ['oauth', 'quantimodo'] })
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: client.id,
      redirect_uri: callback,
      scope: 'admin.read',
      resource: adminResource,
      state: 'xyz',
    })
    const answer = await h.app.inject(`/api/oauth2/authorize?${query}`)
    expect(String(answer.headers.location ?? answer.body)).toContain('invalid_scope')
  })

  it('is refreshed for the same resource and worth no more than the role', async () => {
    const client = await addClient(h, forPeople)
    const account = await addAccount(h, 'olga', { roles: ['owner'] })
    const asked = authorizeUrl(client, { scope: `openid offline_access ${both}`, resource: adminResource })
    const { code } = await authorize(h.app, asked, { username: 'olga' })
    const first = (await exchangeCode(h.app, client, code)).body
    const refreshed = await token(h.app, client, {
      grant_type: 'refresh_token',
      refresh_token: first.refresh_token ?? '',
    })
    expect((await call(h, refreshed.body.access_token, 'GET', '/people')).statusCode).toBe(200)
    const elsewhere = await token(h.app, client, {
      grant_type: 'refresh_token',
      refresh_token: refreshed.body.refresh_token ?? '',
      resource: `${issuer}/api`,
    })
    expect(elsewhere.body.error).toBe('invalid_target')
    await h.storage.accounts.update(account.id, { enabled: false })
    expect((await call(h, refreshed.body.access_token, 'GET', '/people')).statusCode).toBe(401)
  })
})

describe('A change by a person with a second factor', () => {
  it('needs a sign-in with it at most ten minutes ago (RFC 9470)', async () => {
    const client = await addClient(h, forPeople)
    const account = await addAccount(h, 'olga', { roles: ['owner'] })
    const { seed } = await withApp(h, account)
    h.clock.move(60_000)
    const browser = testBrowser(h.app)
    const asked = authorizeUrl(client, { scope: both, resource: adminResource })
    const start = await browser.follow(await browser.get(asked))
    const factor = await browser.follow(
      await browser.post('/login', { ...hiddenFields(start), username: 'olga', password: 'correct horse battery' }),
    )
    const consent = await enterCode(browser, factor, codeOf(seed, h.clock))
    const done = await browser.post('/consent', { ...hiddenFields(consent), decision: 'allow' })
    const code = new URL(done.location ?? '').searchParams.get('code') ?? ''
    const own = (await exchangeCode(h.app, client, code)).body.access_token
    expect((await call(h, own, 'POST', '/people', { body: { username: 'early' } })).statusCode).toBe(201)
    h.clock.move(10 * 60_000)
    expect((await call(h, own, 'GET', '/people')).statusCode).toBe(200)
    const late = await call(h, own, 'POST', '/people', { body: { username: 'late' } })
    expect(late.statusCode).toBe(401)
    expect(late.headers['www-authenticate']).toContain('error="insufficient_user_authentication"')
    expect(late.headers['www-authenticate']).toContain('max_age="600"')
    expect(late.json().code).toBe('insufficient_user_authentication')
    expect(await h.storage.accounts.findByLogin('late')).toBeUndefined()
  })
})

describe('An app that uses the admin API', () => {
  it('cannot be changed by its owner', async () => {
    const owner = await addAccount(h, 'dora')
    const client = await addClient(h, { ...machine, admin_role: 'owner' }, { ownerId: owner.id })
    const by = { account: owner, caller: { requestId: 'r', address: '127.0.0.1', userAgent: null } }
    const secret = await addSecret(h.context, by, client.id, 'mine')
    expect(secret.problem).toBe('app_operators')
    const browser = testBrowser(h.app)
    const login = await browser.get('/login')
    await browser.follow(
      await browser.post('/login', { ...hiddenFields(login), username: 'dora', password: 'correct horse battery' }),
    )
    expect((await browser.get(`/developer/apps/${client.id}`)).status).toBe(200)
    expect((await browser.get(`/developer/apps/${client.id}/delete`)).status).toBe(403)
    expect((await h.storage.clients.find(client.id))?.secrets).toHaveLength(1)
  })
})

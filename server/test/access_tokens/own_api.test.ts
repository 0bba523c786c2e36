/** An API of the operator's own: what it learns of tokens, what clients learn of it, and what becomes of it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DocumentError } from '../../src/engine/operator/apply/document.ts'
import { putResource, removeResource } from '../../src/engine/operator/resources.ts'
import { apply } from '../providers/setting.ts'
import { expectRefusal, isActive, newTokens } from '../support/answers.ts'
import { authorize, authorizeUrl, post, refresh, type TestBrowser, token } from '../support/browser.ts'
import { addAccount, addClient, byCommand, type Harness, harness, issuer, type TestClient } from '../support/harness.ts'

const orders = 'https://orders.example/v1'
const stock = 'https://stock.example/'
const scope = 'openid offline_access orders.read orders.write stock.read'

let h: Harness
let browser: TestBrowser
let app: TestClient
let api: TestClient
beforeAll(async () => {
  h = await harness()
  await addAccount(h)
  app = await addClient(h, { scope })
  api = await addClient(h, { grant_types: [], redirect_uris: [], scope: '' }, { id: 'orders-api' })
  await apply(h, {
    resources: [
      {
        resource: orders,
        name: 'Orders',
        terms: 'https://orders.example/terms',
        openapi: 'https://orders.example/openapi.json',
        scopes: ['orders.read', { name: 'orders.write', for: 'every_app' }, { name: 'orders.all', for: 'first_party' }],
        proxy: 'orders',
        client_id: api.id,
      },
      { resource: stock, scopes: ['stock.read'], token_format: 'jwt' },
    ],
  })
  browser = (await authorize(h.app, authorizeUrl(app, { scope }))).browser
})
afterAll(() => h.close())

const tokens = (more: Record<string, string | undefined>) => newTokens(h, app, more, browser)
const asked = async (client: TestClient, text: string) =>
  (await post(h.app, '/oauth/introspect', client, { token: text })).body as unknown as Record<string, unknown>

describe('an API asks about a token with credentials of its own', () => {
  test('and learns whose it is and what it may do there, of one that names the API and of one that names none', async () => {
    for (const resource of [orders, undefined]) {
      const { access } = await tokens({ scope: 'openid orders.read orders.write', resource })
      const said = await asked(api, access)
      expect(said, String(resource)).toMatchObject({
        active: true,
        client_id: app.id,
        scope: 'orders.read orders.write',
        aud: [orders],
        iss: issuer,
      })
      expect(said.sub).toBe((await asked(app, access)).sub)
      await post(h.app, '/oauth/revoke', app, { token: access })
      expect(await asked(api, access)).toEqual({ active: false })
    }
  })

  test('and nothing of one for another API, without a scope of its own, or that refreshes', async () => {
    const elsewhere = await tokens({ scope: 'stock.read', resource: stock })
    const own = await tokens({ scope: 'openid offline_access' })
    const both = await tokens({ scope: 'openid offline_access orders.read', resource: orders })
    for (const text of [elsewhere.access, own.access, own.refresh, both.refresh])
      expect(await asked(api, text)).toEqual({ active: false })
    const stranger = await addClient(h)
    expect(await asked(stranger, both.access)).toEqual({ active: false })
  })

  test('and knows a person of an app with pairwise subjects by the name that the app knows', async () => {
    const pairwise = await addClient(h, { scope, subject_type: 'pairwise' })
    const { access } = await newTokens(h, pairwise, { scope: 'orders.read' }, browser)
    const said = await asked(api, access)
    expect(said.sub).toBe((await asked(pairwise, access)).sub)
    expect(said.sub).not.toBe((await asked(api, (await tokens({ scope: 'orders.read' })).access)).sub)
  })
})

describe('clients find out', () => {
  const document = async (url: string, host = 'localhost:3000') => {
    const response = await h.app.inject({ url, headers: { host } })
    return { status: response.statusCode, body: response.json(), headers: response.headers }
  }

  test('the scopes of every API in discovery, without those that are kept for the operator’s own apps', async () => {
    const { body } = await document('/.well-known/oauth-authorization-server')
    expect(body.scopes_supported).toEqual(
      expect.arrayContaining(['openid', 'orders.read', 'orders.write', 'stock.read']),
    )
    expect(body.scopes_supported).not.toContain('orders.all')
    expect(body.protected_resources).toEqual([orders, stock])
  })

  test('an API’s metadata by its identifier, and by host and path where a proxy passes its own address on', async () => {
    const wanted = {
      resource: orders,
      authorization_servers: [issuer],
      scopes_supported: ['orders.read', 'orders.write'],
      bearer_methods_supported: ['header'],
      resource_name: 'Orders',
      resource_documentation: 'https://orders.example/openapi.json',
      resource_tos_uri: 'https://orders.example/terms',
    }
    const well = '/.well-known/oauth-protected-resource'
    const named = await document(`${well}?resource=${encodeURIComponent(orders)}`)
    expect(named).toMatchObject({ status: 200, body: wanted })
    expect(named.headers['content-type']).toMatch(/^application\/json/)
    expect((await document(`${well}/v1`, 'orders.example')).body).toEqual(wanted)
    expect((await document(well, 'stock.example')).body.resource).toBe(stock)
    for (const [url, host] of [
      [`${well}/v1`, 'localhost:3000'],
      [`${well}/v2`, 'orders.example'],
      [`${well}?resource=https%3A%2F%2Fevil.example`, 'orders.example'],
    ] as const) {
      expect((await document(url, host)).status, `${host}${url}`).toBe(404)
    }
    const ours = await document(`${well}/api`)
    expect(ours.body).toEqual({
      resource: `${issuer}/api`,
      authorization_servers: [issuer],
      scopes_supported: ['profile', 'email', 'phone', 'address', 'basic', 'readmeasurements', 'writemeasurements'],
      bearer_methods_supported: ['header'],
      resource_name: 'Measurements API',
      resource_documentation: `${issuer}/docs/api`,
    })
    expect((await document(well)).body).toEqual(ours.body)
    expect((await document(`${well}?resource=${encodeURIComponent(`${issuer}/api`)}`)).body).toEqual(ours.body)
  })
})

test('developers find each API on their page, with its terms, its description and the scopes in the operator’s words', async () => {
  const words = { en: 'See your trees', de: 'Ihre Bäume sehen' }
  const scopes = [
    { name: 'trees.read', title: words, for: 'reviewed' },
    { name: 'trees.fell', title: { en: 'Fell trees' }, for: 'first_party' },
  ]
  const trees = { resource: 'https://trees.example', name: 'Trees', publisher: 'Forestry', stability: 'beta', scopes }
  const more = { terms: 'https://trees.example/terms', openapi: 'https://trees.example/api.json', sunset: '2040-01-31' }
  await putResource(h.context, byCommand, { ...trees, ...more })
  const { body } = await browser.get('/developer')
  const shown = [
    'data-resource="https://trees.example"',
    'Forestry',
    'See your trees',
    'for verified apps',
    '31 January 2040',
  ]
  for (const text of [...shown, ...Object.values(more).slice(0, 2), 'beta', 'trees.read']) expect(body).toContain(text)
  expect(body).not.toContain('trees.fell')
  const german = await browser.get('/developer', { 'accept-language': 'de' })
  for (const text of ['Ihre Bäume sehen', '31. Januar 2040', 'abgeschaltet']) expect(german.body).toContain(text)
  await removeResource(h.context, byCommand, trees.resource)
  expect((await browser.get('/developer')).body).not.toContain('trees.example')
})

describe('the operator', () => {
  const notes = { resource: 'https://notes.example', scopes: ['notes.read'] }
  const events = async (type: string) =>
    (await h.storage.audit.search(20, { type })).events
      .map(({ detail }) => detail)
      .filter(({ resource }) => resource === notes.resource)

  test('registers, changes and removes an API by acts, each in the audit log', async () => {
    expect(await putResource(h.context, byCommand, notes)).toBe('created')
    expect(await putResource(h.context, byCommand, notes)).toBe('unchanged')
    expect(await putResource(h.context, byCommand, { ...notes, name: 'Notes', proxy: 'notes' })).toBe('changed')
    expect(await h.storage.resources.list()).toContainEqual({ ...notes, name: 'Notes', proxy: 'notes' })
    expect(await removeResource(h.context, byCommand, notes.resource)).toBe(true)
    expect(await removeResource(h.context, byCommand, notes.resource)).toBe(false)
    expect(await events('resource_created')).toEqual([{ resource: notes.resource }])
    expect(await events('resource_changed')).toEqual([{ resource: notes.resource, members: ['name', 'proxy'] }])
    expect(await events('resource_removed')).toEqual([{ resource: notes.resource }])
  })

  test('is told what of an entry is wrong, and nothing is changed', async () => {
    const problemsOf = (content: unknown) =>
      putResource(h.context, byCommand, content).then(
        () => [],
        (error: unknown) => (error instanceof DocumentError ? error.problems : Promise.reject(error)),
      )
    expect(await problemsOf({ ...notes, proxy: 'Not A Name' })).toEqual([
      'proxy: must be 1 to 64 of a to z, 0 to 9, full stop, hyphen and underscore',
    ])
    expect(await problemsOf({ ...notes, proxy: 'orders' })).toEqual([
      `proxy: is the proxy name of the API ${orders} already: choose another, or remove that API`,
    ])
    expect(await problemsOf({ ...notes, client_id: 'nobody' })).toEqual([
      'client_id: is no client: register it, or name it in clients',
    ])
    expect(await problemsOf({ name: 'Notes' })).toEqual(['resource: is missing'])
    expect(await h.storage.resources.list()).toHaveLength(2)
  })

  test('ends all use of tokens for an API by removing it; they count again where it is registered again', async () => {
    await putResource(h.context, byCommand, { ...notes, client_id: api.id })
    const reader = await addClient(h, { scope: 'offline_access notes.read' })
    const asksFor = { scope: 'offline_access notes.read', resource: notes.resource }
    const held = await newTokens(h, reader, asksFor, browser)
    expect(await isActive(h, api, held.access)).toBe(true)
    await removeResource(h.context, byCommand, notes.resource)
    expect(await isActive(h, api, held.access)).toBe(false)
    expect(await isActive(h, reader, held.access)).toBe(false)
    expectRefusal(await refresh(h.app, reader, held.refresh), 'invalid_target')
    const own = { grant_type: 'client_credentials', scope: 'notes.read' }
    expectRefusal(await token(h.app, reader, own), 'invalid_scope')
    await putResource(h.context, byCommand, { ...notes, client_id: api.id })
    expect(await isActive(h, api, held.access)).toBe(true)
    expect((await refresh(h.app, reader, held.refresh)).status).toBe(200)
    await removeResource(h.context, byCommand, notes.resource)
  })
})

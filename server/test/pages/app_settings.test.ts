/** Changing an app: what waits for the operator, and what a change means for what has been issued. */
import { afterEach, expect, test } from 'vitest'
import { approveApp, verifyApp } from '../../src/engine/operator/apps.ts'
import type { EngineSettings } from '../../src/runtime/context.ts'
import { publicClient } from '../support/answers.ts'
import {
  apiStatus,
  authorize,
  authorizeUrl,
  exchangeCode,
  hiddenFields,
  type Page,
  refresh,
  type TestBrowser,
  token,
} from '../support/browser.ts'
import { addAccount, byCommand, callback, type Harness, harness } from '../support/harness.ts'
import { type RegisteredApp, registerApp, signedIn } from './developer.ts'

let h: Harness
let dev: TestBrowser
let app: RegisteredApp
async function open(settings: Partial<EngineSettings> = {}, fields: Record<string, string> = {}): Promise<void> {
  h = await harness({ settings })
  await addAccount(h)
  dev = await signedIn(h)
  app = await registerApp(dev, { scope: 'basic', ...fields })
  await h.storage.clients.amend(app.id, () => ({ status: 'enabled' }))
}
afterEach(() => h.close())

async function send(
  what: 'details' | 'access' | 'withdraw' | 'protections',
  fields: Record<string, string> | string,
): Promise<Page> {
  const path = `/developer/apps/${app.id}`
  const csrf = hiddenFields(await dev.get(`${path}/settings`)).csrf ?? ''
  const body = new URLSearchParams(fields)
  body.set('csrf', csrf)
  return dev.post(`${path}/settings/${what}`, body.toString())
}

const access = (kind: string, ...scope: string[]) =>
  send('access', [`kind=${kind}`, ...scope.map((s) => `scope=${s}`)].join('&'))
const metadata = async () => (await h.storage.clients.find(app.id))?.metadata ?? {}
const ask = (scope: string) => authorizeUrl(app, { scope })

async function tokensFor(scope: string) {
  const { code } = await authorize(h.app, ask(scope), { browser: dev })
  return (await exchangeCode(h.app, app, code)).body
}

async function introspected(access: string): Promise<Record<string, unknown>> {
  const response = await h.app.inject({
    method: 'POST',
    url: '/oauth/introspect',
    headers: {
      authorization: `Basic ${Buffer.from(`${app.id}:${app.secret}`).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    payload: new URLSearchParams({ token: access }).toString(),
  })
  return response.json()
}

test('a scope taken away narrows what has been issued at once, and one added widens none', async () => {
  await open({}, { scope: 'basic' })
  await access('web', 'basic', 'readmeasurements')
  const tokens = await tokensFor('basic readmeasurements')
  expect((await introspected(tokens.access_token ?? '')).scope).toBe('basic readmeasurements')
  expect((await access('web', 'basic', 'writemeasurements')).location).toContain('done=saved')
  expect((await introspected(tokens.access_token ?? '')).scope).toBe('basic')
  expect((await introspected(tokens.refresh_token ?? '')).scope).toBe('basic')
  expect((await refresh(h.app, app, tokens.refresh_token ?? '')).body.scope).toBe('basic')
  const read = await h.app.inject({
    url: '/api/v1/measurements',
    headers: { authorization: `Bearer ${tokens.access_token}` },
  })
  expect(read.statusCode).toBe(403)
})

test('a code that was agreed to before a scope went is worth what is left', async () => {
  await open()
  await access('web', 'basic', 'readmeasurements')
  const { code } = await authorize(h.app, ask('basic readmeasurements'), { browser: dev })
  await access('web', 'basic')
  expect((await exchangeCode(h.app, app, code)).body.scope).toBe('basic')
})

test('a machine’s own tokens are narrowed as well', async () => {
  await open()
  await access('web', 'basic', 'readmeasurements')
  const { body } = await token(h.app, app, { grant_type: 'client_credentials' })
  await access('web', 'basic')
  expect((await introspected(body.access_token ?? '')).scope).toBe('basic')
})

test('an app that no longer keeps a secret loses its secrets and everything issued, and back again as well', async () => {
  await open()
  const tokens = await tokensFor('basic')
  expect((await access('spa', 'basic')).status).toBe(303)
  expect((await h.storage.clients.find(app.id))?.secrets).toEqual([])
  expect(await apiStatus(h.app, tokens.access_token ?? '')).toBe(401)
  const open2 = publicClient(app)
  const { code } = await authorize(h.app, ask('basic'), { browser: dev })
  const next = (await exchangeCode(h.app, open2, code)).body
  expect(await apiStatus(h.app, next.access_token ?? '')).toBe(200)
  expect((await access('web', 'basic')).location).toContain('/secrets?done=needed')
  expect(await apiStatus(h.app, next.access_token ?? '')).toBe(401)
  expect((await token(h.app, open2, { grant_type: 'client_credentials' })).status).toBe(401)
})

test('an app that acts for itself lets people sign in from its first redirect URI on, and acts for itself as well', async () => {
  await open({}, { kind: 'machine', redirect_uris: '' })
  expect((await dev.get(`/developer/apps/${app.id}/start`)).body).toContain('id="let-people-in"')
  const path = `/developer/apps/${app.id}/redirect-uris`
  const page = await dev.get(path)
  expect(page.body).toContain('id="app-kind-web"')
  const fields = { ...hiddenFields(page), uri: 'com.meadow.app:/cb' }
  const refused = await dev.post(path, { ...fields, kind: 'web' })
  expect([refused.status, refused.body.includes('id="redirect-uri-problem"')]).toEqual([400, true])
  expect((await metadata()).grant_types).toEqual(['client_credentials'])
  expect((await dev.post(path, { ...fields, uri: callback })).location).toContain('done=added')
  expect((await tokensFor('basic')).scope).toBe('basic')
  expect((await token(h.app, app, { grant_type: 'client_credentials' })).status).toBe(200)
  expect((await dev.get(path)).body).not.toContain('id="app-kind-web"')
})

test('an app that acts for itself becomes one on a phone by an address of such an app, without a secret', async () => {
  await open({}, { kind: 'machine', redirect_uris: '' })
  const path = `/developer/apps/${app.id}/redirect-uris`
  const fields = { ...hiddenFields(await dev.get(path)), uri: 'com.meadow.app:/cb', kind: 'native' }
  expect((await dev.post(path, fields)).location).toContain('done=added')
  expect(await metadata()).toMatchObject({ application_type: 'native', token_endpoint_auth_method: 'none' })
  expect((await token(h.app, app, { grant_type: 'client_credentials' })).status).toBe(401)
})

test('where apps are approved, a change beyond the approved form waits while that form goes on', async () => {
  await open({ appRegistration: 'approval' })
  await addAccount(h, 'bob')
  const path = `/developer/apps/${app.id}`
  const csrf = hiddenFields(await dev.get(`${path}/settings`)).csrf ?? ''
  expect((await dev.post(`${path}/settings/name`, { csrf, name: 'Bigger Name' })).location).toContain('done=waits')
  const added = await dev.post(`${path}/redirect-uris`, { csrf, uri: 'https://elsewhere.example/cb' })
  expect(added.location).toContain('done=waits')
  expect((await access('web', 'basic', 'readmeasurements')).location).toContain('done=waits')
  expect(await metadata()).toMatchObject({ client_name: 'Meadow', scope: 'basic' })
  const bob = await signedIn(h, 'bob')
  expect((await bob.follow(await bob.get(ask('basic')))).body).toContain('Meadow')
  const overview = (await dev.get(path)).body
  for (const part of ['A change waits', 'Bigger Name', 'https://elsewhere.example/cb', 'readmeasurements']) {
    expect(overview).toContain(part)
  }
  expect(await approveApp(h.context, byCommand, app.id)).toBe('approved')
  expect(await metadata()).toMatchObject({
    client_name: 'Bigger Name',
    scope: 'basic readmeasurements',
    redirect_uris: ['https://app.example/cb', 'https://elsewhere.example/cb'],
  })
  expect((await h.storage.clients.find(app.id))?.proposal).toBeNull()
})

test('what is taken away counts at once, also beside a change that waits, and a waiting change can be withdrawn', async () => {
  await open({ appRegistration: 'approval' }, { scope: 'basic' })
  const record = await h.storage.clients.find(app.id)
  if (record === undefined) throw new Error('no app')
  await h.storage.clients.amend(record.clientId, () => ({
    metadata: { ...record.metadata, scope: 'basic readmeasurements' },
  }))
  expect((await access('web', 'basic', 'writemeasurements')).location).toContain('done=waits')
  expect(await metadata()).toMatchObject({ scope: 'basic' })
  // Another path at the same host is within what was approved.
  const path = `/developer/apps/${app.id}`
  const csrf = hiddenFields(await dev.get(`${path}/settings`)).csrf ?? ''
  expect((await dev.post(`${path}/redirect-uris`, { csrf, uri: 'https://app.example/other' })).location).toContain(
    'done=added',
  )
  expect((await metadata()).redirect_uris).toContain('https://app.example/other')
  expect((await h.storage.clients.find(app.id))?.proposal?.members).toEqual({ scope: 'basic writemeasurements' })
  await send('withdraw', {})
  expect((await h.storage.clients.find(app.id))?.proposal).toBeNull()
})

test('verified holds for the form that was looked at, and goes with a change of it', async () => {
  await open()
  expect(await verifyApp(h.context, byCommand, app.id, 'Dana')).toBe('done')
  const consent = async () => (await dev.follow(await dev.get(`${ask('basic')}&prompt=consent`))).body
  expect(await consent()).toMatch(/id="verified-by">\s*Verified by <bdi>localhost:3000<\/bdi> on <time/)
  // A privacy policy is no part of it; the publisher is.
  await send('details', { policy: 'https://meadow.example/privacy' })
  expect(await consent()).toContain('id="verified-by"')
  await send('details', { policy: 'https://meadow.example/privacy', publisher: 'Meadow Ltd' })
  const after = await consent()
  expect(after).not.toContain('id="verified-by"')
  for (const part of ['by <bdi>Meadow Ltd</bdi>', 'https://meadow.example/privacy']) expect(after).toContain(part)
  expect((await h.storage.clients.find(app.id))?.verification).toBeNull()
})

test.each([
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  'data:text/html,x',
  'http://meadow.example',
  'https://a:b@meadow.example',
  'https://',
  'meadow.example',
])('%s is no address for people to follow', async (address) => {
  await open()
  for (const name of ['website', 'policy', 'terms', 'logo']) {
    const page = await send('details', { [name]: address })
    expect([page.status, page.body.includes(`id="app-${name}"`)]).toEqual([400, true])
  }
  expect(await metadata()).not.toHaveProperty('client_uri')
})

test('a machine is registered as a kind of its own: a secret, no redirect URI, no person', async () => {
  await open({}, { kind: 'machine', redirect_uris: '', scope: 'readmeasurements' })
  expect(await metadata()).toMatchObject({ grant_types: ['client_credentials'], redirect_uris: [] })
  expect((await token(h.app, app, { grant_type: 'client_credentials' })).status).toBe(200)
  expect((await dev.get(ask('readmeasurements'))).status).toBe(400)
  expect((await access('web', 'basic')).body).toContain('Add a redirect URI first.')
})

test('no address that the server would call itself comes from the portal, when an app is made or changed', async () => {
  const keys = 'http://127.0.0.1:9/jwks'
  const extra = { jwks_uri: keys, jwksUri: keys, token_endpoint_auth_method: 'private_key_jwt' }
  await open({}, extra)
  expect(JSON.stringify(await metadata())).not.toContain('127.0.0.1:9')
  await send('details', { name: 'Renamed Journal', ...extra })
  await send('access', `kind=confidential&scope=basic&jwks_uri=${encodeURIComponent(keys)}`)
  expect(await metadata()).not.toHaveProperty('jwks_uri')
})

test('a protection that a developer switches on is asked for at the next request, and none of another kind of app', async () => {
  await open({}, { kind: 'spa' })
  const at = `/developer/apps/${app.id}/settings`
  const on = ['dpop_bound_access_tokens', 'require_pushed_authorization_requests']
  expect((await send('protections', on.map((one) => `protection=${one}`).join('&'))).status).toBe(303)
  expect(await metadata()).toMatchObject({ [on[0] ?? '']: true, [on[1] ?? '']: true })
  expect((await dev.get(at)).body).toMatch(/id="app-dpop-bound-access-tokens"[^>]* checked/)
  h.clock.move(6000)
  expect((await dev.get(ask('basic'))).location).toContain('error=invalid_request')
  await send('protections', 'protection=dpop_bound_access_tokens')
  h.clock.move(6000)
  const { code } = await authorize(h.app, ask('basic'), { browser: dev })
  const answer = await exchangeCode(h.app, { id: app.id }, code)
  expect(answer.body.error).toBe('invalid_dpop_proof')
  await send('protections', '')
  h.clock.move(6000)
  expect(await metadata()).not.toHaveProperty(on[0] ?? '')
  expect((await exchangeCode(h.app, { id: app.id }, code)).status).toBe(200)

  await send('protections', 'protection=first_party&protection=require_pkce')
  expect(await metadata()).toMatchObject({ first_party: false })
  expect(await metadata()).not.toHaveProperty('require_pkce')
  const device = await registerApp(dev, { name: 'Television', kind: 'device', scope: 'basic' })
  const page = await dev.get(`/developer/apps/${device.id}/settings`)
  expect(page.body).toContain('app-dpop-bound-access-tokens')
  expect(page.body).not.toContain('app-require-pushed-authorization-requests')
})

/** Scopes that resources define: their words, the apps that may have them, and those that mean nothing at all. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { clientMetadataSchema } from '../../src/protocol/client_metadata.ts'
import { formOf } from '../../src/runtime/kept/app_form.ts'
import { apply } from '../providers/setting.ts'
import { expectRedirect, expectRefusal, newTokens } from '../support/answers.ts'
import { authorize, authorizeUrl, refresh, type TestBrowser, token } from '../support/browser.ts'
import { addAccount, addClient, type Harness, harness, type TestClient } from '../support/harness.ts'

const resource = 'https://sleep.example/api'
const scopes = [
  'bare',
  {
    name: 'sleep:read',
    title: { en: 'See how you sleep', de: 'Sehen, wie Sie schlafen' },
    detail: { en: 'every night since you began' },
    kind: 'see',
  },
  { name: 'sleep:write', title: { de: 'Schlaf eintragen' }, kind: 'change' },
  { name: 'sleep:all', title: { en: 'See everybody’s sleep' }, for: 'reviewed' },
  { name: 'sleep:admin', title: { en: 'Run the sleep lab' }, for: 'first_party' },
]
const all = 'basic bare sleep:read sleep:write sleep:all sleep:admin'

let h: Harness
let browser: TestBrowser
beforeAll(async () => {
  h = await harness()
  await addAccount(h)
  await apply(h, { resources: [{ resource, scopes, name: 'Sleep', stability: 'beta', sunset: '2040-01-31' }] })
  browser = (await authorize(h.app, authorizeUrl(await addClient(h)))).browser
})
afterAll(() => h.close())

async function verify(client: TestClient): Promise<void> {
  await h.storage.clients.amend(client.id, ({ metadata }) => ({
    verification: { at: 1, by: 'Dana', form: formOf(clientMetadataSchema.parse(metadata)) },
  }))
  h.context.clients.forget()
}

async function causeOf(client: TestClient): Promise<string> {
  await h.context.requests.flush()
  const [record] = await h.storage.requests.list(client.id, 1)
  return `${record?.reason}: ${record?.cause}`
}

describe('the words for scopes', () => {
  test('are those of the resource on the consent page, with the bare name only where there are none', async () => {
    const client = await addClient(h, { scope: all })
    const url = authorizeUrl(client, { scope: 'bare sleep:read sleep:write' })
    const { body } = await browser.follow(await browser.get(url))
    for (const words of ['See how you sleep', 'every night since you began', 'Schlaf eintragen', 'Use “bare”']) {
      expect(body).toContain(words)
    }
    expect(body).not.toContain('Use “sleep')
  })

  test('are offered in the portal, without those that are kept for the operator’s own apps', async () => {
    const page = (await browser.get('/developer/apps/new')).body
    expect(page).toContain('See how you sleep')
    expect(page).toContain('value="sleep:all"')
    expect(page).not.toContain('value="sleep:admin"')
    // A scope without a detail has none there.
    expect(page).not.toContain('“”')
  })
})

describe('who may have a scope', () => {
  test('reviewed: a verified app, and only while it is verified', async () => {
    const client = await addClient(h, { scope: all })
    const url = authorizeUrl(client, { scope: 'basic sleep:all' })
    expectRedirect(await browser.get(url), 'invalid_scope')
    expect(await causeOf(client)).toMatch(
      /^scope_reserved: The scope sleep:all is for apps that the operator has verified/,
    )
    await verify(client)
    const { body, refresh: held } = await newTokens(h, client, { scope: 'basic sleep:all' }, browser)
    expect(body.scope).toBe('basic sleep:all')
    await h.storage.clients.amend(client.id, () => ({ verification: null }))
    h.context.clients.forget()
    expect((await refresh(h.app, client, held)).body.scope).toBe('basic')
  })

  test('first_party: the operator’s own app, and no other however verified', async () => {
    const client = await addClient(h, { scope: all })
    await verify(client)
    expectRedirect(await browser.get(authorizeUrl(client, { scope: 'sleep:admin' })), 'invalid_scope')
    expect(await causeOf(client)).toMatch(/^scope_reserved: The scope sleep:admin is for the operator’s own apps/)
    const own = await addClient(h, { scope: all, first_party: true })
    expect((await newTokens(h, own, { scope: 'sleep:admin sleep:all' }, browser)).body.scope).toBe(
      'sleep:admin sleep:all',
    )
  })

  test('holds for tokens of the app’s own, and where no scope is named the rest is given', async () => {
    const client = await addClient(h, { scope: `${all} nothing` })
    const own = (scope?: string) =>
      token(h.app, client, { grant_type: 'client_credentials', ...(scope === undefined ? {} : { scope }) })
    expectRefusal(await own('sleep:admin'), 'invalid_scope')
    expect(await causeOf(client)).toMatch(/^scope_reserved/)
    expectRefusal(await own('nothing'), 'invalid_scope')
    expect(await causeOf(client)).toMatch(/^scope_unknown/)
    expect((await own()).body.scope).toBe('basic bare sleep:read sleep:write')
    const { body } = await newTokens(h, client, { scope: undefined }, browser)
    expect(body.scope).toBe('basic bare sleep:read sleep:write')
  })
})

describe('an app with scopes of an API', () => {
  test('costs no read of the APIs with each of its requests, and a change to them counts at once', async () => {
    const client = await addClient(h, { scope: 'basic bare sleep:read' })
    const { refresh: first } = await newTokens(h, client, { scope: 'basic bare' }, browser)
    let held = first
    const reads = vi.spyOn(h.storage.resources, 'list')
    const ask = async () => {
      const own = await token(h.app, client, { grant_type: 'client_credentials', scope: 'basic sleep:read' })
      const { status, body } = await refresh(h.app, client, held)
      expect(status).toBe(200)
      held = String(body.refresh_token)
      return [own.body.scope, body.scope]
    }
    for (let i = 0; i < 4; i++) expect(await ask()).toEqual(['basic sleep:read', 'basic bare'])
    expect(reads.mock.calls.length).toBeLessThanOrEqual(1)
    await apply(h, { resources: [{ resource, scopes: scopes.slice(1) }] })
    expect(await ask()).toEqual(['basic sleep:read', 'basic'])
    await apply(h, { resources: [{ resource, scopes }] })
    reads.mockRestore()
  })
})

describe('a registered scope that means nothing here', () => {
  test('is refused by its name where it is asked for, until a resource has it', async () => {
    const client = await addClient(h, { scope: 'basic nothing' })
    expectRedirect(await browser.get(authorizeUrl(client, { scope: 'basic nothing' })), 'invalid_scope')
    expect(await causeOf(client)).toBe('scope_unknown: No resource of this server has the scope nothing.')
    await h.storage.resources.put({ resource: 'https://other.example', scopes: ['nothing'] })
    expect((await newTokens(h, client, { scope: 'basic nothing' }, browser)).body.scope).toBe('basic nothing')
    await h.storage.resources.delete('https://other.example')
  })

  test('cannot be registered in the portal', async () => {
    const page = await browser.get('/developer/apps/new')
    const csrf = /name="csrf" value="([^"]*)"/.exec(page.body)?.[1] ?? ''
    const sent = { csrf, name: 'Odd', kind: 'web', redirect_uris: 'https://odd.example/cb' }
    for (const scope of ['nothing', 'sleep:admin']) {
      const refused = await browser.post('/developer/apps/new', { ...sent, scope })
      expect(refused.status, scope).toBe(400)
      expect(refused.body).toContain('One of them is not known to this server.')
    }
    expect((await browser.post('/developer/apps/new', { ...sent, scope: 'sleep:read' })).status).toBe(303)
  })
})

test('a token for the resource has its scopes only, written as names or as objects', async () => {
  const client = await addClient(h, { scope: all })
  const { body } = await newTokens(h, client, { scope: 'basic bare sleep:read', resource }, browser)
  expect(body.scope).toBe('bare sleep:read')
})

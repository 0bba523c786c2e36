/** Apps of one sector know a person by one ID (OIDC Core §8.1): the sector's document says which redirect URIs are of it. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { decodeJwt } from 'jose'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { executeApply, planApply } from '../../src/engine/operator/apply/apply.ts'
import { parseDocument } from '../../src/engine/operator/apply/document.ts'
import type { EngineSettings } from '../../src/runtime/context.ts'
import type { Account } from '../../src/storage/contract.ts'
import { newTokens } from '../support/answers.ts'
import { hiddenFields, signInOn, type TestBrowser, testBrowser } from '../support/browser.ts'
import { addAccount, addClient, byCommand, type Harness, harness, type TestClient } from '../support/harness.ts'

const one = 'https://one.example/cb'
const two = 'https://two.example/cb'

/** What the document says, and how often it was read. */
let listed: unknown = [one, two]
let reads = 0
const host = createServer((_request, response) => {
  reads++
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(listed))
})
let origin: string
let sector: string
let h: Harness
let alice: Account
let browser: TestBrowser
beforeAll(async () => {
  host.listen(0, '127.0.0.1')
  await once(host, 'listening')
  origin = `http://127.0.0.1:${(host.address() as AddressInfo).port}`
  sector = `${origin}/sector.json`
})
afterAll(() => {
  host.close()
})
beforeEach(async () => {
  listed = [one, two]
  reads = 0
  await open({ development: true, outboundAllowed: new Set([origin]) })
})
afterEach(() => h.close())

async function open(settings: Partial<EngineSettings>): Promise<void> {
  await h?.close()
  h = await harness({ settings: { dynamicRegistration: 'open', ...settings } })
  alice = await addAccount(h)
  browser = testBrowser(h.app)
  await signInOn(browser, await browser.get('/login'))
}

const subOf = async (client: TestClient, uri: string) =>
  decodeJwt((await newTokens(h, client, { scope: 'openid', redirect_uri: uri }, browser)).id).sub

const register = async (more: Record<string, unknown>) => {
  const payload = { redirect_uris: [one, two], subject_type: 'pairwise', ...more }
  return (await h.app.inject({ method: 'POST', url: '/oauth/register', payload })).json()
}

/** What `apply` says of the document, or that it is done. */
async function apply(client: Record<string, unknown>, context = h.context): Promise<string> {
  const document = parseDocument(JSON.stringify({ clients: [client] }))
  try {
    await executeApply(context, byCommand, await planApply(context, document))
    return 'applied'
  } catch (error) {
    return String(error)
  }
}

test('apps of one sector know a person by one ID, whichever host they are on, and others by another', async () => {
  const pairwise = (uri: string, of?: string) =>
    addClient(h, { subject_type: 'pairwise', redirect_uris: [uri], sector_identifier_uri: of })
  const sub = await subOf(await pairwise(one, sector), one)
  expect(await subOf(await pairwise(two, sector), two)).toBe(sub)
  expect(await subOf(await pairwise(one), one)).not.toBe(sub)
  expect(await subOf(await pairwise(one, 'https://other.example/sector.json'), one)).not.toBe(sub)
  const both = await addClient(h, {
    subject_type: 'pairwise',
    redirect_uris: [one, two],
    sector_identifier_uri: sector,
  })
  expect(await subOf(both, one)).toBe(sub)
  expect(await subOf(both, two)).toBe(sub)
})

test('a registration is of the sector if the document lists all its redirect URIs, and fails otherwise', async () => {
  // The list is at a loopback address here, which registrations may name over https alone.
  const refused = async (more: Record<string, unknown>, text: string) => {
    const answer = await register(more)
    expect(answer).toMatchObject({ error: 'invalid_client_metadata' })
    expect(answer.error_description).toContain(text)
  }
  await refused({ sector_identifier_uri: sector }, 'sector_identifier_uri: must be an https address')
  await refused(
    { sector_identifier_uri: 'https://127.0.0.1:1/sector.json' },
    'sector_identifier_uri: could not be read',
  )
  await refused({ sector_identifier_uri: 'https://one.example/sector.json#x' }, 'sector_identifier_uri')
  expect(reads).toBe(0)
})

test('apply reads the document where the sector or a redirect URI is new, and writes nothing where it does not fit', async () => {
  const client = {
    client_id: 'sectored',
    client_secret: 'a client secret of the tests, long enough',
    subject_type: 'pairwise',
    redirect_uris: [one],
    sector_identifier_uri: sector,
  }
  expect(await apply({ ...client, redirect_uris: [one, 'https://three.example/cb'] })).toContain(
    'clients[0].sector_identifier_uri: does not list https://three.example/cb',
  )
  expect(await h.storage.clients.find('sectored')).toBeUndefined()
  expect(await apply(client)).toBe('applied')
  expect(reads).toBe(2)
  expect(await apply({ ...client, client_name: 'Renamed' })).toBe('applied')
  expect(reads).toBe(2)
  expect(await apply({ ...client, redirect_uris: [one, two] })).toBe('applied')
  expect(reads).toBe(3)
  for (const wrong of [{ redirect_uris: [one] }, 'text', [one, 7], null]) {
    listed = wrong
    expect(await apply({ ...client, client_id: 'other' })).toContain('sector_identifier_uri: could not be read')
  }
})

test('what the operator allows for addresses of their own is for no address of a developer', async () => {
  await open({ outboundAllowed: new Set([origin]) })
  const members = { subject_type: 'pairwise', redirect_uris: [one], sector_identifier_uri: sector }
  expect(
    await apply({ client_id: 'theirs', client_secret: 'a client secret of the tests, long enough', ...members }),
  ).toBe('applied')
  const app = await addClient(h, members, { ownerId: alice.id })
  const before = reads
  const csrf = hiddenFields(await browser.get(`/developer/apps/${app.id}/settings`)).csrf ?? ''
  const page = await browser.post(`/developer/apps/${app.id}/redirect-uris`, { csrf, uri: two })
  expect(page.status).toBe(400)
  expect(page.body).toContain('could not be read')
  expect(reads).toBe(before)
})

test('in the portal a redirect URI that the sector does not list is refused, and another sector has to be meant', async () => {
  const app = await addClient(
    h,
    { subject_type: 'pairwise', redirect_uris: [one], sector_identifier_uri: sector },
    { ownerId: alice.id },
  )
  const stored = async () => (await h.storage.clients.find(app.id))?.metadata ?? {}
  const path = `/developer/apps/${app.id}`
  const settings = await browser.get(`${path}/settings`)
  const csrf = hiddenFields(settings).csrf ?? ''
  expect(settings.body).toContain(`value="${sector}"`)

  expect((await browser.post(`${path}/redirect-uris`, { csrf, uri: two })).status).toBe(303)
  const third = 'https://three.example/cb'
  const refused = await browser.post(`${path}/redirect-uris`, { csrf, uri: third })
  expect(refused.status).toBe(400)
  expect(refused.body).toContain(`does not list ${third}`)
  const changed = await browser.post(`${path}/redirect-uris/edit`, { csrf, uri: two, to: third })
  expect(changed.status).toBe(400)
  expect((await stored()).redirect_uris).toEqual([one, two])

  // Without its sector an app of two hosts has no name to make IDs from.
  const save = (uri: string, more: Record<string, string> = {}) =>
    browser.post(`${path}/settings/sign-in`, { csrf, sector_identifier_uri: uri, ...more })
  expect((await save('')).status).toBe(400)
  const moved = await save(sector.replace('127.0.0.1', 'localhost'))
  expect(moved.status).toBe(400)
  expect(moved.body).toContain('could not be read')
  await browser.post(`${path}/redirect-uris/remove`, { csrf, uri: two, move_subjects: 'yes' })
  const asked = await save('')
  expect(asked.status).toBe(400)
  expect(asked.body).toMatch(/<input id="move-subjects" type="checkbox" name="move_subjects"[^>]* required/)
  expect((await stored()).sector_identifier_uri).toBe(sector)
  expect((await save('', { move_subjects: 'yes' })).location).toContain('done=saved')
  expect(await stored()).not.toHaveProperty('sector_identifier_uri')
})

test('an app that calls everybody as all others do has no field for it, and a form that names one changes nothing', async () => {
  const app = await addClient(h, {}, { ownerId: alice.id })
  const path = `/developer/apps/${app.id}/settings`
  const page = await browser.get(path)
  expect(page.body).not.toContain('sector_identifier_uri')
  const csrf = hiddenFields(page).csrf ?? ''
  await browser.post(`${path}/sign-in`, { csrf, sector_identifier_uri: sector })
  expect((await h.storage.clients.find(app.id))?.metadata).not.toHaveProperty('sector_identifier_uri')
  expect(reads).toBe(0)
})

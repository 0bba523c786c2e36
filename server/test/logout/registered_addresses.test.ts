/** What a developer registers for signing people out, in the portal: judged, noted as theirs, and waited for. */
import { afterEach, expect, test } from 'vitest'
import { parseDocument } from '../../src/engine/operator/apply/document.ts'
import { approveApp } from '../../src/engine/operator/apps.ts'
import type { EngineSettings } from '../../src/runtime/context.ts'
import { type RegisteredApp, registerApp, signedIn } from '../pages/developer.ts'
import { hiddenFields, type Page, type TestBrowser } from '../support/browser.ts'
import { addAccount, byCommand, type Harness, harness } from '../support/harness.ts'

let h: Harness
let dev: TestBrowser
let app: RegisteredApp
async function open(settings: Partial<EngineSettings> = {}): Promise<void> {
  h = await harness({ settings })
  await addAccount(h)
  dev = await signedIn(h)
  app = await registerApp(dev)
  await h.storage.clients.amend(app.id, () => ({ status: 'enabled' }))
}
afterEach(() => h.close())

interface Filled {
  readonly afterwards?: string
  readonly backChannel?: string
  readonly session?: boolean
}

async function send({ afterwards = '', backChannel = '', session = false }: Filled): Promise<Page> {
  const path = `/developer/apps/${app.id}/settings`
  const { csrf = '' } = hiddenFields(await dev.get(path))
  const fields = { csrf, post_logout_redirect_uris: afterwards, backchannel_logout_uri: backChannel }
  return dev.post(`${path}/sign-out`, { ...fields, ...(session ? { backchannel_logout_session_required: '1' } : {}) })
}
const metadata = async () => (await h.storage.clients.find(app.id))?.metadata ?? {}

test('they are registered by their names, shown again, and taken away', async () => {
  await open()
  const filled = { afterwards: 'https://app.example/bye\r\n\r\n https://app.example/later ', session: true }
  expect((await send({ ...filled, backChannel: 'https://app.example/out' })).location).toContain('done=saved')
  expect(await metadata()).toMatchObject({
    post_logout_redirect_uris: ['https://app.example/bye', 'https://app.example/later'],
    backchannel_logout_uri: 'https://app.example/out',
    backchannel_logout_session_required: true,
    backchannel_logout_uri_by: 'developer',
  })
  const page = (await dev.get(`/developer/apps/${app.id}/settings`)).body
  expect(page).toContain('https://app.example/bye\nhttps://app.example/later')
  expect(page).toMatch(/id="app-backchannel-logout-uri"[^>]*value="https:\/\/app.example\/out"/)
  expect(page).toMatch(/id="app-backchannel-session-required"[^>]*checked/)
  await send({})
  expect(Object.keys(await metadata()).filter((member) => /logout/.test(member))).toEqual([])
})

test('addresses are judged as redirect URIs are, and what is refused changes nothing and is shown as it was filled in', async () => {
  await open()
  const refused: readonly (readonly [Filled, string])[] = [
    [{ afterwards: 'https://app.example/bye#now' }, 'it has a fragment'],
    [{ afterwards: 'https://app.example/bye\nhttps://app.example/bye' }, 'there twice'],
    [{ afterwards: 'com.example.app:/bye' }, 'only native apps'],
    [{ afterwards: 'http://app.example/bye' }, 'use https'],
    [{ afterwards: 'javascript:alert(1)' }, 'can run code'],
    [{ backChannel: 'https://app.example/out#now' }, 'it has a fragment'],
    [{ backChannel: '/out' }, 'not a full URL'],
    [{ backChannel: 'http://app.example/out' }, 'use https'],
    [{ backChannel: 'http://127.0.0.1:9/out' }, 'public https addresses only'],
  ]
  for (const [filled, why] of refused) {
    const page = await send(filled)
    expect(page.status, why).toBe(400)
    expect(page.body, why).toContain(why)
    expect(page.body, why).toContain((filled.afterwards ?? filled.backChannel ?? '').split('\n')[0])
  }
  expect(Object.keys(await metadata()).filter((member) => /logout/.test(member))).toEqual([])
})

test('an address that the operator wrote stays theirs while the developer changes something else', async () => {
  await open()
  const written = { backchannel_logout_uri: 'http://10.0.0.7/out' }
  await h.storage.clients.amend(app.id, ({ metadata }) => ({ metadata: { ...metadata, ...written } }))
  expect((await send({ backChannel: 'http://10.0.0.7/out', session: true })).location).toContain('done=saved')
  expect(await metadata()).toMatchObject({ ...written, backchannel_logout_session_required: true })
  expect(await metadata()).not.toHaveProperty('backchannel_logout_uri_by')
})

test('a server under development calls what its operator allows for every app', async () => {
  await open({ development: true, outboundAllowed: new Set(['http://127.0.0.1:9']) })
  expect((await send({ backChannel: 'http://127.0.0.1:9/out' })).location).toContain('done=saved')
})

test('where apps are approved, another host waits for the operator, and what stays within the approved ones does not', async () => {
  await open({ appRegistration: 'approval' })
  expect((await send({ afterwards: 'https://app.example/bye' })).location).toContain('done=saved')
  expect((await send({ afterwards: 'https://other.example/bye' })).location).toContain('done=waits')
  expect((await send({ backChannel: 'https://other.example/out' })).location).toContain('done=waits')
  expect(await metadata()).not.toHaveProperty('backchannel_logout_uri')
  const overview = (await dev.get(`/developer/apps/${app.id}`)).body
  expect(overview).toContain('https://other.example/out')
  expect(await approveApp(h.context, byCommand, app.id)).toBe('approved')
  expect(await metadata()).toMatchObject({
    backchannel_logout_uri: 'https://other.example/out',
    backchannel_logout_uri_by: 'developer',
  })
})

test('the operator’s document takes no back-channel logout URI with a fragment', async () => {
  await open()
  const client = { client_id: 'any', redirect_uris: ['https://app.example/cb'] }
  const uri = 'https://app.example/out#now'
  expect(() => parseDocument(JSON.stringify({ clients: [{ ...client, backchannel_logout_uri: uri }] }))).toThrow(
    'clients[0].backchannel_logout_uri: must have no fragment',
  )
})

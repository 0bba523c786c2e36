/** People begin to sign in to an app from elsewhere, from their account here as well (OIDC Core §4). */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parseDocument } from '../../src/engine/operator/apply/document.ts'
import type { Account } from '../../src/storage/contract.ts'
import { newTokens } from '../support/answers.ts'
import { hiddenFields, signInOn, type TestBrowser, testBrowser } from '../support/browser.ts'
import { addAccount, addClient, type Harness, harness, issuer } from '../support/harness.ts'

let h: Harness
let alice: Account
let browser: TestBrowser
beforeAll(async () => {
  h = await harness()
  alice = await addAccount(h)
  browser = testBrowser(h.app)
  await signInOn(browser, await browser.get('/login'))
})
afterAll(() => h.close())

const begins = 'https://app.example/login?from=list'
const link = `href="https://app.example/login?from=list&amp;iss=${encodeURIComponent(issuer)}"`
const connected = async (more: Record<string, unknown>) => {
  const app = await addClient(h, more)
  await newTokens(h, app, { scope: 'openid offline_access' }, browser)
  return app
}

test('an app that says where one begins is opened from the list of apps and its own page, and told of this server alone', async () => {
  const app = await connected({ initiate_login_uri: begins })
  const pages = ['/account', '/account/apps', `/account/apps/${app.id}`]
  for (const path of pages) {
    const { body } = await browser.get(path)
    expect(body, path).toContain(link)
    expect(body, path).not.toContain('login_hint')
  }
  await h.storage.clients.amend(app.id, () => ({ status: 'disabled' }))
  h.context.clients.forget()
  for (const path of pages) expect((await browser.get(path)).body, path).not.toContain('app.example/login')
})

test('one that says nothing, or what an older release took unjudged, is not opened', async () => {
  for (const uri of [undefined, 'http://app.example/login', 'https://app.example/login#x']) {
    const app = await connected(uri === undefined ? {} : { initiate_login_uri: uri })
    const { body } = await browser.get(`/account/apps/${app.id}`)
    expect(body).toContain('id="client-name"')
    expect(body, uri).not.toContain('app.example/login')
  }
})

test('a developer registers it, by https alone, and takes it away', async () => {
  const app = await addClient(h, {}, { ownerId: alice.id })
  const path = `/developer/apps/${app.id}/settings`
  const send = async (uri: string) => {
    const { csrf = '' } = hiddenFields(await browser.get(path))
    return browser.post(`${path}/sign-in`, { csrf, initiate_login_uri: uri })
  }
  const stored = async () => (await h.storage.clients.find(app.id))?.metadata.initiate_login_uri
  for (const [uri, why] of [
    ['http://app.example/login', 'use https'],
    ['javascript:alert(1)', 'can run code'],
    ['com.example.app:/login', 'only native apps'],
    ['https://app.example/login#now', 'it has a fragment'],
    ['/login', 'not a full URL'],
  ] as const) {
    const page = await send(uri)
    expect(page.status, uri).toBe(400)
    expect(page.body, uri).toContain(why)
    expect(page.body, uri).toContain(uri)
    expect(await stored()).toBeUndefined()
  }
  expect((await send(begins)).location).toContain('done=saved')
  expect(await stored()).toBe(begins)
  expect((await send('')).location).toContain('done=saved')
  expect(await stored()).toBeUndefined()
})

test('where apps are approved, an address at a host that nobody has looked at waits', async () => {
  const other = await harness({ settings: { appRegistration: 'approval' } })
  const owner = await addAccount(other)
  const app = await addClient(other, {}, { ownerId: owner.id })
  const dev = testBrowser(other.app)
  await signInOn(dev, await dev.get('/login'))
  const path = `/developer/apps/${app.id}/settings`
  const { csrf = '' } = hiddenFields(await dev.get(path))
  const send = (uri: string) => dev.post(`${path}/sign-in`, { csrf, initiate_login_uri: uri })
  expect((await send(begins)).location).toContain('done=saved')
  expect((await send('https://elsewhere.example/login')).location).toContain('done=waits')
  expect((await other.storage.clients.find(app.id))?.metadata.initiate_login_uri).toBe(begins)
  await other.close()
})

test('the operator’s document and a registration are judged alike', async () => {
  const client = { client_id: 'any', redirect_uris: ['https://app.example/cb'] }
  const parse = (uri: string) => parseDocument(JSON.stringify({ clients: [{ ...client, initiate_login_uri: uri }] }))
  expect(() => parse(begins)).not.toThrow()
  expect(() => parse('http://app.example/login')).toThrow('clients[0].initiate_login_uri: cannot be registered')
  const open = await harness({ settings: { dynamicRegistration: 'open' } })
  const register = async (uri: string) =>
    (
      await open.app.inject({
        method: 'POST',
        url: '/oauth/register',
        payload: { redirect_uris: ['https://app.example/cb'], initiate_login_uri: uri },
      })
    ).json()
  expect(await register(begins)).toMatchObject({ initiate_login_uri: begins })
  for (const uri of ['http://app.example/login', 'https://app.example/login?iss=me']) {
    expect(await register(uri)).toMatchObject({ error: 'invalid_client_metadata' })
  }
  await open.close()
})

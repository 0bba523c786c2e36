/** Schemes without a dot, which native apps have where the operator lists them (CONSENTRY_NATIVE_SCHEMES; R71, A6). */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { planApply } from '../../src/engine/operator/apply/apply.ts'
import { DocumentError, parseDocument } from '../../src/engine/operator/apply/document.ts'
import { loadSettings } from '../../src/settings.ts'
import { registerApp, sendAppForm, signedIn } from '../pages/developer.ts'
import { byId, read, textOf } from '../pages/markup.ts'
import { authorize, authorizeUrl, hiddenFields, post, type TestBrowser, testBrowser } from '../support/browser.ts'
import { hostsOf } from '../support/client_documents.ts'
import { addAccount, addClient, callback, type Harness, harness, rootSecret } from '../support/harness.ts'

const cursor = 'cursor://anysphere.cursor-mcp/oauth/callback'
/** No app can have them, also where the settings were made to allow each. */
const never = [
  'javascript:alert(1)',
  'data:text/html,x',
  'vbscript:x',
  'file:///etc/passwd',
  'blob:x',
  'about:blank',
  'filesystem:x',
  'view-source:x',
  'ws://a.example/',
  'wss://a.example/',
  'ftp://a.example/',
  'mailto:a@b.example',
  'tel:1',
  'sms:1',
  'intent://x',
  'android-app://x',
  'content://x',
  'jar:x',
  'ssh://x',
  'chrome://x',
  'chrome-extension://x',
  'moz-extension://x',
  'ms-settings:x',
  'search-ms:x',
  'itms-apps://x',
  'market://x',
]
const schemesOf = (uris: readonly string[]) => uris.map((uri) => uri.split(':', 1)[0] ?? '')

describe('A6: schemes that the operator lists', () => {
  let h: Harness
  let dev: TestBrowser
  const documentId = 'https://cursor.example/client'
  const hosts = hostsOf()
  beforeAll(async () => {
    const nativeSchemes = new Set(['cursor', 'vscode', ...schemesOf(never)])
    h = await harness({ settings: { nativeSchemes, dynamicRegistration: 'open' }, calls: hosts.calls })
    await addAccount(h)
    dev = await signedIn(h)
  })
  afterAll(() => h.close())

  const native = (uri: string, more: object = {}) => ({
    client_name: 'Editor',
    redirect_uris: [uri],
    application_type: 'native',
    token_endpoint_auth_method: 'none',
    ...more,
  })
  const register = (document: object) => h.app.inject({ method: 'POST', url: '/oauth/register', payload: document })
  const apply = (document: object) =>
    planApply(h.context, parseDocument(JSON.stringify({ clients: [{ client_id: 'editor', ...document }] })))
  async function byDocument(document: object): Promise<number> {
    hosts.documents.set(documentId, { client_id: documentId, ...document })
    h.clock.move(61 * 60_000)
    const url = authorizeUrl(documentId, { redirect_uri: cursor, scope: 'openid' })
    return (await testBrowser(h.app).get(url)).status
  }

  test('are taken at the portal, in a document, by a registration and by the document of an app', async () => {
    const app = await registerApp(dev, { kind: 'native', redirect_uris: cursor })
    const path = `/developer/apps/${app.id}/redirect-uris`
    const add = (uri: string) => dev.get(path).then((page) => dev.post(path, { ...hiddenFields(page), uri }))
    expect((await dev.follow(await add('vscode://x/cb'))).status).toBe(200)
    const other = await add('zed://x/cb')
    expect(textOf(byId(read(other.body), 'redirect-uri-problem'))).toContain('a reversed domain name')
    expect((await h.storage.clients.find(app.id))?.metadata.redirect_uris).toEqual([cursor, 'vscode://x/cb'])
    expect(await apply(native(cursor))).toHaveLength(1)
    expect((await register(native(cursor))).statusCode).toBe(201)
    expect(await byDocument(native(cursor))).toBe(303)
  })

  test('no other is', async () => {
    const zed = 'zed://x/cb'
    const page = await sendAppForm(dev, { kind: 'native', redirect_uris: zed })
    expect(textOf(byId(read(page.body), 'redirect-uris-problem'))).toContain('a reversed domain name')
    await expect(apply(native(zed))).rejects.toBeInstanceOf(DocumentError)
    expect((await register(native(zed))).json().error).toBe('invalid_redirect_uri')
    expect(await byDocument(native(zed))).toBe(400)
  })

  test.each(never)('%s is refused even there', async (uri) => {
    const page = await sendAppForm(dev, { kind: 'native', redirect_uris: uri })
    expect(page.status).toBe(400)
    expect(() => parseDocument(JSON.stringify({ clients: [{ client_id: 'editor', ...native(uri) }] }))).toThrow()
    expect((await register(native(uri))).json().error).toBe('invalid_redirect_uri')
  })

  test('a web app and one that keeps a secret or leaves out PKCE cannot have one', async () => {
    for (const more of [
      { application_type: 'web' },
      { token_endpoint_auth_method: 'client_secret_basic' },
      { token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [] } },
    ]) {
      expect((await register(native(cursor, more))).statusCode, JSON.stringify(more)).toBe(400)
    }
    const open = native(cursor, { code_without_pkce: true, dialects: ['oauth', 'quantimodo'] })
    expect(() => parseDocument(JSON.stringify({ clients: [{ client_id: 'editor', ...open }] }))).toThrow(
      /code challenge/,
    )
    const web = await sendAppForm(dev, { kind: 'web', redirect_uris: cursor })
    expect(textOf(byId(read(web.body), 'redirect-uris-problem'))).toContain('only native apps')
  })

  test('an app with one needs a code challenge, and asks the person each time', async () => {
    const { client_id: id } = (await register(native(cursor))).json()
    const url = authorizeUrl(id, { redirect_uri: cursor, scope: 'openid' })
    const bare = authorizeUrl(id, {
      redirect_uri: cursor,
      scope: 'openid',
      code_challenge: undefined,
      code_challenge_method: undefined,
    })
    expect((await testBrowser(h.app).get(bare)).location).toContain('error=invalid_request')
    const { location, code, browser } = await authorize(h.app, url)
    expect(location.href.startsWith(`${cursor}?`)).toBe(true)
    const again = await browser.follow(await browser.get(url))
    expect(again.body).toContain('id="consent-allow"')
    expect(again.body).toContain('cursor')
    const verifier = 'a-code-verifier-that-is-long-enough-for-rfc-7636-of-course'
    const form = { grant_type: 'authorization_code', code, redirect_uri: cursor, code_verifier: verifier }
    expect((await post(h.app, '/oauth/token', { id }, form)).status).toBe(200)
  })

  test('an app that has one keeps it and can be edited where the operator takes the scheme off the list', async () => {
    const app = await registerApp(dev, { kind: 'native', name: 'Kept', redirect_uris: cursor })
    const own = await harness()
    try {
      const record = await h.storage.clients.find(app.id)
      const { metadata = {}, clientId = '' } = record ?? {}
      const alice = await addAccount(own)
      await addClient(own, { redirect_uris: [callback] })
      await own.storage.clients.insert({ clientId, ownerId: alice.id, status: 'enabled', metadata, secrets: [] })
      const browser = await signedIn(own)
      const path = `/developer/apps/${clientId}/redirect-uris`
      const page = await browser.get(path)
      expect(page.body).toContain('cursor://')
      const added = await browser.post(path, { ...hiddenFields(page), uri: 'com.example.app:/cb' })
      expect(added.status).toBe(303)
      const refused = await browser.post(path, { ...hiddenFields(page), uri: 'cursor://other/cb' })
      expect(refused.status).toBe(400)
    } finally {
      await own.close()
    }
  })
})

test('the setting takes schemes that are an app’s own, without a dot and in lower case', () => {
  const load = (value: string) =>
    loadSettings({ env: { CONSENTRY_NATIVE_SCHEMES: value, CONSENTRY_SECRET: rootSecret }, make: false } as never)
  expect([...load('cursor, vscode').nativeSchemes]).toEqual(['cursor', 'vscode'])
  for (const scheme of [...schemesOf(never), 'http', 'https', 'Cursor', 'com.example', 'cursor:', 'a b', 'x']) {
    expect(() => load(scheme), scheme).toThrow(/CONSENTRY_NATIVE_SCHEMES/)
  }
})

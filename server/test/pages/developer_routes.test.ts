/** /developer through the front door: registering an app, its secrets, its redirect URIs, and who may do it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { de } from '../../src/words/de/index.ts'
import { en } from '../../src/words/en/index.ts'
import {
  authorize,
  authorizeUrl,
  exchangeCode,
  hiddenFields,
  type Page,
  type TestBrowser,
  testBrowser,
  token,
} from '../support/browser.ts'
import { addAccount, addClient, alicePassword, callback, type Harness, harness } from '../support/harness.ts'

describe('the developer pages', () => {
  let h: Harness
  let dev: TestBrowser
  let alice: Awaited<ReturnType<typeof addAccount>>
  beforeAll(async () => {
    h = await harness()
    alice = await addAccount(h)
    await addAccount(h, 'mallory')
    dev = await signedIn('alice')
  })
  afterAll(() => h.close())

  async function signedIn(username: string): Promise<TestBrowser> {
    const browser = testBrowser(h.app)
    const login = await browser.get('/login?next=/developer')
    const fields = { ...hiddenFields(login), username, password: alicePassword }
    const page = await browser.follow(await browser.post('/login?next=/developer', fields))
    expect(page.path).toBe('/developer')
    return browser
  }

  /** Fills in the form of a page as a person would; answers the page that follows. */
  async function submit(page: Page, to: string, fields: Record<string, string>, browser = dev): Promise<Page> {
    return browser.follow(await browser.post(to, { ...hiddenFields(page), ...fields }))
  }

  async function register(
    name: string,
    more: Record<string, string> = {},
  ): Promise<{ id: string; secret: string; page: Page }> {
    const form = await dev.get('/developer/apps/new')
    expect(form.status).toBe(200)
    const page = await submit(form, '/developer/apps/new', {
      name,
      kind: 'web',
      redirect_uris: callback,
      scope: 'basic',
      ...more,
    })
    const secret = /id="client-secret"[^>]*>([^<]+)</.exec(page.body)?.[1] ?? ''
    const id = /\/developer\/apps\/([A-Za-z0-9_]+)/.exec(page.body.replaceAll('/developer/apps/new', ''))?.[1] ?? ''
    return { id, secret, page }
  }

  test('registers an app whose secret is shown once, and which completes the flow at once', async () => {
    const { id, secret, page } = await register('Meadow')
    expect(page.status).toBeLessThan(300)
    expect(secret).toMatch(/^[A-Za-z0-9_-]{43,}$/)
    const list = await dev.get('/developer')
    expect(list.body).toContain(`<a href="/developer/apps/${id}">`)
    const secrets = await dev.get(`/developer/apps/${id}/secrets`)
    expect(secrets.body).not.toContain(secret)
    const client = { id, secret }
    const { code } = await authorize(h.app, authorizeUrl(client, { scope: 'basic' }))
    expect((await exchangeCode(h.app, client, code)).status).toBe(200)
  })

  test('says beside the field what is wrong with a redirect URI, and keeps what was filled in', async () => {
    const { page } = await register('Broken', { redirect_uris: 'http://app.example/cb#x' })
    expect(page.status).toBe(400)
    expect(page.body).toContain('redirect-uris-problem')
    expect(page.body).toContain('http://app.example/cb#x')
    expect(page.body).toContain('value="Broken"')
  })

  test('shows the settings that let an app off a rule as risks, and nothing where there are none', async () => {
    const { id } = await register('Meadow')
    expect((await dev.get(`/developer/apps/${id}`)).body).not.toContain('id="app-risks"')
    const lax = await addClient(h, { refresh_without_secret: true, replay_window: 0 }, { ownerId: alice.id })
    const page = (await dev.get(`/developer/apps/${lax.id}`)).body
    expect(page).toContain('id="app-risks"')
    expect(page).toContain('<code>refresh_without_secret</code>')
    expect(page).not.toContain('<code>code_without_pkce</code>')
  })

  test('says of an app what it is registered for in vain, and whether that closes it', async () => {
    const { id } = await register('Meadow')
    expect((await dev.get(`/developer/apps/${id}`)).body).not.toContain('id="app-not-available"')
    const strict = await addClient(h, { tls_client_certificate_bound_access_tokens: true }, { ownerId: alice.id })
    const page = (await dev.get(`/developer/apps/${strict.id}`)).body
    expect(page).toContain('id="app-not-available"')
    expect(page).toContain('<code>tls_client_certificate_bound_access_tokens</code>: ')
    expect(page).toContain('Requests of the app are refused while it is registered.')
  })

  test('says what an app misses and risks in the language of its reader', async () => {
    const lax = { tls_client_certificate_bound_access_tokens: true, code_without_pkce: true }
    const { id } = await addClient(h, lax, { ownerId: alice.id })
    const page = (await dev.get(`/developer/apps/${id}`, { 'accept-language': 'de' })).body
    expect(page).toContain(
      `<code>tls_client_certificate_bound_access_tokens</code>: ${de.unavailable.missing.certificate_binding}`,
    )
    expect(page).toContain(de.risks.code_without_pkce)
    expect(page).not.toContain(en.risks.code_without_pkce)
  })

  test('escapes an app’s name', async () => {
    const { page } = await register('<img src=x onerror=alert(1)>')
    expect(page.body).not.toContain('<img src=x')
  })

  test('keeps other people out of an app, as if it were not there', async () => {
    const { id } = await register('Private')
    const mallory = await signedIn('mallory')
    for (const rest of ['', '/requests', '/secrets', '/redirect-uris', '/older']) {
      expect((await mallory.get(`/developer/apps/${id}${rest}`)).status, rest).toBe(404)
    }
    const own = await mallory.get('/developer/apps/new')
    for (const rest of ['/secrets', '/redirect-uris', '/older']) {
      const posted = await mallory.post(`/developer/apps/${id}${rest}`, {
        ...hiddenFields(own),
        name: 'x',
        action: 'add',
      })
      expect(posted.status, rest).toBe(404)
    }
    expect((await testBrowser(h.app).get(`/developer/apps/${id}`)).location).toMatch(/^\/login\?next=/)
  })

  test('takes no form without its token', async () => {
    const page = await dev.post('/developer/apps/new', { name: 'x', kind: 'web', redirect_uris: callback })
    expect(page.status).toBe(403)
  })

  test('every page of an app answers its owner', async () => {
    const { id } = await register('Whole')
    for (const rest of ['', '/requests', '/secrets', '/redirect-uris', '/older']) {
      expect((await dev.get(`/developer/apps/${id}${rest}`)).status, rest).toBe(200)
    }
  })

  test('a public app has no secret and must use PKCE', async () => {
    const { id, secret } = await register('Phone', { kind: 'spa' })
    expect(secret).toBe('')
    const refused = await testBrowser(h.app).get(
      authorizeUrl(id, { code_challenge: undefined, code_challenge_method: undefined, scope: 'basic' }),
    )
    expect(refused.location).toContain('error=invalid_request')
    const { code } = await authorize(h.app, authorizeUrl(id, { scope: 'basic' }))
    expect((await exchangeCode(h.app, { id }, code)).status).toBe(200)
    expect((await token(h.app, { id }, { grant_type: 'client_credentials' })).status).toBe(400)
  })
})

/** Apps whose client_id is the address of a document (OAuth Client ID Metadata Document; R70, H115, H118, H119). */
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { verifyApp } from '../../src/engine/operator/apps.ts'
import { apply } from '../providers/setting.ts'
import { newAssertingKey } from '../support/assertion.ts'
import { authorize, authorizeUrl, hiddenFields, signInOn, testBrowser, verifier } from '../support/browser.ts'
import { type Hosts, hostsOf } from '../support/client_documents.ts'
import { addAccount, byCommand, type Harness, type HarnessOptions, harness } from '../support/harness.ts'

const id = 'https://editor.example/oauth/client.json'
const redirectUri = 'https://editor.example/cb'
const document = {
  client_id: id,
  client_name: 'Editor',
  redirect_uris: [redirectUri],
  grant_types: ['authorization_code', 'refresh_token'],
  token_endpoint_auth_method: 'none',
}

let h: Harness
let hosts: Hosts
afterEach(() => h.close())

async function begin(settings: HarnessOptions['settings'] = {}) {
  hosts = hostsOf({ [id]: document })
  h = await harness({ settings, calls: hosts.calls })
  await addAccount(h)
}

const asked = (more: Record<string, string | undefined> = {}) =>
  authorizeUrl(id, { redirect_uri: redirectUri, scope: 'openid offline_access', ...more })

/** What an authorization request of somebody who is not signed in gets: the sign-in page, or a page that says why not. */
const ask = (url = asked(), from?: string) =>
  h.app.inject({ method: 'GET', url, ...(from === undefined ? {} : { remoteAddress: from }) })

const post = (url: string, fields: Record<string, string>, from?: string) =>
  h.app.inject({
    method: 'POST',
    url,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    payload: new URLSearchParams(fields).toString(),
    ...(from === undefined ? {} : { remoteAddress: from }),
  })

const exchange = (code: string, more: Record<string, string> = {}) =>
  post('/oauth/token', {
    grant_type: 'authorization_code',
    code,
    client_id: id,
    redirect_uri: redirectUri,
    code_verifier: verifier,
    ...more,
  })

const refresh = (token: string, more: Record<string, string> = {}) =>
  post('/oauth/token', { grant_type: 'refresh_token', refresh_token: token, client_id: id, ...more })

/** Another address for another app, whose document is there. */
function another(name: string, more: object = {}): string {
  const address = `https://editor.example/${name}`
  hosts.documents.set(address, { ...document, client_id: address, ...more })
  return address
}

/** Once the kept document is no longer fresh, whatever its host said. */
const later = () => h.clock.move(61 * 60_000)

const stored = async () => (await h.storage.clients.list(1000)).filter(({ clientId }) => clientId.startsWith('https:'))

describe('H115, H119: an app whose client_id is the address of its document', () => {
  beforeEach(() => begin())

  test('signs a person in who has allowed it, and refreshes; discovery says that it can', async () => {
    const { code, browser } = await authorize(h.app, asked())
    const tokens = await exchange(code)
    expect(tokens.statusCode, tokens.body).toBe(200)
    const next = await refresh(tokens.json().refresh_token)
    expect(next.statusCode, next.body).toBe(200)
    expect((await browser.get(asked({ prompt: 'none' }))).location).toContain('code=')
    expect(hosts.called).toEqual([id])
    const record = await h.storage.clients.find(id)
    expect(record).toMatchObject({ ownerId: null, status: 'enabled', secrets: [] })
    expect(record?.metadata).toMatchObject({ dialects: ['oauth'], first_party: false, registered_by: 'document' })
    for (const path of ['oauth-authorization-server', 'openid-configuration']) {
      const { body } = await h.app.inject({ url: `/.well-known/${path}` })
      expect(JSON.parse(body)).toMatchObject({ client_id_metadata_document_supported: true })
    }
    const events = (await h.storage.audit.list(100)).filter(({ clientId }) => clientId === id).map(({ type }) => type)
    expect(events.toReversed()).toEqual(['app_registered_itself', 'consent_given'])
  })

  test('is asked for consent by name, and never answered unasked', async () => {
    const browser = testBrowser(h.app)
    await signInOn(browser, await browser.get('/login'))
    const silent = await browser.get(asked({ prompt: 'none' }))
    expect(silent.location).toContain('error=consent_required')
    const page = await browser.follow(await browser.get(asked()))
    expect(page.body).toContain('id="consent-allow"')
    expect(page.body).toContain('<strong class="host" dir="ltr">editor.example</strong>')
  })

  test('is shown with the host of its document, whatever website it claims, and is verified by nobody', async () => {
    const address = another('claims', { client_uri: 'https://bank.example/', redirect_uris: ['http://127.0.0.1/cb'] })
    const url = asked({ client_id: address, redirect_uri: 'http://127.0.0.1:8080/cb' })
    await ask(url)
    expect(await verifyApp(h.context, byCommand, address, 'the operator')).toBe('registered_itself')
    const client = {
      client_id: 'itself',
      verified: true,
      registered_by: 'document',
      redirect_uris: ['http://127.0.0.1/cb'],
    }
    await expect(apply(h, { clients: [client] })).rejects.toThrow('registered itself')
    h.context.clients.forget()
    expect((await h.context.clients.find(address))?.verification).toBeUndefined()
    const browser = testBrowser(h.app)
    const page = await signInOn(browser, await browser.follow(await browser.get(url)))
    expect(page.body).toContain('href="https://editor.example/"')
    expect(page.body).not.toContain('bank.example')
    expect(page.body).toContain('Any program here could use this name')
  })

  test('has its document fetched for a GET of authorize or a pushed request, and for nothing else', async () => {
    const query = asked().split('?')[1] ?? ''
    const posted = await h.app.inject({
      method: 'POST',
      url: '/oauth/authorize',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: query,
    })
    expect(posted.statusCode).toBe(400)
    const credentials = { client_id: id, client_secret: 'x' }
    const others = [
      await exchange('x'),
      await refresh('x'),
      await post('/oauth/introspect', { token: 'x', ...credentials }),
      await post('/oauth/revoke', { token: 'x', client_id: id }),
      await post('/oauth/device_authorization', { client_id: id }),
      await h.app.inject({ url: `/oauth/logout?client_id=${encodeURIComponent(id)}` }),
      await h.app.inject({ url: `/api/v1/oauth/authorize?${query}` }),
      await h.app.inject({ url: `/api/v2/oauth/authorize?${query}` }),
    ]
    for (const { statusCode, body } of others) expect([200, 400, 401], body).toContain(statusCode)
    expect(hosts.called).toEqual([])
    expect(await stored()).toEqual([])
    expect((await ask()).statusCode).toBe(303)
    expect(hosts.called).toEqual([id])
    // Now that it is known, a POST may name it as well.
    const again = await h.app.inject({
      method: 'POST',
      url: '/oauth/authorize',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: query,
    })
    expect(again.statusCode).toBe(303)
    expect((await h.app.inject({ url: `/api/v2/oauth/authorize?${query}` })).statusCode).toBe(400)
    expect(hosts.called).toEqual([id])
  })

  test('pushes its requests, proved by its key where it has one', async () => {
    const key = await newAssertingKey()
    const keyed = another('keyed', { token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [key.jwk] } })
    const fields = Object.fromEntries(new URLSearchParams(asked({ client_id: keyed }).split('?')[1]))
    expect((await post('/oauth/par', fields)).json().error).toBe('invalid_client')
    const stranger = await newAssertingKey()
    expect((await post('/oauth/par', { ...fields, ...(await stranger.assert(h, keyed)) })).statusCode).toBe(401)
    const pushed = await post('/oauth/par', { ...fields, ...(await key.assert(h, keyed)) })
    expect(pushed.statusCode, pushed.body).toBe(201)
    const url = `/oauth/authorize?${new URLSearchParams({ client_id: keyed, request_uri: pushed.json().request_uri })}`
    const { code } = await authorize(h.app, url)
    expect((await exchange(code, { client_id: keyed })).statusCode).toBe(401)
    const tokens = await exchange(code, { client_id: keyed, ...(await key.assert(h, keyed)) })
    expect(tokens.statusCode, tokens.body).toBe(200)
    expect(hosts.called).toEqual([keyed])
  })

  test.each([
    'https://editor.example',
    'https://editor.example/',
    'https://editor.example/client#x',
    'https://editor.example/client#',
    'https://editor.example/client?',
    'https://user@editor.example/client',
    'https://user:word@editor.example/client',
    'https://@editor.example/client',
    'https://editor.example/./client',
    'https://editor.example/a/../client',
    'https://editor.example/a/%2e%2e/client',
    'https://editor.example//client',
    'https://editor.example:/client',
    'https://editor.example:443/client',
    'https://Editor.example/client',
    'https://editor.example./client',
    'https://editor.example\\client',
    'https:editor.example/client',
    'https:///editor.example/client',
    'https://2130706433/client',
    'https://0x7f.1/client',
    'https://editor.example/cl ient',
    'https://editor.example/\u00e4',
    `https://editor.example/${'x'.repeat(300)}`,
  ])('cannot have the address %s', async (address) => {
    hosts.documents.set(address, { ...document, client_id: address })
    expect((await ask(asked({ client_id: address }))).statusCode).toBe(400)
    expect((await post('/oauth/par', { client_id: address })).statusCode).toBeGreaterThanOrEqual(400)
    expect(hosts.called).toEqual([])
    expect(await stored()).toEqual([])
  })

  const unsound: readonly (readonly [string, unknown])[] = [
    ['a list', [document]],
    ['a text', 'x'],
    ['null', null],
    ['no client_id', { ...document, client_id: undefined }],
    ['another client_id', { ...document, client_id: `${id}/` }],
    ['a client_id in other letters', { ...document, client_id: id.toUpperCase() }],
    ['no name', { ...document, client_name: undefined }],
    ['a name turned around', { ...document, client_name: 'a\u202eb' }],
    ['the name of the server', { ...document, client_name: 'Consentry' }],
    ['no redirect URI', { ...document, redirect_uris: [] }],
    ['a script', { ...document, redirect_uris: ['javascript:alert(1)'], application_type: 'native' }],
    ['plain http', { ...document, redirect_uris: ['http://editor.example/cb'] }],
    ['a null among the redirect URIs', { ...document, redirect_uris: [null] }],
    ['a secret', { ...document, client_secret: 'x' }],
    ['when a secret expires', { ...document, client_secret_expires_at: 0 }],
    ...['client_secret_basic', 'client_secret_post', 'client_secret_jwt', 'tls_client_auth', null, 5].map(
      (method) => [`the method ${method}`, { ...document, token_endpoint_auth_method: method ?? 'null' }] as const,
    ),
    ['keys by a secret', { ...document, token_endpoint_auth_method: 'private_key_jwt' }],
    [
      'a shared key',
      { ...document, token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [{ kty: 'oct', k: 'eA' }] } },
    ],
    [
      'a private key',
      { ...document, token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [{ kty: 'EC', d: 'eA' }] } },
    ],
    ['keys that nobody asks for', { ...document, jwks_uri: 'https://editor.example/jwks' }],
    [
      'keys by http',
      { ...document, token_endpoint_auth_method: 'private_key_jwt', jwks_uri: 'http://editor.example/jwks' },
    ],
    ['a logo that is a script', { ...document, logo_uri: 'javascript:alert(1)' }],
    ['another grant alone', { ...document, grant_types: ['client_credentials'] }],
    ['tokens alone', { ...document, response_types: ['token'] }],
    ['scopes that it cannot have', { ...document, scope: 'admin.write' }],
    ['a sector', { ...document, sector_identifier_uri: 'https://editor.example/sector' }],
    ['encryption', { ...document, id_token_encrypted_response_alg: 'RSA-OAEP' }],
    ['a software statement', { ...document, software_statement: 'a.b.c' }],
  ]
  test.each(unsound)('is not taken by a document with %s, which is not kept either', async (_what, body) => {
    hosts.documents.set(id, () => Response.json(body))
    for (let i = 0; i < 2; i++) {
      const page = await ask()
      expect(page.statusCode).toBe(400)
      expect(page.headers.location).toBeUndefined()
    }
    expect(hosts.called).toEqual([id, id])
    expect(await stored()).toEqual([])
  })

  const answers: readonly (readonly [string, () => Response])[] = [
    ['status 404', () => Response.json(document, { status: 404 })],
    ['status 201', () => Response.json(document, { status: 201 })],
    ['a redirect', () => Response.json(document, { status: 302, headers: { location: id } })],
    ['another type', () => new Response(JSON.stringify(document), { headers: { 'content-type': 'text/html' } })],
    ['no JSON', () => new Response('{', { headers: { 'content-type': 'application/json' } })],
  ]
  test.each(answers)('is not taken by %s, which is not kept either', async (_what, answer) => {
    hosts.documents.set(id, answer)
    for (let i = 0; i < 2; i++) expect((await ask()).statusCode).toBe(400)
    expect(hosts.called).toEqual([id, id])
    hosts.documents.set(id, document)
    expect((await ask()).statusCode).toBe(303)
  })

  test('has nothing that its document may not give it', async () => {
    another('greedy', {
      grant_types: [
        'authorization_code',
        'refresh_token',
        'client_credentials',
        'urn:ietf:params:oauth:grant-type:device_code',
      ],
      response_types: ['code', 'token'],
      scope: 'openid readmeasurements admin.write',
      first_party: true,
      front_channel_tokens: true,
      code_without_pkce: true,
      dialects: ['oauth', 'quantimodo'],
      registered_by: undefined,
      admin_role: 'owner',
      client_assertion_audience: 'token_endpoint',
      verified: true,
      trusted: true,
    })
    expect((await ask(asked({ client_id: 'https://editor.example/greedy' }))).statusCode).toBe(303)
    const [record] = await stored()
    expect(record?.verification).toBeNull()
    expect(record?.metadata).toMatchObject({
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      scope: 'openid',
      first_party: false,
      dialects: ['oauth'],
      registered_by: 'document',
    })
    for (const name of ['front_channel_tokens', 'code_without_pkce', 'admin_role', 'client_assertion_audience']) {
      expect(record?.metadata, name).not.toHaveProperty(name)
    }
  })

  test('that is switched off is refused without a call, and stays so', async () => {
    expect((await ask()).statusCode).toBe(303)
    await h.storage.clients.amend(id, () => ({ status: 'disabled' }))
    h.context.clients.forget()
    later()
    const page = await ask()
    expect([page.statusCode, hosts.called.length]).toEqual([400, 1])
    expect((await h.storage.clients.find(id))?.status).toBe('disabled')
  })
})

describe('where the document of an app changes', () => {
  beforeEach(() => begin())
  const key = newAssertingKey()

  async function allowed() {
    const { code, browser } = await authorize(h.app, asked())
    const tokens = (await exchange(code)).json()
    return { browser, refreshToken: tokens.refresh_token as string, accessToken: tokens.access_token as string }
  }
  const userinfo = async (token: string) =>
    (await h.app.inject({ url: '/oauth/userinfo', headers: { authorization: `Bearer ${token}` } })).statusCode

  test.each<[string, () => Promise<object>]>([
    ['redirect URI', async () => ({ redirect_uris: [redirectUri, 'https://editor.example/other'] })],
    ['key', async () => ({ token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [(await key).jwk] } })],
    [
      'place of its keys',
      async () => ({ token_endpoint_auth_method: 'private_key_jwt', jwks_uri: 'https://editor.example/jwks' }),
    ],
  ])('another %s ends what was issued and asks the person again', async (_what, more) => {
    const { browser, refreshToken, accessToken } = await allowed()
    hosts.documents.set(id, { ...document, ...(await more()) })
    later()
    expect((await browser.get(asked({ prompt: 'none' }))).location).toContain('error=consent_required')
    hosts.documents.set(id, document)
    later()
    expect((await browser.get(asked({ prompt: 'none' }))).location).toContain('error=consent_required')
    expect((await refresh(refreshToken)).json().error).toBe('invalid_grant')
    expect(await userinfo(accessToken)).toBe(401)
  })

  test('another name asks the person again and ends nothing; the order of redirect URIs is nothing', async () => {
    hosts.documents.set(id, { ...document, redirect_uris: [redirectUri, 'https://editor.example/other'] })
    const { browser, refreshToken } = await allowed()
    hosts.documents.set(id, {
      ...document,
      client_name: 'Editor 2',
      redirect_uris: ['https://editor.example/other', redirectUri],
    })
    later()
    expect((await browser.get(asked({ prompt: 'none' }))).location).toContain('error=consent_required')
    const next = await refresh(refreshToken)
    expect(next.statusCode, next.body).toBe(200)
  })

  test('a page that is open goes no further, and a code that is out is worth nothing', async () => {
    const browser = testBrowser(h.app)
    const page = await signInOn(browser, await browser.follow(await browser.get(asked())))
    expect(page.body).toContain('id="consent-allow"')
    const { code } = await authorize(h.app, asked())
    hosts.documents.set(id, { ...document, redirect_uris: [redirectUri, 'https://editor.example/other'] })
    later()
    const fresh = testBrowser(h.app)
    const next = await fresh.get(asked())
    expect(next.status).toBe(303)
    h.clock.move(-61 * 60_000)
    const agreed = await browser.post('/consent', { ...hiddenFields(page), decision: 'allow' })
    expect([agreed.status, agreed.location]).toEqual([400, undefined])
    expect((await exchange(code)).json().error).toBe('invalid_grant')
  })
})

describe('fetching documents', () => {
  beforeEach(() => begin())

  const served = (headers: Record<string, string>) => () => Response.json(document, { headers })

  test.each([
    ['max-age=1800', 1800],
    ['public, max-age=1', 60],
    ['max-age=999999', 3600],
    ['no-store', 60],
    ['private, no-cache, max-age=600', 60],
    ['', 600],
  ])('keeps one with "%s" for %i seconds', async (control, seconds) => {
    hosts.documents.set(id, served(control === '' ? {} : { 'cache-control': control }))
    await ask()
    h.clock.move((seconds - 1) * 1000)
    await ask()
    expect(hosts.called).toHaveLength(1)
    h.clock.move(1000)
    await ask()
    expect(hosts.called).toHaveLength(2)
  })

  test('ten a minute for one network; others go on, and what is known is answered', async () => {
    const from = '203.0.113.7'
    for (let i = 0; i < 10; i++) {
      expect((await ask(asked({ client_id: another(`app${i}`) }), from)).statusCode).toBe(303)
    }
    const full = await ask(asked({ client_id: another('more') }), from)
    expect(full.statusCode).toBe(429)
    expect(Number(full.headers['retry-after'])).toBeGreaterThan(0)
    expect((await ask(asked({ client_id: another('app3') }), from)).statusCode).toBe(303)
    expect((await post('/oauth/par', { client_id: another('pushed') }, from)).statusCode).toBe(429)
    expect((await ask(asked({ client_id: another('more') }), '198.51.100.9')).statusCode).toBe(303)
    h.clock.move(2 * 60_000)
    expect((await ask(asked({ client_id: another('later') }), from)).statusCode).toBe(303)
  })

  test('thirty an hour from one host; nobody locks an app out by asking for others there', async () => {
    // All of it within one hour.
    h.clock.move(60 * 60_000 - (h.clock.now() % (60 * 60_000)))
    await ask()
    for (let i = 0; i < 29; i++) {
      const address = `https://editor.example/nothing${i}`
      expect((await ask(asked({ client_id: address }), `203.0.113.${i}`)).statusCode).toBe(400)
    }
    const full = await ask(asked({ client_id: another('more') }), '198.51.100.9')
    expect(full.statusCode).toBe(429)
    h.clock.move(11 * 60_000)
    expect((await ask()).statusCode).toBe(303)
    expect(hosts.called).toHaveLength(30)
    hosts.documents.set('https://other.example/app', { ...document, client_id: 'https://other.example/app' })
    expect((await ask(asked({ client_id: 'https://other.example/app' }), '198.51.100.9')).statusCode).toBe(303)
  })

  test('two at a time from one host, and once for all who ask for the same', async () => {
    const waiting: ((answer: Response) => void)[] = []
    const slow = (address: string) =>
      hosts.documents.set(address, () => new Promise<Response>((resolve) => waiting.push(resolve)))
    const [one, two, three] = ['one', 'two', 'three'].map((name) => another(name)) as [string, string, string]
    for (const address of [one, two, three]) slow(address)
    const first = [ask(asked({ client_id: one })), ask(asked({ client_id: two })), ask(asked({ client_id: two }))]
    await expect.poll(() => waiting.length).toBe(2)
    const full = await ask(asked({ client_id: three }))
    expect(full.statusCode).toBe(429)
    expect(Number(full.headers['retry-after'])).toBeGreaterThan(0)
    for (const [at, address] of [one, two].entries()) {
      waiting[at]?.(Response.json({ ...document, client_id: address }))
    }
    for (const { statusCode } of await Promise.all(first)) expect(statusCode).toBe(303)
    expect(hosts.called).toEqual([one, two])
    const next = ask(asked({ client_id: three }))
    await expect.poll(() => waiting.length).toBe(3)
    waiting[2]?.(Response.json({ ...document, client_id: three }))
    expect((await next).statusCode).toBe(303)
  })

  test('of many who come with one that is new, one registers it', async () => {
    const pages = await Promise.all(Array.from({ length: 8 }, () => ask()))
    expect(pages.map(({ statusCode }) => statusCode)).toEqual(Array.from({ length: 8 }, () => 303))
    expect(hosts.called).toEqual([id])
    expect(await stored()).toHaveLength(1)
  })
})

describe('documents and CONSENTRY_APP_REGISTRATION', () => {
  async function outcome() {
    const browser = testBrowser(h.app)
    return signInOn(browser, await browser.follow(await browser.get(asked())))
  }
  const supported = async () =>
    (await h.app.inject({ url: '/.well-known/openid-configuration' })).json().client_id_metadata_document_supported

  test('approval: the app waits for the operator, and then is open to everybody', async () => {
    await begin({ appRegistration: 'approval' })
    const page = await outcome()
    expect([page.status, page.body.includes('id="consent-allow"')]).toEqual([400, false])
    expect(page.body).toContain('not open yet')
    expect(await supported()).toBe(true)
    expect((await h.storage.clients.find(id))?.status).toBe('pending')
    await h.storage.clients.amend(id, () => ({ status: 'enabled' }))
    h.context.clients.forget()
    expect((await outcome()).body).toContain('id="consent-allow"')
  })

  test('approval: an app that becomes more than was approved waits again', async () => {
    await begin({ appRegistration: 'approval' })
    await ask()
    await h.storage.clients.amend(id, () => ({ status: 'enabled' }))
    hosts.documents.set(id, { ...document, redirect_uris: [redirectUri, 'https://elsewhere.example/cb'] })
    later()
    await ask()
    expect((await h.storage.clients.find(id))?.status).toBe('pending')
  })

  test('approval: an app of a host that the operator trusts waits for nobody; others do', async () => {
    await begin({ appRegistration: 'approval', documentHosts: new Set(['editor.example']) })
    const { code } = await authorize(h.app, asked())
    const tokens = await exchange(code)
    expect(tokens.statusCode, tokens.body).toBe(200)
    expect((await refresh(tokens.json().refresh_token)).statusCode).toBe(200)
    for (const address of [
      'https://other.example/app',
      'https://sub.editor.example/app',
      'https://editor.example:8443/app',
    ]) {
      hosts.documents.set(address, { ...document, client_id: address })
      const browser = testBrowser(h.app)
      const page = await signInOn(browser, await browser.follow(await browser.get(asked({ client_id: address }))))
      expect(page.body, address).toContain('not open yet')
    }
  })

  test('closed: none is taken, but for the hosts that the operator names; those that are there go on', async () => {
    await begin({ appRegistration: 'closed' })
    expect((await ask()).statusCode).toBe(403)
    expect([hosts.called, await supported()]).toEqual([[], false])
    await h.close()
    await begin({ appRegistration: 'closed', documentHosts: new Set(['editor.example']) })
    expect((await ask()).statusCode).toBe(303)
    expect(await supported()).toBe(true)
    expect((await ask(asked({ client_id: 'https://other.example/app' }))).statusCode).toBe(403)
  })
})

describe('H118: the address of a document is called as any other', () => {
  const opened: Server[] = []
  afterAll(() => {
    for (const server of opened) server.close()
  })

  async function host(answer: RequestListener) {
    const seen = { connections: 0 }
    const server = createServer(answer)
    server.on('connection', () => {
      seen.connections++
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    opened.push(server)
    const { port } = server.address() as AddressInfo
    return { origin: `http://127.0.0.1:${port}`, port, seen }
  }

  test('so that none of this machine or network is, whatever the operator allows for addresses of their own', async () => {
    const canary = await host((_request, response) => response.end('{}'))
    const names = ['127.0.0.1', 'localhost', '[::1]', '[::ffff:7f00:1]', '10.0.0.1', '169.254.169.254', '192.168.1.1']
    const allowed = names.map((name) => `https://${name}:${canary.port}`)
    h = await harness({ settings: { outboundAllowed: new Set([canary.origin, ...allowed]) } })
    for (const [at, origin] of [canary.origin, ...allowed].entries()) {
      const page = await ask(asked({ client_id: `${origin}/client` }), `203.0.113.${at}`)
      expect(page.statusCode, origin).toBe(400)
    }
    expect(canary.seen.connections).toBe(0)
    expect(await stored()).toEqual([])
  })

  test('and a server under development reaches what is allowed, follows no redirect and reads 5 kB at most', async () => {
    const target = await host((_request, response) => response.end('{}'))
    const { origin } = await host((request, response) => {
      const address = `${origin}${request.url}`
      const body = { ...document, client_id: address, redirect_uris: ['http://127.0.0.1/cb'] }
      const padded = request.url === '/large' ? { ...body, more: 'x'.repeat(5 * 1024) } : body
      if (request.url === '/moved') response.writeHead(302, { location: `${target.origin}/` }).end()
      else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(padded))
    })
    h = await harness({ settings: { development: true, outboundAllowed: new Set([origin, target.origin]) } })
    await addAccount(h)
    for (const path of ['/large', '/moved']) {
      expect((await ask(asked({ client_id: `${origin}${path}` }))).statusCode, path).toBe(400)
    }
    expect(target.seen.connections).toBe(0)
    const { code } = await authorize(
      h.app,
      asked({ client_id: `${origin}/client`, redirect_uri: 'http://127.0.0.1:9/cb' }),
    )
    expect(code).not.toBe('')
  })

  test('and so are the keys that it names: none of this network, whatever the operator allows', async () => {
    const canary = await host((_request, response) => response.end('{}'))
    const origin = `https://127.0.0.1:${canary.port}`
    hosts = hostsOf()
    const keyed = another('keyed', { token_endpoint_auth_method: 'private_key_jwt', jwks_uri: `${origin}/jwks` })
    h = await harness({ settings: { outboundAllowed: new Set([origin]) }, calls: hosts.calls })
    const key = await newAssertingKey()
    const pushed = await post('/oauth/par', { client_id: keyed, ...(await key.assert(h, keyed)) })
    expect(pushed.statusCode, pushed.body).toBe(401)
    expect(canary.seen.connections).toBe(0)
  })
})

/** Apps that register themselves (RFC 7591), and what they do with their registration (RFC 7592; R70, H115 to H117). */
import { generateKeyPairSync } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  addInitialToken,
  handleOf,
  removeInitialToken,
} from '../../src/engine/operator/registrations/initial_tokens.ts'
import { ensureRecurringJobs } from '../../src/runtime/jobs/recurring.ts'
import { expectRefusal } from '../support/answers.ts'
import { authorize, authorizeUrl, exchangeCode, refresh } from '../support/browser.ts'
import { addAccount, addClient, byCommand, doJobs, type Harness, harness, issuer } from '../support/harness.ts'

interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  // biome-ignore lint/suspicious/noExplicitAny: whatever the server says
  readonly body: any
}

async function send(
  h: Harness,
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  url: string,
  { token, body, from }: { token?: string | undefined; body?: unknown; from?: string | undefined } = {},
): Promise<Answer> {
  const response = await h.app.inject({
    method,
    url,
    ...(from === undefined ? {} : { remoteAddress: from }),
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  return {
    status: response.statusCode,
    headers: response.headers,
    body: response.body === '' ? undefined : response.json(),
  }
}

const register = (h: Harness, body: unknown, token?: string, from?: string) =>
  send(h, 'POST', '/oauth/register', { body, token, from })

const web = { client_name: 'Diary', redirect_uris: ['https://diary.example/cb'] }
const spa = { ...web, client_name: 'Page', token_endpoint_auth_method: 'none' }

const pathOf = (uri: string) => uri.slice(issuer.length)

describe('H115, H117: where anybody may register an app', () => {
  let h: Harness
  beforeAll(async () => {
    h = await harness({ settings: { dynamicRegistration: 'open' } })
    await addAccount(h)
  })
  afterAll(() => h.close())

  test('an app with a secret registers, signs a person in, reads, changes and removes its registration', async () => {
    const made = await register(h, { ...web, scope: 'openid profile offline_access' })
    expect(made.status, JSON.stringify(made.body)).toBe(201)
    expect(made.headers['cache-control']).toBe('no-store')
    const { client_id: id, client_secret: secret, registration_access_token: token } = made.body
    expect(made.body).toMatchObject({
      client_id_issued_at: Math.floor(h.clock.now() / 1000),
      client_secret_expires_at: 0,
      registration_client_uri: `${issuer}/oauth/register/${id}`,
      client_name: 'Diary',
      redirect_uris: ['https://diary.example/cb'],
      grant_types: ['authorization_code'],
      response_types: ['code'],
      token_endpoint_auth_method: 'client_secret_basic',
      application_type: 'web',
      scope: 'openid profile offline_access',
    })
    for (const own of ['first_party', 'registered_by', 'dialects', 'any_secret_method', 'admin_api']) {
      expect(made.body, own).not.toHaveProperty(own)
    }
    const client = { id, secret }
    const asked = authorizeUrl(client, { redirect_uri: 'https://diary.example/cb', scope: 'openid profile' })
    const { code } = await authorize(h.app, asked)
    const tokens = await exchangeCode(h.app, client, code, { redirect_uri: 'https://diary.example/cb' })
    expect(tokens.status, JSON.stringify(tokens.body)).toBe(200)
    const uri = pathOf(made.body.registration_client_uri)
    const read = await send(h, 'GET', uri, { token })
    expect(read.status).toBe(200)
    const { client_secret: _, ...rest } = made.body
    expect(read.body).toEqual(rest)
    const changed = await send(h, 'PUT', uri, {
      token,
      body: { client_id: id, ...web, client_name: 'Diary 2', grant_types: ['authorization_code', 'refresh_token'] },
    })
    expect(changed.status, JSON.stringify(changed.body)).toBe(200)
    expect(changed.body).toMatchObject({ client_name: 'Diary 2', grant_types: ['authorization_code', 'refresh_token'] })
    expect(changed.body).not.toHaveProperty('client_secret')
    const removed = await send(h, 'DELETE', uri, { token: changed.body.registration_access_token })
    expect(removed.status).toBe(204)
    expectRefusal(
      await exchangeCode(h.app, client, code, { redirect_uri: 'https://diary.example/cb' }),
      'invalid_client',
      401,
    )
    for (const method of ['GET', 'DELETE'] as const) {
      const gone = await send(h, method, uri, { token: changed.body.registration_access_token })
      expectRefusal(gone as never, 'invalid_token', 401)
    }
    const events = (await h.storage.audit.list(100)).filter(({ clientId }) => clientId === id)
    expect(events.map(({ type, actor, operator }) => [type, actor, operator]).toReversed()).toEqual([
      ['app_registered_itself', null, null],
      ['consent_given', expect.any(String), null],
      ['app_changed_itself', null, null],
      ['app_removed_itself', null, null],
    ])
  })

  test('discovery tells where', async () => {
    const { body } = await send(h, 'GET', '/.well-known/oauth-authorization-server')
    expect(body.registration_endpoint).toBe(`${issuer}/oauth/register`)
  })

  test('what an app may not have is left out of its registration, and what is unknown is ignored', async () => {
    const { status, body } = await register(h, {
      ...web,
      client_name: 'Greedy',
      grant_types: ['authorization_code', 'refresh_token', 'implicit', 'client_credentials', 'urn:x'],
      response_types: ['code', 'token', 'code id_token'],
      scope: 'openid readmeasurements admin.write admin.read',
      first_party: true,
      admin_api: true,
      admin_role: 'owner',
      dialects: ['oauth', 'quantimodo'],
      front_channel_tokens: true,
      code_without_pkce: true,
      replay_window: 300,
      access_token_ttl: 31_536_000,
      client_id: 'wanted',
      client_secret: 'wanted',
      trusted: true,
      'client_name#de': 'Gierig',
      contacts: ['a@b.example'],
      __proto__: { polluted: true },
    })
    expect(status, JSON.stringify(body)).toBe(201)
    expect(body.grant_types).toEqual(['authorization_code', 'refresh_token'])
    expect(body.response_types).toEqual(['code'])
    expect(body.scope).toBe('openid')
    expect(body.client_id).not.toBe('wanted')
    const record = await h.storage.clients.find(body.client_id)
    expect(record?.metadata).toMatchObject({ first_party: false, dialects: ['oauth'], contacts: ['a@b.example'] })
    for (const name of [
      'admin_api',
      'admin_role',
      'front_channel_tokens',
      'code_without_pkce',
      'replay_window',
      'access_token_ttl',
      'trusted',
    ]) {
      expect(record?.metadata, name).not.toHaveProperty(name)
    }
    expect(record?.ownerId).toBeNull()
  })

  test('public apps that say the same are one app without a key to it; apps with a secret never are', async () => {
    const first = await register(h, spa)
    const again = await register(h, { ...spa, unknown: 1, scope: '' })
    expect([first.status, again.status]).toEqual([201, 201])
    expect(again.body.client_id).toBe(first.body.client_id)
    for (const { body } of [first, again]) {
      for (const name of [
        'client_secret',
        'registration_access_token',
        'registration_client_uri',
        'client_secret_expires_at',
      ]) {
        expect(body, name).not.toHaveProperty(name)
      }
    }
    const both = await Promise.all(Array.from({ length: 8 }, () => register(h, { ...spa, client_name: 'At once' })))
    expect(new Set(both.map(({ body }) => body.client_id)).size).toBe(1)
    const other = await register(h, { ...spa, redirect_uris: ['https://diary.example/other'] })
    expect(other.body.client_id).not.toBe(first.body.client_id)
    const [one, two] = [await register(h, web), await register(h, web)]
    expect(one.body.client_id).not.toBe(two.body.client_id)
    expectRefusal(
      (await send(h, 'GET', `/oauth/register/${first.body.client_id}`, { token: 'x' })) as never,
      'invalid_token',
      401,
    )
  })

  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'k' }
  const key = { ...privateKey.export({ format: 'jwk' }), kid: 'k' }

  const wrong: readonly (readonly [string, unknown, string])[] = [
    ['no object', '[]', 'invalid_client_metadata'],
    ['text', '"x"', 'invalid_client_metadata'],
    ['null', 'null', 'invalid_client_metadata'],
    ['no JSON', '{"a":', 'invalid_client_metadata'],
    ['no redirect URI', { client_name: 'x' }, 'invalid_redirect_uri'],
    ['an empty list', { redirect_uris: [] }, 'invalid_redirect_uri'],
    ['a text in place of the list', { redirect_uris: 'https://a.example/cb' }, 'invalid_redirect_uri'],
    ['a number in the list', { redirect_uris: [1] }, 'invalid_redirect_uri'],
    ['null in the list', { redirect_uris: [null] }, 'invalid_redirect_uri'],
    ['a fragment', { redirect_uris: ['https://a.example/cb#x'] }, 'invalid_redirect_uri'],
    ['plain http', { redirect_uris: ['http://a.example/cb'] }, 'invalid_redirect_uri'],
    ['a pattern', { redirect_uris: ['https://*.a.example/cb'] }, 'invalid_redirect_uri'],
    ['a script', { redirect_uris: ['javascript:alert(1)'], application_type: 'native' }, 'invalid_redirect_uri'],
    ['a parameter of ours', { redirect_uris: ['https://a.example/cb?code=1'] }, 'invalid_redirect_uri'],
    ['a scheme for a web app', { redirect_uris: ['com.example.app:/cb'] }, 'invalid_redirect_uri'],
    ['a name that nobody sees', { ...web, client_name: '\u200b' }, 'invalid_client_metadata'],
    ['a name turned around', { ...web, client_name: 'a\u202eb' }, 'invalid_client_metadata'],
    ['the name of the server', { ...web, client_name: 'Consentry' }, 'invalid_client_metadata'],
    ['a name that is a number', { ...web, client_name: 5 }, 'invalid_client_metadata'],
    ['a name that is null', { ...web, client_name: null }, 'invalid_client_metadata'],
    ['grants without a code', { ...web, grant_types: ['client_credentials'] }, 'invalid_client_metadata'],
    ['a grant that is no text', { ...web, grant_types: [{}] }, 'invalid_client_metadata'],
    ['tokens alone', { ...web, response_types: ['token'] }, 'invalid_client_metadata'],
    ['scopes that nobody gets', { ...web, scope: 'admin.write' }, 'invalid_client_metadata'],
    ['a scope that is a list', { ...web, scope: ['openid'] }, 'invalid_client_metadata'],
    ['an unknown method', { ...web, token_endpoint_auth_method: 'client_secret_jwt' }, 'invalid_client_metadata'],
    ['a method of TLS', { ...web, token_endpoint_auth_method: 'tls_client_auth' }, 'invalid_client_metadata'],
    ['keys that are missing', { ...web, token_endpoint_auth_method: 'private_key_jwt' }, 'invalid_client_metadata'],
    [
      'a private key',
      { ...web, token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [key] } },
      'invalid_client_metadata',
    ],
    [
      'two sets of keys',
      { ...web, jwks: { keys: [jwk] }, jwks_uri: 'https://a.example/jwks' },
      'invalid_client_metadata',
    ],
    ['keys by http', { ...web, jwks_uri: 'http://a.example/jwks' }, 'invalid_client_metadata'],
    ['a sign-in by http', { ...web, initiate_login_uri: 'http://a.example/start' }, 'invalid_client_metadata'],
    ['a logo that is a script', { ...web, logo_uri: 'javascript:alert(1)' }, 'invalid_client_metadata'],
    ['encryption', { ...web, id_token_encrypted_response_alg: 'RSA-OAEP' }, 'invalid_client_metadata'],
    [
      'tokens bound to a certificate',
      { ...web, tls_client_certificate_bound_access_tokens: true },
      'invalid_client_metadata',
    ],
    ['a software statement', { ...web, software_statement: 'a.b.c' }, 'unapproved_software_statement'],
    [
      'a deep document',
      { ...web, jwks: JSON.parse(`${'{"a":'.repeat(2000)}1${'}'.repeat(2000)}`) },
      'invalid_client_metadata',
    ],
  ]
  test.each(wrong)('%s is refused and leaves nothing', async (_what, body, error) => {
    const before = (await h.storage.clients.list(1000)).length
    const answer = await register(h, body)
    expectRefusal(answer as never, error)
    expect(answer.body.error_description).toMatch(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/)
    expect(await h.storage.clients.list(1000)).toHaveLength(before)
  })

  test('a megabyte, another type and another method are refused', async () => {
    expect((await register(h, { ...web, client_name: 'x'.repeat(1_000_000) })).status).toBe(413)
    const form = await h.app.inject({
      method: 'POST',
      url: '/oauth/register',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: 'redirect_uris=x',
    })
    expect([form.statusCode, form.json().error]).toEqual([415, 'invalid_client_metadata'])
    expect((await send(h, 'GET', '/oauth/register')).status).toBe(405)
  })

  test('an app that proves itself by a key registers with it', async () => {
    const { status, body } = await register(h, {
      ...web,
      client_name: 'Keys',
      token_endpoint_auth_method: 'private_key_jwt',
      jwks: { keys: [jwk] },
    })
    expect(status, JSON.stringify(body)).toBe(201)
    expect(body).not.toHaveProperty('client_secret')
    expect(body).not.toHaveProperty('client_assertion_audience')
    expect((await h.storage.clients.find(body.client_id))?.metadata.client_assertion_audience).toBeUndefined()
  })

  test('sixty an hour come from one network; others go on', async () => {
    const from = '203.0.113.7'
    for (let i = 0; i < 60; i++) {
      expect((await register(h, { ...spa, client_name: `Many ${i}` }, undefined, from)).status).toBe(201)
    }
    const full = await register(h, { ...spa, client_name: 'One too many' }, undefined, from)
    expectRefusal(full as never, 'temporarily_unavailable', 429)
    expect(Number(full.headers['retry-after'])).toBeGreaterThan(0)
    expect((await register(h, { ...spa, client_name: 'Many 3' }, undefined, from)).status).toBe(201)
    expect((await register(h, { ...spa, client_name: 'Elsewhere' }, undefined, '198.51.100.9')).status).toBe(201)
  })
})

describe('H116: managing a registration', () => {
  let h: Harness
  let id: string
  let secret: string
  let token: string
  let uri: string
  beforeEach(async () => {
    h = await harness({ settings: { dynamicRegistration: 'open' } })
    await addAccount(h)
    const made = await register(h, { ...web, grant_types: ['authorization_code', 'refresh_token'] })
    ;({ client_id: id, client_secret: secret, registration_access_token: token } = made.body)
    uri = pathOf(made.body.registration_client_uri)
  })
  afterEach(() => h.close())

  const put = (body: object, by: string | undefined = token) =>
    send(h, 'PUT', uri, {
      token: by,
      body: { client_id: id, ...web, grant_types: ['authorization_code', 'refresh_token'], ...body },
    })

  async function tokens() {
    const redirect = { redirect_uri: web.redirect_uris[0] as string }
    const { code, browser } = await authorize(
      h.app,
      authorizeUrl({ id, secret }, { ...redirect, scope: 'openid offline_access' }),
    )
    const answer = await exchangeCode(h.app, { id, secret }, code, redirect)
    expect(answer.status, JSON.stringify(answer.body)).toBe(200)
    return { refreshToken: answer.body.refresh_token as string, browser, redirect }
  }

  test('a token of another app, an old one, a wrong one and none are refused alike', async () => {
    const other = await register(h, web)
    for (const by of [other.body.registration_access_token, `${token}x`, token.slice(0, -1), 'x', undefined]) {
      for (const method of ['GET', 'DELETE'] as const) {
        const answer = await send(h, method, uri, { token: by })
        expectRefusal(answer as never, 'invalid_token', 401)
        expect(answer.headers['www-authenticate']).toMatch(/^Bearer/)
      }
    }
    const portal = await addClient(h)
    expectRefusal((await send(h, 'GET', `/oauth/register/${portal.id}`, { token })) as never, 'invalid_token', 401)
    expect((await send(h, 'GET', uri, { token })).status).toBe(200)
  })

  test('a change gives another token; the one before works until the new one came, so that a lost answer locks nobody out', async () => {
    const lost = await put({ client_name: 'Once' })
    expect(lost.body.registration_access_token).not.toBe(token)
    const again = await put({ client_name: 'Twice' })
    expect(again.status).toBe(200)
    expectRefusal(
      (await send(h, 'GET', uri, { token: lost.body.registration_access_token })) as never,
      'invalid_token',
      401,
    )
    const next = again.body.registration_access_token
    expect((await send(h, 'GET', uri, { token })).status).toBe(200)
    expect((await send(h, 'GET', uri, { token: next })).status).toBe(200)
    expectRefusal((await send(h, 'GET', uri, { token })) as never, 'invalid_token', 401)
  })

  test('a change has to name its app, and nothing that the server alone says', async () => {
    for (const [member, value] of Object.entries({
      client_id: 'other',
      registration_access_token: token,
      registration_client_uri: 'x',
      client_secret_expires_at: 0,
      client_id_issued_at: 1,
      client_secret: 'chosen',
    })) {
      expectRefusal((await put({ [member]: value })) as never, 'invalid_client_metadata')
    }
    expect((await put({ client_secret: secret })).status).toBe(200)
  })

  test('another name asks people again and ends nothing; another way to prove itself ends what was issued', async () => {
    const { refreshToken, browser, redirect } = await tokens()
    const asked = authorizeUrl({ id, secret }, { ...redirect, scope: 'openid offline_access' })
    const silent = await browser.get(`${asked}&prompt=none`)
    expect(silent.location).toContain('code=')
    const renamed = await put({ client_name: 'Another name' })
    expect(renamed.status).toBe(200)
    const now = await browser.get(`${asked}&prompt=none`)
    expect(now.location).toContain('error=consent_required')
    const next = await refresh(h.app, { id, secret }, refreshToken)
    expect(next.status, JSON.stringify(next.body)).toBe(200)
    h.clock.move(1000)
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const keyed = await put(
      { token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [publicKey.export({ format: 'jwk' })] } },
      renamed.body.registration_access_token,
    )
    expect(keyed.status, JSON.stringify(keyed.body)).toBe(200)
    const back = await put({}, keyed.body.registration_access_token)
    expect(back.status, JSON.stringify(back.body)).toBe(200)
    const proof = back.body.client_secret ?? secret
    expectRefusal(await refresh(h.app, { id, secret: proof }, next.body.refresh_token as string), 'invalid_grant')
  })

  test('it cannot give up its secret', async () => {
    expectRefusal((await put({ token_endpoint_auth_method: 'none' })) as never, 'invalid_client_metadata')
  })

  test('apps that nobody has allowed anything for a week are removed; others stay', async () => {
    const idle = await register(h, { ...web, client_name: 'Idle' })
    const portal = await addClient(h)
    await tokens()
    h.clock.move(7 * 86_400_000 - 60_000)
    await ensureRecurringJobs(h.context)
    await doJobs(h)
    expect(await h.storage.clients.find(idle.body.client_id)).toBeDefined()
    h.clock.move(2 * 3_600_000)
    await doJobs(h)
    expect(await h.storage.clients.find(idle.body.client_id)).toBeUndefined()
    expect(await h.storage.clients.find(id)).toBeDefined()
    expect(await h.storage.clients.find(portal.id)).toBeDefined()
    const events = (await h.storage.audit.list(100)).map(({ type }) => type)
    expect(events).toContain('app_unused_removed')
  })
})

describe('where an initial access token is wanted', () => {
  let h: Harness
  beforeEach(async () => {
    h = await harness()
  })
  afterEach(() => h.close())

  test('nobody registers an app without one', async () => {
    const answer = await register(h, web)
    expectRefusal(answer as never, 'invalid_token', 401)
    expect(answer.headers['www-authenticate']).toBe('Bearer')
    const wrong = await register(h, web, 'iat_wrong')
    expectRefusal(wrong as never, 'invalid_token', 401)
    expect(wrong.headers['www-authenticate']).toContain('error="invalid_token"')
    expect(await h.storage.clients.withRedirectUri(web.redirect_uris[0] as string)).toEqual([])
  })

  test('it works as often and as long as it was made for, also with many at once', async () => {
    const { token, stored } = await addInitialToken(h.context, byCommand, {
      name: 'Partner',
      uses: 3,
      expiresAt: h.clock.now() + 60_000,
    })
    const answers = await Promise.all(Array.from({ length: 6 }, () => register(h, web, token)))
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 201, 401, 401, 401])
    const other = await addInitialToken(h.context, byCommand, { name: 'Short', expiresAt: h.clock.now() + 60_000 })
    expect((await register(h, web, other.token)).status).toBe(201)
    h.clock.move(61_000)
    expectRefusal((await register(h, web, other.token)) as never, 'invalid_token', 401)
    const third = await addInitialToken(h.context, byCommand, { name: 'Ended' })
    expect(await removeInitialToken(h.context, byCommand, handleOf(third.stored))).toBe(true)
    expectRefusal((await register(h, web, third.token)) as never, 'invalid_token', 401)
    expect(JSON.stringify(await h.storage.initialTokens.list())).not.toContain(token)
    expect(stored.name).toBe('Partner')
    const events = (await h.storage.audit.list(100)).map(({ type, operator }) => [type, operator])
    expect(events).toContainEqual(['initial_token_added', 'command:tester'])
    expect(events).toContainEqual(['initial_token_removed', 'command:tester'])
  })
})

describe('what the operator says of registrations in the portal holds here', () => {
  test('closed: no app registers itself, and discovery names no endpoint', async () => {
    for (const settings of [
      { appRegistration: 'closed', dynamicRegistration: 'open' },
      { dynamicRegistration: 'off' },
    ] as const) {
      const h = await harness({ settings })
      expectRefusal((await register(h, web)) as never, 'access_denied', 403)
      const { body } = await send(h, 'GET', '/.well-known/openid-configuration')
      expect(body).not.toHaveProperty('registration_endpoint')
      await h.close()
    }
  })

  test('approval: the app waits, and goes back to waiting when it becomes more', async () => {
    const h = await harness({ settings: { appRegistration: 'approval', dynamicRegistration: 'open' } })
    const made = await register(h, web)
    const { client_id: id, registration_access_token: token } = made.body
    expect((await h.storage.clients.find(id))?.status).toBe('pending')
    await h.storage.clients.amend(id, () => ({ status: 'enabled' }))
    const body = { client_id: id, ...web }
    const same = await send(h, 'PUT', `/oauth/register/${id}`, { token, body: { ...body, contacts: ['a@b.example'] } })
    expect(same.status, JSON.stringify(same.body)).toBe(200)
    expect((await h.storage.clients.find(id))?.status).toBe('enabled')
    const more = await send(h, 'PUT', `/oauth/register/${id}`, {
      token: same.body.registration_access_token,
      body: { ...body, redirect_uris: ['https://elsewhere.example/cb'] },
    })
    expect(more.status).toBe(200)
    expect((await h.storage.clients.find(id))?.status).toBe('pending')
    await h.close()
  })
})

/** The QuantiModo token endpoint: its addresses, its answers, and what it forgives. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addClient } from '../../support/harness.ts'
import { tokenPaths } from './every_path.ts'
import {
  addApp,
  askTokens,
  callback,
  newTokens,
  offerCode,
  openQuantimodo,
  type QuantimodoServer,
  type Sent,
  scope,
  send,
  type TestClient,
} from './quantimodo.ts'

const day = 86_400

let h: QuantimodoServer
let app: TestClient
let pocket: TestClient
beforeAll(async () => {
  h = await openQuantimodo()
  app = await addApp(h)
  pocket = await addApp(h, { token_endpoint_auth_method: 'none', code_without_pkce: true })
})
afterAll(() => h.close())

const credentials = () => ({ client_id: app.id, client_secret: app.secret })

async function codeRequest(more: Record<string, string> = {}): Promise<Record<string, string>> {
  return { grant_type: 'authorization_code', ...credentials(), code: await offerCode(h, app), ...more }
}

describe('addresses', () => {
  test('are those of the documents', () => {
    const pattern = /^(\/api)?(\/v[1-6])?(\/bshaffer)?\/oauth2?\/(token|access_token|accesstoken)$/
    expect(tokenPaths.filter((path) => !pattern.test(path))).toEqual([])
    expect(new Set(tokenPaths).size).toBe(2 * 7 * 2 * 2 * 3 - 1)
    expect(tokenPaths).not.toContain('/oauth/token')
    for (const path of [
      '/api/oauth2/token',
      '/oauth2/accesstoken',
      '/api/v1/oauth2/token',
      '/api/v1/oauth/token',
      '/api/v1/oauth2/access_token',
      '/api/v1/oauth/access_token',
      '/api/v2/oauth/access_token',
      '/api/v2/oauth2/access_token',
      '/api/v3/oauth2/token',
      '/api/oauth/token',
      '/oauth/access_token',
      '/api/v2/bshaffer/oauth/token',
    ]) {
      expect(tokenPaths).toContain(path)
    }
  })

  test('each exchanges a code by GET and by POST with every kind of body', async () => {
    const kinds: readonly ((fields: Record<string, string>) => Sent)[] = [
      (query) => ({ method: 'GET', query }),
      (query) => ({ method: 'POST', query }),
      (form) => ({ form }),
      (json) => ({ json }),
      (multipart) => ({ multipart }),
      (both) => ({ query: both, multipart: both }),
    ]
    const requests = tokenPaths.flatMap((url) => kinds.map((kind) => ({ url, kind })))
    // Many at a time, as one commit does for all of them.
    for (let from = 0; from < requests.length; from += 60) {
      await Promise.all(
        requests.slice(from, from + 60).map(async ({ url, kind }) => {
          const answer = await askTokens(h, { url, ...kind(await codeRequest()) })
          expect(answer.status, `${url} ${JSON.stringify(answer.body)}`).toBe(200)
        }),
      )
    }
  })

  test('the standard ones stay strict', async () => {
    expect((await send(h, { url: '/oauth/token', query: await codeRequest() })).statusCode).toBe(405)
    const answer = await askTokens(h, { url: '/oauth/token', json: await codeRequest() })
    expect(answer.status).toBe(400)
    expect(Object.keys(answer.body)).toEqual(['error', 'error_description'])
  })

  test('other methods are told so, and exchange nothing', async () => {
    const query = await codeRequest()
    for (const method of ['HEAD', 'PUT', 'PATCH', 'DELETE'] as const) {
      const url = `/api/oauth2/token?${new URLSearchParams(query)}`
      const response = await h.app.inject({ method, url })
      expect([response.statusCode, response.headers.allow], method).toEqual([405, 'GET, POST, OPTIONS'])
    }
    expect((await askTokens(h, { query })).status).toBe(200)
  })
})

describe('the answer', () => {
  test('has every member that some client reads, and goes into no cache', async () => {
    const answer = await askTokens(h, { json: await codeRequest() })
    const { access_token, refresh_token } = answer.body
    const until = h.clock.now() + 30 * day * 1000
    expect(answer.body).toEqual({
      success: true,
      access_token,
      token_type: 'Bearer',
      expires_in: 30 * day,
      scope,
      refresh_token,
      accessToken: access_token,
      refreshToken: refresh_token,
      expiresIn: 30 * day,
      expires: new Date(until).toISOString().replace('T', ' ').slice(0, 19),
      accessTokenExpiresAtMilliseconds: until,
    })
    expect(access_token).toMatch(/^[A-Za-z0-9]+$/)
    expect(answer.headers).toMatchObject({
      'cache-control': 'no-store',
      pragma: 'no-cache',
      'referrer-policy': 'no-referrer',
      'content-type': 'application/json; charset=utf-8',
    })
  })

  test('lives as long as the app says', async () => {
    const long = await addApp(h, { access_token_ttl: 365 * day })
    const answer = await askTokens(h, {
      query: { code: await offerCode(h, long), client_id: long.id, client_secret: long.secret },
    })
    expect(answer.body).toMatchObject({ expires_in: 31_536_000, expiresIn: 31_536_000 })
  })

  test('a refusal says the same under every name', async () => {
    const answer = await askTokens(h, { query: { ...(await codeRequest()), code: 'nothing' } })
    const message = 'The authorization code or refresh token is not valid for this client.'
    expect(answer.status).toBe(400)
    expect(answer.body).toEqual({
      status: 'ERROR',
      success: false,
      code: 400,
      error: 'invalid_grant',
      error_description: message,
      message,
      errorMessage: message,
      errors: [{ message }],
    })
    expect(answer.headers).toMatchObject({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' })
  })

  test('what has expired says so in that word', async () => {
    const request = await codeRequest()
    h.clock.move(599_000)
    const late = await codeRequest()
    expect((await askTokens(h, { form: request })).status).toBe(200)
    h.clock.move(600_000)
    const answer = await askTokens(h, { form: late })
    expect([answer.status, answer.body.error, answer.body.message]).toEqual([
      400,
      'invalid_grant',
      'The authorization code has expired.',
    ])
  })

  test('a client that is not authenticated is a 401, with a challenge where it had come by header', async () => {
    const wrong = await codeRequest({ client_secret: 'wrong' })
    const bodied = await askTokens(h, { form: wrong })
    expect([bodied.status, bodied.body.error]).toEqual([401, 'invalid_client'])
    expect(bodied.headers['www-authenticate']).toBeUndefined()
    const authorization = `Basic ${Buffer.from(`${app.id}:wrong`).toString('base64')}`
    const { client_id: _id, client_secret: _secret, ...form } = wrong
    const headed = await askTokens(h, { form, headers: { authorization } })
    expect([headed.status, headed.body.error]).toEqual([401, 'invalid_client'])
    expect(headed.headers['www-authenticate']).toContain('Basic realm=')
  })
})

describe('what is forgiven', () => {
  test('a missing grant_type beside a code', async () => {
    const { grant_type: _left, ...form } = await codeRequest()
    expect((await askTokens(h, { form })).status).toBe(200)
  })

  test('an empty body that is called JSON', async () => {
    const response = await h.app.inject({
      method: 'POST',
      url: `/api/oauth2/token?${new URLSearchParams(await codeRequest())}`,
      headers: { 'content-type': 'application/json' },
    })
    expect(response.statusCode).toBe(200)
  })

  test('every spelling of the names, mixed with others', async () => {
    const answer = await askTokens(h, {
      query: { clientId: app.id, appName: 'Mood', platform: 'web', state: 'a' },
      json: {
        clientSecret: app.secret,
        grant_type: 'authorization_code',
        code: await offerCode(h, app, { redirectUriSent: true }),
        redirectUri: callback,
        state: 'b',
        response_type: 'code',
        appVersion: { major: 1 },
      },
      headers: { 'x-client-id': app.id },
    })
    expect(answer.status, JSON.stringify(answer.body)).toBe(200)
    const again = await askTokens(h, {
      form: {
        quantimodo_client_id: app.id,
        quantimodo_client_secret: app.secret,
        grant_type: 'refresh_token',
        refreshToken: answer.body.refresh_token,
      },
    })
    expect(again.status, JSON.stringify(again.body)).toBe(200)
  })

  test('client credentials as headers of their own', async () => {
    const query = { grant_type: 'authorization_code', code: await offerCode(h, app) }
    expect((await askTokens(h, { query, headers: { client_id: app.id, client_secret: app.secret } })).status).toBe(200)
  })

  test('Basic works as at the standard protocol', async () => {
    const query = { grant_type: 'authorization_code', code: await offerCode(h, app) }
    const authorization = `Basic ${Buffer.from(`${app.id}:${app.secret}`).toString('base64')}`
    expect((await askTokens(h, { query, headers: { authorization } })).status).toBe(200)
  })

  test('a Bearer header, be it live, expired or nonsense, and a token parameter', async () => {
    const { access } = await newTokens(h, app)
    for (const authorization of [`Bearer ${access}`, 'Bearer x.y.z', 'Bearer', 'Token abc', 'nonsense']) {
      const form = await codeRequest({ token: 'eyJhbGciOiJIUzI1NiJ9.e30.x' })
      expect((await askTokens(h, { form, headers: { authorization } })).status, authorization).toBe(200)
    }
    const form = await codeRequest()
    expect((await askTokens(h, { form, query: { token: access, access_token: access } })).status).toBe(200)
    h.clock.move(31 * day * 1000)
    expect(
      (await askTokens(h, { form: await codeRequest(), headers: { authorization: `Bearer ${access}` } })).status,
    ).toBe(200)
  })

  test('a stray code beside a refresh token, which is no reuse of it', async () => {
    const form = await codeRequest()
    const first = await askTokens(h, { form })
    const refreshed = await askTokens(h, {
      form: { ...form, grant_type: 'refresh_token', refresh_token: first.body.refresh_token },
    })
    expect(refreshed.status).toBe(200)
    const onwards = await askTokens(h, {
      form: { ...credentials(), grant_type: 'refresh_token', refresh_token: refreshed.body.refresh_token },
    })
    expect(onwards.status).toBe(200)
    // Nor where the grant type is left out, so that what is meant has to be told from the rest.
    const bare = { ...credentials(), code: form.code ?? '', refresh_token: onwards.body.refresh_token }
    expect((await askTokens(h, { form: bare })).status).toBe(200)
  })
})

describe('a request without a client id', () => {
  test('is that of the app the code or refresh token was issued to', async () => {
    const first = await askTokens(h, { query: { code: await offerCode(h, pocket) } })
    expect(first.status, JSON.stringify(first.body)).toBe(200)
    const form = { grant_type: 'refresh_token', refresh_token: first.body.refresh_token }
    expect((await askTokens(h, { form })).status).toBe(200)
  })

  test('still needs the secret of an app that has one, and burns nothing without it', async () => {
    const code = await offerCode(h, app)
    for (const query of [{ code }, { code, client_secret: 'wrong' }]) {
      const refused = await askTokens(h, { query })
      expect([refused.status, refused.body.error]).toEqual([401, 'invalid_client'])
    }
    const answer = await askTokens(h, { query: { code, client_secret: app.secret } })
    expect(answer.status).toBe(200)
    const form = { grant_type: 'refresh_token', refresh_token: answer.body.refresh_token }
    expect((await askTokens(h, { form })).body.error).toBe('invalid_client')
    expect((await askTokens(h, { form: { ...form, client_secret: app.secret } })).status).toBe(200)
  })

  test('is kept to the way of authentication that is registered', async () => {
    const basic = await addApp(h, { token_endpoint_auth_method: 'client_secret_basic' })
    const answer = await askTokens(h, { query: { code: await offerCode(h, basic), client_secret: basic.secret } })
    expect([answer.status, answer.body.error]).toEqual([401, 'invalid_client'])
  })

  test('tells nothing to who guesses', async () => {
    for (const [form, error] of [
      [{ code: 'x' }, 'invalid_grant'],
      [{ code: `ac${'1'.repeat(63)}` }, 'invalid_grant'],
      [{ grant_type: 'refresh_token', refresh_token: 'x' }, 'invalid_grant'],
      [{ grant_type: 'client_credentials' }, 'invalid_client'],
      [{ grant_type: 'client_credentials', client_secret: app.secret }, 'invalid_client'],
    ] as const) {
      expect((await askTokens(h, { form })).body.error, JSON.stringify(form)).toBe(error)
    }
  })

  test('guesses are counted', async () => {
    const guessed = await openQuantimodo()
    const code = await offerCode(guessed, await addClient(guessed, { dialects: ['quantimodo'] }))
    const guess = () => askTokens(guessed, { query: { code: `${code.slice(0, -1)}${code.endsWith('1') ? '2' : '1'}` } })
    let answer = await guess()
    for (let n = 0; n < 110; n++) answer = await guess()
    expect([answer.status, answer.body.error]).toEqual([429, 'temporarily_unavailable'])
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
    await guessed.close()
  })
})

describe('what is refused', () => {
  const cases: readonly [string, (request: Record<string, string>) => Sent, number, string, string?][] = [
    ['no code', ({ code: _, ...form }) => ({ form }), 400, 'invalid_request', 'The parameter code is missing.'],
    ['nothing at all', () => ({}), 400, 'invalid_request', 'The parameter grant_type is missing.'],
    ['no refresh token', (form) => ({ form: { ...form, grant_type: 'refresh_token' } }), 400, 'invalid_request'],
    ['an unknown grant type', (form) => ({ form: { ...form, grant_type: 'x' } }), 400, 'unsupported_grant_type'],
    ['two clients', (form) => ({ form, query: { clientId: 'other' } }), 400, 'invalid_request'],
    ['two clients by header', (form) => ({ form, headers: { 'x-client-id': 'other' } }), 400, 'invalid_request'],
    ['two secrets', (query) => ({ query, multipart: { client_secret: 'other' } }), 400, 'invalid_request'],
    ['two codes', (query) => ({ query, json: { code: 'other' } }), 400, 'invalid_request'],
    ['an object as the code', (form) => ({ query: form, json: { code: { $ne: '' } } }), 400, 'invalid_request'],
    ['a broken Basic', (form) => ({ form, headers: { authorization: 'Basic !' } }), 401, 'invalid_client'],
    ['an unknown client', (form) => ({ form: { ...form, client_id: 'nobody' } }), 401, 'invalid_client'],
  ]

  test.each(cases)('%s, and the code is not spent', async (_what, change, status, error, message) => {
    const request = await codeRequest()
    const answer = await askTokens(h, change(request))
    expect([answer.status, answer.body.error], JSON.stringify(answer.body)).toEqual([status, error])
    if (message !== undefined) expect(answer.body.message).toBe(message)
    expect((await askTokens(h, { form: request })).status).toBe(200)
  })

  test('bodies that are broken, unknown or too long', async () => {
    for (const [type, payload, status] of [
      ['application/json', '{"code":', 400],
      ['application/json', '[1]', 400],
      ['multipart/form-data', 'x', 400],
      ['multipart/form-data; boundary=x', '--x\r\n', 400],
      ['application/x-www-form-urlencoded', 'code=%zz', 400],
      ['application/xml', '<code/>', 400],
      ['text/html', 'code', 400],
      ['application/json', JSON.stringify({ code: 'x'.repeat(70_000) }), 413],
      ['application/x-www-form-urlencoded', 'x'.repeat(70_000), 413],
    ] as const) {
      const headers = { 'content-type': type }
      const response = await h.app.inject({ method: 'POST', url: '/api/oauth2/token', headers, payload })
      expect(response.statusCode, `${type} ${payload.slice(0, 20)}`).toBe(status)
      expect(response.json()).toMatchObject({ success: false, error: 'invalid_request' })
      expect(response.headers['cache-control']).toBe('no-store')
    }
  })

  test('an app that is not registered for this protocol', async () => {
    const standard = await addClient(h, { scope })
    const answer = await askTokens(h, {
      form: { client_id: standard.id, client_secret: standard.secret, grant_type: 'client_credentials' },
    })
    expect([answer.status, answer.body.error]).toEqual([400, 'unauthorized_client'])
  })

  test('everybody, where the operator has not opened the protocol or has closed it', async () => {
    const shut = await openQuantimodo({ settings: { dialects: new Set(['oauth'] as const) } })
    expect((await send(shut, { query: { code: 'x' } })).statusCode).toBe(404)
    await shut.close()
    const closing = await openQuantimodo()
    await closing.storage.dialectNotices.put({ dialect: 'quantimodo', closed: true, since: closing.clock.now() })
    const answer = await askTokens(closing, { query: { code: 'x' } })
    expect([answer.status, answer.body.success]).toEqual([410, false])
    await closing.close()
  })
})

describe('what is written down', () => {
  test('the owner finds each request under its address, and no secret or code is in any log', async () => {
    // Of an app that sends much within a minute the log keeps a part.
    h.clock.move(60_000)
    const request = await codeRequest()
    await askTokens(h, { url: '/api/v3/oauth2/token', query: request })
    h.clock.move(1000)
    await askTokens(h, { url: '/api/v3/oauth2/token', query: { ...request, code: 'wrong' } })
    await h.context.requests.flush()
    const [latest, before] = await h.storage.requests.list(app.id, 2)
    expect(latest).toMatchObject({
      endpoint: '/api/v3/oauth2/token',
      method: 'GET',
      reason: 'credential_malformed',
      ruleset: 'token:authorization_code dpop_proof dpop_once',
      rule: 'credential',
    })
    expect(before).toMatchObject({ endpoint: '/api/v3/oauth2/token', status: 200, reason: '', authenticated: true })
    const written = h.logged.join() + JSON.stringify(await h.storage.requests.list(app.id, 1000))
    for (const secret of [app.secret, request.code ?? '']) expect(written).not.toContain(secret)
  })

  test('a refusal before the client was looked at finds its owner all the same', async () => {
    await askTokens(h, { query: { clientId: app.id, grant_type: 'nonsense' } })
    await h.context.requests.flush()
    expect((await h.storage.requests.list(app.id, 1))[0]).toMatchObject({
      reason: 'grant_type_unknown',
      authenticated: false,
    })
  })
})

describe('calls from other origins', () => {
  const preflight = (url: string, origin: string) =>
    h.app.inject({
      method: 'OPTIONS',
      url,
      headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'x-client-id' },
    })

  test('are for the origins of registered apps, on every address', async () => {
    for (const url of tokenPaths) {
      const answer = await preflight(url, 'https://app.example')
      expect(answer.statusCode, url).toBe(204)
      expect(answer.headers['access-control-allow-origin'], url).toBe('https://app.example')
      expect(answer.headers['access-control-allow-credentials']).toBeUndefined()
      for (const name of [
        'Authorization',
        'Content-Type',
        'X-Client-Id',
        'X-Platform',
        'X-Timezone',
        'X-App-Version',
        'X-Framework',
        'X-Mashape-Key',
      ]) {
        expect(answer.headers['access-control-allow-headers']).toContain(name)
      }
      const foreign = await preflight(url, 'https://evil.example')
      expect(foreign.headers['access-control-allow-origin'], url).toBeUndefined()
    }
    const headers = { origin: 'https://app.example' }
    const answer = await askTokens(h, { json: await codeRequest(), headers })
    expect(answer.headers['access-control-allow-origin']).toBe('https://app.example')
    const refused = await askTokens(h, { json: {}, headers })
    expect(refused.headers['access-control-allow-origin']).toBe('https://app.example')
  })

  test('never reach authorize', async () => {
    for (const url of ['/api/oauth2/authorize', '/api/v3/oauth2/authorize', '/oauth2/authorize']) {
      const answer = await preflight(url, 'https://app.example')
      expect(answer.headers['access-control-allow-origin'], url).toBeUndefined()
    }
  })
})

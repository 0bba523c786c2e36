/** The token endpoint as such. */

import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { accessTokenType, tokenExchangeGrantType } from '../../src/protocol/names.ts'
import { StorageUnavailable } from '../../src/storage/contract.ts'
import { expectRefusal, isActive, newCode } from '../support/answers.ts'
import { authorize, authorizeUrl, exchangeCode, type TestBrowser, type TokenAnswer, token } from '../support/browser.ts'
import { addAccount, addClient, type Harness, harness, type TestClient } from '../support/harness.ts'

const form = 'application/x-www-form-urlencoded'

describe('the token endpoint', () => {
  let h: Harness
  let client: TestClient
  let browser: TestBrowser
  beforeAll(async () => {
    h = await harness()
    await addAccount(h)
    client = await addClient(h)
    browser = (await authorize(h.app, authorizeUrl(client))).browser
  })
  afterAll(() => h.close())

  const basic = () => `Basic ${Buffer.from(`${client.id}:${client.secret}`).toString('base64')}`

  async function send(options: {
    method?: 'GET' | 'PUT' | 'POST' | 'DELETE' | 'PATCH' | 'HEAD'
    url?: string
    payload?: string | Buffer
    headers?: Record<string, string>
  }): Promise<TokenAnswer> {
    const response = await h.app.inject({
      method: options.method ?? 'POST',
      url: options.url ?? '/oauth/token',
      headers: { authorization: basic(), ...options.headers },
      ...(options.payload === undefined ? {} : { payload: options.payload }),
    })
    const json = /json/.test(String(response.headers['content-type'])) && response.body !== ''
    return { status: response.statusCode, headers: response.headers, body: json ? response.json() : {} } as TokenAnswer
  }

  test('D59: every method but POST is answered 405 with Allow, whatever its content type', async () => {
    for (const url of ['/oauth/token', '/oauth/introspect', '/oauth/revoke']) {
      for (const method of ['GET', 'PUT', 'DELETE', 'PATCH', 'HEAD'] as const) {
        for (const type of [form, 'application/json', 'text/plain']) {
          const payload = method === 'GET' || method === 'HEAD' ? {} : { payload: '{}' }
          const answer = await send({ method, url, headers: { 'content-type': type }, ...payload })
          expect(answer.status, `${method} ${url} ${type}`).toBe(405)
          expect(answer.headers.allow).toBe('POST')
          expect(answer.headers['cache-control']).toBe('no-store')
        }
      }
    }
  })

  test('D59: parameters in the query are refused, and burn nothing', async () => {
    const code = await newCode(h, client, {}, browser)
    for (const query of [
      `client_id=${client.id}&client_secret=${client.secret}`,
      'grant_type=authorization_code',
      `code=${code}`,
      'refresh_token=x',
      'client_assertion=x',
      'client_assertion_type=x',
      'scope=basic',
      'redirect%5Furi=x',
      'grant_type=',
    ]) {
      const payload = 'grant_type=client_credentials'
      const answer = await send({ url: `/oauth/token?${query}`, payload, headers: { 'content-type': form } })
      expectRefusal(answer, 'invalid_request', 400, query)
    }
    expectRefusal(
      await send({
        url: '/oauth/token?%zz=1',
        payload: 'grant_type=client_credentials',
        headers: { 'content-type': form },
      }),
      'invalid_request',
    )
    for (const url of ['/oauth/introspect', '/oauth/revoke']) {
      const answer = await send({ url: `${url}?token=x`, payload: 'token=x', headers: { 'content-type': form } })
      expectRefusal(answer, 'invalid_request', 400, url)
    }
    expect((await exchangeCode(h.app, client, code)).status).toBe(200)
  })

  test('D60: other content types are refused', async () => {
    const payload = 'grant_type=client_credentials'
    for (const type of [
      'application/json',
      'text/plain',
      'multipart/form-data; boundary=x',
      'application/xml',
      'application/x-www-form-urlencoded-x',
      'x',
      '',
    ]) {
      expectRefusal(await send({ payload, headers: { 'content-type': type } }), 'invalid_request', 400, type)
    }
    for (const type of [form, `${form}; charset=UTF-8`, `${form};charset=utf-8`, 'Application/X-WWW-Form-Urlencoded']) {
      expect((await send({ payload, headers: { 'content-type': type } })).status, type).toBe(200)
    }
  })

  test('D60: a body that is no form is 400, not 500', async () => {
    for (const payload of [
      '{"grant_type":"client_credentials"}',
      'grant_type=%zz',
      'grant_type=client_credentials&x=%c3%28',
      'grant_type=client_credentials&%',
      'grant_type=client_credentials&x=%00',
      '%ed%a0%80=1',
      '',
      '&&&',
      '=',
      'grant_type',
      Buffer.from([0xff, 0xfe, 0x00, 0x3d, 0x26]),
    ]) {
      expectRefusal(await send({ payload, headers: { 'content-type': form } }), 'invalid_request', 400, String(payload))
    }
  })

  test('D61: a body above 64 kB is 413, a thousand parameters are 400', async () => {
    const big = await send({ payload: `x=${'y'.repeat(70_000)}`, headers: { 'content-type': form } })
    expect(big.status).toBe(413)
    expect(big.body.error).toBe('invalid_request')
    const many = Array.from({ length: 1000 }, (_, i) => `p${i}=1`).join('&')
    expectRefusal(await send({ payload: many, headers: { 'content-type': form } }), 'invalid_request')
  })

  test('D61: an announced body above 64 kB is refused at once, and its connection closed', async () => {
    const address = new URL(await h.app.listen({ port: 0, host: '127.0.0.1' }))
    const answer = await new Promise<string>((resolve, reject) => {
      let text = ''
      const socket = connect(Number(address.port), '127.0.0.1')
      socket.on('data', (chunk) => {
        text += chunk
      })
      socket.on('close', () => resolve(text))
      socket.on('error', reject)
      socket.write(
        `POST /oauth/token HTTP/1.1\r\nHost: x\r\nContent-Type: ${form}\r\nContent-Length: 10000000\r\n\r\ngrant_type=`,
      )
    })
    expect(answer).toMatch(/^HTTP\/1\.1 413 /)
    expect(answer.toLowerCase()).toContain('connection: close')
  })

  test('D61: names of the object prototype are names like any other', async () => {
    for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty', '__proto__[admin]']) {
      const answer = await token(h.app, client, { grant_type: 'client_credentials', [name]: 'x' })
      expect(answer.status, name).toBe(200)
      expectRefusal(await token(h.app, client, { grant_type: name }), 'unsupported_grant_type', 400, name)
      expectRefusal(
        await token(h.app, { id: name }, { grant_type: 'refresh_token', refresh_token: name }),
        'invalid_client',
        401,
      )
      expectRefusal(await token(h.app, { id: name, secret: name }, { grant_type: 'x' }), 'unsupported_grant_type')
      expectRefusal(await token(h.app, client, { grant_type: 'client_credentials', scope: name }), 'invalid_scope', 400)
    }
    expect(({} as Record<string, unknown>).admin).toBeUndefined()
  })

  test('D72: a grant type that the client is not registered for, or that is unknown, is refused', async () => {
    const code = await newCode(h, client, {}, browser)
    const machine = await addClient(h, { grant_types: ['client_credentials'], redirect_uris: [] })
    expectRefusal(await exchangeCode(h.app, machine, code), 'unauthorized_client')
    const refresh = { grant_type: 'refresh_token', refresh_token: 'x' }
    expectRefusal(await token(h.app, machine, refresh), 'unauthorized_client')
    const site = await addClient(h, { grant_types: ['authorization_code'] })
    expectRefusal(await token(h.app, site, { grant_type: 'client_credentials' }), 'unauthorized_client')
    const exchange = { subject_token: 'x', subject_token_type: accessTokenType, resource: 'https://api.example/' }
    expectRefusal(await token(h.app, site, { grant_type: tokenExchangeGrantType, ...exchange }), 'unauthorized_client')
    const assertion = { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: 'x' }
    expectRefusal(await token(h.app, site, assertion), 'unauthorized_client')
    const device = { grant_type: 'urn:ietf:params:oauth:grant-type:device_code', device_code: 'x' }
    expectRefusal(await token(h.app, site, device), 'unauthorized_client')
    for (const type of [
      'password',
      'implicit',
      'urn:ietf:params:oauth:grant-type:jwt_bearer',
      'Client_Credentials',
      'client_credentials ',
    ]) {
      const request = { grant_type: type, username: 'alice', password: 'correct horse battery' }
      expectRefusal(await token(h.app, client, request), 'unsupported_grant_type', 400, type)
    }
    expectRefusal(await token(h.app, client, {}), 'invalid_request')
    expect((await exchangeCode(h.app, client, code)).status).toBe(200)
  })

  test('D72: a public client gets no client_credentials, however it asks', async () => {
    const open = await addClient(h, { token_endpoint_auth_method: 'none' })
    const request = { grant_type: 'client_credentials' }
    expectRefusal(await token(h.app, { id: open.id }, request), 'unauthorized_client')
    expectRefusal(await token(h.app, { id: open.id, secret: '' }, request), 'invalid_client', 401)
    await expect(
      addClient(h, { token_endpoint_auth_method: 'none', grant_types: ['client_credentials'] }),
    ).rejects.toThrow()
  })

  test('D72: a client without redirect URI and without a secret is nobody', async () => {
    const bare = await addClient(h, { token_endpoint_auth_method: 'none', grant_types: ['refresh_token'] })
    expectRefusal(await token(h.app, { id: bare.id }, { grant_type: 'client_credentials' }), 'unauthorized_client')
  })

  test('D73: a token of an app is never the token of a person', async () => {
    const { body } = await token(h.app, client, { grant_type: 'client_credentials' })
    const { id } = await addAccount(h, 'carol')
    await expect(addClient(h, {}, { id: `${id}x` })).resolves.toBeDefined()
    expect(id).toMatch(/^usr_/)
    const info = await h.app.inject({
      url: '/oauth/userinfo',
      headers: { authorization: `Bearer ${body.access_token}` },
    })
    expect(info.statusCode).toBe(403)
    expect(info.json().error).toBe('insufficient_scope')
    for (const scope of ['openid', 'profile', 'email', 'offline_access']) {
      const request = { grant_type: 'client_credentials', scope }
      expectRefusal(await token(h.app, client, request), 'invalid_scope', 400, scope)
    }
  })

  test('D74: parameters of other grant types add nothing and hide nothing', async () => {
    const answer = await token(h.app, client, {
      grant_type: 'client_credentials',
      subject_token: 'x',
      subject_token_type: 'y',
      actor_token: 'z',
      code: 'x',
      refresh_token: 'x',
      username: 'alice',
      user_id: 'usr_x',
      client_name: 'x',
    })
    expect(answer.status).toBe(200)
    expect(answer.body.scope).toBe('basic readmeasurements writemeasurements')
    expect(answer.body.refresh_token).toBeUndefined()
  })

  test('D75: answers are JSON for nobody to keep or sniff, and a fault says nothing', async () => {
    const good = await token(h.app, client, { grant_type: 'client_credentials' })
    const bad = await token(h.app, client, { grant_type: 'x' })
    for (const answer of [good, bad]) {
      expect(answer.headers).toMatchObject({
        'cache-control': 'no-store',
        pragma: 'no-cache',
        'x-content-type-options': 'nosniff',
      })
      expect(answer.headers['content-type']).toMatch(/^application\/json/)
    }
    const find = h.context.clients.find
    const broken = { ...h.context.clients, find: () => Promise.reject(new Error('SELECT secret FROM /srv/data')) }
    Object.assign(h.context.clients, broken)
    const fault = await token(h.app, client, { grant_type: 'client_credentials' })
    Object.assign(h.context.clients, { find })
    expect(fault.status).toBe(500)
    expect(fault.body).toEqual({ error: 'server_error', error_description: 'Something went wrong on our side.' })
    expect(fault.headers['cache-control']).toBe('no-store')
  })

  test('D76: the token endpoint answers origins of registered apps, without credentials; authorize and pages nobody', async () => {
    const preflight = (url: string, origin: string) =>
      h.app.inject({
        method: 'OPTIONS',
        url,
        headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' },
      })
    const known = await preflight('/oauth/token', 'https://app.example')
    expect(known.statusCode).toBe(204)
    expect(known.headers['access-control-allow-origin']).toBe('https://app.example')
    expect(known.headers.vary).toBe('Origin, Access-Control-Request-Headers')
    const call = await h.app.inject({ method: 'POST', url: '/oauth/token', headers: { origin: 'https://app.example' } })
    expect(call.headers['access-control-allow-origin']).toBe('https://app.example')
    expect(String(call.headers.vary).split(', ')).toContain('Origin')
    for (const origin of [
      'null',
      'https://evil.example',
      'https://app.example.evil.example',
      'http://app.example',
      'https://app.example:444',
      'https://APP.example',
      '',
      '*',
    ]) {
      for (const url of ['/oauth/token', '/oauth/revoke', '/oauth/userinfo']) {
        const answer = await preflight(url, origin)
        expect(answer.headers['access-control-allow-origin'], `${origin} ${url}`).toBeUndefined()
      }
    }
    for (const url of ['/.well-known/openid-configuration', '/oauth/jwks']) {
      const answer = await h.app.inject({ url, headers: { origin: 'https://evil.example' } })
      expect(answer.headers['access-control-allow-origin'], url).toBe('*')
      expect(answer.headers['access-control-allow-credentials'], url).toBeUndefined()
    }
    for (const url of ['/oauth/authorize', '/oauth/introspect', '/login', '/consent', '/logout', '/account', '/']) {
      for (const answer of [
        await preflight(url, 'https://app.example'),
        await h.app.inject({ url, headers: { origin: 'https://app.example' } }),
      ]) {
        const names = Object.keys(answer.headers).filter((name) => name.startsWith('access-control-'))
        expect(names, url).toEqual([])
      }
    }
    expect(known.headers['access-control-allow-credentials']).toBeUndefined()
  })

  test('D69: a storage that fails closes: no token, nothing spent, and no way around a revocation', async () => {
    const code = await newCode(h, client, {}, browser)
    const { grants, claims } = h.storage
    const whole = { find: grants.find, advance: grants.advance, isClaimed: claims.isClaimed }
    const gone = () => Promise.reject(new StorageUnavailable('gone'))
    for (const verb of ['find', 'advance'] as const) {
      Object.assign(grants, { [verb]: gone })
      const answer = await exchangeCode(h.app, client, code)
      Object.assign(grants, { [verb]: whole[verb] })
      expect(answer.status, verb).toBe(503)
      expect(answer.body.error).toBe('temporarily_unavailable')
      expect(answer.headers['retry-after']).toBeDefined()
    }
    const { body, status } = await exchangeCode(h.app, client, code)
    expect(status).toBe(200)
    Object.assign(claims, { isClaimed: gone })
    const info = await h.app.inject({
      url: '/oauth/userinfo',
      headers: { authorization: `Bearer ${body.access_token}` },
    })
    Object.assign(claims, { isClaimed: whole.isClaimed })
    expect(info.statusCode).toBe(503)
    expect(await isActive(h, client, body.access_token)).toBe(true)
  })
})

/**
 * Every kind of credential at every place that takes one: good where it belongs, refused everywhere else, in every spelling
 * but its own, and without anything being spent by the refusal.
 */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { makeTicket } from '../../src/engine/authorize/ticket.ts'
import { decodeBase62, encodeBase62 } from '../../src/lib/base62.ts'
import {
  addApp,
  askTokens,
  callback,
  offerCode,
  openQuantimodo,
  type QuantimodoServer,
  type TestClient,
  verifier,
  withPkce,
} from '../dialects/quantimodo/quantimodo.ts'
import { alterations } from '../support/alter.ts'
import { signInOn, testBrowser } from '../support/browser.ts'
import { alicePassword } from '../support/harness.ts'

let h: QuantimodoServer
/** The same root secret over another database. */
let elsewhere: QuantimodoServer
let client: TestClient
let other: TestClient
beforeAll(async () => {
  h = await openQuantimodo()
  elsewhere = await openQuantimodo()
  client = await addApp(h, { dialects: ['oauth', 'quantimodo'], scope })
  other = await addApp(h, { dialects: ['oauth', 'quantimodo'], scope })
})
afterAll(async () => {
  await h.close()
  await elsewhere.close()
})

const scope = 'openid offline_access basic readmeasurements'
let askers = 0

/** A request from an address of its own, so that no guess is counted twice. */
async function ask(url: string, form: Record<string, string> | undefined, headers: Record<string, string> = {}) {
  askers++
  const response = await h.app.inject({
    method: form === undefined ? 'GET' : 'POST',
    url,
    remoteAddress: `10.${(askers >> 16) & 255}.${(askers >> 8) & 255}.${askers & 255}`,
    headers: { ...(form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }), ...headers },
    ...(form === undefined ? {} : { payload: new URLSearchParams(form).toString() }),
  })
  expect(response.statusCode, `${url} ${response.body}`).toBeLessThan(500)
  return {
    status: response.statusCode,
    body: String(response.headers['content-type']).includes('json') ? response.json() : {},
  }
}

const secretOf = (of: TestClient) => ({ client_id: of.id, client_secret: of.secret })
const exchange = (code: string) => ({
  grant_type: 'authorization_code',
  code,
  redirect_uri: callback,
  code_verifier: verifier,
})
const refresh = (text: string) => ({ grant_type: 'refresh_token', refresh_token: text })
const bearer = (text: string) => ({ authorization: `Bearer ${text}` })

/** Every place that takes a credential: whether it took this one. */
const places: Record<string, (text: string, of?: TestClient) => Promise<boolean>> = {
  'code at /oauth/token': async (text, of = client) =>
    (await ask('/oauth/token', { ...exchange(text), ...secretOf(of) })).status === 200,
  'code at a legacy token endpoint': async (text, of = client) =>
    (await ask('/api/v3/oauth2/token', { ...exchange(text), ...secretOf(of) })).status === 200,
  'code without a client': async (text) => (await ask('/api/oauth2/token', exchange(text))).status === 200,
  'refresh at /oauth/token': async (text, of = client) =>
    (await ask('/oauth/token', { ...refresh(text), ...secretOf(of) })).status === 200,
  'refresh at a legacy token endpoint': async (text, of = client) =>
    (await ask('/api/v3/oauth2/token', { ...refresh(text), ...secretOf(of) })).status === 200,
  'refresh at the JWT login': async (text) => (await ask('/auth/v1/refresh', { token: text })).status === 201,
  'validate of the JWT login': async (text) => (await ask('/auth/v2/validate', { token: text })).status === 200,
  introspection: async (text, of = client) =>
    (await ask('/oauth/introspect', { token: text, ...secretOf(of) })).body.active === true,
  userinfo: async (text) => (await ask('/oauth/userinfo', undefined, bearer(text))).status === 200,
  'the data API': async (text) => (await ask('/api/v3/user', undefined, bearer(text))).status === 200,
  'the data API by query': async (text) =>
    (await ask(`/api/v1/user?${new URLSearchParams({ access_token: text })}`, undefined)).status === 200,
  'a social code': async (text) =>
    (
      await ask(
        `/api/v2/auth/social/authorizeCode?${new URLSearchParams({ code: text, provider: 'google' })}`,
        undefined,
      )
    ).status === 200,
  'a session': async (text) => {
    const cookie = `consentry-session=${encodeURIComponent(text)}`
    return (await ask('/account', undefined, { cookie })).status === 200
  },
}

async function tokens(on: QuantimodoServer = h, of: TestClient = client) {
  const code = await offerCode(on, of, {
    redirectUriSent: true,
    scope: scope.split(' '),
    dialect: 'oauth',
    ...withPkce,
  })
  const { status, body } = await askTokens(on, { url: '/oauth/token', form: { ...exchange(code), ...secretOf(of) } })
  expect(status, JSON.stringify(body)).toBe(200)
  return { code, ...body, id_token: String(body.id_token) }
}

async function newCode(on: QuantimodoServer = h, of: TestClient = client): Promise<string> {
  return offerCode(on, of, { redirectUriSent: true, scope: scope.split(' '), dialect: 'oauth', ...withPkce })
}

async function newSession(): Promise<string> {
  const browser = testBrowser(h.app)
  await signInOn(browser, await browser.get('/login'))
  return browser.cookies.get('consentry-session') ?? ''
}

async function passwordToken(): Promise<string> {
  const { body } = await ask('/v1/oauth/', { username: 'alice', password: alicePassword })
  return body.data.access_token
}

async function loginJwt(): Promise<{ readonly access: string; readonly refresh: string }> {
  const { body } = await ask('/auth/v1/login', { username: 'alice', password: alicePassword })
  return { access: body.authorization.token, refresh: body.refresh.token }
}

describe('each kind of credential is taken where it belongs and nowhere else', () => {
  const kinds: Record<string, { make: () => Promise<string>; good: readonly string[] }> = {
    // What is good once is used up at the first place.
    'a code': { make: newCode, good: ['code at /oauth/token'] },
    'an access token': {
      make: async () => (await tokens()).access_token,
      good: ['introspection', 'userinfo', 'the data API'],
    },
    'a refresh token': {
      make: async () => (await tokens()).refresh_token,
      good: ['refresh at /oauth/token', 'refresh at a legacy token endpoint'],
    },
    'an ID token': { make: async () => (await tokens()).id_token, good: [] },
    'a sign-in ticket': { make: async () => makeTicket(h.context, h.alice.id), good: [] },
    'a token for a password': { make: passwordToken, good: ['the data API'] },
    'a JWT for a password': {
      make: async () => (await loginJwt()).access,
      good: ['validate of the JWT login', 'the data API'],
    },
    'a refresh token of the JWT login': {
      make: async () => (await loginJwt()).refresh,
      good: ['refresh at the JWT login'],
    },
    'a client secret': { make: async () => client.secret, good: [] },
    'a client ID': { make: async () => client.id, good: [] },
    'a session cookie': { make: newSession, good: ['a session'] },
  }
  test.each(Object.entries(kinds))('%s', async (_kind, { make, good }) => {
    const text = await make()
    const taken: string[] = []
    for (const [place, take] of Object.entries(places)) if (await take(text)) taken.push(place)
    expect(taken).toEqual(good)
  })
})

describe('in every spelling but its own it is refused, and nothing is spent', () => {
  const kinds: Record<string, { make: () => Promise<string>; at: readonly string[] }> = {
    'a code': {
      make: newCode,
      at: ['code at a legacy token endpoint', 'code without a client', 'code at /oauth/token'],
    },
    'a refresh token': {
      make: async () => (await tokens()).refresh_token,
      at: ['refresh at a legacy token endpoint', 'introspection', 'refresh at /oauth/token'],
    },
    'an access token': {
      make: async () => (await tokens()).access_token,
      at: ['userinfo', 'introspection', 'the data API'],
    },
    'a token for a password': { make: passwordToken, at: ['the data API'] },
    'a JWT for a password': {
      make: async () => (await loginJwt()).access,
      at: ['the data API', 'validate of the JWT login'],
    },
    'a refresh token of the JWT login': {
      make: async () => (await loginJwt()).refresh,
      at: ['refresh at the JWT login'],
    },
    'a session cookie': { make: newSession, at: ['a session'] },
  }
  test.each(Object.entries(kinds))('%s', async (_kind, { make, at }) => {
    const text = await make()
    const cuts = [text.indexOf('.'), text.lastIndexOf('.') + 1].filter((cut) => cut > 0)
    for (const place of at) {
      for (const altered of alterations(text, cuts)) {
        // Space around a header's value is no part of it (RFC 9110 §5.5).
        if (altered.text.trim() === text || !/^[!-~]+$/.test(altered.text)) continue
        expect(await places[place]?.(altered.text), `${altered.what} at ${place}`).toBe(false)
      }
    }
    expect(await places[at.at(-1) ?? '']?.(text)).toBe(true)
  })
})

describe('a credential of', () => {
  test('another installation under the same root secret is none here', async () => {
    const theirs = await addApp(elsewhere, { dialects: ['oauth', 'quantimodo'], scope }, client.id)
    const code = await newCode(elsewhere, theirs)
    const made = await tokens(elsewhere, theirs)
    const ticket = makeTicket(elsewhere.context, elsewhere.alice.id)
    for (const text of [code, made.access_token, made.refresh_token, made.id_token, ticket]) {
      for (const [place, take] of Object.entries(places)) expect(await take(text), place).toBe(false)
    }
  })

  test('another app is refused by both protocols and stays good', async () => {
    const made = await tokens()
    for (const place of Object.keys(places).filter((name) => /^(code|refresh) at (\/|a legacy)/.test(name))) {
      const text = place.startsWith('code') ? await newCode() : made.refresh_token
      expect(await places[place]?.(text, other), place).toBe(false)
      expect(await places[place.replace(/ at .*/, ' at /oauth/token')]?.(text), place).toBe(true)
    }
    const again = await tokens()
    for (const text of [again.access_token, again.refresh_token]) {
      expect(await places.introspection?.(text, other)).toBe(false)
      for (const hint of ['access_token', 'refresh_token', 'x']) {
        await ask('/oauth/revoke', { token: text, token_type_hint: hint, ...secretOf(other) })
      }
      expect(await places.introspection?.(text)).toBe(true)
    }
  })

  test('a generation that there is not, or of a time to come, is refused without a read', async () => {
    const made = await tokens()
    const code = await newCode()
    const reads = vi.spyOn(h.storage.grants, 'find')
    for (const [text, kind] of [
      [code, 'code'],
      [made.refresh_token, 'refresh'],
    ] as const) {
      reads.mockClear()
      const payload = decodeBase62(text.slice(2)) ?? Buffer.alloc(45)
      const written = (change: (bytes: Buffer) => void) => {
        const bytes = Buffer.from(payload)
        change(bytes)
        return text.slice(0, 2) + encodeBase62(bytes)
      }
      const wrong = [
        written((bytes) => bytes.writeUInt8(0, 0)),
        written((bytes) => bytes.writeUInt8(2, 0)),
        written((bytes) => bytes.writeUInt16BE(0, 1)),
        written((bytes) => bytes.writeUInt16BE(2, 1)),
        written((bytes) => bytes.writeUInt16BE(65_535, 1)),
        written((bytes) => bytes.writeUIntBE(h.clock.now() + 61_000, 23, 6)),
        written((bytes) => bytes.writeUIntBE(2 ** 48 - 1, 23, 6)),
        written((bytes) => bytes.writeUIntBE(0, 23, 6)),
        ...['', 'ac', 'rt', 'undefined', 'null', '0', `${text}${text}`, `dc${text.slice(2)}`],
      ]
      for (const one of wrong.slice(0, -1)) {
        for (const place of [`${kind} at /oauth/token`, `${kind} at a legacy token endpoint`]) {
          expect(await places[place]?.(one), `${one} at ${place}`).toBe(false)
        }
      }
      expect(reads).not.toHaveBeenCalled()
      expect(await places[`${kind} at /oauth/token`]?.(wrong.at(-1) ?? '')).toBe(false)
    }
    reads.mockRestore()
  })

  test('a step that is spent, or has not come yet, is refused', async () => {
    const code = await newCode()
    expect(await places['code at /oauth/token']?.(code)).toBe(true)
    h.clock.move(31_000)
    for (const place of ['code at a legacy token endpoint', 'code without a client', 'code at /oauth/token']) {
      expect(await places[place]?.(code), place).toBe(false)
    }
    const made = await tokens()
    const payload = decodeBase62(made.refresh_token.slice(2)) ?? Buffer.alloc(45)
    payload.writeUInt32BE(payload.readUInt32BE(19) + 1, 19)
    expect(await places['refresh at /oauth/token']?.(`rt${encodeBase62(payload)}`)).toBe(false)
    expect(await places['refresh at /oauth/token']?.(made.refresh_token)).toBe(true)
  })

  test('a code older than its minute is refused by both protocols', async () => {
    const code = await newCode()
    h.clock.move(60_000)
    for (const place of ['code at a legacy token endpoint', 'code without a client', 'code at /oauth/token']) {
      expect(await places[place]?.(code), place).toBe(false)
    }
  })
})

describe('where a client says who it is', () => {
  const endpoints = ['/oauth/token', '/oauth/introspect', '/oauth/revoke', '/api/v3/oauth2/token']
  const basic = (text: string | Buffer) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` })
  const rows: readonly (readonly [string, () => Record<string, string>, () => Record<string, string>])[] = [
    ['a wrong secret', () => ({ client_id: client.id, client_secret: `${client.secret}x` }), () => ({})],
    ['an empty secret', () => ({ client_id: client.id, client_secret: '' }), () => ({})],
    [
      'a secret in other letters',
      () => ({ client_id: client.id, client_secret: client.secret.toUpperCase() }),
      () => ({}),
    ],
    ['the secret with a space', () => ({ client_id: client.id, client_secret: ` ${client.secret}` }), () => ({})],
    ['the secret of another app', () => ({ client_id: client.id, client_secret: other.secret }), () => ({})],
    ['its own id as secret', () => ({ client_id: client.id, client_secret: client.id }), () => ({})],
    [
      'an id in other letters',
      () => ({ client_id: client.id.toUpperCase(), client_secret: client.secret }),
      () => ({}),
    ],
    ['the name of a prototype', () => ({ client_id: '__proto__', client_secret: client.secret }), () => ({})],
    ['no password in Basic', () => ({}), () => basic(client.id)],
    ['an empty password in Basic', () => ({}), () => basic(`${client.id}:`)],
    ['no name in Basic', () => ({}), () => basic(`:${client.secret}`)],
    [
      'Basic that is no UTF-8',
      () => ({}),
      () => basic(Buffer.concat([Buffer.from(`${client.id}:`), Buffer.from([0xff])])),
    ],
    ['Basic with a NUL', () => ({}), () => basic(`${client.id}:${client.secret}\0`)],
    ['Basic with broken escapes', () => ({}), () => basic(`${client.id}:%zz`)],
    ['Basic in the alphabet of addresses', () => ({}), () => ({ authorization: `Basic ${'-_'.repeat(20)}` })],
    [
      'Basic twice',
      () => ({}),
      () => ({ authorization: `${basic(`${client.id}:${client.secret}`).authorization}, Basic x` }),
    ],
    ['Basic and a secret', () => ({ client_secret: client.secret }), () => basic(`${client.id}:${client.secret}`)],
    ['Basic of another app', () => ({ client_id: client.id }), () => basic(`${other.id}:${other.secret}`)],
    ['a token as Bearer', () => ({ client_id: client.id }), () => bearer(client.secret)],
  ]
  test.each(rows)('%s is refused everywhere', async (_what, form, headers) => {
    const { access_token } = await tokens()
    for (const url of endpoints) {
      const answer = await ask(url, { grant_type: 'client_credentials', token: access_token, ...form() }, headers())
      expect([400, 401], `${url} ${JSON.stringify(answer.body)}`).toContain(answer.status)
      expect(['invalid_client', 'invalid_request'], url).toContain(answer.body.error)
    }
    expect(await places['the data API']?.(access_token)).toBe(true)
  })
})

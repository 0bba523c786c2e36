/** The JWT login beyond its transcripts: what its tokens are worth, whose key signs whom in, and what it does not tell. */

import type { LightMyRequestResponse } from 'fastify'
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { executeApply, planApply } from '../../../src/engine/operator/apply/apply.ts'
import { parseDocument } from '../../../src/engine/operator/apply/document.ts'
import { decideDialect, usesOfDialects } from '../../../src/runtime/kept/legacy_dialects.ts'
import { keyDigest } from '../../../src/runtime/kept/subscription_keys.ts'
import type { SubscriptionKey } from '../../../src/storage/contract.ts'
import { newTokens } from '../../support/answers.ts'
import { apiStatus, authorizeUrl, post, refresh, signInOn, testBrowser, token } from '../../support/browser.ts'
import {
  addAccount,
  addClient,
  addSubscriptionKey,
  alicePassword,
  byCommand,
  type Harness,
  harness,
  issuer,
} from '../../support/harness.ts'

let h: Harness
let dora: Awaited<ReturnType<typeof addAccount>>
let key: string
let count = 0

beforeAll(async () => {
  h = await harness()
})
beforeEach(async () => {
  h.clock.move(11 * 60_000)
  dora = await addAccount(h, `dora${++count}`)
  key = await addKey()
})
afterEach(() => vi.restoreAllMocks())
afterAll(() => h.close())

/** A key of the test's person, or as the operator's record has it otherwise. */
function addKey(more: Partial<SubscriptionKey> = {}): Promise<string> {
  return addSubscriptionKey(h, `${++count}`.padStart(32, 'K'), dora.id, more)
}

function amendKey(text: string, change: Partial<SubscriptionKey>) {
  return h.storage.subscriptionKeys.amend(keyDigest(text), (present) => ({ ...present, ...change }))
}

function call(path: string, payload?: object | string, headers: Record<string, string> = {}) {
  const type: Record<string, string> = typeof payload === 'string' ? { 'content-type': 'application/json' } : {}
  const body = payload === undefined ? {} : { payload }
  return h.app.inject({ method: 'POST', url: path, headers: { ...type, ...headers }, ...body })
}

const login = (fields: object = {}, withKey = key) =>
  call(
    '/auth/v2/login',
    { username: dora.username, password: alicePassword, ...fields },
    { 'subscription-key': withKey },
  )
const renew = (text: string, withKey = key) =>
  call('/auth/v2/refresh', { token: text }, { 'subscription-key': withKey })
const validate = (text: string) => call('/auth/v2/validate', { token: text })

interface Pair {
  readonly jwt: string
  readonly refresh: string
}

function pairOf(response: LightMyRequestResponse): Pair {
  expect(response.statusCode, response.body).toBe(201)
  const { authorization, refresh } = response.json()
  return { jwt: authorization.token, refresh: refresh.token }
}

function expectError(response: LightMyRequestResponse, status: number): void {
  expect(response.statusCode, response.body).toBe(status)
  expect(Object.keys(response.json())).toEqual(['statusCode', 'message'])
  expect(response.json().statusCode).toBe(status)
  expect(response.headers['cache-control']).toBe('no-store')
}

describe('the JWT', () => {
  test('is signed with RS256 by a published key, for an audience of its own, for twelve hours', async () => {
    const answer = (await login()).json()
    const { token: jwt, expires_at, not_before } = answer.authorization
    const { alg, typ, kid } = decodeProtectedHeader(jwt)
    expect({ alg, typ }).toEqual({ alg: 'RS256', typ: 'JWT' })
    const jwks = (await h.app.inject({ url: '/oauth/jwks' })).json()
    expect(jwks.keys.map((published: { kid: string }) => published.kid)).toContain(kid)
    const audience = `${issuer}/auth/v2`
    const currentDate = new Date(h.clock.now())
    const { payload } = await jwtVerify(jwt, createLocalJWKSet(jwks), { issuer, audience, typ: 'JWT', currentDate })
    expect(payload).toMatchObject({ sub: dora.id, iat: not_before, nbf: not_before, exp: not_before + 43_200 })
    expect(Date.parse(`${expires_at}Z`)).toBe((not_before + 43_200) * 1000)
    expect(JSON.stringify(payload)).not.toContain(dora.username)
  })

  test('dies at once when its place is ended, whatever its signature says', async () => {
    const { jwt, refresh: text } = pairOf(await login())
    expect(await apiStatus(h.app, jwt)).toBe(200)
    const browser = testBrowser(h.app)
    await signInOn(browser, await browser.get('/login'), dora.username)
    const page = await browser.get('/account/devices')
    expect(page.body).toContain('API sign-in')
    const csrf = /name="csrf" value="([^"]+)"/.exec(page.body)?.[1] ?? ''
    const grant = /<li data-grant="([^"]+)"/.exec(page.body)?.[1] ?? ''
    await browser.post('/account/devices/end', { csrf, grant })
    expect(await apiStatus(h.app, jwt)).toBe(401)
    expect((await validate(jwt)).json()).toEqual({ valid: false, message: 'The authorization has been revoked.' })
    expectError(await renew(text), 401)
  })

  test('is no standard access token, ID token or ticket', async () => {
    const { jwt } = pairOf(await login())
    const client = await addClient(h)
    expect((await post(h.app, '/oauth/introspect', client, { token: jwt })).body).toEqual({ active: false })
    const headers = { authorization: `Bearer ${jwt}` }
    expect((await h.app.inject({ url: '/oauth/userinfo', headers })).statusCode).toBe(403)
    for (const more of [{ token: jwt }, { id_token_hint: jwt }, { prompt: 'none', id_token_hint: jwt }]) {
      const page = await testBrowser(h.app).get(authorizeUrl(client, more), headers)
      expect(page.location ?? '').not.toContain('code=')
    }
    const self = await h.app.inject({
      method: 'POST',
      url: '/oauth/introspect',
      headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
      payload: `token=${jwt}`,
    })
    expect(self.json()).toMatchObject({ active: true, client_id: 'jwt-login' })
  })

  test('with another body, another signature or none is refused', async () => {
    const { jwt } = pairOf(await login())
    const [head = '', body = '', mark = ''] = jwt.split('.')
    const none = Buffer.from(JSON.stringify({ alg: 'none', typ: 'JWT' })).toString('base64url')
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString())
    const later = Buffer.from(JSON.stringify({ ...claims, exp: claims.exp + 1 })).toString('base64url')
    for (const text of [`${head}.${later}.${mark}`, `${none}.${body}.`, `${head}.${body}.${mark.slice(4)}AAAA`, body]) {
      expect(await apiStatus(h.app, text)).toBe(401)
      expect((await validate(text)).statusCode).toBe(401)
    }
  })
})

describe('a refresh', () => {
  test('goes on with its own chain only, and a token of long ago ends it', async () => {
    const first = pairOf(await login())
    const other = pairOf(await login())
    const second = pairOf(await renew(first.refresh))
    h.clock.move(11_000)
    const third = pairOf(await renew(second.refresh))
    expect(new Set([first.refresh, second.refresh, third.refresh]).size).toBe(3)
    expectError(await renew(first.refresh), 401)
    expectError(await renew(third.refresh), 401)
    expect(await apiStatus(h.app, third.jwt)).toBe(401)
    pairOf(await renew(other.refresh))
  })

  test('answers a repeat within ten seconds alike, to the byte', async () => {
    const { refresh: text } = pairOf(await login())
    const answer = await renew(text)
    h.clock.move(9000)
    expect((await renew(text)).body).toBe(answer.body)
  })

  test('of a chain with a key asks for that key, through the first version too', async () => {
    const { refresh: text } = pairOf(await login())
    expectError(await renew(text, await addKey()), 401)
    expectError(await call('/auth/v2/refresh', { token: text }), 401)
    expectError(await call('/auth/v1/refresh-token', { refresh_token: text }), 401)
    pairOf(await renew(text))
  })

  test('ends with the key: switched off, or no longer for this person', async () => {
    const guest = await addAccount(h, `guest${count}`)
    const shared = await addKey({ collaborators: [guest.id] })
    const { refresh: text } = pairOf(await login({ username: guest.username }, shared))
    h.clock.move(6000)
    await amendKey(shared, { collaborators: [] })
    h.clock.move(6000)
    expectError(await renew(text, shared), 403)

    const own = pairOf(await login())
    await amendKey(key, { disabled: 'developer' })
    h.clock.move(6000)
    expectError(await renew(own.refresh), 401)
    expectError(await login(), 401)
  })

  test('lasts a year at the longest', async () => {
    let last = pairOf(await login()).refresh
    for (let days = 0; days < 360; days += 12) {
      h.clock.move(12 * 86_400_000)
      last = pairOf(await renew(last)).refresh
    }
    h.clock.move(6 * 86_400_000)
    expectError(await renew(last), 401)
  })
})

describe('tokens of one protocol', () => {
  test('are refused at the others', async () => {
    const pair = pairOf(await login())
    const client = await addClient(h)
    const browser = testBrowser(h.app)
    await signInOn(browser, await browser.get('/login'), dora.username)
    const standard = await newTokens(h, client, {}, browser)
    expect(
      (await token(h.app, { id: 'jwt-login' }, { grant_type: 'refresh_token', refresh_token: pair.refresh })).body
        .error,
    ).toBe('unauthorized_client')
    expect((await refresh(h.app, client, pair.refresh)).body.error).toBe('invalid_grant')
    expectError(await renew(standard.refresh), 401)
    expect((await validate(standard.access)).statusCode).toBe(401)
    const query = new URLSearchParams({ username: dora.username, password: alicePassword })
    const { data } = (await call(`/v1/oauth/?${query}`)).json()
    expect((await validate(data.access_token)).json()).toEqual({
      valid: false,
      message: 'The access token is not valid.',
    })
    expectError(await renew(data.access_token), 401)
    // None of this has spent or ended anything.
    pairOf(await renew(pair.refresh))
    expect((await refresh(h.app, client, standard.refresh)).status).toBe(200)
  })
})

describe('a subscription key', () => {
  test('signs in its owner and collaborators, or everybody where the operator has opened it', async () => {
    const guest = await addAccount(h, `friend${count}`)
    expectError(await login({ username: guest.username }), 403)
    pairOf(await login({ username: guest.username }, await addKey({ collaborators: [guest.id] })))
    pairOf(await login({ username: guest.username }, await addKey({ openToAll: true })))
  })

  test('comes by apply as well', async () => {
    const text = `${++count}`.padStart(32, 'P')
    const document = parseDocument(JSON.stringify({ subscription_keys: [{ key: text, owner: dora.username }] }))
    await executeApply(h.context, byCommand, await planApply(h.context, document))
    pairOf(await login({}, text))
  })

  test('is looked at before the body, and guesses at it are counted', async () => {
    expectError(await call('/auth/v2/login', '{', { 'subscription-key': 'x' }), 401)
    for (let i = 0; i < 100; i++) await call('/auth/v2/login', '{}', { 'subscription-key': 'G'.repeat(32) })
    const refused = await login({}, 'G'.repeat(32))
    expectError(refused, 429)
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
    expectError(await login({}, 'x'), 401)
    pairOf(await login())
  })

  test('may be left out of validation and the API, where a good one is counted', async () => {
    const { jwt } = pairOf(await login())
    const headers = { authorization: `Bearer ${jwt}`, 'subscription-key': key }
    expect((await h.app.inject({ url: '/api/v3/user', headers })).statusCode).toBe(200)
    expect((await call('/auth/v2/validate', { token: jwt }, { 'subscription-key': key })).statusCode).toBe(200)
    expect((await call('/auth/v2/validate', { token: jwt }, { 'subscription-key': 'bad' })).statusCode).toBe(200)
    await h.context.subscriptionKeys.flush()
    expect((await h.storage.subscriptionKeys.find(keyDigest(key)))?.use?.count).toBe(3)
  })
})

describe('who exists', () => {
  test('is told neither by the answer nor by the work done', async () => {
    const gone = await addAccount(h, `gone${count}`)
    await h.storage.accounts.update(gone.id, { enabled: false })
    const open = await addKey({ openToAll: true })
    const verify = vi.spyOn(h.context.passwords, 'verify')
    const answers = []
    for (const fields of [{ password: 'wrong' }, { username: 'nobody' }, { username: gone.username }]) {
      const response = await login(fields, open)
      answers.push(`${response.statusCode} ${response.body}`)
    }
    expect(new Set(answers)).toEqual(
      new Set(['401 {"statusCode":401,"message":"The username or the password is wrong."}']),
    )
    expect(verify).toHaveBeenCalledTimes(3)
  })

  test('is guessed at as seldom as at the sign-in page', async () => {
    for (let i = 0; i < 10; i++) expectError(await login({ password: 'wrong' }), 401)
    const verify = vi.spyOn(h.context.passwords, 'verify')
    expectError(await login(), 429)
    const browser = testBrowser(h.app)
    const page = await signInOn(browser, await browser.get('/login'), dora.username)
    expect(page.status).toBe(429)
    expect(verify).not.toHaveBeenCalled()
  })

  test('another page’s forms and calls are refused in both versions, and count nothing', async () => {
    const guess = { username: dora.username, password: 'wrong' }
    const pending = await addClient(h, { redirect_uris: ['https://pending.example/cb'] })
    await h.storage.clients.amend(pending.id, () => ({ status: 'pending' }))
    const elsewhere = ['https://elsewhere.example', 'https://pending.example'].map((origin) => ({ origin }))
    for (const version of ['v1', 'v2']) {
      for (const more of [{ 'sec-fetch-mode': 'navigate' }, ...elsewhere]) {
        const headers = { 'subscription-key': key, ...more }
        for (let i = 0; i < 6; i++) expectError(await call(`/auth/${version}/login`, guess, headers), 403)
        expectError(await call(`/auth/${version}/refresh`, { token: 'x', refresh_token: 'x' }, headers), 403)
      }
    }
    const { refresh } = pairOf(await login())
    pairOf(await renew(refresh))
  })

  test('an account with a second factor gets the answer of a wrong password', async () => {
    await h.storage.accounts.update(dora.id, { secondFactor: true })
    const response = await login()
    expectError(response, 401)
    expect(response.body).toBe((await login({ password: 'wrong' })).body)
    expect(await h.storage.grants.listByUser(dora.id, 10)).toEqual([])
  })
})

describe('what is broken', () => {
  const bodies: readonly (readonly [string, string, number])[] = [
    ['nothing', '', 400],
    ['half an object', '{"username":"dora"', 400],
    ['a list', '[]', 400],
    ['a word', '"dora"', 400],
    ['no password', '{"username":"dora"}', 400],
    ['an object for a name', '{"username":{"$gt":""},"password":"x"}', 400],
    ['NUL', '{"username":"a\\u0000","password":"x"}', 400],
    ['half a surrogate pair', '{"username":"a\\ud800","password":"x"}', 400],
    ['a prototype', '{"__proto__":{"username":"dora","password":"x"}}', 400],
    ['a long name', JSON.stringify({ username: 'x'.repeat(30_000), password: 'x' }), 401],
    ['a long password', JSON.stringify({ username: 'dora', password: 'x'.repeat(30_000) }), 401],
    ['64 kB and more', JSON.stringify({ username: 'x'.repeat(70_000), password: 'x' }), 413],
  ]
  test.each(bodies)('%s is refused in the envelope', async (_what, body, status) => {
    expectError(await call('/auth/v2/login', body, { 'subscription-key': key }), status)
  })

  test('is a type, a method or a path: all in the envelope', async () => {
    const xml = { 'content-type': 'application/xml', 'subscription-key': key }
    expectError(await call('/auth/v2/login', '<a/>', xml), 415)
    const get = await h.app.inject({ url: '/auth/v2/login' })
    expectError(get, 405)
    expect(get.headers.allow).toBe('POST')
    expectError(await call('/auth/v2/nothing'), 404)
    expectError(await call('/auth/v2/validate', {}), 400)
    expectError(await call('/auth/v2/validate', undefined, { authorization: 'Bearer a b' }), 400)
    expect((await call('/auth/v2/validate', undefined, { authorization: 'Basic eDp4' })).statusCode).toBe(401)
    expectError(await renew('x'.repeat(40_000)), 401)
    expectError(await call('/auth/v1/refresh', { token: 'a', refresh_token: 'b' }), 400)
  })
})

describe('the operator', () => {
  test('sees the uses of the protocol and what it refused', async () => {
    pairOf(await login())
    await login({ password: 'wrong' })
    await call('/auth/v2/login', {})
    await h.context.requests.flush()
    const records = await h.storage.requests.list('jwt-login', 3)
    expect(records.map(({ reason }) => reason).toSorted()).toEqual(['', 'password_wrong', 'subscription_key_missing'])
    expect(JSON.stringify(records)).not.toContain(dora.username)
    await h.context.legacyDialects.flush()
    const uses = await usesOfDialects(h.storage, h.clock)
    expect(uses.get('jwt_login')?.[0]).toMatchObject({ clientId: 'jwt-login' })
  })

  test('announces the end of the protocol, in the first version too, and closes it', async () => {
    const sunset = h.clock.now() + 86_400_000
    await decideDialect(h.storage, h.clock, 'jwt_login', { sunset })
    h.clock.move(2000)
    for (const version of ['v1', 'v2']) {
      const { headers } = await call(`/auth/${version}/validate`, { token: 'x' })
      expect(headers.sunset).toBe(new Date(sunset).toUTCString())
      expect(headers.deprecation).toMatch(/^@\d{10}$/)
    }
    await decideDialect(h.storage, h.clock, 'jwt_login', { closed: true })
    h.clock.move(2000)
    expectError(await login(), 410)
    await decideDialect(h.storage, h.clock, 'jwt_login', { closed: false, sunset: undefined })
    h.clock.move(2000)
    pairOf(await login())
  })
})

describe('a call from a page', () => {
  test('is answered for the origins of registered apps and for no other', async () => {
    await addClient(h)
    for (const path of ['/auth/v2/login', '/auth/v2/refresh', '/auth/v2/validate', '/auth/v1/refresh-token']) {
      const preflight = (origin: string) =>
        h.app.inject({ method: 'OPTIONS', url: path, headers: { origin, 'access-control-request-method': 'POST' } })
      const { headers } = await preflight('https://app.example')
      expect(headers['access-control-allow-origin']).toBe('https://app.example')
      expect(headers['access-control-allow-headers']).toContain('Subscription-Key')
      expect((await preflight('https://evil.example')).headers).not.toHaveProperty('access-control-allow-origin')
    }
  })
})

describe('a version', () => {
  test('is closed alone, and each is counted by itself', async () => {
    const fields = { username: dora.username, password: alicePassword }
    const at = (version: string) => call(`/auth/${version}/login`, fields, { 'subscription-key': key })
    for (const version of ['v1', 'v2', 'v3']) {
      await decideDialect(h.storage, h.clock, `jwt_login/${version}` as 'jwt_login/v1', { closed: true })
      h.clock.move(1001)
      const answers = await Promise.all(['v1', 'v2', 'v3'].map(async (one) => [one, (await at(one)).statusCode]))
      expect(answers).toEqual(['v1', 'v2', 'v3'].map((one) => [one, one === version ? 410 : 201]))
      await decideDialect(h.storage, h.clock, `jwt_login/${version}` as 'jwt_login/v1', { closed: false })
      h.clock.move(1001)
    }
    await h.context.legacyDialects.flush()
    expect((await usesOfDialects(h.storage, h.clock)).get('jwt_login/v3')?.[0]?.count).toBeGreaterThanOrEqual(2)
  })

  test('the third takes and answers what the second does', async () => {
    const first = pairOf(
      await call('/auth/v3/login', { username: dora.username, password: alicePassword }, { 'subscription-key': key }),
    )
    expect((await call('/auth/v3/validate', { token: first.jwt })).json().valid).toBe(true)
    pairOf(await call('/auth/v3/refresh', { token: first.refresh }, { 'subscription-key': key }))
    expectError(await call('/auth/v3/login', { username: dora.username, password: alicePassword }), 401)
  })
})

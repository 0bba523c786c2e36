/** The password token protocol beyond its transcript: what a token is worth, who sees it, and what the protocol does not tell. */
import type { LightMyRequestResponse } from 'fastify'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { changePassword } from '../../../src/engine/account/accounts.ts'
import { startSession } from '../../../src/engine/account/sessions.ts'
import { sha256 } from '../../../src/lib/hash.ts'
import type { EngineSettings } from '../../../src/runtime/context.ts'
import { decideDialect } from '../../../src/runtime/kept/legacy_dialects.ts'
import { apiStatus, authorizeUrl, post, signInOn, testBrowser, token } from '../../support/browser.ts'
import { addAccount, addClient, alicePassword, type Harness, harness } from '../../support/harness.ts'

let h: Harness
let alice: Awaited<ReturnType<typeof addAccount>>

let count = 0

/** A server for all tests, which each have a person of their own and begin with no guesses counted. */
async function restart(settings: Partial<EngineSettings> = {}): Promise<void> {
  await h?.close()
  h = await harness({ settings })
  alice = await addAccount(h)
}

beforeAll(() => restart())
beforeEach(async () => {
  h.clock.move(11 * 60_000)
  alice = await addAccount(h, `alice${++count}`)
})
afterEach(() => vi.restoreAllMocks())
afterAll(() => h.close())

const form = 'application/x-www-form-urlencoded'

function ask(fields: Record<string, string> = {}, headers: Record<string, string> = {}, url = '/v1/oauth/') {
  const payload = new URLSearchParams({ username: alice.username, password: alicePassword, ...fields }).toString()
  return h.app.inject({
    method: 'POST',
    url,
    headers: { 'content-type': form, 'user-agent': 'Pad/2.1', ...headers },
    payload,
  })
}

async function newToken(fields: Record<string, string> = {}): Promise<string> {
  const answer = (await ask(fields)).json()
  expect(answer.success, JSON.stringify(answer)).toBe(true)
  return answer.data.access_token
}

function expectError(response: LightMyRequestResponse, code: string, status = 200): void {
  expect(response.json().errors?.code, response.body).toBe(code)
  expect(response.json().success).toBe(false)
  expect(response.statusCode).toBe(status)
  expect(response.headers['cache-control']).toBe('no-store')
}

async function signedIn() {
  const browser = testBrowser(h.app)
  await signInOn(browser, await browser.get('/login'), alice.username)
  return browser
}

describe('the answer', () => {
  test('is the documented text to the letter, with an expiry thirty days ahead', async () => {
    const response = await ask()
    const { data } = response.json()
    expect(data.access_token).toMatch(/^[0-9a-f]{40}$/)
    expect(data.expiry).toBe(Math.floor(h.clock.now() / 1000) + 2_592_000)
    expect(response.body).toBe(
      `{\n  "success": true,\n  "data": {\n    "access_token": "${data.access_token}",\n    "expiry": ${data.expiry}\n  }\n}`,
    )
  })

  test('is another token each time, of which the database has the digest only', async () => {
    const [first, second] = [await newToken(), await newToken()]
    expect(first).not.toBe(second)
    const grant = (await h.storage.grants.findByHandle(sha256(first)))?.grant
    expect(grant).toMatchObject({ state: 'live', step: 1, dialect: 'password_token', userId: alice.id })
    expect(JSON.stringify(grant)).not.toContain(first)
    expect(h.logged.join()).not.toContain(first)
  })
})

describe('the token', () => {
  test('reads and writes measurements and tells who its person is, and no more', async () => {
    const access = await newToken()
    const headers = { authorization: `Token ${access}` }
    const payload = [
      { variableName: 'Mood', value: 3, startTime: 1_406_419_860, unitAbbreviatedName: '/5', sourceName: 'x' },
    ]
    const written = await h.app.inject({ method: 'POST', url: '/api/v3/measurements', headers, payload })
    expect(written.statusCode).toBe(201)
    expect((await h.app.inject({ url: '/api/v3/measurements', headers })).json()).toHaveLength(1)
    expect((await h.app.inject({ url: '/oauth/userinfo', headers })).statusCode).toBe(403)
  })

  test('opens the API under Token and Bearer; other tokens do not come under Token', async () => {
    const access = await newToken()
    for (const scheme of ['Token', 'token', 'Bearer']) {
      const response = await h.app.inject({ url: '/api/user', headers: { authorization: `${scheme} ${access}` } })
      expect(response.statusCode, scheme).toBe(200)
    }
    for (const value of [
      `Token ${access.toUpperCase()}`,
      `Token ${'0'.repeat(40)}`,
      'Token atFoo',
      'Token',
      `Basic ${access}`,
    ]) {
      const response = await h.app.inject({ url: '/api/user', headers: { authorization: value } })
      expect(response.statusCode, value).toBe(401)
    }
  })

  test('opens nothing from a query string', async () => {
    const access = await newToken()
    expect((await h.app.inject({ url: `/api/user?access_token=${access}` })).statusCode).toBe(400)
  })

  test('ends with its thirty days, with the account, with a changed password and with the client', async () => {
    const byClock = await newToken()
    h.clock.move(2_591_999_000)
    expect(await apiStatus(h.app, byClock)).toBe(200)
    h.clock.move(1000)
    expect(await apiStatus(h.app, byClock)).toBe(401)

    const byPassword = await newToken()
    h.clock.move(1000)
    const caller = { requestId: 'x', address: '127.0.0.1', userAgent: null } as const
    const next = 'another long sentence'
    const { session } = await startSession(h.context, alice, { amr: ['pwd'] }, caller)
    const live = { account: alice, session }
    const changed = await changePassword(h.context, live, { current: alicePassword, next }, caller)
    expect(changed.outcome).toBe('changed')
    expect(await apiStatus(h.app, byPassword)).toBe(401)

    const byAccount = await newToken({ password: next })
    await h.storage.accounts.update(alice.id, { enabled: false })
    expect(await apiStatus(h.app, byAccount)).toBe(401)
    await h.storage.accounts.update(alice.id, { enabled: true })

    const byClient = await newToken({ password: next })
    await h.storage.clients.amend('password-token', () => ({ status: 'disabled' }))
    expect(await apiStatus(h.app, byClient)).toBe(401)
    h.context.clients.forget()
    expectError(await ask({ password: next }), '5404')
    await h.storage.clients.amend('password-token', () => ({ status: 'enabled' }))
    h.context.clients.forget()
  })

  test('asks about itself and ends itself; another app learns nothing of it', async () => {
    const access = await newToken()
    const client = await addClient(h)
    const of = (headers: Record<string, string>, url: string) =>
      h.app.inject({ method: 'POST', url, headers: { 'content-type': form, ...headers }, payload: `token=${access}` })
    const self = await of({ authorization: `Token ${access}` }, '/oauth/introspect')
    expect(self.json()).toMatchObject({ active: true, client_id: 'password-token', sub: alice.id })
    expect((await post(h.app, '/oauth/introspect', client, { token: access })).body).toEqual({ active: false })
    await post(h.app, '/oauth/revoke', client, { token: access })
    expect(await apiStatus(h.app, access)).toBe(200)
    expect((await of({ authorization: `Bearer ${'0'.repeat(40)}` }, '/oauth/revoke')).statusCode).toBe(401)
    expect((await of({ authorization: `Bearer ${access}` }, '/oauth/revoke')).statusCode).toBe(200)
    expect(await apiStatus(h.app, access)).toBe(401)
    expect((await of({ authorization: `Bearer ${access}` }, '/oauth/introspect')).statusCode).toBe(401)
  })

  test('of a standard app does not ask about itself in place of its app', async () => {
    const client = await addClient(h)
    const { body } = await token(h.app, client, { grant_type: 'client_credentials' })
    const headers = { 'content-type': form, authorization: `Bearer ${body.access_token}` }
    const payload = `token=${body.access_token}`
    const response = await h.app.inject({ method: 'POST', url: '/oauth/introspect', headers, payload })
    expect(response.statusCode).toBe(401)
  })
})

describe('the list of devices', () => {
  test('shows each token by what it said of itself, or as one that ends first with the program beside it, and ends it', async () => {
    const named = await newToken({ 'device-info': 'Pixel <7>\u0007of Alice' })
    h.clock.move(1000)
    const silent = await newToken()
    const browser = await signedIn()
    const page = await browser.get('/account/devices')
    expect(page.body).toContain('Pixel &lt;7&gt; of Alice (Pad 2.1)')
    expect(page.body).toContain('Unknown — the app sent no device information; such sign-ins end first')
    expect(page.body).toMatch(/sent by <bdi>Pad 2\.1/)
    expect(page.body).toContain('Password sign-in')

    const [newest] = [...page.body.matchAll(/<li data-grant="([^"]+)"/g)].map((match) => match[1] ?? '')
    const csrf = /name="csrf" value="([^"]+)"/.exec(page.body)?.[1] ?? ''
    await browser.post('/account/devices/end', { csrf, grant: newest ?? '' })
    expect(await apiStatus(h.app, silent)).toBe(401)
    expect(await apiStatus(h.app, named)).toBe(200)
  })

  test('remembers the last use', async () => {
    const access = await newToken()
    h.clock.move(3 * 86_400_000)
    await apiStatus(h.app, access)
    const [view] = await h.storage.grants.listByUser(alice.id, 10)
    expect(view?.grant.usedAt).toBe(h.clock.now())
  })

  test('has a limit, at which unknown devices end first and then the least recently used', async () => {
    await restart({ grantLimit: 3 })
    const tokens: Record<string, string> = {}
    for (const name of ['old', 'unknown', 'newer', 'newest']) {
      tokens[name] = await newToken(name === 'unknown' ? {} : { 'device-info': name })
      h.clock.move(1000)
    }
    const live = async () => {
      const states = await Promise.all(Object.values(tokens).map((text) => apiStatus(h.app, text)))
      return Object.keys(tokens).filter((_, i) => states[i] === 200)
    }
    expect(await live()).toEqual(['old', 'newer', 'newest'])
    tokens.last = await newToken({ 'device-info': 'last' })
    expect(await live()).toEqual(['newer', 'newest', 'last'])
    const headers = { authorization: `Token ${tokens.old}` }
    expect((await h.app.inject({ url: '/api/user', headers })).json().message).toContain('limit')
    await restart()
  })
})

describe('who exists', () => {
  test('is told neither by the answer nor by the work done', async () => {
    const { id } = await addAccount(h, 'gone')
    await h.storage.accounts.update(id, { enabled: false })
    const verify = vi.spyOn(h.context.passwords, 'verify')
    const answers = []
    for (const fields of [
      { password: 'wrong' },
      { username: 'nobody' },
      { username: 'gone' },
      { username: 'x@y.example' },
    ]) {
      const response = await ask({ ...fields, debug: '1' })
      const { 'x-request-id': _id, date: _date, ...headers } = response.headers
      answers.push({ status: response.statusCode, body: response.body, headers })
    }
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
    expect(verify).toHaveBeenCalledTimes(4)
  })

  test('is told by debug=1 on a machine of one’s own only', async () => {
    await restart({ development: true })
    expect((await ask({ password: 'wrong', debug: '1' })).json().debug).toEqual({ password: 'Password incorrect' })
    expect((await ask({ username: 'nobody', debug: '1' })).json().debug).toEqual({ username: 'Username not found' })
    expect((await ask({ username: 'nobody' })).json()).not.toHaveProperty('debug')
    expect((await ask({ debug: '1' })).json()).not.toHaveProperty('debug')
  })
})

describe('guesses', () => {
  test('count together with those at the sign-in page, and are refused before any hashing', async () => {
    const browser = testBrowser(h.app)
    for (let i = 0; i < 5; i++) await signInOn(browser, await browser.get('/login'), alice.username, 'wrong')
    for (let i = 0; i < 5; i++) expectError(await ask({ password: 'wrong' }), '1142')
    const verify = vi.spyOn(h.context.passwords, 'verify')
    const refused = await ask()
    expectError(refused, '5501', 429)
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
    const page = await signInOn(browser, await browser.get('/login'), alice.username)
    expect(page.status).toBe(429)
    expect(verify).not.toHaveBeenCalled()
    h.clock.move(10 * 60_000)
    await newToken()
  })

  test('sent by a page that no app has registered are refused and not counted; an app’s own page may call', async () => {
    const page = 'https://pad.example'
    for (const headers of [{ 'sec-fetch-mode': 'navigate' }, { origin: page }, { origin: 'null' }]) {
      for (let i = 0; i < 11; i++) expectError(await ask({ password: 'wrong' }, headers), '2400', 403)
    }
    await newToken()
    const app = await addClient(h, { redirect_uris: [`${page}/cb`] })
    // An app that nobody has approved is anybody's.
    await h.storage.clients.amend(app.id, () => ({ status: 'pending' }))
    expectError(await ask({}, { origin: page, 'sec-fetch-mode': 'cors' }), '2400', 403)
    await h.storage.clients.amend(app.id, () => ({ status: 'enabled' }))
    expect((await ask({}, { origin: page, 'sec-fetch-mode': 'cors' })).json().success).toBe(true)
  })

  test('in parallel gain nothing', async () => {
    const answers = await Promise.all(Array.from({ length: 30 }, () => ask({ password: 'wrong' })))
    expect(answers.filter((answer) => answer.statusCode === 429)).toHaveLength(20)
  })
})

describe('the built-in client', () => {
  const own = { id: 'password-token' }

  test('gets nothing by another protocol', async () => {
    const credentials = { username: alice.username, password: alicePassword }
    for (const grant of [
      { grant_type: 'password', ...credentials },
      { grant_type: 'authorization_code', code: 'x' },
      { grant_type: 'client_credentials' },
    ]) {
      const { status, body } = await token(h.app, own, grant)
      expect(status).toBe(400)
      expect(body).not.toHaveProperty('access_token')
    }
    const page = await testBrowser(h.app).get(authorizeUrl(own.id))
    expect(page.status).toBe(400)
    expect(page.location).toBeUndefined()
  })

  test('is the only one that gets a token for a password', async () => {
    const client = await addClient(h, {
      grant_types: ['password'],
      redirect_uris: [],
      dialects: ['oauth', 'password_token'],
    })
    const credentials = { username: alice.username, password: alicePassword }
    const { body } = await token(h.app, client, { grant_type: 'password', ...credentials })
    expect(body.error).toBe('unsupported_grant_type')
    const discovery = (await h.app.inject({ url: '/.well-known/openid-configuration' })).json()
    expect(discovery.grant_types_supported).not.toContain('password')
  })

  test('keeps the request log of the protocol, without who it was', async () => {
    await ask({ password: 'wrong' })
    await ask({ 'device-info': 'x'.repeat(201) })
    await newToken()
    await h.context.requests.flush()
    const records = await h.storage.requests.list(own.id, 10)
    expect(records.map(({ reason, status }) => [reason, status])).toEqual(
      expect.arrayContaining([
        ['', 200],
        ['parameter_too_long', 200],
        ['password_wrong', 200],
      ]),
    )
    expect(JSON.stringify(records)).not.toContain('alice')
  })

  test('is not there where the protocol is closed, and then nobody answers', async () => {
    await restart({ dialects: new Set(['oauth'] as const) })
    expect(await h.storage.clients.find(own.id)).toBeUndefined()
    expect((await ask()).statusCode).toBe(404)
    await restart()
  })

  test('comes to an end when the operator closes the protocol', async () => {
    await decideDialect(h.storage, h.clock, 'password_token', { closed: true })
    h.clock.move(2000)
    const response = await ask()
    expect(response.statusCode).toBe(410)
    expect(response.json()).toMatchObject({ success: false, errors: { code: '5404' } })
    await decideDialect(h.storage, h.clock, 'password_token', { closed: false })
  })
})

describe('an account with a second factor', () => {
  test('is answered as for a wrong password, right or wrong, and only its own activity says why', async () => {
    await h.storage.accounts.update(alice.id, { secondFactor: true })
    const verify = vi.spyOn(h.context.passwords, 'verify')
    const response = await ask()
    expectError(response, '1142')
    expect(response.body).toBe((await ask({ password: 'wrong' })).body)
    expect(response.body).toBe((await ask({ username: 'nobody' })).body)
    // The hash of the account is not looked at, and it takes as long as if it were.
    expect(verify.mock.calls.map(([hash]) => hash)).toEqual([null, null, null])
    expect(await h.storage.grants.listByUser(alice.id, 10)).toEqual([])
    await h.context.audit.flush()
    const ofAlice = (await h.storage.audit.list(10)).filter(({ subject }) => subject === alice.id)
    expect(ofAlice.map(({ type }) => type)).toEqual(['second_factor_missing', 'second_factor_missing'])
  })
})

describe('errors', () => {
  test('have their HTTP status where the operator asks for it', async () => {
    await restart({ passwordTokenStatus: true })
    expectError(await ask({ password: 'wrong' }), '1142', 401)
    expectError(await ask({ password: '' }), '1157', 400)
    expectError(await ask({ 'device-info': 'x'.repeat(201) }), '2400', 400)
    const get = await h.app.inject({ url: '/v1/oauth/' })
    expectError(get, '3100', 405)
    expect(get.headers.allow).toBe('POST')
    await restart()
  })

  test('of ours are 5501 and keep their status', async () => {
    vi.spyOn(h.storage.grants, 'insert').mockRejectedValue(new Error('the disk is on fire'))
    const response = await ask()
    expectError(response, '5501', 500)
    expect(response.body).not.toContain('fire')
  })

  test('of two hundred characters there is none: each may be of any script', async () => {
    await newToken({ 'device-info': '😀'.repeat(200) })
    expectError(await ask({ 'device-info': '😀'.repeat(201) }), '2400')
  })

  const broken: readonly (readonly [string, string, string, string])[] = [
    ['broken percent-encoding', form, 'username=%zz&password=x', '2400'],
    ['NUL', form, 'username=a%00b&password=x', '2400'],
    ['half a surrogate pair', form, 'username=%ED%A0%80&password=x', '2400'],
    ['two usernames', form, 'username=alice&username=bob&password=x', '2400'],
    ['too many parameters', form, 'a=1&'.repeat(300), '2400'],
    ['a long name', form, `username=${'x'.repeat(20_000)}&password=x`, '1142'],
    ['a long password', form, `username=alice&password=${'x'.repeat(20_000)}`, '1142'],
    ['broken JSON', 'application/json', '{"username":', '2400'],
    ['an object for a name', 'application/json', '{"username":{"$ne":1},"password":"x"}', '2400'],
    ['a prototype', 'application/json', '{"__proto__":{"username":"alice"},"password":"x"}', '1157'],
    ['half a pair in JSON', 'application/json', '{"username":"\\ud800","password":"x"}', '2400'],
    ['an unknown content type', 'application/xml', '<username>alice</username>', '2400'],
    ['no content type that is one', 'x', 'username=alice', '2400'],
    ['multipart without a boundary', 'multipart/form-data', 'username', '2400'],
    [
      'multipart that breaks off',
      'multipart/form-data; boundary=b',
      '--b\r\nContent-Disposition: form-data; name="username"\r\n\r\nal',
      '2400',
    ],
    [
      'a file',
      'multipart/form-data; boundary=b',
      '--b\r\nContent-Disposition: form-data; name="username"; filename="x"\r\n\r\nalice\r\n--b--\r\n',
      '2400',
    ],
    ['nothing', form, '', '1157'],
  ]
  test.each(broken)('%s is refused in the envelope', async (_what, type, payload, code) => {
    const response = await h.app.inject({
      method: 'POST',
      url: '/v1/oauth/',
      headers: { 'content-type': type },
      payload,
    })
    expectError(response, code)
  })

  test('64 kB and more is refused in the envelope, with the status that proxies understand', async () => {
    expectError(await ask({ username: 'x'.repeat(70_000) }), '2400', 413)
  })

  test('of unknown paths name the path alone', async () => {
    const response = await h.app.inject({ url: '/v1/get/7?access_token=secret', headers: { accept: 'text/html' } })
    expectError(response, '2600', 404)
    expect(response.json().errors.message).toBe('Unknown path components: /get/7')
  })
})

describe('a call from a page', () => {
  test('is answered for the origins of registered apps and for no other', async () => {
    await addClient(h)
    const preflight = (origin: string) =>
      h.app.inject({
        method: 'OPTIONS',
        url: '/v1/oauth/',
        headers: { origin, 'access-control-request-method': 'POST' },
      })
    expect((await preflight('https://app.example')).headers['access-control-allow-origin']).toBe('https://app.example')
    expect((await preflight('https://evil.example')).headers).not.toHaveProperty('access-control-allow-origin')
    const call = await ask({}, { origin: 'https://app.example' })
    expect(call.headers['access-control-allow-origin']).toBe('https://app.example')
    expect(call.headers).not.toHaveProperty('access-control-allow-credentials')
  })
})

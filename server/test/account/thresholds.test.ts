/**
 * Limits of time and number, on both sides of them and at them: what is good a moment before is refused when its time is
 * over, at every protocol, and one more than is allowed is refused wherever it comes in.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeTicket } from '../../src/engine/authorize/ticket.ts'
import { Refusal } from '../../src/protocol/refusal.ts'
import {
  addApp,
  askTokens,
  callback,
  offerCode,
  type QuantimodoServer,
  verifier,
  withPkce,
} from '../dialects/quantimodo/quantimodo.ts'
import { registerApp, signedIn } from '../pages/developer.ts'
import { authorizeUrl, hiddenFields, type TestBrowser, testBrowser } from '../support/browser.ts'
import { drivers, type Servers } from '../support/drivers.ts'
import { addAccount, addClient, alicePassword, issuer, type TestClient } from '../support/harness.ts'

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour
const scope = 'openid offline_access basic readmeasurements writemeasurements'
const both = { dialects: ['oauth', 'quantimodo'], scope }
const legacyToken = '/api/v3/oauth2/token'

describe.each(await drivers())('over $name', (driver) => {
  let servers: Servers
  let h: QuantimodoServer
  /** Milliseconds after the end. PostgreSQL decides by its own clock, which goes on while a test runs. */
  const lates = driver.name === 'SQLite' ? [-1, 0, 1] : [-5 * second, 5 * second]
  let client: TestClient
  let short: TestClient
  beforeAll(async () => {
    servers = await driver.servers()
    h = { ...servers.h, alice: await addAccount(servers.h) }
    client = await addApp(h, both)
    short = await addApp(h, {
      ...both,
      idle_ttl: 12 * 3600,
      refresh_token_ttl: 40 * 86_400,
      access_token_ttl: 30 * 86_400,
    })
  })
  afterAll(() => servers.close())

  const secretOf = (of: TestClient) => ({ client_id: of.id, client_secret: of.secret })
  const exchange = (url: string, code: string, of = client) =>
    askTokens(h, {
      url,
      form: {
        grant_type: 'authorization_code',
        code,
        redirect_uri: callback,
        code_verifier: verifier,
        ...secretOf(of),
      },
    })
  const refresh = async (url: string, text: string, of = client) =>
    (await askTokens(h, { url, form: { grant_type: 'refresh_token', refresh_token: text, ...secretOf(of) } }))
      .status === 200
  const newCode = (dialect: 'oauth' | 'quantimodo', of = client) =>
    offerCode(h, of, { dialect, redirectUriSent: true, scope: scope.split(' '), ...withPkce })
  const tokens = async (dialect: 'oauth' | 'quantimodo', of = client) => {
    const { body } = await exchange(dialect === 'oauth' ? '/oauth/token' : legacyToken, await newCode(dialect, of), of)
    return { access: body.access_token, refresh: body.refresh_token }
  }
  const reads = async (access: string) =>
    (await h.app.inject({ url: '/api/v3/user', headers: { authorization: `Bearer ${access}` } })).statusCode === 200
  const asks = async (access: string) =>
    (await h.app.inject({ url: '/oauth/userinfo', headers: { authorization: `Bearer ${access}` } })).statusCode === 200
  const active = async (text: string, of = client) =>
    (await askTokens(h, { url: '/oauth/introspect', form: { token: text, ...secretOf(of) } })).body.active === true
  const login = async (version: string, body: Record<string, string>) =>
    (await h.app.inject({ method: 'POST', url: `/auth/${version}`, payload: body })).json()

  /** What has a time: how long, whether it is good at its very end, and what makes one and then tries it. */
  const lives: readonly (readonly [string, number, boolean, () => Promise<() => Promise<boolean>>])[] = [
    ...(['oauth', 'quantimodo'] as const).flatMap((dialect) => {
      const url = dialect === 'oauth' ? '/oauth/token' : legacyToken
      const life = dialect === 'oauth' ? minute : 10 * minute
      const access = dialect === 'oauth' ? hour : 30 * day
      return [
        [
          `a code of ${dialect}`,
          life,
          false,
          async () => {
            const code = await newCode(dialect)
            return async () => (await exchange(url, code)).status === 200
          },
        ],
        [
          `an access token of ${dialect}, in the data API`,
          access,
          false,
          async () => {
            const made = await tokens(dialect)
            return () => reads(made.access)
          },
        ],
        [
          `an access token of ${dialect}, at userinfo`,
          access,
          false,
          async () => {
            const made = await tokens(dialect)
            return () => asks(made.access)
          },
        ],
        [
          `an access token of ${dialect}, at introspection`,
          access,
          false,
          async () => {
            const made = await tokens(dialect)
            return () => active(made.access)
          },
        ],
        [
          `an unused authorization of ${dialect}`,
          90 * day,
          true,
          async () => {
            const made = await tokens(dialect)
            return () => refresh(url, made.refresh)
          },
        ],
        [
          `an unused authorization of ${dialect} whose app has a threshold of its own`,
          12 * hour,
          true,
          async () => {
            const made = await tokens(dialect, short)
            return () => refresh(url, made.refresh, short)
          },
        ],
        [
          `an access token of an unused authorization of ${dialect}`,
          12 * hour,
          true,
          async () => {
            const made = await tokens(dialect, short)
            return () => reads(made.access)
          },
        ],
        [
          `an authorization of ${dialect} that is used`,
          40 * day,
          false,
          async () => {
            const app = await addApp(h, { ...both, refresh_token_ttl: 40 * 86_400 })
            const made = await tokens(dialect, app)
            h.clock.move(20 * day)
            const form = { grant_type: 'refresh_token', refresh_token: made.refresh, ...secretOf(app) }
            const next = (await askTokens(h, { url, form })).body.refresh_token
            h.clock.move(-20 * day)
            return () => refresh(url, next, app)
          },
        ],
      ] as const
    }),
    [
      'a token for a password',
      30 * day,
      false,
      async () => {
        const answer = await h.app.inject({
          method: 'POST',
          url: '/v1/oauth/',
          payload: { username: 'alice', password: alicePassword },
        })
        return () => reads(answer.json().data.access_token)
      },
    ],
    [
      'a JWT for a password',
      12 * hour,
      false,
      async () => {
        const { authorization } = await login('v1/login', { username: 'alice', password: alicePassword })
        return () => reads(authorization.token)
      },
    ],
    [
      'a refresh token of the JWT login',
      14 * day,
      false,
      async () => {
        const made = await login('v1/login', { username: 'alice', password: alicePassword })
        return async () => (await login('v1/refresh', { token: made.refresh.token })).authorization !== undefined
      },
    ],
    [
      'a ticket',
      10 * minute,
      false,
      async () => {
        const older = await addApp(h, { redirect_uris: [callback] })
        const url = `/api/v2/oauth/authorize?response_type=code&client_id=${older.id}&token=${makeTicket(h.context, h.alice.id)}`
        return async () => {
          const browser = testBrowser(h.app)
          return (await browser.follow(await browser.get(url))).body.includes('id="consent-allow"')
        }
      },
    ],
    [
      'a request under way',
      hour,
      true,
      async () => {
        const browser = testBrowser(h.app)
        const { location = '' } = await browser.get(authorizeUrl(client))
        return async () => (await browser.get(location.replace(issuer, ''))).status === 200
      },
    ],
    [
      'a session that is not used',
      7 * day,
      true,
      async () => {
        const browser = await signedIn(h)
        return async () => (await browser.get('/account')).status === 200
      },
    ],
    [
      'a secret on its way to the page that shows it',
      5 * minute,
      true,
      async () => {
        const browser = await signedIn(h)
        const { csrf = '' } = hiddenFields(await browser.get('/logout'))
        const form = { csrf, name: 'Flash', kind: 'web', redirect_uris: callback, scope: 'basic' }
        const { location = '' } = await browser.post('/developer/apps/new', form)
        return async () => /id="client-secret">\s*[^<\s]+/.test((await browser.get(location)).body)
      },
    ],
    [
      'a replaced secret',
      hour,
      false,
      async () => {
        const browser = await signedIn(h)
        const app = await registerApp(browser)
        const { csrf = '' } = hiddenFields(await browser.get('/logout'))
        const [old] = (await h.storage.clients.find(app.id))?.secrets ?? []
        const path = `/developer/apps/${app.id}/secrets/${old?.id}/replace`
        expect((await browser.post(path, { csrf, name: 'next', overlap: 'hour' })).status).toBe(303)
        const form = { grant_type: 'client_credentials', client_id: app.id, client_secret: app.secret }
        return async () => (await askTokens(h, { url: '/oauth/token', form })).status === 200
      },
    ],
  ]

  test.each(lives)('%s', async (_what, life, goodAtTheEnd, make) => {
    const found: boolean[] = []
    for (const late of lates) {
      // What is written in whole seconds begins with one.
      h.clock.move(second - (h.clock.now() % second))
      const works = await make()
      h.clock.move(life + late)
      found.push(await works())
      h.clock.move(second)
    }
    expect(found).toEqual(lates.length === 2 ? [true, false] : [true, goodAtTheEnd, false])
  })

  /** A refresh token that was used before, by how long ago: the same answer again, or the end of the authorization. */
  test.each([
    ['of an app with a secret, none of whose tokens was used', {}, day, false],
    ['of a public app, none of whose tokens was used', { token_endpoint_auth_method: 'none' }, minute, false],
    ['of an app with a secret, one of whose tokens was used', {}, 30 * second, true],
    ['of a public app, one of whose tokens was used', { token_endpoint_auth_method: 'none' }, 10 * second, true],
    ['of an app with windows of its own', { replay_window: 5, lost_answer_window: 0 }, 5 * second, false],
  ] as const)('an answer is given again: to a refresh token %s', async (_what, metadata, window, used) => {
    const app = await addApp(h, { ...both, ...metadata })
    const secret: Record<string, string> = 'token_endpoint_auth_method' in metadata ? {} : { client_secret: app.secret }
    const use = (text: string, url: string) =>
      askTokens(h, { url, form: { grant_type: 'refresh_token', refresh_token: text, client_id: app.id, ...secret } })
    for (const url of ['/oauth/token', legacyToken]) {
      for (const late of lates) {
        const expected = late < 0 ? 200 : 400
        const code = await newCode(url === legacyToken ? 'quantimodo' : 'oauth', app)
        const form = { grant_type: 'authorization_code', code, redirect_uri: callback, code_verifier: verifier }
        const made = await askTokens(h, { url, form: { ...form, client_id: app.id, ...secret } })
        const next = await use(made.body.refresh_token, url)
        expect(next.status).toBe(200)
        if (used) expect(await reads(next.body.access_token)).toBe(true)
        h.clock.move(window + late)
        const again = await use(made.body.refresh_token, url)
        expect([late, again.status], url).toEqual([late, expected])
        if (expected === 200) expect(again.body.refresh_token).toBe(next.body.refresh_token)
        else expect((await use(next.body.refresh_token, url)).status, 'the authorization has ended').toBe(400)
      }
    }
  })
})

/** How many of something are allowed, and what is answered to one more. */
describe.each(await drivers())('a number, over $name', (driver) => {
  const perDay = 5
  let servers: Servers
  let h: QuantimodoServer
  let dev: TestBrowser
  let csrf: string
  beforeAll(async () => {
    servers = await driver.servers({ settings: { tokenRequestsPerDay: perDay, measurementsPerAccount: 10 } })
    h = { ...servers.h, alice: await addAccount(servers.h) }
    h.clock.move(day - (h.clock.now() % day))
    dev = await signedIn(h)
    csrf = hiddenFields(await dev.get('/logout')).csrf ?? ''
  })
  afterAll(() => servers.close())

  const midnight = () => h.clock.move(day - (h.clock.now() % day))

  test.each([
    ['/oauth/token', 'oauth'],
    [legacyToken, 'quantimodo'],
  ] as const)('of token requests in a day, at %s', async (url, dialect) => {
    midnight()
    const client = await addApp(h, both)
    const ask = async () => {
      const code = await offerCode(h, client, { dialect, redirectUriSent: true, scope: ['basic'], ...withPkce })
      const form = { grant_type: 'authorization_code', code, redirect_uri: callback, code_verifier: verifier }
      const { id, secret } = client
      return askTokens(h, { url, form: { ...form, client_id: id, client_secret: secret } })
    }
    for (let i = 0; i < perDay; i++) expect((await ask()).status, `request ${i}`).toBe(200)
    const over = await ask()
    expect([over.status, over.body.error]).toEqual([429, 'temporarily_unavailable'])
    // What is on its way to the shared counter counts as well.
    const flushed = h.context.tokenRequests.flush()
    await Promise.resolve()
    expect(h.context.tokenRequests.whyExceeded(h.alice.id)).toBeInstanceOf(Refusal)
    await flushed
    // PostgreSQL's clock may differ from ours.
    const before = driver.name === 'SQLite' ? 1 : 5 * second
    h.clock.move(day - (h.clock.now() % day) - before)
    const last = await ask()
    expect(last.status).toBe(429)
    expect(Number(last.headers['retry-after'])).toBeLessThanOrEqual(before / second + 1)
    h.clock.move(2 * before)
    expect((await ask()).status).toBe(200)
  })

  test.each([
    ['of a state', (state: string) => authorizeUrl('CLIENT', { state }), 4096],
    ['of a nonce', (nonce: string) => authorizeUrl('CLIENT', { nonce, scope: 'openid' }), 1024],
  ])('of characters %s', async (_what, url, limit) => {
    const client = await addClient(h)
    const get = (length: number) => testBrowser(h.app).get(url('x'.repeat(length)).replace('CLIENT', client.id))
    for (const length of [limit - 1, limit]) {
      const page = await get(length)
      expect([length, page.status, page.location?.includes('/login?request=')]).toEqual([length, 303, true])
    }
    const over = await get(limit + 1)
    expect(over.status === 400 || new URL(over.location ?? '').searchParams.get('error') === 'invalid_request').toBe(
      true,
    )
  })

  test('of redirect URIs and secrets of an app, of keys and of testers', async () => {
    const uris = Array.from({ length: 98 }, (_, i) => `${callback}/${i}`).join('\n')
    const app = await registerApp(dev, { redirect_uris: uris })
    const path = `/developer/apps/${app.id}`
    const send = async (to: string, fields: Record<string, string>) => (await dev.post(to, { csrf, ...fields })).status
    const rows: readonly (readonly [string, number, (i: number) => Promise<number>])[] = [
      ['secrets', 5 - 1, (i) => send(`${path}/secrets`, { name: `s${i}` })],
      ['keys', 20, (i) => send('/developer/keys', { name: `k${i}` })],
      ['redirect URIs', 100 - 98, (i) => send(`${path}/redirect-uris`, { uri: `${callback}/more/${i}` })],
    ]
    for (const [what, room, one] of rows) {
      for (let i = 0; i < room; i++) expect([i, await one(i)], what).toEqual([i, 303])
      for (let i = room; i < room + 2; i++) expect(await one(i), what).toBe(400)
    }
  })

  test('of bytes of a body', async () => {
    const client = await addApp(h, both)
    const rows: readonly (readonly [string, number, string])[] = [
      ['/oauth/token', 65_536, 'application/x-www-form-urlencoded'],
      [legacyToken, 65_536, 'application/x-www-form-urlencoded'],
      ['/auth/v1/login', 65_536, 'application/json'],
      ['/v1/oauth/', 65_536, 'application/json'],
      ['/login', 65_536, 'application/x-www-form-urlencoded'],
      ['/api/v3/measurements', 1_000_000, 'application/json'],
    ]
    for (const [url, limit, type] of rows) {
      for (const [length, tooLarge] of [
        [limit - 1, false],
        [limit, false],
        [limit + 1, true],
      ] as const) {
        const payload = type.endsWith('json') ? `{"a":"${'a'.repeat(length - 8)}"}` : `a=${'a'.repeat(length - 2)}`
        expect(payload).toHaveLength(length)
        const headers = { 'content-type': type, host: 'localhost:3000' }
        const answer = await h.app.inject({ method: 'POST', url, headers, payload })
        expect([url, length, answer.statusCode === 413]).toEqual([url, length, tooLarge])
        expect(answer.statusCode).toBeLessThan(500)
      }
    }
    expect(client.id).not.toBe('')
  })

  test('of measurements of an account', async () => {
    midnight()
    const client = await addApp(h, both)
    const code = await offerCode(h, client, { redirectUriSent: true, scope: ['writemeasurements'] })
    const form = { grant_type: 'authorization_code', code, redirect_uri: callback }
    const made = await askTokens(h, {
      url: legacyToken,
      form: { ...form, client_id: client.id, client_secret: client.secret },
    })
    const write = async (count: number, from: number) => {
      const measurements = Array.from({ length: count }, (_, i) => ({
        startTimeEpoch: 1_700_000_000 + from + i,
        value: 1,
      }))
      const answer = await h.app.inject({
        method: 'POST',
        url: '/api/v3/measurements',
        headers: { authorization: `Bearer ${made.body.access_token}` },
        payload: [{ variableName: 'Mood', unitAbbreviatedName: '/5', sourceName: 'x', measurements }],
      })
      return answer.statusCode
    }
    expect(await write(9, 0)).toBe(201)
    expect(await write(2, 100)).toBe(403)
    expect(await write(1, 200)).toBe(201)
    expect(await write(1, 300)).toBe(403)
  })
})

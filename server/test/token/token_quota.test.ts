/** Too many token requests in a day: everybody is told to wait, and nobody loses anything by it. */
import type { LightMyRequestResponse } from 'fastify'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Account } from '../../src/storage/contract.ts'
import { isActive, newCode, newTokens, userinfoStatus } from '../support/answers.ts'
import { authorize, authorizeUrl, exchangeCode, refresh, type TestBrowser } from '../support/browser.ts'
import {
  addAccount,
  addClient,
  addSubscriptionKey,
  alicePassword,
  callback,
  type Harness,
  harness,
  type TestClient,
} from '../support/harness.ts'

const limit = 20
const day = 86_400_000
const said = 'The limit of token requests for this account was reached.'

describe('beyond the token requests of a day', () => {
  let h: Harness
  let alice: Account
  let client: TestClient
  let older: TestClient
  let browser: TestBrowser
  beforeAll(async () => {
    const settings = {
      tokenRequestsPerDay: limit,
      frontChannelTokens: true,
      sessionIdleTtl: 365 * 86_400,
      sessionTtl: 365 * 86_400,
    }
    h = await harness({ settings })
    alice = await addAccount(h)
    client = await addClient(h)
    older = await addClient(h, {
      dialects: ['quantimodo'],
      scope: 'openid basic',
      front_channel_tokens: true,
      code_without_pkce: true,
    })
    browser = (await authorize(h.app, authorizeUrl(client))).browser
  })
  afterAll(() => h.close())
  // Each test on a day of its own, an hour after midnight.
  beforeEach(() => h.clock.move(day - (h.clock.now() % day) + 3_600_000))

  const spend = () => {
    for (let i = 0; i < limit; i++) h.context.tokenRequests.count(alice.id)
  }
  /** Seconds from an hour after midnight to midnight, give or take what the test takes. */
  const expectWait = (header: unknown) => {
    expect(Number(header)).toBeGreaterThan(82_000)
    expect(Number(header)).toBeLessThanOrEqual(82_800)
  }
  const expectLimited = ({ status, headers, body }: Awaited<ReturnType<typeof refresh>>) => {
    expect([status, body.error, body.error_description]).toEqual([429, 'temporarily_unavailable', said])
    expectWait(headers['retry-after'])
  }

  test('a refresh and a code are refused by 429, burn nothing, and work the next day', async () => {
    const first = await newTokens(h, client, { scope: 'openid offline_access' }, browser)
    spend()
    for (let i = 0; i < 3; i++) expectLimited(await refresh(h.app, client, first.refresh))
    expect(await userinfoStatus(h, first.access)).toBe(200)
    expect(await isActive(h, client, first.refresh)).toBe(true)
    const code = await newCode(h, client, {}, browser)
    expectLimited(await exchangeCode(h.app, client, code))
    h.clock.move(day)
    expect((await refresh(h.app, client, first.refresh)).status).toBe(200)
  })

  test('a code that was refused so is exchanged as soon as it may be', async () => {
    const code = await newCode(h, client, {}, browser)
    spend()
    expectLimited(await exchangeCode(h.app, client, code))
    h.clock.move(day - (h.clock.now() % day) - 30_000)
    const late = await newCode(h, client, {}, browser)
    expect((await exchangeCode(h.app, client, late)).headers['retry-after']).toBe('30')
    // Midnight comes within the life of the code.
    h.clock.move(30_000)
    expect((await exchangeCode(h.app, client, late)).status).toBe(200)
  })

  const json = (url: string, payload: object, headers: Record<string, string> = {}): Promise<LightMyRequestResponse> =>
    h.app.inject({ method: 'POST', url, payload, headers })

  test('the QuantiModo addresses say so in their own envelope, for a code, a refresh and tokens in the redirect', async () => {
    const tokens = async (fields: Record<string, string>) =>
      json('/api/v2/oauth/access_token', {
        client_id: older.id,
        client_secret: older.secret,
        redirect_uri: callback,
        ...fields,
      })
    const code = await olderCode()
    const { refresh_token, ...rest } = (await tokens({ grant_type: 'authorization_code', code })).json()
    expect(refresh_token, JSON.stringify(rest)).toBeTypeOf('string')
    const second = await olderCode()
    spend()
    for (const fields of [
      { grant_type: 'authorization_code', code: second },
      { grant_type: 'refresh_token', refresh_token },
    ]) {
      const answer = await tokens(fields)
      expect(answer.statusCode).toBe(429)
      expect(answer.json()).toMatchObject({ error: 'temporarily_unavailable', message: said })
      expectWait(answer.headers['retry-after'])
    }
    const front = await browser.get(olderUrl('token'))
    const fragment = new URLSearchParams(new URL(front.location ?? '').hash.slice(1))
    expect(fragment.get('error')).toBe('temporarily_unavailable')
    h.clock.move(day)
    expect((await tokens({ grant_type: 'refresh_token', refresh_token })).statusCode).toBe(200)
  })

  const olderUrl = (type: string) =>
    `/api/v2/oauth/authorize?${new URLSearchParams({ client_id: older.id, redirect_uri: callback, response_type: type, scope: 'basic', state: 's' })}`
  async function olderCode(): Promise<string> {
    const { code } = await authorize(h.app, olderUrl('code'), { browser })
    return code
  }

  test('the password token says it with its own code and the status of what it is', async () => {
    const ask = () =>
      h.app.inject({
        method: 'POST',
        url: '/v1/oauth/',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        payload: new URLSearchParams({ username: 'alice', password: alicePassword }).toString(),
      })
    const first = (await ask()).json()
    const text = first.data?.access_token ?? first.access_token
    spend()
    const answer = await ask()
    expect(answer.statusCode).toBe(429)
    expect(answer.json()).toMatchObject({ success: false, errors: { code: '5501', message: said } })
    expectWait(answer.headers['retry-after'])
    const headers = { authorization: `Bearer ${text}` }
    expect((await h.app.inject({ url: '/api/user', headers })).statusCode).toBe(200)
    h.clock.move(day)
    expect((await ask()).statusCode).toBe(200)
  })

  test('the JWT login says it at login and refresh, and the refresh token goes on', async () => {
    const key = 'K'.repeat(32)
    await addSubscriptionKey(h, key, alice.id)
    const headers = { 'subscription-key': key }
    const login = () => json('/auth/v2/login', { username: 'alice', password: alicePassword }, headers)
    const renew = (token: string) => json('/auth/v2/refresh', { token }, headers)
    const { token } = (await login()).json().refresh
    spend()
    for (const answer of [await login(), await renew(token)]) {
      expect(answer.statusCode).toBe(429)
      expect(answer.json()).toEqual({ statusCode: 429, message: said })
      expectWait(answer.headers['retry-after'])
    }
    h.clock.move(day)
    expect((await renew(token)).statusCode).toBe(201)
  })
})

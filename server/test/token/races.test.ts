/** Credentials that are good once, brought many times at once: one wins, on one server and on two over one PostgreSQL. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeTicket } from '../../src/engine/authorize/ticket.ts'
import {
  addApp,
  askTokens,
  callback,
  offerCode,
  type QuantimodoServer,
  verifier,
  withPkce,
} from '../dialects/quantimodo/quantimodo.ts'
import { allowOn, testBrowser } from '../support/browser.ts'
import { drivers, type Servers } from '../support/drivers.ts'
import { addAccount, alicePassword, type TestClient } from '../support/harness.ts'

const racers = 20
const legacyToken = '/api/oauth2/token'

describe.each(await drivers())('over $name', (driver) => {
  let servers: Servers
  let h: QuantimodoServer
  let client: TestClient
  beforeAll(async () => {
    servers = await driver.servers()
    h = { ...servers.h, alice: await addAccount(servers.h) }
    client = await addApp(h, { dialects: ['oauth', 'quantimodo'], replay_window: 0, lost_answer_window: 0 })
  })
  afterAll(() => servers.close())

  const serverOf = (i: number) => servers.nodes[i % servers.nodes.length] ?? h
  /** Every third comes in by the legacy protocol. */
  const ask = (i: number, form: Record<string, string>) =>
    askTokens(serverOf(i), {
      url: i % 3 === 0 ? legacyToken : '/oauth/token',
      form: { ...form, client_id: client.id, client_secret: client.secret },
    })
  const exchange = (code: string) => ({
    grant_type: 'authorization_code',
    code,
    redirect_uri: callback,
    code_verifier: verifier,
  })
  const newCode = () => offerCode(h, client, { dialect: 'oauth', redirectUriSent: true, ...withPkce })

  async function race(one: (i: number) => Promise<number>): Promise<Record<string, number>> {
    const statuses = await Promise.all(Array.from({ length: racers }, (_, i) => one(i)))
    return Object.fromEntries([...new Set(statuses)].map((of) => [of, statuses.filter((other) => other === of).length]))
  }
  const oneWins = { 200: 1, 400: racers - 1 }

  test('a code, by both protocols', async () => {
    const code = await newCode()
    expect(await race(async (i) => (await ask(i, exchange(code))).status)).toEqual(oneWins)
  })

  test('a refresh token whose app has no windows, by both protocols', async () => {
    const { body } = await ask(1, exchange(await newCode()))
    const form = { grant_type: 'refresh_token', refresh_token: body.refresh_token }
    expect(await race(async (i) => (await ask(i, form)).status)).toEqual(oneWins)
  })

  test('a refresh token of the JWT login: all that are answered get the same one', async () => {
    const login = {
      method: 'POST',
      url: '/auth/v1/login',
      payload: { username: 'alice', password: alicePassword },
    } as const
    const { refresh } = (await h.app.inject(login)).json()
    const next = new Set<string>()
    await race(async (i) => {
      const sent = { method: 'POST', url: '/auth/v1/refresh', payload: { token: refresh.token } } as const
      const answer = await serverOf(i).app.inject(sent)
      if (answer.statusCode === 201) next.add(answer.json().refresh.token)
      return answer.statusCode
    })
    expect(next.size).toBe(1)
  })

  test('a ticket that is bound to no browser: one browser gets a code', async () => {
    const ticket = makeTicket(h.context, h.alice.id)
    const url = `/api/v2/oauth/authorize?response_type=code&client_id=${client.id}&token=${ticket}`
    const asked = await Promise.all(
      Array.from({ length: racers }, async (_, i) => {
        const browser = testBrowser(serverOf(i).app)
        return { browser, page: await browser.follow(await browser.get(url)) }
      }),
    )
    expect(asked.every(({ page }) => page.body.includes('id="consent-allow"'))).toBe(true)
    const codes = await Promise.all(
      asked.map(async ({ browser, page }) => {
        const { location = '' } = await allowOn(browser, page)
        return location.startsWith(callback) && new URL(location).searchParams.has('code')
      }),
    )
    expect(codes.filter((code) => code)).toHaveLength(1)
  })
})

/** What guesses cost, and whom they must not lock out. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { sha256 } from '../../src/lib/hash.ts'
import { StorageUnavailable } from '../../src/storage/contract.ts'
import { openPostgres } from '../../src/storage/postgres.ts'
import { expectRefusal, newTokens } from '../support/answers.ts'
import { hiddenFields, type TokenAnswer, testBrowser } from '../support/browser.ts'
import {
  addAccount,
  addClient,
  alicePassword,
  type Harness,
  harness,
  movableClock,
  rootSecret,
  type TestClient,
} from '../support/harness.ts'
import { postgresUrl, type TestDatabase } from '../support/postgres.ts'
import { copyDatabase } from '../support/template.ts'

const address = '192.0.2.1'

async function ask(
  h: Harness,
  fields: Record<string, string>,
  headers: Record<string, string> = {},
  from = address,
): Promise<TokenAnswer> {
  const response = await h.app.inject({
    method: 'POST',
    url: '/oauth/token',
    remoteAddress: from,
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    payload: new URLSearchParams(fields).toString(),
  })
  return { status: response.statusCode, headers: response.headers, body: response.json() }
}

const basic = ({ id, secret }: TestClient) => ({
  authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
})

const refreshing = (text: string) => ({ grant_type: 'refresh_token', refresh_token: text })

/** The text with another tag: well-formed, and made by nobody. */
function forged(text: string, n: number): string {
  const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'
  const made = `${text.slice(0, -2)}${digits[n % 30]}${digits[Math.floor(n / 30) % 30]}`
  return made === text ? `${text.slice(0, -2)}zz` : made
}

describe('I130: credentials and secrets that are wrong', () => {
  let h: Harness
  let app: TestClient
  beforeEach(async () => {
    h = await harness()
    await addAccount(h)
    app = await addClient(h)
  })
  afterEach(() => h.close())

  test('another installation’s refresh tokens, sent by the hundred, close nothing to an app that shows its secret', async () => {
    const other = await harness()
    await addAccount(other)
    const theirs = await newTokens(other, await addClient(other))
    await other.close()
    const { refresh: good } = await newTokens(h, app)
    for (let i = 0; i < 120; i++) {
      const answer = await ask(h, refreshing(i % 2 === 0 ? theirs.refresh : `rt${i}`), basic(app))
      if (i < 100) expectRefusal(answer, 'invalid_grant')
    }
    expect((await ask(h, { grant_type: 'client_credentials' }, basic(app))).status).toBe(200)
    expect((await ask(h, refreshing(good), basic(app))).status).toBe(200)
  })

  test('garbage from other pages costs a public client nothing, and forged tags do not close it to the genuine one', async () => {
    const phone = await addClient(h, { token_endpoint_auth_method: 'none' })
    const { refresh: good } = await newTokens(h, { id: phone.id })
    for (let i = 0; i < 110; i++) {
      expectRefusal(await ask(h, { ...refreshing('x'), client_id: phone.id }), 'invalid_grant')
    }
    for (let i = 0; i < 100; i++) {
      expectRefusal(await ask(h, { ...refreshing(forged(good, i)), client_id: phone.id }), 'invalid_grant')
    }
    const closed = await ask(h, { ...refreshing(forged(good, 200)), client_id: phone.id })
    expectRefusal(closed, 'temporarily_unavailable', 429)
    expect(Number(closed.headers['retry-after'])).toBeGreaterThan(0)
    const both = await Promise.all([
      ...Array.from({ length: 30 }, (_, i) => ask(h, { ...refreshing(forged(good, i)), client_id: phone.id })),
      ask(h, { ...refreshing(good), client_id: phone.id }),
    ])
    expect(both.map(({ status }) => status)).toEqual([...Array(30).fill(429), 200])
  })

  test('what cannot be a credential of ours is refused without a read: malformed, of an unknown generation, future, too old', async () => {
    const { refresh: good } = await newTokens(h, app)
    const find = vi.spyOn(h.storage.grants, 'find')
    for (const text of ['x', `rt${'1'.repeat(63)}`, `ac${'1'.repeat(63)}`, `${good}0`]) {
      expectRefusal(await ask(h, refreshing(text), basic(app)), 'invalid_grant')
    }
    h.clock.move(-120_000)
    expectRefusal(await ask(h, refreshing(good), basic(app)), 'invalid_grant')
    h.clock.move(120_000 + 11 * 366 * 86_400_000)
    expectRefusal(await ask(h, refreshing(good), basic(app)), 'invalid_grant')
    expect(find).not.toHaveBeenCalled()
    h.clock.move(-11 * 366 * 86_400_000)
    expect((await ask(h, refreshing(good), basic(app))).status).toBe(200)
  })

  test('a generated secret is right however many were wrong; one that the operator chose has to wait', async () => {
    const given = 'a secret that the operator wrote down somewhere'
    await h.storage.clients.amend(app.id, () => ({
      addSecret: {
        id: 'given',
        name: 'apply',
        hash: sha256(given),
        createdAt: 0,
        expiresAt: null,
      },
    }))
    h.context.clients.forget()
    const machine = { grant_type: 'client_credentials', client_id: app.id }
    expect((await ask(h, { ...machine, client_secret: given })).status).toBe(200)
    for (let i = 0; i < 100; i++) {
      expectRefusal(await ask(h, { ...machine, client_secret: `wrong ${i}` }), 'invalid_client', 401)
    }
    for (const secret of ['wrong again', given]) {
      expectRefusal(await ask(h, { ...machine, client_secret: secret }), 'temporarily_unavailable', 429)
    }
    expect((await ask(h, { ...machine, client_secret: app.secret })).status).toBe(200)
    expect((await ask(h, { ...machine, client_secret: given }, {}, '192.0.2.2')).status).toBe(200)
  })

  test('requests without a secret, or with one of another kind, are no guesses', async () => {
    for (let i = 0; i < 110; i++) {
      expectRefusal(await ask(h, { grant_type: 'client_credentials', client_id: app.id }), 'invalid_client', 401)
    }
    const phone = await addClient(h, { token_endpoint_auth_method: 'none' })
    for (let i = 0; i < 110; i++) {
      expectRefusal(
        await ask(h, { ...refreshing('x'), client_id: phone.id, client_secret: 'x' }),
        'invalid_client',
        401,
      )
    }
  })

  test('a token without a client id is refreshed however many were guessed', async () => {
    const old = await addClient(h, { dialects: ['quantimodo', 'oauth'], token_endpoint_auth_method: 'none' })
    const { refresh: good } = await newTokens(h, { id: old.id })
    for (let i = 0; i < 101; i++) h.context.throttle.fail('client', ` ${address}`)
    const send = (text: string) =>
      h.app.inject({
        method: 'POST',
        url: '/api/oauth2/token',
        remoteAddress: address,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        payload: new URLSearchParams(refreshing(text)).toString(),
      })
    expect((await send(forged(good, 1))).statusCode).toBe(429)
    expect((await send(good)).statusCode).toBe(200)
  })
})

describe('I130: guesses at a password over two nodes', async () => {
  const there = (await postgresUrl()) !== undefined
  let database: TestDatabase
  let nodes: Harness[]
  beforeAll(async () => {
    if (!there) return
    const clock = movableClock()
    database = await copyDatabase(clock, rootSecret)
    const node = () => harness({ clock, open: () => openPostgres({ url: database.url, clock }) })
    nodes = [await node(), await node()]
    await addAccount(nodes[0] as Harness)
  })
  afterAll(async () => {
    if (!there) return
    for (const node of nodes) await node.close()
    await database.drop()
  })

  /** Where the machine is too busy to look (503) nothing has happened, and the same is sent again. */
  async function signIn(node: Harness, password: string, from: string): Promise<number> {
    for (;;) {
      const status = await signInOnce(node, password, from)
      if (status !== 503) return status
    }
  }

  async function signInOnce(node: Harness, password: string, from: string): Promise<number> {
    const browser = testBrowser(node.app)
    const hidden = hiddenFields(await browser.get('/login'))
    const response = await node.app.inject({
      method: 'POST',
      url: '/login',
      remoteAddress: from,
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        cookie: [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
      },
      payload: new URLSearchParams({ ...hidden, username: 'alice', password }).toString(),
    })
    return response.statusCode
  }

  test.runIf(there)('of 200 in parallel ten are looked at, and honest ones in parallel all come in', async () => {
    const verified = nodes.map((node) => vi.spyOn(node.context.passwords, 'verify'))
    // From the beginning of a window.
    const [first] = nodes as [Harness]
    first.clock.move(300_000 - (first.clock.now() % 300_000))
    const guesses = await Promise.all(
      Array.from({ length: 200 }, (_, i) => signIn(nodes[i % 2] as Harness, `guess ${i}`, '192.0.2.7')),
    )
    expect(verified.reduce((sum, spy) => sum + spy.mock.calls.length, 0)).toBe(10)
    expect(guesses.filter((status) => status === 401)).toHaveLength(10)
    expect(guesses.filter((status) => status === 429)).toHaveLength(190)
    const honest = await Promise.all(
      Array.from({ length: 24 }, (_, i) => signIn(nodes[i % 2] as Harness, alicePassword, '192.0.2.8')),
    )
    expect(honest).toEqual(Array(24).fill(303))
  })
})

describe('I130: guesses while the database comes and goes', () => {
  let h: Harness
  beforeEach(async () => {
    h = await harness()
  })
  afterEach(() => h.close())
  const keys = [['account', 'somebody']] as const

  test('no place stays taken by an attempt that the database has failed before it was made', async () => {
    const count = vi.spyOn(h.storage.failures, 'count')
    for (let i = 0; i < 20; i++) {
      // The first read is of the failures, which the attempt does before it takes its place.
      count.mockImplementationOnce(async () => 0).mockImplementationOnce(async () => 0)
      count.mockRejectedValueOnce(new Error('gone'))
      await expect(h.context.throttle.guard(keys, async () => ({ ok: true, value: 'made' }))).rejects.toBeInstanceOf(
        StorageUnavailable,
      )
    }
    count.mockRestore()
    expect(await h.context.throttle.guard(keys, async () => ({ ok: true, value: 'made' }))).toBe('made')
  })
})

describe('I130: what writes a row for a stranger', () => {
  let h: Harness
  beforeAll(async () => {
    h = await harness()
  })
  afterAll(() => h.close())

  test('of 150 sign-ups from one network in parallel twenty open an account, from whichever address of its /64', async () => {
    const browser = testBrowser(h.app)
    const hidden = hiddenFields(await browser.get('/signup'))
    const headers = {
      'content-type': 'application/x-www-form-urlencoded',
      cookie: [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
    }
    const signUp = async (n: number, from: string) => {
      const fields = { username: `p${n}`, email: `p${n}@example.com`, password: 'meadow lantern copper' }
      const payload = new URLSearchParams({ ...hidden, ...fields }).toString()
      return h.app.inject({ method: 'POST', url: '/signup', remoteAddress: from, headers, payload })
    }
    h.clock.move(300_000 - (h.clock.now() % 300_000))
    const answers = []
    for (let n = 0; n < 150; n += 10) {
      const some = Array.from({ length: 10 }, (_, i) => signUp(n + i, `2001:db8:9:9::${(n + i).toString(16)}`))
      answers.push(...(await Promise.all(some)))
    }
    expect(answers.filter(({ statusCode }) => statusCode === 303)).toHaveLength(20)
    const refused = answers.filter(({ statusCode }) => statusCode === 429)
    expect(refused).toHaveLength(130)
    expect(Number(refused[0]?.headers['retry-after'])).toBeGreaterThan(0)
    expect(refused[0]?.body).toContain('Too many attempts came from your network.')
    expect((await signUp(150, '2001:db8:9:a::1')).statusCode).toBe(303)
    h.clock.move(600_000)
    expect((await signUp(151, '2001:db8:9:9::1')).statusCode).toBe(303)
  })

  test('made-up names leave no counters behind once the address has used up its guesses', async () => {
    for (let i = 0; i < 100; i++) h.context.throttle.fail('address', '192.0.2.40')
    const add = vi.spyOn(h.storage.failures, 'add')
    const browser = testBrowser(h.app)
    const hidden = hiddenFields(await browser.get('/login'))
    const response = await h.app.inject({
      method: 'POST',
      url: '/login',
      remoteAddress: '192.0.2.40',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        cookie: [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
      },
      payload: new URLSearchParams({ ...hidden, username: 'made-up', password: 'guess' }).toString(),
    })
    expect(response.statusCode).toBe(429)
    expect(add).not.toHaveBeenCalled()
  })
})

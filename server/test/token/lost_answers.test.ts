/** A refresh whose answer was lost, and those that only look like one. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openPostgres } from '../../src/storage/postgres.ts'
import { expectRefusal, isActive, newTokens, userinfoStatus } from '../support/answers.ts'
import { authorize, authorizeUrl, post, refresh, type TestBrowser, type TokenAnswer } from '../support/browser.ts'
import {
  addAccount,
  addClient,
  type Harness,
  harness,
  movableClock,
  rootSecret,
  type TestClient,
} from '../support/harness.ts'
import { postgresUrl, type TestDatabase } from '../support/postgres.ts'
import { copyDatabase } from '../support/template.ts'

const second = 1000
const hour = 3600 * second
const scope = 'openid offline_access basic'

/** What a refresh answered that nobody has used yet, and the refresh token it was asked for with. */
interface Lost {
  readonly before: string
  readonly answer: TokenAnswer
}

async function loseAnswer(h: Harness, client: TestClient | { id: string }, browser: TestBrowser): Promise<Lost> {
  const { refresh: before } = await newTokens(h, client, { scope }, browser)
  const answer = await refresh(h.app, client, before)
  expect(answer.status).toBe(200)
  return { before, answer }
}

async function notesOf(h: Harness, client: TestClient): Promise<string[]> {
  await h.context.requests.flush()
  return (await h.storage.requests.list(client.id, 50)).map(({ cause }) => cause)
}

describe('a lost answer', () => {
  let h: Harness
  let client: TestClient
  let open: { id: string }
  let browser: TestBrowser
  beforeAll(async () => {
    h = await harness({ settings: { sessionIdleTtl: 10 * 365 * 86_400, sessionTtl: 10 * 365 * 86_400 } })
    await addAccount(h)
    client = await addClient(h)
    open = { id: (await addClient(h, { token_endpoint_auth_method: 'none' })).id }
    browser = (await authorize(h.app, authorizeUrl(client))).browser
  })
  afterAll(() => h.close())

  test('E77: comes again after hours with the same refresh token, and with tokens that can be used', async () => {
    const { before, answer } = await loseAnswer(h, client, browser)
    h.clock.move(23 * hour)
    const again = await refresh(h.app, client, before)
    expect(again.status).toBe(200)
    expect(again.body.refresh_token).toBe(answer.body.refresh_token)
    expect(again.body.expires_in).toBe(answer.body.expires_in)
    expect(await userinfoStatus(h, again.body.access_token)).toBe(200)
    expect(await notesOf(h, client)).toContainEqual(expect.stringContaining('counts as lost'))
    expect((await refresh(h.app, client, again.body.refresh_token ?? '')).status).toBe(200)
  })

  test('E77: is the same to the letter while its access token lives, with the time that is left', async () => {
    const { before, answer } = await loseAnswer(h, client, browser)
    h.clock.move(1200 * second)
    const again = await refresh(h.app, client, before)
    expect(again.body).toMatchObject({
      access_token: answer.body.access_token,
      refresh_token: answer.body.refresh_token,
      expires_in: 2400,
    })
  })

  test('E77: is one for a day only, and for a minute where the client does not authenticate', async () => {
    for (const [of, window] of [
      [client, 24 * hour],
      [open, 60 * second],
    ] as const) {
      const { before } = await loseAnswer(h, of, browser)
      h.clock.move(window - 1)
      expect((await refresh(h.app, of, before)).status).toBe(200)
      h.clock.move(1)
      expectRefusal(await refresh(h.app, of, before), 'invalid_grant')
    }
  })

  test('E77: is one for as long as the app says, up to a week, and never with 0', async () => {
    const patient = await addClient(h, { lost_answer_window: 7 * 86_400 })
    const { before } = await loseAnswer(h, patient, browser)
    h.clock.move(7 * 24 * hour - 1)
    expect((await refresh(h.app, patient, before)).status).toBe(200)
    const never = await addClient(h, { lost_answer_window: 0 })
    const second = await loseAnswer(h, never, browser)
    h.clock.move(31_000)
    expectRefusal(await refresh(h.app, never, second.before), 'invalid_grant')
    await expect(addClient(h, { lost_answer_window: 7 * 86_400 + 1 })).rejects.toThrow()
  })

  test('E77: is none in an app without a replay window, unless it says so', async () => {
    const strict = await addClient(h, { replay_window: 0 })
    expectRefusal(await refresh(h.app, strict, (await loseAnswer(h, strict, browser)).before), 'invalid_grant')
    const both = await addClient(h, { replay_window: 0, lost_answer_window: 60 })
    expect((await refresh(h.app, both, (await loseAnswer(h, both, browser)).before)).status).toBe(200)
  })

  test.each<[string, (answer: TokenAnswer) => Promise<unknown>]>([
    ['at userinfo', async ({ body }) => expect(await userinfoStatus(h, body.access_token)).toBe(200)],
    [
      'at the API',
      ({ body }) => h.app.inject({ url: '/api/v1/user', headers: { authorization: `Bearer ${body.access_token}` } }),
    ],
    ['by introspection', async ({ body }) => expect(await isActive(h, client, body.access_token)).toBe(true)],
    ['by introspection of its refresh token', ({ body }) => isActive(h, client, body.refresh_token)],
    [
      'by introspection that another app asks for',
      async ({ body }) => expect(await isActive(h, await addClient(h), body.access_token)).toBe(false),
    ],
    ['by revocation', ({ body }) => post(h.app, '/oauth/revoke', client, { token: body.access_token ?? '' })],
    [
      'by a refresh that was refused',
      ({ body }) => refresh(h.app, client, body.refresh_token ?? '', { scope: 'writemeasurements' }),
    ],
    ['by a refresh of another app', async ({ body }) => refresh(h.app, await addClient(h), body.refresh_token ?? '')],
    [
      'after its access token had expired',
      async ({ body }) => {
        h.clock.move(2 * hour)
        expect(await userinfoStatus(h, body.access_token)).toBe(401)
      },
    ],
  ])('E77: is none once a token of it was seen %s: the grant ends', async (_where, use) => {
    const { before, answer } = await loseAnswer(h, client, browser)
    h.clock.move(31_000)
    await use(answer)
    const again = await refresh(h.app, client, before)
    expectRefusal(again, 'invalid_grant')
    expect(again.body.error_description).toContain('revoked')
    expectRefusal(await refresh(h.app, client, answer.body.refresh_token ?? ''), 'invalid_grant')
  })

  test('E77: thief first, honest second: the honest retry ends what the thief has begun to use', async () => {
    const { before, answer: stolen } = await loseAnswer(h, client, browser)
    h.clock.move(5 * hour)
    await userinfoStatus(h, stolen.body.access_token)
    const thief = await refresh(h.app, client, stolen.body.refresh_token ?? '')
    expect(thief.status).toBe(200)
    expectRefusal(await refresh(h.app, client, before), 'invalid_grant')
    expect(await isActive(h, client, thief.body.access_token)).toBe(false)
  })

  test('E77: honest first, thief second: the thief ends the grant and gets nothing', async () => {
    const { before, answer } = await loseAnswer(h, client, browser)
    h.clock.move(60_000)
    expect(await userinfoStatus(h, answer.body.access_token)).toBe(200)
    h.clock.move(hour)
    expectRefusal(await refresh(h.app, client, before), 'invalid_grant')
    expect(await isActive(h, client, answer.body.access_token)).toBe(false)
  })

  test('E77: two who keep in step collide at the first use', async () => {
    const { before, answer } = await loseAnswer(h, client, browser)
    h.clock.move(hour / 2)
    const thief = await refresh(h.app, client, before)
    expect(thief.body.refresh_token).toBe(answer.body.refresh_token)
    const honest = await refresh(h.app, client, answer.body.refresh_token ?? '')
    h.clock.move(hour / 2)
    expect((await refresh(h.app, client, thief.body.refresh_token ?? '')).body).toMatchObject({
      refresh_token: honest.body.refresh_token,
    })
    expect(await userinfoStatus(h, honest.body.access_token)).toBe(200)
    expectRefusal(await refresh(h.app, client, thief.body.refresh_token ?? ''), 'invalid_grant')
    expect(await isActive(h, client, honest.body.access_token)).toBe(false)
  })

  test('E77, E81: every check is made as of now: what has ended, expired or lost its scope is not given again', async () => {
    const ended = await loseAnswer(h, client, browser)
    await post(h.app, '/oauth/revoke', client, { token: ended.before })
    expectRefusal(await refresh(h.app, client, ended.before), 'invalid_grant')
    const brief = await addClient(h, { refresh_token_ttl: 7200 })
    const expired = await loseAnswer(h, brief, browser)
    h.clock.move(2 * hour)
    const late = await refresh(h.app, brief, expired.before)
    expect(late.body.error_description).toBe('The refresh token has expired.')
    const idle = await addClient(h, { idle_ttl: 7200 })
    const unused = await loseAnswer(h, idle, browser)
    h.clock.move(2 * hour + 1)
    const refused = await refresh(h.app, idle, unused.before)
    expect(refused.body.error_description).toBe('The authorization was not used for too long.')
  })

  test('E77: an answer with a JWT for an API of others may have been used there, so it is never lost', async () => {
    const resource = 'https://data.example/api'
    await h.storage.resources.put({ resource, token_format: 'jwt' })
    const jwt = { scope, resource }
    const first = await newTokens(h, client, jwt, browser)
    expect((await refresh(h.app, client, first.refresh)).status).toBe(200)
    h.clock.move(31_000)
    expectRefusal(await refresh(h.app, client, first.refresh), 'invalid_grant')
    // One for our own API is always seen.
    const own = await addClient(h, { token_format: 'jwt' })
    const { before } = await loseAnswer(h, own, browser)
    h.clock.move(hour)
    expect((await refresh(h.app, own, before)).status).toBe(200)
  })

  test('E77: a refresh costs no write but its own, and the first use of a step one, however many follow', async () => {
    const { grants } = h.storage
    const { markUsed } = grants
    let marks = 0
    Object.assign(grants, {
      markUsed: (...use: Parameters<typeof markUsed>) => {
        marks++
        markUsed(...use)
      },
    })
    const { answer } = await loseAnswer(h, client, browser)
    expect(marks).toBe(0)
    await userinfoStatus(h, answer.body.access_token)
    expect(marks).toBe(1)
    // Flushes what was gathered, as the quarter of a second does.
    await grants.repeats(Buffer.alloc(16))
    for (let i = 0; i < 5; i++) await userinfoStatus(h, answer.body.access_token)
    Object.assign(grants, { markUsed })
    expect(marks).toBe(1)
  })

  test('E77: a use that a crash has lost counts as none, and the next one counts', async () => {
    const { before, answer } = await loseAnswer(h, client, browser)
    h.clock.move(hour / 2)
    const { grants } = h.storage
    const { markUsed } = grants
    Object.assign(grants, { markUsed: () => undefined })
    expect(await userinfoStatus(h, answer.body.access_token)).toBe(200)
    Object.assign(grants, { markUsed })
    expect((await refresh(h.app, client, before)).status).toBe(200)
    expect(await userinfoStatus(h, answer.body.access_token)).toBe(200)
    expectRefusal(await refresh(h.app, client, before), 'invalid_grant')
  })
})

describe.skipIf((await postgresUrl()) === undefined)('a lost answer on two nodes of one PostgreSQL', () => {
  let database: TestDatabase
  let nodes: [Harness, Harness]
  let client: TestClient
  let browser: TestBrowser
  beforeAll(async () => {
    const clock = movableClock()
    database = await copyDatabase(clock, rootSecret)
    const node = () => harness({ clock, open: () => openPostgres({ url: database.url, clock }) })
    nodes = [await node(), await node()]
    await addAccount(nodes[0])
    client = await addClient(nodes[0])
    browser = (await authorize(nodes[0].app, authorizeUrl(client))).browser
  })
  afterAll(async () => {
    for (const node of nodes) await node.close()
    await database.drop()
  })

  test('E77: what one has seen and written is used at the other; what it has not yet written is not, once', async () => {
    const [a, b] = nodes
    const { before, answer } = await loseAnswer(a, client, browser)
    a.clock.move(hour / 2)
    // Seen by one a moment ago: the other does not know, and both parties are in step until the next use.
    expect(await userinfoStatus(a, answer.body.access_token)).toBe(200)
    const early = await refresh(b.app, client, before)
    expect([200, 400]).toContain(early.status)
    if (early.status === 200) expect(early.body.refresh_token).toBe(answer.body.refresh_token)
    const seen = async () => (await b.storage.grants.listByUser(await userOf(a), 1))[0]?.grant
    await expect.poll(async () => (await seen())?.usedStep ?? Number.NaN).not.toBe(0)
    expectRefusal(await refresh(b.app, client, before), 'invalid_grant')
    expect(await isActive(b, client, answer.body.access_token)).toBe(false)
  })

  test('E77: of retries at both nodes after hours all get the same answer', async () => {
    const { before, answer } = await loseAnswer(nodes[0], client, browser)
    nodes[0].clock.move(5 * hour)
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => refresh((nodes[i % 2] ?? nodes[0]).app, client, before)),
    )
    expect(new Set(answers.map(({ body }) => body.refresh_token))).toEqual(new Set([answer.body.refresh_token]))
    expect((await refresh(nodes[1].app, client, answer.body.refresh_token ?? '')).status).toBe(200)
  })

  async function userOf(h: Harness) {
    const account = await h.storage.accounts.findByLogin('alice')
    if (account === undefined) throw new Error('alice is gone')
    return account.id
  }
})

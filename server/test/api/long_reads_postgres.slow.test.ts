/** Lists that take long on PostgreSQL: they are given up after a moment, and nobody else waits for them. */
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openPostgres } from '../../src/storage/postgres.ts'
import { measurement } from '../storage/fixtures.ts'
import { newTokens, type Tokens } from '../support/answers.ts'
import { authorizeUrl, refresh, signInOn, testBrowser } from '../support/browser.ts'
import { addAccount, addClient, type Harness, harness, type TestClient } from '../support/harness.ts'
import { putMeasurements } from '../support/measurements.ts'
import { createDatabase, postgresUrl, type TestDatabase } from '../support/postgres.ts'

/** More than the connections that everything else is served on. */
const people = 11

describe.skipIf((await postgresUrl()) === undefined)('while lists of measurements hang on PostgreSQL', () => {
  let database: TestDatabase
  let h: Harness
  let client: TestClient
  const tokens: Tokens[] = []
  let lock: pg.Client

  beforeAll(async () => {
    database = await createDatabase()
    h = await harness({ open: (clock) => openPostgres({ url: database.url, clock }) })
    client = await addClient(h)
    for (let i = 0; i < people; i++) tokens.push(await tokensOf(`person${i}`))
    lock = new pg.Client({ connectionString: database.url })
    await lock.connect()
  })
  afterAll(async () => {
    await lock.end()
    await h.close()
    await database.drop()
  })

  async function tokensOf(username: string): Promise<Tokens> {
    await addAccount(h, username)
    const browser = testBrowser(h.app)
    await signInOn(browser, await browser.follow(await browser.get(authorizeUrl(client))), username)
    return newTokens(h, client, { scope: 'readmeasurements offline_access' }, browser)
  }

  const list = (accessToken = '', path = '/api/v3/measurements') =>
    h.app.inject({ url: path, headers: { authorization: `Bearer ${accessToken}` } })

  test('tokens and sign-ins are served, and each list ends with 503 and a sentence', async () => {
    await lock.query('begin; lock table measurements in access exclusive mode')
    const asked = tokens.map((one, i) => list(one.access, i % 2 ? '/api/v3/measurements' : '/api/v3/userVariables'))
    expect((await refresh(h.app, client, tokens[0]?.refresh ?? '')).status).toBe(200)
    await addAccount(h, 'latecomer')
    const browser = testBrowser(h.app)
    const page = await browser.follow(await browser.get(authorizeUrl(client)))
    expect((await signInOn(browser, page, 'latecomer')).body).toContain('consent-allow')
    for (const answer of await Promise.all(asked)) {
      expect(answer.statusCode).toBe(503)
      expect(answer.headers['retry-after']).toBe('5')
      expect(answer.json()).toMatchObject({
        status: 'ERROR',
        error: 'temporarily_unavailable',
        message: expect.stringMatching(/^This took longer than two seconds/),
      })
    }
    await lock.query('rollback')
    expect((await list(tokens[1]?.access)).statusCode).toBe(200)
  })

  test('a person has one list running and two waiting, and is told of a fourth', async () => {
    // Somebody whose turn is free: the lists above took long, so that their owners wait before the next one.
    const fresh = await tokensOf('somebody')
    await lock.query('begin; lock table measurements in access exclusive mode')
    const asked = Array.from({ length: 4 }, () => list(fresh.access).then((answer) => answer.json()))
    const fourth = await Promise.race(asked)
    expect(fourth).toMatchObject({ code: 503, message: expect.stringMatching(/^Too many lists .* for this account/) })
    await lock.query('rollback')
    const answers = await Promise.all(asked)
    expect(answers.filter((answer) => answer.code === 503)).toHaveLength(1)
  })

  test('a list is read by one process of the database, which compiles nothing for it', async () => {
    const person = await h.storage.accounts.findByLogin('person3')
    await putMeasurements(h.storage.measurements, person?.number ?? 0, client.id, [measurement(0)])
    // The source of each measurement is now what the session that reads it is set to.
    const columns = 'id, user_number, variable_id, start_time, value, unit, note, client_id, created_at, updated_at'
    const set = (name: string) => `current_setting('${name}')`
    await lock.query(`
      alter table measurements rename to kept;
      create view measurements as select ${columns},
        ${set('max_parallel_workers_per_gather')} || ' workers, jit ' || ${set('jit')} as source from kept`)
    const [listed] = (await list(tokens[3]?.access)).json()
    await lock.query('drop view measurements; alter table kept rename to measurements')
    expect(listed).toMatchObject({ sourceName: '0 workers, jit off' })
  })
})

/** Lists that take long on SQLite: they are read by processes of their own, and nobody else waits for them. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { getPriority, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { openSqlite } from '../../src/storage/sqlite.ts'
import { measurement } from '../storage/fixtures.ts'
import { newTokens, type Tokens } from '../support/answers.ts'
import { authorize, authorizeUrl, refresh, type TestBrowser } from '../support/browser.ts'
import { addAccount, addClient, type Harness, harness, type TestClient } from '../support/harness.ts'
import { putMeasurements } from '../support/measurements.ts'

const folder = mkdtempSync(join(tmpdir(), 'consentry-reads-'))
const scope = 'readmeasurements offline_access'
const outsideSecret = 'a word of the environment that nobody else may know'
let h: Harness
let client: TestClient
let browser: TestBrowser
let alice: Tokens

function start(clock?: Harness['clock']): Promise<Harness> {
  return harness({
    ...(clock && { clock }),
    open: (of) => openSqlite({ path: join(folder, 'consentry.db'), clock: of }),
  })
}

beforeAll(async () => {
  process.env.CONSENTRY_SECRET = outsideSecret
  h = await start()
  await addAccount(h)
  client = await addClient(h)
  browser = (await authorize(h.app, authorizeUrl(client, { scope }))).browser
  alice = await newTokens(h, client, { scope }, browser)
  const source = 'a'.repeat(2000)
  await putMeasurements(
    h.storage.measurements,
    (await h.storage.accounts.findByLogin('alice'))?.number ?? 0,
    client.id,
    Array.from({ length: 5000 }, (_, i) => measurement(i, { source })),
  )
})
// Each begins with a server that has read nothing yet.
beforeEach(async () => {
  await h.close()
  h = await start(h.clock)
  browser = (await authorize(h.app, authorizeUrl(client, { scope }))).browser
})
afterAll(async () => {
  delete process.env.CONSENTRY_SECRET
  await h.close()
  rmSync(folder, { recursive: true, force: true })
})

/**
 * A pattern that nearly fits at every place of every source and fits nowhere: the whole list is looked through, which is
 * thousands of millions of steps, on whatever machine.
 */
const heavy = `sourceName=%25${'a'.repeat(1000)}b`

async function list(accessToken: string, query = '') {
  const answer = await h.app.inject({
    url: `/api/v3/measurements?${query}`,
    headers: { authorization: `Bearer ${accessToken}` },
  })
  return { status: answer.statusCode, retryAfter: answer.headers['retry-after'], body: answer.json() }
}

async function tokensAnswer(): Promise<void> {
  const answer = await refresh(h.app, client, alice.refresh)
  expect(answer.status).toBe(200)
  alice = { ...alice, refresh: answer.body.refresh_token ?? '' }
}

/** The processes that read for this one. */
function readers(): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      const parent = /\nPPid:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
      return parent === String(process.pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('read_worker')
    } catch {
      return false
    }
  })
}

test('a process for them starts with the first list, yields to the server from its start on, and is told no secret', async () => {
  expect(readers()).toEqual([])
  const asked = list(alice.access)
  while (readers().length === 0) await turn()
  expect(getPriority(Number(readers()[0]))).toBe(15)
  expect((await asked).body).toHaveLength(100)
  const [reader] = readers()
  expect(readers()).toHaveLength(1)
  const [environment, command] = ['environ', 'cmdline'].map((file) => readFileSync(`/proc/${reader}/${file}`, 'utf8'))
  expect(environment).not.toContain(outsideSecret)
  expect(command).not.toContain(outsideSecret)
})

test('while a list takes long, tokens are served and the server does other work; it ends with 503', async () => {
  let done = false
  const asked = list(alice.access, heavy).finally(() => {
    done = true
  })
  let turns = 0
  while (!done && turns < 50) {
    await tokensAnswer()
    await turn()
    turns++
  }
  const answer = await asked
  expect(turns).toBeGreaterThan(0)
  expect(answer).toMatchObject({ status: 503, retryAfter: '5', body: { error: 'temporarily_unavailable' } })
  expect(answer.body.message).toMatch(/^This took longer than two seconds/)
})

test('the process that was ended is replaced', async () => {
  expect((await list(alice.access, heavy)).status).toBe(503)
  expect(readers()).toHaveLength(0)
  expect((await list(alice.access)).body).toHaveLength(100)
  expect(readers()).toHaveLength(1)
})

test('a token that ends while its list is read is answered 401', async () => {
  const other = await addClient(h)
  const ending = await newTokens(h, other, { scope }, browser)
  const asked = list(alice.access, heavy)
  // A whole request later it is being read, and whatever else is the same person's waits for it.
  await tokensAnswer()
  const waiting = [list(ending.access), list(alice.access)]
  await tokensAnswer()
  expect(await list(alice.access)).toMatchObject({
    status: 503,
    body: { message: expect.stringMatching(/for this account/) },
  })
  const person = await h.storage.accounts.findByLogin('alice')
  await h.storage.grants.endAll({ userId: person?.id ?? 'usr_', clientId: other.id }, 'revoked_by_user')
  expect((await asked).status).toBe(503)
  expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual([401, 200])
})

test('they end with the server', async () => {
  await list(alice.access)
  expect(readers().length).toBeGreaterThan(0)
  await h.close()
  expect(readers()).toEqual([])
  h = await start(h.clock)
})

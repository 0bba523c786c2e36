/** `serve --workers`: several processes behind one port, of which any may die, and all end together. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { Agent, get } from 'node:http'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Collector, openCollector } from '../support/collector.ts'
import { buildCommand, type CommandLine, commandLine, freePort, type Serving } from '../support/command.ts'
import { createDatabase, postgresUrl, type TestDatabase } from '../support/postgres.ts'

beforeAll(buildCommand, 120_000)

/** The processes that `parent` has started. */
function childrenOf(parent: number): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => existsSync(`/proc/${pid}/stat`))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.split(' ')[1] === String(parent)
      } catch {
        return false
      }
    })
    .map(Number)
}

/** The status of an answer on a connection of its own. */
function status(port: number, path = '/readyz'): Promise<number> {
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path, agent: new Agent() }, (answer) => {
      answer.resume().on('end', () => resolve(answer.statusCode ?? 0))
    }).on('error', reject)
  })
}

const withPostgres = (await postgresUrl()) !== undefined

describe.runIf(withPostgres && existsSync('/proc/self/stat'))('several workers', () => {
  let database: TestDatabase
  let cli: CommandLine
  let server: Serving
  let management: number
  let collector: Collector
  const workers = () => childrenOf(server.pid)

  beforeAll(async () => {
    database = await createDatabase()
    cli = commandLine()
    management = await freePort()
    collector = await openCollector()
    const env = {
      DATABASE_URL: database.url,
      CONSENTRY_WORKERS: '2',
      CONSENTRY_MANAGEMENT_PORT: String(management),
      CONSENTRY_OTLP_ENDPOINT: collector.origin,
    }
    server = await cli.serve(undefined, env)
  })
  afterAll(async () => {
    await cli.close()
    await collector.close()
    await database.drop()
  })

  test('print once where they are', async () => {
    await expect.poll(() => workers().length).toBe(2)
    expect(server.said).toMatchObject({
      issuer: server.issuer,
      workers: 2,
      setup_url: expect.stringContaining('/setup'),
    })
  })

  test('share the connections to the database that one would have', async () => {
    const client = new pg.Client({ connectionString: database.url })
    await client.connect()
    const burst = Array.from({ length: 200 }, () => status(server.port))
    expect(new Set(await Promise.all(burst))).toEqual(new Set([200]))
    const { rows } = await client.query<{ count: number }>(
      "select count(*)::int as count from pg_stat_activity where application_name = 'consentry' and datname = current_database()",
    )
    await client.end()
    // 6 for grants, 10 for the rest and 4 for lists, and one of each worker for notices.
    expect(rows[0]?.count).toBeLessThanOrEqual(24)
  })

  test('are counted as one at the management port, whichever of them is asked', async () => {
    await expect.poll(() => workers().length).toBe(2)
    const counted = async () => {
      const text = await (
        await fetch(`http://127.0.0.1:${management}/metrics`, { headers: { connection: 'close' } })
      ).text()
      return Number(/^consentry_requests_total\{.*endpoint="\/version".*\} (\d+)$/m.exec(text)?.[1])
    }
    // Both have to have said that they listen before they are asked.
    await expect.poll(() => status(management, '/healthz')).toBe(200)
    await Promise.all(Array.from({ length: 60 }, () => status(server.port, '/version')))
    for (let time = 0; time < 6; time++) expect(await counted()).toBe(60)
  })

  test('are started again when they die, while the others serve', async () => {
    const before = workers()
    process.kill(before[0] ?? 0, 'SIGKILL')
    await expect.poll(() => status(server.port)).toBe(200)
    await expect.poll(() => workers().filter((pid) => !before.includes(pid)).length).toBe(1)
    await expect.poll(() => workers().length).toBe(2)
    const line = server
      .logged()
      .split('\n')
      .find((text) => text.includes('a worker ended'))
    expect(JSON.parse(line ?? '{}')).toMatchObject({ worker: before[0], signal: 'SIGKILL', level: 50 })
  })

  test('are replaced one after another at SIGHUP, and nobody is turned away meanwhile', async () => {
    // The one that took the place of the dead one may still be starting.
    await expect.poll(() => Promise.all([status(server.port), status(server.port)])).toEqual([200, 200])
    const before = workers()
    server.signal('SIGHUP')
    const agent = new Agent({ keepAlive: true, maxSockets: 4 })
    const answers = new Map<number | string, number>()
    const ask = () =>
      new Promise<number | string>((resolve) => {
        get({ host: '127.0.0.1', port: server.port, path: '/healthz', agent }, (answer) => {
          answer.resume().on('end', () => resolve(answer.statusCode ?? 0))
        }).on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'error'))
      })
    while (!server.logged().includes('the workers were replaced')) {
      for (const answer of await Promise.all([ask(), ask(), ask(), ask()])) {
        answers.set(answer, (answers.get(answer) ?? 0) + 1)
      }
      // Answers 200 all the time: the port is not about to close.
      expect(await status(server.port)).toBe(200)
    }
    agent.destroy()
    expect([...answers.keys()]).toEqual([200])
    expect(workers().filter((pid) => before.includes(pid))).toEqual([])
    expect(workers()).toHaveLength(2)
  })

  test('end together, whoever else in their group gets the signal', async () => {
    const all = workers()
    for (const pid of all) process.kill(pid, 'SIGTERM')
    expect(await server.stop('SIGTERM')).toMatchObject({ code: 0 })
    // Each sends the spans that it still holds.
    expect(collector.spans.filter(({ name }) => name === 'GET /version')).toHaveLength(60)
    for (const pid of all) expect(existsSync(`/proc/${pid}`)).toBe(false)
  })

  test('do not outlive a primary that is killed', async () => {
    server = await cli.serve(undefined, { DATABASE_URL: database.url, CONSENTRY_WORKERS: '2' })
    await expect.poll(() => workers().length).toBe(2)
    const all = workers()
    await server.stop('SIGKILL')
    await expect.poll(() => all.filter((pid) => existsSync(`/proc/${pid}`))).toEqual([])
  })

  test('a start that fails says so once and ends with the code of a single server', async () => {
    const ran = await cli.run(['serve', '--workers', '3'], {
      env: { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none', PORT: '1' },
    })
    expect([ran.code, ran.stdout]).toEqual([4, ''])
    expect(ran.stderr.match(/^consentry: /gm)).toHaveLength(1)
  })
})

test('SQLite has one process, and who asks for more reads why', async () => {
  const cli = commandLine()
  afterAll(() => cli.close())
  expect(await cli.run(['serve', '--workers', '2'])).toEqual({
    code: 3,
    stdout: '',
    stderr:
      'consentry: CONSENTRY_WORKERS needs PostgreSQL (DATABASE_URL): a SQLite database is served by one process\n',
  })
})

/** `consentry migrate --plan`: what an update would do, read before it is done. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDatabase, postgresUrl, type TestDatabase } from '../support/postgres.ts'
import { runCommand } from './output.ts'

const firstRelease = (name: string) =>
  gunzipSync(readFileSync(join(import.meta.dirname, '..', 'upgrade', 'first_release', `${name}.gz`)))

interface Plan {
  readonly state: string
  readonly expected_seconds: number
  readonly migrations: readonly {
    readonly name: string
    readonly statements: readonly {
      readonly sql: string
      readonly lock: { readonly table: string; readonly mode: string } | null
      readonly rows: number | null
      readonly bytes: number | null
    }[]
  }[]
}

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'consentry-plan-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function planOf(env: Record<string, string>): Promise<Plan> {
  const ran = await runCommand(['migrate', '--plan', '--json'], env)
  expect(ran).toMatchObject({ code: 0, stderr: '' })
  return JSON.parse(ran.stdout) as Plan
}

test('of a database that is not there yet it names every migration, and makes nothing', async () => {
  const env = { CONSENTRY_DATA: join(folder, 'none') }
  const { state, migrations } = await planOf(env)
  expect(state).toBe('pending')
  expect(migrations[0]?.name).toBe('0001_initial')
  const { stdout } = await runCommand(['migrate', '--plan'], env)
  const lines = stdout.trimEnd().split('\n')
  expect(lines[0]).toMatch(/^0001_initial: \d+ statements$/)
  expect(lines).toHaveLength(migrations.length + 2)
  expect(existsSync(env.CONSENTRY_DATA)).toBe(false)
})

test('on SQLite it leaves the file as it is, and after the update nothing is left to run', async () => {
  const env = { CONSENTRY_DATA: join(folder, 'old') }
  mkdirSync(env.CONSENTRY_DATA, { mode: 0o700 })
  for (const name of ['consentry.db', 'consentry.requests.db']) {
    writeFileSync(join(env.CONSENTRY_DATA, name), firstRelease(name))
  }
  const before = readFileSync(join(env.CONSENTRY_DATA, 'consentry.db'))
  const { migrations } = await planOf(env)
  expect(migrations[0]?.name).toBe('0004_used_step')
  expect(readFileSync(join(env.CONSENTRY_DATA, 'consentry.db')).equals(before)).toBe(true)
  expect((await runCommand(['migrate'], env)).code).toBe(0)
  expect(await planOf(env)).toMatchObject({ state: 'up_to_date', migrations: [] })
  expect((await runCommand(['migrate', '--plan'], env)).stdout).toMatch(/is up to date\. There is nothing to run\.\n/)
})

const withPostgres = (await postgresUrl()) !== undefined

describe.runIf(withPostgres)('on PostgreSQL', () => {
  let database: TestDatabase
  let client: pg.Client
  let env: Record<string, string>
  beforeAll(async () => {
    database = await createDatabase()
    client = new pg.Client({ connectionString: database.url })
    await client.connect()
    await client.query(firstRelease('postgres.sql').toString())
    await client.query('reset search_path')
    await client.query('analyze')
    env = { DATABASE_URL: database.url, CONSENTRY_DATA: join(folder, 'unused') }
  })
  afterAll(async () => {
    await client.end()
    await database.drop()
  })

  const shape = async () =>
    (
      await client.query(
        "select table_name, column_name from information_schema.columns where table_schema = 'public' order by 1, 2",
      )
    ).rows

  test('it says what each statement locks, and changes nothing', async () => {
    const before = await shape()
    const { migrations } = await planOf(env)
    expect(await shape()).toEqual(before)
    const statements = migrations.flatMap((one) => one.statements)
    const locksOf = (start: string) =>
      statements.filter(({ sql }) => sql.startsWith(start)).map(({ lock }) => lock && `${lock.mode} ${lock.table}`)
    expect(locksOf('alter table clients add column refused_form')).toEqual(['ACCESS EXCLUSIVE clients'])
    expect(locksOf('create index users_standing')).toEqual(['SHARE users'])
    expect(locksOf('update clients set')).toContain('ROW EXCLUSIVE clients')
    // Nobody can wait for a table that the same transaction makes.
    expect(locksOf('create table jobs')).toEqual([null])
    expect(new Set(locksOf('create index jobs_'))).toEqual(new Set([null]))
    const users = statements.find(({ sql }) => sql.startsWith('create index users_standing'))
    expect(users?.rows).toBeGreaterThan(0)
    expect(users?.bytes).toBeGreaterThan(0)
  })

  test('a person reads it with an estimate and how that comes about', async () => {
    const { code, stdout } = await runCommand(['migrate', '--plan'], env)
    expect(code).toBe(0)
    expect(stdout).toMatch(/^0004_used_step\n/)
    expect(stdout).toContain('locks users: SHARE, writes of it wait (under 1 MB, about ')
    expect(stdout).toMatch(
      /\n\d+ migrations, in one transaction: each lock is held until its end\. .* Expected: under a second\.\n/,
    )
    expect(stdout).toContain('Estimated from the sizes of the tables: ')
  })

  test('after the update nothing is left to run', async () => {
    expect((await runCommand(['migrate'], env)).code).toBe(0)
    expect(await planOf(env)).toMatchObject({ state: 'up_to_date', migrations: [], expected_seconds: 0 })
  })

  test('a database out of reach is said as elsewhere', async () => {
    const ran = await runCommand(['migrate', '--plan'], { ...env, DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' })
    expect([ran.code, ran.stdout]).toEqual([4, ''])
  })
})

/** The data map knows every column of a database that was really made, and its page is what it says. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { describe, expect, test } from 'vitest'
import { dataMap, dataMapPage, personalDataPage } from '../../src/storage/data_map/index.ts'
import { openPostgres } from '../../src/storage/postgres.ts'
import { databaseOpener } from '../../src/storage/sqlite/database.ts'
import { openSqlite } from '../../src/storage/sqlite.ts'
import { createDatabase, postgresUrl } from '../support/postgres.ts'

const clock = { now: () => Date.now() }
const withPostgres = (await postgresUrl()) !== undefined
/** What the migrations and the databases keep for themselves. */
const theirs = /^(?:kysely_migration|kysely_migration_lock|sqlite_.*)$/

async function sqliteColumns(change = ''): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'consentry-test-'))
  await (await openSqlite({ path: join(folder, 'consentry.db'), clock })).close()
  const found: string[] = []
  for (const file of ['consentry.db', 'consentry.requests.db']) {
    const database = await (await databaseOpener(join(folder, file)))(2000)
    if (file === 'consentry.db') database.exec(change)
    const columns = database.prepare(
      "select t.name as name, c.name as of from sqlite_schema t join pragma_table_info(t.name) c where t.type = 'table'",
    )
    for (const { name, of } of columns.all()) found.push(`${name} ${of}`)
    database.close()
  }
  rmSync(folder, { recursive: true })
  return found
}

async function postgresColumns(change = ''): Promise<string[]> {
  const place = await createDatabase()
  await (await openPostgres({ url: place.url, clock })).close()
  const client = new pg.Client({ connectionString: place.url })
  await client.connect()
  await client.query(change)
  const { rows } = await client.query<{ name: string; of: string }>(
    `select t.table_name as name, c.column_name as of from information_schema.tables t
      join information_schema.columns c on c.table_name = t.table_name and c.table_schema = t.table_schema
      where t.table_schema = 'public' and t.table_type = 'BASE TABLE'`,
  )
  await client.end()
  await place.drop()
  return rows.map(({ name, of }) => `${name} ${of}`)
}

/** Columns without entry, and entries without column. */
function differences(columns: readonly string[]): string[] {
  const there = columns.filter((column) => !theirs.test(column.split(' ')[0] ?? ''))
  const mapped = Object.entries(dataMap).flatMap(([table, entry]) => {
    return Object.keys(entry.columns).map((column) => `${table} ${column}`)
  })
  return [
    ...there.filter((column) => !mapped.includes(column)).map((column) => `${column} has no entry`),
    ...mapped.filter((column) => !there.includes(column)).map((column) => `${column} is not there`),
  ]
}

describe('the data map', () => {
  const planted = 'alter table users add column shoe_size bigint'

  test('has an entry for each column on SQLite, and for no other', async () => {
    expect(differences(await sqliteColumns())).toEqual([])
    expect(differences(await sqliteColumns(planted))).toEqual(['users shoe_size has no entry'])
  })

  test.runIf(withPostgres)('has an entry for each column on PostgreSQL', async () => {
    expect(differences(await postgresColumns())).toEqual([])
    expect(differences(await postgresColumns(planted))).toEqual(['users shoe_size has no entry'])
  })

  test('is what docs/data_map.md and the handbook say; npm run docs:data writes both anew', () => {
    const written = (name: string) => readFileSync(new URL(`../../../docs/${name}.md`, import.meta.url), 'utf8')
    expect(written('data_map')).toBe(dataMapPage())
    expect(written('operating/personal_data')).toBe(personalDataPage())
  })
})

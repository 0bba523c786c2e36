/** The plan of migrations in SQLite, which has one writer: the file is locked for all others, and the server stands still. */
import { existsSync } from 'node:fs'
import { Kysely, sql } from 'kysely'
import type { MigrationPlan, TableSize } from '../contract.ts'
import type { Tables } from '../sql/schema.ts'
import { databaseOpener } from '../sqlite/database.ts'
import { sqliteDialect } from '../sqlite/dialect.ts'
import { facts } from '../sqlite/facts.ts'
import { type LockOf, planOf } from './plan.ts'

const lockOf: LockOf = ({ kind }) => (kind === 'read' ? null : { mode: 'RESERVED', effect: 'every other write waits' })

/** What is pending in the file, or of a file that is not there yet. No table is known to be smaller than the whole file. */
export async function planSqlite(path: string, release: string): Promise<MigrationPlan> {
  const database = await (await databaseOpener(existsSync(path) ? path : ':memory:'))(2048)
  const dialect = sqliteDialect(database, () => database.close())
  const db = new Kysely<Tables>({ dialect })
  try {
    const [{ bytes = 0 } = {}] = (
      await sql<{
        bytes: number
      }>`select page_count * page_size as bytes from pragma_page_count(), pragma_page_size()`.execute(db)
    ).rows
    const { rows } = await sql<{ name: string }>`select name from sqlite_schema where type = 'table'`.execute(db)
    const sizes = new Map(rows.map(({ name }): [string, TableSize] => [name, { bytes, rows: null }]))
    return await planOf({ db, facts, release }, dialect, sizes, lockOf)
  } finally {
    await db.destroy()
  }
}

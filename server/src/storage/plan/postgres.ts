/** The plan of migrations in PostgreSQL: all of them are one transaction, so that each lock is held until its end. */
import { Kysely, sql } from 'kysely'
import type { MigrationPlan, TableSize } from '../contract.ts'
import { postgresDialect } from '../postgres/dialect.ts'
import { openPool } from '../postgres/pool.ts'
import { facts } from '../postgres.ts'
import type { Tables } from '../sql/schema.ts'
import { type LockOf, planOf } from './plan.ts'
import type { WorkKind } from './work.ts'

/** The table-level locks of PostgreSQL (its manual, "Explicit Locking"), and who waits for them. */
const locks: Readonly<Record<Exclude<WorkKind, 'make'>, ReturnType<LockOf>>> = {
  define: { mode: 'ACCESS EXCLUSIVE', effect: 'reads and writes of it wait' },
  check: { mode: 'ACCESS EXCLUSIVE', effect: 'reads and writes of it wait' },
  index: { mode: 'SHARE', effect: 'writes of it wait' },
  write: { mode: 'ROW EXCLUSIVE', effect: 'writes of the same rows wait' },
  read: null,
}

const lockOf: LockOf = ({ kind }) => (kind === 'make' ? null : locks[kind])

/** What is pending there. Throws DatabaseOfLaterRelease or StorageUnavailable. */
export async function planPostgres(url: string, release: string): Promise<MigrationPlan> {
  const pool = openPool(url, { max: 2, statementTimeout: 15_000 }, () => undefined)
  const dialect = postgresDialect(pool)
  const db = new Kysely<Tables>({ dialect })
  try {
    const { rows } = await sql<{ name: string; bytes: number; rows: number }>`
      select relname as name, pg_total_relation_size(oid) as bytes, reltuples::bigint as rows
      from pg_class where relkind = 'r' and relnamespace = current_schema()::regnamespace`.execute(db)
    const sizes = new Map(
      rows.map(({ name, bytes, rows }): [string, TableSize] => [name, { bytes, rows: rows < 0 ? null : rows }]),
    )
    return await planOf({ db, facts, release }, dialect, sizes, lockOf)
  } finally {
    await db.destroy()
  }
}

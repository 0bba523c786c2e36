/** Both ends of a backup in SQLite: a database that may be served from meanwhile, and the file of a backup. */
import { closeSync, fsyncSync, openSync } from 'node:fs'
import { Kysely } from 'kysely'
import { reasonOf } from '../../lib/text/reason.ts'
import { NotABackup, StorageUnavailable } from '../contract/faults.ts'
import { migrate, requireMigrated } from '../migrations/index.ts'
import { asBuffer } from '../sql/bytes.ts'
import type { Tables } from '../sql/schema.ts'
import {
  type Database,
  databaseOpener,
  loadDatabase,
  patiently,
  type Statement,
  translate,
} from '../sqlite/database.ts'
import { sqliteDialect } from '../sqlite/dialect.ts'
import { facts } from '../sqlite/facts.ts'
import type { RowSource, RowTarget, Value } from './rows.ts'

/** KiB of the file in memory, and rows that are read at once. */
const cache = 8 * 1024
const batch = 1000

/** Throws DatabaseOfLaterRelease or MigrationsPending where there may be tables that are not known here. */
export async function readSqlite(path: string): Promise<RowSource> {
  const database = await (await databaseOpener(path))(cache)
  const db = new Kysely<Tables>({ dialect: sqliteDialect(database, () => database.close()) })
  try {
    await requireMigrated({ db, facts, release: undefined })
    // The first read of a transaction fixes what all of it see; writers go on beside it.
    database.exec('begin')
    await patiently(() => database.prepare('select count(*) from installation').get())
  } catch (error) {
    await db.destroy()
    throw translate(error)
  }
  /**
   * Statements that rows are read from. Their iterators do not hold them with the package that Node 20 needs: one that nobody
   * else holds goes between two rows, and the process with it.
   */
  const reading = new Set<Statement>()
  return {
    async count(table) {
      const row = database.prepare(`select count(*) as count from "${table}"`).get() as { count: number }
      return row.count
    },
    async *read(table, columns) {
      const statement = database.prepare(`select ${named(columns)} from "${table}"`)
      reading.add(statement)
      try {
        let rows: Value[][] = []
        for (const row of statement.iterate() as Iterable<Record<string, string | number | Uint8Array | null>>) {
          rows.push(columns.map((column) => asValue(row[column] ?? null)))
          if (rows.length < batch) continue
          yield rows
          rows = []
        }
        if (rows.length > 0) yield rows
      } finally {
        reading.delete(statement)
      }
    },
    async lastNumbers() {
      const rows = database.prepare('select name, seq from sqlite_sequence').all() as { name: string; seq: number }[]
      return new Map(rows.map(({ name, seq }) => [name, seq]))
    },
    close: () => db.destroy(),
  }
}

/** The file of a backup: a database as this release makes it, with one more table that says what it is. */
export interface BackupFile extends RowTarget {
  /** Says what the file is. Without this it is no backup. */
  sign(manifest: Manifest): Promise<void>
}

/** What a backup says of itself. */
export interface Manifest {
  /** Of the form of the file. */
  readonly format: 1
  /** Milliseconds: all that was acknowledged before is in it. */
  readonly at: number
  /** The release that made it. */
  readonly release: string
  readonly driver: 'sqlite' | 'postgres'
  /** Rows by table. */
  readonly rows: Readonly<Record<string, number>>
}

const manifestTable = 'consentry_backup'

/** Makes the file, readable by its owner only. Throws where there is one. */
export async function makeBackupFile(path: string): Promise<BackupFile> {
  closeSync(openSync(path, 'wx', 0o600))
  const DatabaseSync = await loadDatabase()
  const database = new DatabaseSync(path)
  const db = new Kysely<Tables>({ dialect: sqliteDialect(database, () => database.close()) })
  try {
    // Nobody reads a file that is not finished, so that it needs no journal.
    database.exec('pragma journal_mode = off; pragma synchronous = off; pragma foreign_keys = off')
    await migrate({ db, facts, release: undefined })
    database.exec('begin')
  } catch (error) {
    await db.destroy()
    throw error
  }
  return {
    async clear(table) {
      database.exec(`delete from "${table}"`)
    },
    async write(table, columns, rows) {
      const insert = database.prepare(
        `insert into "${table}" (${named(columns)}) values (${columns.map(() => '?').join(', ')})`,
      )
      for (const row of rows) insert.run(...row)
    },
    async setLastNumbers(numbers) {
      const present = database.prepare('select name from sqlite_sequence where name = ?')
      const numbered = database.prepare(
        "select 1 from sqlite_schema where type = 'table' and name = ? and sql like '%autoincrement%'",
      )
      for (const [table, last] of numbers) {
        if (numbered.get(table) === undefined) continue
        if (present.get(table) === undefined) {
          database.prepare('insert into sqlite_sequence (name, seq) values (?, ?)').run(table, last)
        } else {
          database.prepare('update sqlite_sequence set seq = max(seq, ?) where name = ?').run(last, table)
        }
      }
    },
    async sign(manifest) {
      database.exec(`create table ${manifestTable} (manifest text not null)`)
      database.prepare(`insert into ${manifestTable} values (?)`).run(JSON.stringify(manifest))
    },
    async commit() {
      database.exec('commit')
      const broken = database.prepare('pragma foreign_key_check').all()
      if (broken.length > 0) throw new StorageUnavailable(`${broken.length} rows name rows that are not there`)
      database.exec('pragma journal_mode = delete')
      const file = openSync(path, 'r+')
      fsyncSync(file)
      closeSync(file)
    },
    close: () => db.destroy(),
  }
}

/**
 * Brings all of a database that nobody works on into its one file. Closing it does not: SQLite keeps a connection until its
 * statements have gone, and the log as long.
 */
export async function gatherFile(path: string): Promise<void> {
  const DatabaseSync = await loadDatabase()
  const database = new DatabaseSync(path)
  try {
    const done = database.prepare('pragma wal_checkpoint(truncate)').get() as { busy: number }
    if (done.busy !== 0) throw new StorageUnavailable('a part of the database is still in its log')
  } finally {
    database.close()
  }
}

/**
 * Reads what a backup says of itself, holds it against what is there, and makes it a database like any other. Throws
 * NotABackup. For a copy of the file: it is changed.
 */
export async function unwrapBackup(path: string): Promise<Manifest> {
  const DatabaseSync = await loadDatabase()
  const database = new DatabaseSync(path)
  try {
    database.exec('pragma journal_mode = delete')
    const manifest = manifestIn(database)
    const found = database.prepare('pragma integrity_check(1)').get() as { integrity_check: string }
    if (found.integrity_check !== 'ok') throw new NotABackup(`it is damaged (${found.integrity_check})`)
    for (const [table, count] of Object.entries(manifest.rows)) {
      const row = database.prepare(`select count(*) as count from "${table}"`).get() as { count: number }
      if (row.count !== count) throw new NotABackup(`${table} has ${row.count} rows where it should have ${count}`)
    }
    database.exec(`drop table ${manifestTable}`)
    return manifest
  } catch (error) {
    if (error instanceof NotABackup) throw error
    throw new NotABackup(`it cannot be read (${reasonOf(error)})`, { cause: error })
  } finally {
    database.close()
  }
}

function manifestIn(database: Database): Manifest {
  const table = database.prepare('select 1 from sqlite_schema where name = ?').get(manifestTable)
  if (table === undefined) throw new NotABackup('it was not made by `consentry backup`, or not finished')
  const row = database.prepare(`select manifest from ${manifestTable}`).get() as { manifest: string }
  const manifest = JSON.parse(row.manifest) as Manifest
  if (manifest.format !== 1)
    throw new NotABackup(`it was made by release ${manifest.release}; use that one, or a later`)
  return manifest
}

function named(columns: readonly string[]): string {
  return columns.map((column) => `"${column}"`).join(', ')
}

function asValue(value: string | number | Uint8Array | null): Value {
  return value instanceof Uint8Array ? asBuffer(value) : value
}

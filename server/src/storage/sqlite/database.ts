/**
 * A connection to a SQLite file through the API of node:sqlite, and what its errors mean. The room is the driver for
 * SQLite.
 * Not here: queries that both databases share (`sql/`). Neighbours: `../sqlite.ts` puts its parts together; `postgres/`
 * is beside and unknown. To add: a query that only SQLite has, beside the verb that needs it.
 */

import { setTimeout as sleep } from 'node:timers/promises'
import type { DatabaseSyncInstance, StatementSyncInstance } from '@photostructure/sqlite'
import { StorageUnavailable } from '../contract.ts'

export type Database = DatabaseSyncInstance
export type Statement = StatementSyncInstance

/** How long we come back for a lock that somebody else holds, before the caller is told. */
const patience = 5000

type DatabaseConstructor = new (path: string, options?: { readonly readOnly: boolean }) => Database

/** The module that is built in from Node 22.13 on, or else the package with the same API. */
export async function loadDatabase(): Promise<DatabaseConstructor> {
  const builtIn: string = 'node:sqlite'
  const module = (await import(builtIn).catch(() => import('@photostructure/sqlite'))) as {
    DatabaseSync: DatabaseConstructor
  }
  return module.DatabaseSync
}

/**
 * Opens connections to one database; every one is durable on commit and honours foreign keys. `cache` is how many KiB of
 * the file a connection keeps in memory.
 */
export async function databaseOpener(path: string): Promise<(cache: number) => Promise<Database>> {
  const DatabaseSync = await loadDatabase()
  return async (cache) => {
    const database = new DatabaseSync(path)
    // While SQLite itself waits for a lock, the whole process stands still: it never does, and we come back instead.
    database.exec('pragma busy_timeout = 0')
    // Changing the journal mode needs the file for itself for a moment.
    await patiently(() => database.exec('pragma journal_mode = wal'))
    database.exec(`
      pragma synchronous = full;
      pragma foreign_keys = on;
      pragma temp_store = memory;
      pragma cache_size = -${cache};
      pragma journal_size_limit = 67108864;
    `)
    return database
  }
}

/** Opens a connection that can only read. What it sorts goes to the disk where it is much. */
export async function openReadOnly(path: string): Promise<Database> {
  const DatabaseSync = await loadDatabase()
  return new DatabaseSync(path, { readOnly: true })
}

/** Attaches the request log. */
export async function attachLog(database: Database, path: string): Promise<void> {
  await patiently(() => database.exec(`attach database '${path.replaceAll("'", "''")}' as log`))
}

/** A statement that reads, whose rows come as arrays in the order of its columns. */
export interface RowReader {
  get(...values: readonly (string | number | Buffer | null)[]): unknown[] | undefined
}

/** Arrays cost half of what objects do. Node has them from 22.16 on; before, an object's values are the same array. */
export function prepareRows(database: Database, sql: string): RowReader {
  const statement = database.prepare(sql)
  if (typeof statement.setReturnArrays === 'function') {
    statement.setReturnArrays(true)
    return statement
  }
  return {
    get(...values) {
      const row: object | undefined = statement.get(...values)
      return row && Object.values(row)
    },
  }
}

/** A statement whose rows come as objects, or that changes some. */
export type ObjectStatement = Pick<Statement, 'all' | 'run'>

/** A statement for many rows: an object of its own for each is made here, at half of what it costs the module. */
export function prepareObjects(database: Database, sql: string): ObjectStatement {
  const statement = database.prepare(sql)
  if (typeof statement.setReturnArrays !== 'function') return statement
  statement.setReturnArrays(true)
  let names: readonly string[] = []
  return {
    run: (...values) => statement.run(...values),
    all(...values) {
      const rows = statement.all(...values) as unknown[][]
      // After a change of the schema `*` may mean other columns.
      if (rows[0] !== undefined && rows[0].length !== names.length) names = statement.columns().map(({ name }) => name)
      return rows.map((row) => {
        const object: Record<string, unknown> = {}
        for (let at = 0; at < names.length; at++) object[names[at] ?? ''] = row[at]
        return object
      })
    },
  }
}

/** Primary result codes by which SQLite says that the file cannot be used now, with the beginning of their message. */
const busy = 5
const locked = 6
const foreign = 26
const unavailable: readonly (readonly [code: number, what: string, message: string])[] = [
  [busy, 'locked', 'database is locked'],
  [locked, 'locked', 'database table is locked'],
  [7, 'out of memory', 'out of memory'],
  [8, 'read-only', 'attempt to write a readonly database'],
  [10, 'unreadable or unwritable', 'disk I/O error'],
  [11, 'malformed', 'database disk image is malformed'],
  [13, 'full', 'database or disk is full'],
  [14, 'impossible to open', 'unable to open database file'],
  [foreign, 'not a database', 'file is not a database'],
]

/**
 * The primary result code of an error. `StatementSync.all` of the package for Node 20 leaves the code out where a step
 * fails, so the message, which SQLite fixes for each code, has to tell.
 */
function primaryCode(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined
  if ('errcode' in error) return Number(error.errcode) & 0xff
  return unavailable.find(([, , message]) => error.message.startsWith(message))?.[0]
}

function whatIsWrong(error: unknown): string | undefined {
  const code = primaryCode(error)
  return unavailable.find(([known]) => known === code)?.[1]
}

/** Whether somebody else holds the lock, so that it is worth coming back. */
export function isBusy(error: unknown): boolean {
  const code = primaryCode(error)
  return code === busy || code === locked
}

/** Whether the error says that the file is not a SQLite database. */
export function isForeign(error: unknown): boolean {
  return primaryCode(error) === foreign
}

/** Whether the fault lies with the database as a whole and not with one statement. */
export function isUnavailable(error: unknown): boolean {
  return error instanceof StorageUnavailable || whatIsWrong(error) !== undefined
}

export function isUniqueViolation(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('UNIQUE constraint failed')
}

/** The error as a caller may see it. */
export function translate(error: unknown): unknown {
  if (error instanceof StorageUnavailable) return error
  const what = whatIsWrong(error)
  return what === undefined ? error : new StorageUnavailable(`the database is ${what}`, { cause: error })
}

/** A connection's turn, which may be given to others while its holder waits. */
export interface Turn {
  take(): Promise<void>
  pass(): void
}

/**
 * Does `work` in one go, and again while somebody else holds the lock, for a bounded time. In between the event loop goes
 * on, and so do others on the same connection where its `turn` is given: those who only read need no lock.
 */
export async function patiently<T>(work: () => T, turn?: Turn): Promise<T> {
  const deadline = performance.now() + patience
  for (;;) {
    try {
      return work()
    } catch (error) {
      if (!isBusy(error) || performance.now() > deadline) throw translate(error)
    }
    turn?.pass()
    await sleep(5 + Math.random() * 20)
    await turn?.take()
  }
}

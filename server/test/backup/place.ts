/** Places for databases of tests about backups: the command line and servers reach the same one. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openPostgres } from '../../src/storage/postgres.ts'
import { loadDatabase } from '../../src/storage/sqlite/database.ts'
import { openSqlite } from '../../src/storage/sqlite.ts'
import { type Ran, runCommand } from '../cli/output.ts'
import {
  type Harness,
  type HarnessOptions,
  harness,
  type MovableClock,
  movableClock,
  openCopy,
  rootSecret,
} from '../support/harness.ts'
import { createDatabase, execute, postgresUrl } from '../support/postgres.ts'
import { copyDatabase } from '../support/template.ts'

export interface Place {
  /** Runs a command on the database. */
  run(...argv: string[]): Promise<Ran>
  /** A server over it. Whoever asks closes it. */
  serve(options?: HarnessOptions): Promise<Harness>
  readonly data: string
  /** Where PostgreSQL is reached. */
  readonly url?: string
  /** Runs a statement on the database, beside everybody. */
  execute(sql: string): Promise<void>
  close(): Promise<void>
}

export interface Kind {
  readonly name: 'SQLite' | 'PostgreSQL'
  /** With a database as a server leaves it at its first start. */
  full(): Promise<Place>
  /** For a restore. */
  empty(): Promise<Place>
}

function sqlitePlace(first: (path: string, clock: MovableClock) => ReturnType<typeof openSqlite>): Place {
  const data = join(mkdtempSync(join(tmpdir(), 'consentry-test-')), 'data')
  const path = join(data, 'consentry.db')
  const clock = movableClock()
  let open = first
  return {
    data,
    run: (...argv) => runCommand(argv, { CONSENTRY_DATA: data, CONSENTRY_SECRET: rootSecret }),
    serve(options = {}) {
      const now = open
      open = () => openSqlite({ path, clock })
      return harness({ ...options, clock, open: () => now(path, clock) })
    },
    async execute(sql) {
      const Database = await loadDatabase()
      const database = new Database(path)
      database.exec(sql)
      database.close()
    },
    close: async () => rmSync(join(data, '..'), { recursive: true, force: true }),
  }
}

async function postgresPlace(database: { url: string; drop(): Promise<void> }, clock: MovableClock): Promise<Place> {
  const data = mkdtempSync(join(tmpdir(), 'consentry-test-'))
  const { url } = database
  return {
    data,
    url,
    run: (...argv) => runCommand(argv, { CONSENTRY_DATA: data, CONSENTRY_SECRET: rootSecret, DATABASE_URL: url }),
    serve: (options = {}) => harness({ ...options, clock, open: () => openPostgres({ url, clock }) }),
    execute: (sql) => execute(url, sql),
    async close() {
      await database.drop()
      rmSync(data, { recursive: true, force: true })
    },
  }
}

export const sqlite: Kind = {
  name: 'SQLite',
  async full() {
    const place = sqlitePlace(openCopy)
    mkdirSync(place.data, { mode: 0o700 })
    return place
  },
  async empty() {
    return sqlitePlace((path, clock) => openSqlite({ path, clock }))
  },
}

const postgres: Kind = {
  name: 'PostgreSQL',
  async full() {
    const clock = movableClock()
    return postgresPlace(await copyDatabase(clock, rootSecret), clock)
  },
  async empty() {
    return postgresPlace(await createDatabase(), movableClock())
  },
}

/** SQLite, and PostgreSQL where there is one. */
export async function kinds(): Promise<readonly Kind[]> {
  return (await postgresUrl()) === undefined ? [sqlite] : [sqlite, postgres]
}

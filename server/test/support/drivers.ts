/** The databases over which a test can run, and the servers over one of them: of PostgreSQL there may be several. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openPostgres } from '../../src/storage/postgres.ts'
import { loadDatabase } from '../../src/storage/sqlite/database.ts'
import { openSqlite } from '../../src/storage/sqlite.ts'
import { type Harness, type HarnessOptions, harness, movableClock, openCopy, rootSecret } from './harness.ts'
import { execute, postgresUrl } from './postgres.ts'
import { copyDatabase } from './template.ts'

export interface Servers {
  /** The first one. */
  readonly h: Harness
  /** One over SQLite, two over PostgreSQL. */
  readonly nodes: readonly Harness[]
  /** Another server over the same database, as after a restart. Whoever asks closes it. */
  another(): Promise<Harness>
  /** Runs a statement on the database, beside the servers. */
  execute(sql: string): Promise<void>
  close(): Promise<void>
}

export interface Driver {
  readonly name: 'SQLite' | 'PostgreSQL'
  /** Servers over a new database. */
  servers(options?: HarnessOptions): Promise<Servers>
}

async function overSqlite(options: HarnessOptions = {}): Promise<Servers> {
  const folder = mkdtempSync(join(tmpdir(), 'consentry-test-'))
  const path = join(folder, 'consentry.db')
  const open: HarnessOptions['open'] = (clock) => openSqlite({ path, clock })
  const h = await harness({ ...options, open: (clock) => openCopy(path, clock) })
  return {
    h,
    nodes: [h],
    another: () => harness({ ...options, open, clock: h.clock }),
    async execute(sql) {
      const Database = await loadDatabase()
      const database = new Database(join(folder, 'consentry.db'))
      database.exec(sql)
      database.close()
    },
    async close() {
      await h.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function overPostgres(options: HarnessOptions = {}): Promise<Servers> {
  const clock = options.clock ?? movableClock()
  const database = await copyDatabase(clock, rootSecret)
  const open: HarnessOptions['open'] = () => openPostgres({ url: database.url, clock })
  const h = await harness({ ...options, open, clock })
  const another = () => harness({ ...options, open, clock: h.clock })
  const nodes = [h, await another()]
  return {
    h,
    nodes,
    another,
    execute: (sql) => execute(database.url, sql),
    async close() {
      for (const node of nodes) await node.close()
      await database.drop()
    },
  }
}

/** SQLite, and PostgreSQL where there is one (see `postgres.ts`). */
export async function drivers(): Promise<readonly Driver[]> {
  const sqlite: Driver = { name: 'SQLite', servers: overSqlite }
  if ((await postgresUrl()) === undefined) return [sqlite]
  return [sqlite, { name: 'PostgreSQL', servers: overPostgres }]
}

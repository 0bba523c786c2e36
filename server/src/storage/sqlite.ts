/**
 * Storage in a SQLite file. Two connections: one with prepared statements for grants and claims, whose writes are
 * committed together, and one under Kysely for the rest. Long reads are done by processes of their own. The request log
 * lies in a file beside it, so that the size of the first says how many authorizations there are and nothing else; it
 * may be deleted while the server stands.
 */
import { closeSync, existsSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { Kysely } from 'kysely'
import type { BatchWatch } from '../lib/batch.ts'
import type { Clock } from '../lib/clock.ts'
import { makeFolder } from '../lib/folder.ts'
import { randomText } from '../lib/random.ts'
import type { Storage } from './contract.ts'
import { migrate, requireMigrated } from './migrations/index.ts'
import { findFaults, findFileFaults } from './sql/check/faults.ts'
import { type Connection, createListeners } from './sql/connection.ts'
import { installationId } from './sql/installation.ts'
import { requestLogTable } from './sql/log/request_log_table.ts'
import { readHere, readsInTurn } from './sql/long_reads.ts'
import { sharedParts } from './sql/parts.ts'
import type { Tables } from './sql/schema.ts'
import { sweeper } from './sql/sweep.ts'
import { type Checkpoints, createCheckpoints } from './sqlite/checkpoints.ts'
import { sqliteClaims } from './sqlite/claims.ts'
import { attachLog, type Database, databaseOpener, patiently, translate } from './sqlite/database.ts'
import { sqliteDialect } from './sqlite/dialect.ts'
import { facts } from './sqlite/facts.ts'
import { sqliteGrants } from './sqlite/grants.ts'
import { sqlitePushedRequests } from './sqlite/pushed_requests.ts'
import { createReadPool } from './sqlite/read_pool.ts'
import { createReader } from './sqlite/reader.ts'
import { createSignals } from './sqlite/signals.ts'
import { createWriter } from './sqlite/writer.ts'

/** KiB of the file in memory: for grants and claims, and for everything else. */
const grantCache = 32 * 1024
const sharedCache = 8 * 1024
/** Processes for long reads. */
const readersAtOnce = 2

export interface SqliteOptions {
  readonly path: string
  readonly clock: Clock
  /** Whether file and tables are made and brought up to date (true); otherwise MigrationsPending is thrown. */
  readonly migrate?: boolean
  /** The release of this program, by which the database is opened or refused. */
  readonly release?: string
  /** Whether long reads are done in this process, where everything else waits for them; in memory they always are. */
  readonly readsHere?: boolean
  /** The chain of the audit log that this process writes; its own where nothing is said. */
  readonly node?: string
}

/** Opens (or makes, readable by its owner only) the database at `path`; `:memory:` lives as long as the process. */
export async function openSqlite(options: SqliteOptions): Promise<Storage> {
  const { path, clock, release, migrate: mayChange = true, node = randomText(12) } = options
  const inMemory = path === ':memory:'
  if (!inMemory && mayChange) {
    makeFolder(dirname(path))
    // SQLite gives its side files the rights of the main one, so it must be ours alone before SQLite sees it.
    for (const file of [path, requestLogPath(path)]) closeSync(openSync(file, 'a', 0o600))
  }
  const open = await databaseOpener(path)
  const sharedDatabase = await open(inMemory ? grantCache : sharedCache)
  let checkpoints: Checkpoints | undefined
  const dialect = sqliteDialect(
    sharedDatabase,
    () => sharedDatabase.close(),
    () => checkpoints?.committed(1),
  )
  const db = new Kysely<Tables>({ dialect })
  try {
    const logPath = inMemory ? ':memory:' : requestLogPath(path)
    await attachRequestLog(sharedDatabase, mayChange || existsSync(logPath) ? logPath : ':memory:')
    await (mayChange ? migrate : requireMigrated)({ db, facts, release })
    if (mayChange) for (const statement of requestLogTable(facts, 'log.')) await statement.execute(db)
  } catch (error) {
    await db.destroy()
    throw translate(error)
  }
  const grantDatabase = inMemory ? sharedDatabase : await open(grantCache)
  const signals = createSignals(grantDatabase)
  const jobsAdded = createListeners()
  const told = { clientsChanged: signals.own, jobAdded: jobsAdded.tell }
  const connection: Connection = { db, lists: db, facts, clock, chain: node, ...told }
  const reader = createReader(grantDatabase)
  const commits: BatchWatch = {}
  const afterCommit = (works: number) => {
    signals.check()
    checkpoints?.committed(works)
  }
  const writer = createWriter(grantDatabase, afterCommit, commits)
  // Nobody else can see a database in memory.
  const pool = inMemory || options.readsHere ? undefined : createReadPool(path, requestLogPath(path))
  if (!inMemory) checkpoints = createCheckpoints(path, [grantDatabase, sharedDatabase])
  const reads = pool === undefined ? readsInTurn(1, readHere(connection)) : readsInTurn(readersAtOnce, pool.read)
  const { flush, ...shared } = sharedParts(connection, reads)
  const { flush: flushGrants, ...grants } = sqliteGrants(grantDatabase, reader, writer, connection)
  const flushAll = () => Promise.all([flush(), flushGrants()])
  const { sweep, stop: stopSweeping } = sweeper(connection)
  const ping = grantDatabase.prepare('select count(*) as count from installation')

  return {
    driver: 'sqlite',
    installation: await installationId(db),
    clock,
    grants,
    claims: sqliteClaims(grantDatabase, reader, writer),
    pushedRequests: sqlitePushedRequests(grantDatabase, reader, writer),
    ...shared,
    async ping() {
      await patiently(() => ping.get())
    },
    findFaults: async () => [...(await findFileFaults(db)), ...(await findFaults(connection))],
    onClientsChanged: signals.listen,
    onJobAdded: jobsAdded.listen,
    onCommit(listener) {
      commits.told = listener
    },
    pools: () => [],
    noticeChanges: signals.check,
    async sweep(retention) {
      await flushAll()
      return sweep(retention)
    },
    async close() {
      signals.stop()
      await stopSweeping()
      await flushAll()
      await Promise.all([reader.idle(), writer.idle()])
      await Promise.all([pool?.close(), checkpoints?.close()])
      await db.destroy()
      if (grantDatabase !== sharedDatabase) grantDatabase.close()
    },
  }
}

/** `consentry.db` has its log in `consentry.requests.db`. */
function requestLogPath(path: string): string {
  return path.replace(/(\.db)?$/, '.requests.db')
}

/** Losing the last moments of this log in a power cut hurts nobody, so its commits do not wait for the disk. */
async function attachRequestLog(database: Database, path: string): Promise<void> {
  await attachLog(database, path)
  await patiently(() => database.exec('pragma log.journal_mode = wal; pragma log.synchronous = normal'))
}

/** Opens the storage that the settings name. The driver of the other database is not even loaded. */
import { join } from 'node:path'
import { systemClock } from './lib/clock.ts'
import type { Log } from './lib/log.ts'
import { randomText } from './lib/random.ts'
import type { Settings } from './settings.ts'
import type { DatabaseVitals, MigrationPlan, Storage } from './storage/contract.ts'
import { version } from './version.ts'

interface Opening {
  readonly migrate?: boolean
  readonly release?: string
  /** Who writes to the audit log: commands share one chain of it, each server has its own. */
  readonly node?: string
}

/** With `migrate: false` nothing is made or changed, and a database of an older release is refused (MigrationsPending). */
export async function openStorage(
  settings: Settings,
  log: Log,
  { migrate = true, release = version, node = 'commands' }: Opening = {},
): Promise<Storage> {
  const clock = systemClock(settings.clockOffset)
  if (settings.databaseUrl !== undefined) {
    const { openPostgres } = await import('./storage/postgres.ts')
    return openPostgres({
      url: settings.databaseUrl,
      clock,
      processes: settings.workers,
      log: (message, err) => log.warn({ err }, message),
      migrate,
      release,
      node,
    })
  }
  const { openSqlite } = await import('./storage/sqlite.ts')
  return openSqlite({ path: join(settings.data, 'consentry.db'), clock, migrate, release, node })
}

/**
 * The storage of a server, which has the folder of a SQLite file to itself until it is closed: it keeps in memory what it
 * takes for its own. PostgreSQL has any number of servers. Throws FolderInUse where another one runs there.
 */
export async function openOwnStorage(settings: Settings, log: Log, release: string): Promise<Storage> {
  const node = randomText(12)
  if (settings.databaseUrl !== undefined) return openStorage(settings, log, { release, node })
  const { takeServerLock } = await import('./storage/sqlite/server_lock.ts')
  const unlock = await takeServerLock(join(settings.data, 'consentry.lock'))
  try {
    const storage = await openStorage(settings, log, { release, node })
    return { ...storage, close: () => storage.close().finally(unlock) }
  } catch (error) {
    unlock()
    throw error
  }
}

/** The migrations that the database of the settings still needs, with what each statement locks. Changes nothing. */
export async function planMigrations({ databaseUrl, data }: Settings): Promise<MigrationPlan> {
  if (databaseUrl !== undefined) {
    const { planPostgres } = await import('./storage/plan/postgres.ts')
    return planPostgres(databaseUrl, version)
  }
  const { planSqlite } = await import('./storage/plan/sqlite.ts')
  return planSqlite(join(data, 'consentry.db'), version)
}

/** How a PostgreSQL of this address is set up and how fast it is. Nothing is stored. */
export async function measurePostgres(url: string): Promise<DatabaseVitals> {
  const { postgresVitals } = await import('./storage/postgres/vitals.ts')
  return postgresVitals(url)
}

/** Backups of the database that the settings name: into a file while it is served from, and out of one into an empty place. */
import {
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  fsyncSync,
  linkSync,
  lstatSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  unlinkSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { systemClock } from './lib/clock.ts'
import { makeFolder } from './lib/folder.ts'
import type { Log } from './lib/log.ts'
import { randomText } from './lib/random.ts'
import { openStorage } from './open_storage.ts'
import type { Settings } from './settings.ts'
import { copyRows, into, type Progress, type RowSource } from './storage/backup/rows.ts'
import type { Manifest } from './storage/backup/sqlite.ts'
import { PlaceTaken, type Storage } from './storage/contract.ts'
import { tablesInBackup, tablesInMain } from './storage/data_map/index.ts'
import { version } from './version.ts'

export type { Manifest, Progress }

const databaseFile = 'consentry.db'
/** What a database in SQLite consists of. */
const databaseFiles = [databaseFile, `${databaseFile}-wal`, `${databaseFile}-shm`, 'consentry.requests.db']

/**
 * Writes a backup of the database to `file`, as it is at one moment; servers go on working meanwhile. The file appears when it
 * is whole. Throws PlaceTaken, NotWritten, NotPermitted, StorageUnavailable, MigrationsPending,
 * DatabaseOfLaterRelease.
 */
export async function backUp(settings: Settings, log: Log, file: string, progress: Progress): Promise<Manifest> {
  const path = resolve(file)
  // A link that leads nowhere is there, too.
  const there = await into(() => lstatSync(path, { throwIfNoEntry: false }))
  if (there !== undefined) throw new PlaceTaken(`${path} is there already. A backup overwrites nothing.`)
  // What is acknowledged before this moment is in the copy, whose moment is a little later.
  const storage = await openStorage(settings, log, { migrate: false })
  const { driver } = storage
  const at = storage.clock.now()
  await storage.close()
  const { makeBackupFile } = await import('./storage/backup/sqlite.ts')
  const unfinished = join(dirname(path), `.${basename(path)}.${randomText(6)}.unfinished`)
  const source = await sourceOf(settings)
  try {
    const target = await into(() => makeBackupFile(unfinished))
    try {
      const counts = await copyRows(source, target, tablesInBackup, progress)
      const manifest: Manifest = { format: 1, at, release: version, driver, rows: Object.fromEntries(counts) }
      await into(() => target.sign(manifest))
      await into(() => target.commit())
      await target.close()
      await into(() => appear(unfinished, path))
      return manifest
    } finally {
      await target.close()
    }
  } finally {
    rmSync(unfinished, { force: true })
    await source.close()
  }
}

async function sourceOf({ databaseUrl, data }: Settings): Promise<RowSource> {
  if (databaseUrl !== undefined) return (await import('./storage/backup/postgres.ts')).readPostgres(databaseUrl)
  return (await import('./storage/backup/sqlite.ts')).readSqlite(join(data, databaseFile))
}

/** Gives a file that is whole its name, unless something has that name by now. */
function appear(from: string, to: string): void {
  try {
    linkSync(from, to)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') {
      throw new PlaceTaken(`${to} has come to be there meanwhile. Nothing was overwritten.`)
    }
    throw error
  }
  unlinkSync(from)
  const folder = openSync(dirname(to), 'r')
  fsyncSync(folder)
  closeSync(folder)
}

/** Copied once more: SQLite may hold the file that it has worked on until the process ends. */
function deliver(from: string, to: string): void {
  const unfinished = `${from}.whole`
  try {
    copyFileSync(from, unfinished, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE)
    const file = openSync(unfinished, 'r+')
    fsyncSync(file)
    closeSync(file)
    appear(unfinished, to)
  } finally {
    rmSync(unfinished, { force: true })
  }
}

/** A database out of a backup that nobody else sees yet. */
export interface Unpacked {
  readonly storage: Storage
  readonly manifest: Manifest
}

type Work<T> = (unpacked: Unpacked) => Promise<T>

/**
 * Makes the database that the settings name out of a backup, into an empty place only: `work` does with it what has to be done
 * before anybody sees it. Where anything fails, the place is empty again. Throws PlaceTaken, NotABackup, NotWritten,
 * NotPermitted, FolderInUse.
 */
export async function restore<T>(settings: Settings, file: string, progress: Progress, work: Work<T>): Promise<T> {
  const { databaseUrl, data } = settings
  if (databaseUrl !== undefined) {
    const folder = mkdtempSync(join(tmpdir(), 'consentry-restore-'))
    try {
      return await unpack(settings, file, folder, { work, deliver: (path) => fillWith(path, databaseUrl, progress) })
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }
  makeFolder(data)
  const { takeServerLock } = await import('./storage/sqlite/server_lock.ts')
  const unlock = await takeServerLock(join(data, 'consentry.lock'))
  // What a restore that was killed has left.
  for (const name of readdirSync(data)) {
    if (name.startsWith('.restore-')) rmSync(join(data, name), { recursive: true, force: true })
  }
  const folder = mkdtempSync(join(data, '.restore-'))
  try {
    const there = databaseFiles.filter((name) => existsSync(join(data, name)))
    if (there.length > 0) throw new PlaceTaken(`${data} has a database already (${there.join(', ')}).`)
    return await unpack(settings, file, folder, { work, deliver: (path) => deliver(path, join(data, databaseFile)) })
  } finally {
    rmSync(folder, { recursive: true, force: true })
    unlock()
  }
}

async function unpack<T>(
  settings: Settings,
  file: string,
  folder: string,
  { work, deliver }: { readonly work: Work<T>; readonly deliver: (path: string) => void | Promise<void> },
): Promise<T> {
  const { gatherFile, unwrapBackup } = await import('./storage/backup/sqlite.ts')
  const { openSqlite } = await import('./storage/sqlite.ts')
  const path = join(folder, databaseFile)
  await into(() => {
    copyFileSync(file, path)
    chmodSync(path, 0o600)
  })
  const manifest = await unwrapBackup(path)
  const storage = await openSqlite({
    path,
    clock: systemClock(settings.clockOffset),
    release: version,
    node: 'commands',
  })
  let answer: T
  try {
    answer = await work({ storage, manifest })
  } finally {
    await storage.close()
  }
  await into(() => gatherFile(path))
  await into(() => deliver(path))
  return answer
}

/** Fills an empty PostgreSQL with all that lies in a SQLite file. */
async function fillWith(path: string, url: string, progress: Progress): Promise<void> {
  const { readSqlite } = await import('./storage/backup/sqlite.ts')
  const { fillPostgres } = await import('./storage/backup/postgres.ts')
  const source = await readSqlite(path)
  try {
    const target = await fillPostgres(url)
    try {
      await copyRows(source, target, tablesInMain, progress)
      await target.commit()
    } finally {
      await target.close()
    }
  } finally {
    await source.close()
  }
}

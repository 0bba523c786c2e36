/**
 * `consentry backup`: a copy of the database in one file, made while servers work on it. The room has what else is done with
 * whole databases: restored, let go out again, checked.
 * Not here: how rows get from one database to another (`storage/backup/`), and what a restored one means
 * (`engine/operator/recovery/`). Neighbours: the other commands. To add: a command, a file here and its line in `../main.ts`.
 */
import { existsSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Command } from 'commander'
import { exportFrom } from '../../engine/operator/recovery/export.ts'
import { noteBackup } from '../../engine/operator/recovery/recovery.ts'
import { messageOf } from '../../lib/text/reason.ts'
import type { Manifest, Progress } from '../../open_backup.ts'
import type { Settings } from '../../settings.ts'
import {
  addStorageOptions,
  CommandError,
  commandLine,
  commandLog,
  databaseName,
  type Env,
  moment,
  openOrFail,
  printResult,
  storageSettings,
} from '../command.ts'
import { self, shellWord } from '../invocation.ts'
import { storageFlags } from '../serve.ts'
import { progressOf } from './progress.ts'

const holds =
  'It holds password hashes and sealed keys, and never the root secret. Keep the two apart: together they are everything.'
const leftOut =
  'Left out: sessions, jobs with the mails to be sent, mailed links, counters of guesses and the request log.'

export function addBackup(program: Command, env: Env): void {
  addStorageOptions(program.command('backup'))
    .argument('<file>', 'file to be made; one that exists is not overwritten')
    .description('copy the database to a file, while servers work on it')
    .addHelpText(
      'after',
      `
The file is readable by its owner only, holds the database as it was at one moment, and appears when it is whole.
${holds}
${leftOut}
It restores to SQLite and to PostgreSQL, wherever it was made. docs/operating/backup.md has a drill.

Examples:
  ${self} backup /backups/consentry-$(date +%F).backup
  ${self} backup night.backup --database-url "$DATABASE_URL"`,
    )
    .action(async (file: string, _options: unknown, command: Command) => {
      const settings = await storageSettings(command, env, false)
      requireDatabase(settings)
      const manifest = await guarded(command, settings, file)
      const rows = Object.values(manifest.rows).reduce((sum, count) => sum + count, 0)
      await note(settings, rows)
      const path = resolve(file)
      const bytes = statSync(path).size
      const since = moment(exportFrom(manifest.at))
      printResult(
        command,
        {
          file: path,
          at: moment(manifest.at),
          driver: manifest.driver,
          rows,
          bytes,
          export_since: since,
        },
        [
          `${path}: ${rows.toLocaleString('en')} rows, ${(bytes / 1e6).toFixed(1)} MB, as of ${moment(manifest.at)}`,
          holds,
          leftOut,
          'What happens from now on is not in it. To have that ended again after a restore, keep the audit log elsewhere, too:',
          `  ${self} audit export events.jsonl --since ${since}${storageFlags(settings)}`,
        ],
      )
    })
}

/** SQLite makes a database where there is none. */
export function requireDatabase({ databaseUrl, data }: Settings): void {
  if (databaseUrl !== undefined || existsSync(join(data, 'consentry.db'))) return
  throw new CommandError('no_database', `There is no database in ${data}. Name its folder with --data.`)
}

/** A file that is too large for the file system is a signal to a process that does not listen for it. */
export function noticeFullDisk(): void {
  if (process.platform !== 'win32' && process.listenerCount('SIGXFSZ') === 0) process.on('SIGXFSZ', () => undefined)
}

async function guarded(command: Command, settings: Settings, file: string): Promise<Manifest> {
  const { backUp } = await import('../../open_backup.ts')
  const { NotPermitted, NotWritten, PlaceTaken } = await import('../../storage/contract.ts')
  noticeFullDisk()
  try {
    return await backUp(settings, await commandLog(), file, untilInterrupted(progressOf(command, 'Backup')))
  } catch (error) {
    if (error instanceof CommandError) throw error
    if (error instanceof PlaceTaken) throw new CommandError('exists', error.message)
    if (error instanceof NotWritten) {
      throw new CommandError(
        'not_written',
        `The backup could not be written to ${shellWord(file)}: ${error.message}. Nothing is left of it.`,
      )
    }
    if (error instanceof NotPermitted) throw new CommandError('role', roleMayNotRead(settings, error.message))
    const name = error instanceof Error ? error.name : ''
    if (name === 'MigrationsPending') throw new CommandError('migrations_pending', messageOf(error))
    if (name === 'DatabaseOfLaterRelease') throw new CommandError('later_release', messageOf(error))
    throw new CommandError('database', `${databaseName(settings)}: ${messageOf(error)}`, 4)
  }
}

function roleMayNotRead(settings: Settings, why: string): string {
  const again =
    'Run deploy/postgres/roles.sql once more in this database, as a superuser; then this role can read all of it.'
  return `${databaseName(settings)}: ${why}. ${again}`
}

/** Who interrupts a backup gets it undone, too. */
function untilInterrupted(progress: Progress): Progress {
  let interrupted = false
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      interrupted = true
    })
  }
  return (done, all) => {
    if (interrupted) throw new CommandError('interrupted', 'The backup was interrupted. Nothing is left of it.', 130)
    progress(done, all)
  }
}

async function note(settings: Settings, rows: number): Promise<void> {
  const storage = await openOrFail(settings, { migrate: false })
  try {
    await noteBackup({ storage, clock: storage.clock }, commandLine(), rows)
  } finally {
    await storage.close()
  }
}

/** `consentry restore`: makes a database out of a backup, in an empty place. */
import { existsSync, readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { becomeClone } from '../../engine/operator/recovery/clone.ts'
import { type ExportedEvent, NotAnExport, readExport } from '../../engine/operator/recovery/export.ts'
import { type Reapplied, reapply } from '../../engine/operator/recovery/reapply.ts'
import { noteRestore } from '../../engine/operator/recovery/recovery.ts'
import { reasonOf } from '../../lib/text/reason.ts'
import type { Unpacked } from '../../open_backup.ts'
import { createKeyring, findWrongSecret } from '../../runtime/keys/keyring.ts'
import type { Settings } from '../../settings.ts'
import type { Restored } from '../../storage/contract.ts'
import {
  addStorageOptions,
  CommandError,
  commandLine,
  databaseName,
  type Env,
  moment,
  printResult,
  storageSettings,
} from '../command.ts'
import { self } from '../invocation.ts'
import { storageFlags } from '../serve.ts'
import { noticeFullDisk } from './backup.ts'
import { progressOf } from './progress.ts'

interface Options {
  readonly clone?: boolean
  readonly reapply?: string
}

export function addRestore(program: Command, env: Env): void {
  addStorageOptions(program.command('restore'))
    .argument('<file>', 'backup that `backup` has made')
    .description('make a database out of a backup, in an empty place')
    .option('--reapply <file>', 'export of the audit log: what was ended after the backup is ended again')
    .option('--clone', 'make an installation of its own: nothing that the other one has issued is honoured')
    .addHelpText(
      'after',
      `
The place has to be empty: a data folder without a database, or a PostgreSQL database without tables. Where the restore
fails, it stays empty. The root secret is not in a backup: give the one that the database was used with, in the file
\`secret\` of the data folder or by CONSENTRY_SECRET_FILE.

Everybody signs in again in their browser; apps keep their access. Jobs, mails and calls to other servers are paused
until \`recover --resume\`. Without --reapply /readyz tells of the time that is lost until \`recover --acknowledge\`.

Examples:
  ${self} restore night.backup --data ./restored
  ${self} restore night.backup --reapply events.jsonl
  ${self} restore night.backup --clone --database-url postgres://localhost/staging`,
    )
    .action(async (file: string, options: Options, command: Command) => {
      const settings = await storageSettings(command, env, false)
      if (!existsSync(file)) throw new CommandError('no_file', `There is no file ${file}.`)
      if (settings.secrets.length === 0) {
        const where = `Put it into ${settings.data}/secret, or name its file in CONSENTRY_SECRET_FILE.`
        throw new CommandError('root_secret', `The root secret of the backup's server is missing. ${where}`, 3)
      }
      const exported = options.reapply === undefined ? undefined : readEvents(options.reapply)
      const done = await guarded(settings, file, progressOf(command, 'Restore'), (unpacked) =>
        prepare(unpacked, settings, { clone: options.clone === true, exported }),
      )
      printResult(command, documentOf(done), linesOf(done, settings))
    })
}

function readEvents(file: string): readonly ExportedEvent[] {
  try {
    return readExport(readFileSync(file, 'utf8'))
  } catch (error) {
    const why = error instanceof NotAnExport ? error.message : `it cannot be read (${reasonOf(error)})`
    throw new CommandError('export', `${file} is no export of the audit log: ${why}.`, 2)
  }
}

interface Done {
  readonly restored: Restored
  readonly reapplied: Reapplied | undefined
}

/** What has to be done before anybody sees the database. */
async function prepare(
  { storage, manifest }: Unpacked,
  settings: Settings,
  { clone, exported }: { readonly clone: boolean; readonly exported: readonly ExportedEvent[] | undefined },
): Promise<Done> {
  const keyring = createKeyring(settings.secrets, settings.issuer, storage.installation)
  const wrong = await findWrongSecret(storage, keyring)
  if (wrong !== undefined) throw wrong
  const reapplied = exported && (await reapply(storage, exported, manifest.at))
  if (clone) await becomeClone(storage, settings)
  const restored: Restored = {
    backupAt: manifest.at,
    restoredAt: storage.clock.now(),
    clone,
    reappliedUntil: reapplied?.until ?? null,
    paused: true,
    unacknowledged: reapplied?.gapless !== true,
  }
  const { events = 0, again = 0 } = reapplied ?? {}
  await noteRestore({ storage, clock: storage.clock }, commandLine(), restored, { events, again })
  return { restored, reapplied }
}

async function guarded<T>(
  settings: Settings,
  file: string,
  progress: (done: number, all: number) => void,
  work: (unpacked: Unpacked) => Promise<T>,
): Promise<T> {
  const { restore } = await import('../../open_backup.ts')
  const { NotABackup, NotPermitted, NotWritten, PlaceTaken } = await import('../../storage/contract.ts')
  noticeFullDisk()
  try {
    return await restore(settings, file, progress, work)
  } catch (error) {
    if (error instanceof NotABackup) throw new CommandError('no_backup', `${file} is no backup: ${error.message}.`)
    if (error instanceof PlaceTaken) {
      throw new CommandError('not_empty', `${error.message} A restore overwrites nothing: give it an empty place.`)
    }
    if (error instanceof NotPermitted) {
      const how =
        'Restore with the role that owns the tables (consentry_migrate), into an empty database where deploy/postgres/roles.sql has been run.'
      throw new CommandError('role', `${databaseName(settings)}: ${error.message}. ${how} Nothing is left there.`)
    }
    if (error instanceof NotWritten) {
      const where = databaseName(settings)
      throw new CommandError('not_written', `${where} could not be written: ${error.message}. Nothing is left there.`)
    }
    throw error
  }
}

function documentOf({ restored, reapplied }: Done) {
  return {
    backup_at: moment(restored.backupAt),
    restored_at: moment(restored.restoredAt),
    clone: restored.clone,
    paused: restored.paused,
    unprotected: restored.unacknowledged
      ? { from: moment(restored.backupAt), until: moment(restored.restoredAt) }
      : null,
    reapplied:
      reapplied === undefined
        ? null
        : {
            events: reapplied.events,
            again: reapplied.again,
            until: moment(reapplied.until),
            gapless: reapplied.gapless,
            told: reapplied.told,
          },
  }
}

function linesOf({ restored, reapplied }: Done, settings: Settings): string[] {
  const from = moment(restored.backupAt)
  const recover = `${self} recover${storageFlags(settings)}`
  const lines = [`${databaseName(settings)} is made from the backup of ${from}.`]
  if (restored.clone) {
    lines.push('It is an installation of its own: no token, code, cookie or link of the other one works here.')
  }
  lines.push(...(reapplied === undefined ? [] : reapplyLines(reapplied, from)))
  if (restored.unacknowledged) {
    lines.push(
      `Unprotected: what was ended, disabled or changed between ${from} and ${moment(restored.restoredAt)} is as it was before.`,
      `/readyz tells of that until you have looked at it: ${recover} --acknowledge`,
    )
  }
  lines.push(`Jobs, mails and calls to other servers are paused: ${recover} --resume lets them go out.`)
  return lines
}

function reapplyLines({ events, again, until, gapless, told }: Reapplied, from: string): string[] {
  const last = until === null ? 'none at all' : `the last of ${moment(until)}`
  return [
    `Carried out again: ${again} of ${events} events that the backup does not have, ${last}.`,
    ...(gapless
      ? []
      : [`The export does not reach back to ${from}, or leaves events out, so that something may be missing.`]),
    ...(told.length === 0 ? [] : ['To be done or told by you:', ...told.map((line) => `  ${line}`)]),
  ]
}

/** `consentry recover`: what is left to do after a restore. */
import type { Command } from 'commander'
import { acknowledgeLoss, resumeOutbound } from '../../engine/operator/recovery/recovery.ts'
import type { Settings } from '../../settings.ts'
import type { Restored } from '../../storage/contract.ts'
import {
  addStorageOptions,
  commandLine,
  type Env,
  moment,
  printResult,
  storageSettings,
  withStorage,
} from '../command.ts'
import { self } from '../invocation.ts'
import { storageFlags } from '../serve.ts'
import { requireDatabase } from './backup.ts'

export function addRecover(program: Command, env: Env): void {
  addStorageOptions(program.command('recover'))
    .description('what is left to do after a restore; without an option it says so and changes nothing')
    .option('--resume', 'let jobs, mails and calls to other servers go out')
    .option('--acknowledge', 'take note of the time that is lost, so that /readyz does not tell of it any more')
    .addHelpText(
      'after',
      `
A running server follows within five seconds.

Examples:
  ${self} recover
  ${self} recover --acknowledge --resume`,
    )
    .action(async (options: { resume?: boolean; acknowledge?: boolean }, command: Command) => {
      requireDatabase(await storageSettings(command, env, false))
      await withStorage(command, env, async (context, settings) => {
        if (options.acknowledge === true) await acknowledgeLoss(context, commandLine())
        if (options.resume === true) await resumeOutbound(context, commandLine())
        const restored = await context.storage.recovery.find()
        printResult(
          command,
          { restored: restored === undefined ? null : documentOf(restored) },
          linesOf(restored, settings),
        )
      })
    })
}

function documentOf({ backupAt, restoredAt, clone, reappliedUntil, paused, unacknowledged }: Restored) {
  return {
    backup_at: moment(backupAt),
    restored_at: moment(restoredAt),
    clone,
    reapplied_until: moment(reappliedUntil),
    paused,
    unacknowledged,
  }
}

function linesOf(restored: Restored | undefined, settings: Settings): string[] {
  const recover = `${self} recover${storageFlags(settings)}`
  if (restored === undefined) return ['This database was not restored from a backup.']
  const { backupAt, restoredAt, clone, paused, unacknowledged } = restored
  return [
    `Restored at ${moment(restoredAt)} from the backup of ${moment(backupAt)}${clone ? ', as an installation of its own' : ''}.`,
    unacknowledged
      ? `What was ended between the two is as it was before, and /readyz tells of it: ${recover} --acknowledge`
      : 'Nothing is to be acknowledged.',
    paused
      ? `Jobs, mails and calls to other servers are paused: ${recover} --resume`
      : 'Jobs, mails and calls to other servers go out.',
  ]
}

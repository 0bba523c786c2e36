/** `consentry check`: whether the database is as it should be. */
import type { Command } from 'commander'
import { checkDatabase } from '../../engine/operator/check.ts'
import { createKeyring } from '../../runtime/keys/keyring.ts'
import {
  addStorageOptions,
  CommandError,
  commandLog,
  commandSettings,
  databaseName,
  type Env,
  messageOf,
  printResult,
} from '../command.ts'
import { self } from '../invocation.ts'
import { requireDatabase } from './backup.ts'

export function addCheck(program: Command, env: Env): void {
  addStorageOptions(program.command('check'))
    .description('check the database itself: rows, values, counts and what lies sealed; changes nothing')
    .addHelpText(
      'after',
      `
It reads the whole database, which takes as long as a backup, and may be run beside a server.
Exit code 0: nothing is wrong. Exit code 1: something is. \`doctor\` looks at what surrounds the database.

Example:
  ${self} check`,
    )
    .action(async (options: { data?: string; databaseUrl?: string }, command: Command) => {
      const flags = { CONSENTRY_DATA: options.data, DATABASE_URL: options.databaseUrl }
      const settings = await commandSettings(command, env, flags, false)
      requireDatabase(settings)
      const { openStorage } = await import('../../open_storage.ts')
      const storage = await openStorage(settings, await commandLog(), { migrate: false }).catch((error: unknown) => {
        throw new CommandError('database', `${databaseName(settings)}: ${messageOf(error)}`, 4)
      })
      try {
        const { secrets, issuer } = settings
        const keyring = secrets.length === 0 ? undefined : createKeyring(secrets, issuer, storage.installation)
        const faults = await checkDatabase(storage, keyring)
        const sealed = keyring === undefined ? ['No root secret is known, so that nothing sealed was looked at.'] : []
        const lines = faults.map(({ check, text }) => `problem  ${check}: ${text}`)
        printResult(command, { faults, seals_checked: keyring !== undefined }, [
          ...(faults.length === 0 ? [`${databaseName(settings)} is as it should be.`] : lines),
          ...sealed,
        ])
        if (faults.length > 0) {
          throw new CommandError(
            'faults',
            `${faults.length} ${faults.length === 1 ? 'fault' : 'faults'} found (see above)`,
          )
        }
      } finally {
        await storage.close()
      }
    })
}

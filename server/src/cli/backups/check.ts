/** `consentry check`: whether the database is as it should be. */
import type { Command } from 'commander'
import { checkDatabase } from '../../engine/operator/check.ts'
import { createKeyring } from '../../runtime/keys/keyring.ts'
import {
  addStorageOptions,
  CommandError,
  databaseName,
  type Env,
  openOrFail,
  printResult,
  storageSettings,
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
    .action(async (_options: unknown, command: Command) => {
      const settings = await storageSettings(command, env, false)
      requireDatabase(settings)
      const storage = await openOrFail(settings, { migrate: false })
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

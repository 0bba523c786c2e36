/** `consentry setup-link`: another link for the first administrator, while there is none. */
import type { Command } from 'commander'
import { setupIsOpen, setupToken } from '../engine/account/sign_up.ts'
import { addStorageOptions, CommandError, type Env, moment, printResult, withStorage } from './command.ts'
import { self } from './invocation.ts'

export function addSetupLink(program: Command, env: Env): void {
  addStorageOptions(program.command('setup-link'))
    .description('print a link that creates the first administrator; serve prints one, too')
    .addHelpText(
      'after',
      `\nThe link works once, within an hour. Give the command the settings of the server.\n\nExample:\n  ${self} setup-link`,
    )
    .action(async (_options: unknown, command: Command) => {
      await withStorage(command, env, async (context, { issuer }) => {
        if (!(await setupIsOpen(context))) {
          throw new CommandError('set_up', 'There is an administrator already. See: user list')
        }
        const { token, until } = setupToken(context)
        const link = `${issuer}/setup?token=${token}`
        printResult(command, { setup_url: link, expires_at: moment(until) }, [link])
      })
    })
}

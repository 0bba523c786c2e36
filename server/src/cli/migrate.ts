/** `consentry migrate`: brings the database up to date ahead of a start, for rollouts that want it as a step. */
import type { Command } from 'commander'
import { addStorageOptions, databaseName, type Env, printResult, withStorage } from './command.ts'
import { self } from './invocation.ts'

export function addMigrate(program: Command, env: Env): void {
  addStorageOptions(program.command('migrate'))
    .description('update the database schema; serve does this by itself')
    .addHelpText(
      'after',
      `
Several may run at once: one works, the others wait. Running it again changes nothing.

Example:
  DATABASE_URL=postgres://consentry@db/consentry ${self} migrate`,
    )
    .action(async (_options: unknown, command: Command) => {
      await withStorage(command, env, async ({ storage }, settings) => {
        await storage.ping()
        const database = databaseName(settings)
        printResult(command, { driver: storage.driver, database, state: 'up_to_date' }, [`${database} is up to date`])
      })
    })
}

/** `consentry migrate`: brings the database up to date ahead of a start, for rollouts that want it as a step. */
import type { Command } from 'commander'
import { addStorageOptions, commandSettings, databaseName, type Env, openOrFail, printResult } from './command.ts'
import { self } from './invocation.ts'

export function addMigrate(program: Command, env: Env): void {
  addStorageOptions(program.command('migrate'))
    .description('update the database schema; serve does this by itself')
    .addHelpText(
      'after',
      `
Several may run at once: one works, the others wait. Running it again changes nothing. It needs no root secret, and on
PostgreSQL it may have a role of its own: then the role of serve needs no right to change tables (deploy/README.md).

Example:
  DATABASE_URL=postgres://consentry@db/consentry ${self} migrate`,
    )
    .action(async ({ data, databaseUrl }: { data?: string; databaseUrl?: string }, command: Command) => {
      const flags = { CONSENTRY_DATA: data, DATABASE_URL: databaseUrl }
      const settings = await commandSettings(command, env, flags, false)
      const storage = await openOrFail(settings)
      try {
        await storage.ping()
        const database = databaseName(settings)
        printResult(command, { driver: storage.driver, database, state: 'up_to_date' }, [`${database} is up to date`])
      } finally {
        await storage.close()
      }
    })
}

/** `consentry migrate`: brings the database up to date ahead of a start, or says what that would do. */
import type { Command } from 'commander'
import { messageOf } from '../lib/text/reason.ts'
import type { Settings } from '../settings.ts'
import type { PlannedMigration, PlannedStatement } from '../storage/contract.ts'
import {
  addStorageOptions,
  CommandError,
  commandSettings,
  databaseName,
  type Env,
  openOrFail,
  printResult,
} from './command.ts'
import { self } from './invocation.ts'

interface MigrateOptions {
  readonly data?: string
  readonly databaseUrl?: string
  readonly plan?: true
}

export function addMigrate(program: Command, env: Env): void {
  addStorageOptions(program.command('migrate'))
    .description('update the database schema; serve does this by itself')
    .option('--plan', 'print the statements, what they lock and how long they are expected to take; changes nothing')
    .addHelpText(
      'after',
      `
Of an empty database --plan prints a line for each migration; with --json it has the statements.
Several may run at once: one works, the others wait. Running it again changes nothing. It needs no root secret, and on
PostgreSQL it may have a role of its own: then the role of serve needs no right to change tables (deploy/README.md).

Examples:
  ${self} migrate --plan
  DATABASE_URL=postgres://consentry@db/consentry ${self} migrate`,
    )
    .action(async ({ data, databaseUrl, plan }: MigrateOptions, command: Command) => {
      const flags = { CONSENTRY_DATA: data, DATABASE_URL: databaseUrl }
      const settings = await commandSettings(command, env, flags, false)
      if (plan === true) return printPlan(command, settings)
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

async function printPlan(command: Command, settings: Settings): Promise<void> {
  const database = databaseName(settings)
  const { planMigrations } = await import('../open_storage.ts')
  const { migrations, estimate } = await planMigrations(settings).catch((error: unknown) => {
    throw new CommandError('database', `${database}: ${messageOf(error)}`, 4)
  })
  const driver = settings.databaseUrl === undefined ? 'sqlite' : 'postgres'
  const seconds = migrations.flatMap(({ statements }) => statements).reduce((sum, one) => sum + one.expectedSeconds, 0)
  const state = migrations.length === 0 ? 'up_to_date' : 'pending'
  const document = {
    driver,
    database,
    state,
    migrations: migrations.map(forPrograms),
    expected_seconds: seconds,
    estimate,
  }
  printResult(command, document, [
    ...(migrations.length === 0 ? [`${database} is up to date. There is nothing to run.`] : []),
    ...migrations.flatMap(isFirst(migrations) ? briefLine : migrationLines),
    ...(migrations.length === 0
      ? []
      : [`${footOf(migrations.length, driver)} Expected: ${duration(seconds)}.`, estimate]),
  ])
}

function forPrograms({ name, statements }: PlannedMigration) {
  return {
    name,
    statements: statements.map(({ sql, lock, size, expectedSeconds }) => {
      return { sql, lock, bytes: size?.bytes ?? null, rows: size?.rows ?? null, expected_seconds: expectedSeconds }
    }),
  }
}

/** Whether nobody works with any of the tables: the database is empty, and what is done to it is of no interest. */
function isFirst(migrations: readonly PlannedMigration[]): boolean {
  return migrations.every(({ statements }) => statements.every(({ lock }) => lock === null))
}

function briefLine({ name, statements }: PlannedMigration): string {
  return `${name}: ${statements.length} ${statements.length === 1 ? 'statement' : 'statements'}`
}

function migrationLines({ name, statements }: PlannedMigration): string[] {
  if (statements.length === 0) return [name, '  changes nothing in this database', '']
  return [name, ...statements.flatMap((one) => [`  ${one.sql};`, `      ${noteOf(one)}`]), '']
}

function noteOf({ lock, size, expectedSeconds }: PlannedStatement): string {
  const rows = size?.rows == null ? '' : `, about ${size.rows} rows`
  const through = size === null ? '' : ` (${megabytes(size.bytes)}${rows})`
  const locked = lock === null ? 'locks nothing that is in use' : `locks ${lock.table}: ${lock.mode}, ${lock.effect}`
  return `${locked}${through}; ${duration(expectedSeconds)}`
}

function footOf(count: number, driver: 'sqlite' | 'postgres'): string {
  const what = count === 1 ? '1 migration' : `${count} migrations`
  if (driver === 'sqlite') return `${what}, in one transaction, while no server runs on this database.`
  return `${what}, in one transaction: each lock is held until its end. A lock that is not there within 3 s ends it, and nothing is changed.`
}

function megabytes(bytes: number): string {
  return bytes < 1e6 ? 'under 1 MB' : `${Math.round(bytes / 1e6)} MB`
}

/** A number of seconds as people read it. */
function duration(seconds: number): string {
  if (seconds < 1) return 'under a second'
  return seconds < 120 ? `about ${Math.ceil(seconds)} s` : `about ${Math.ceil(seconds / 60)} min`
}

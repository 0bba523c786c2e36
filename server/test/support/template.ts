/** A database as a server leaves it at its first start, made once in a run: migrated, with signing keys. */
import { copyFileSync, existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from '@photostructure/sqlite'
import pg from 'pg'
import { inject } from 'vitest'
import type { Clock } from '../../src/lib/clock.ts'
import { createKeyring } from '../../src/runtime/keys/keyring.ts'
import { ensureKeys } from '../../src/runtime/keys/signing_keys.ts'
import type { Storage } from '../../src/storage/contract.ts'
import { openPostgres } from '../../src/storage/postgres.ts'
import { openSqlite } from '../../src/storage/sqlite.ts'
import { createDatabase, execute, postgresUrl, type TestDatabase, templateDatabase } from './postgres.ts'

/**
 * Puts a copy at `path`, whose keys were made at the present of `clock`. All copies are one installation: nothing but the
 * root secret tells what one has sealed from what another has.
 */
export async function copyTemplate(path: string, clock: Clock, secret: string): Promise<void> {
  const template = join(inject('templates'), 'consentry.db')
  if (!existsSync(template)) await makeTemplate(template, clock, secret)
  copyFileSync(template, path)
  const database = new DatabaseSync(path)
  database.exec('pragma synchronous = off')
  database.prepare('update signing_keys set created_at = ?').run(clock.now())
  database.prepare('update signing_keys set activated_at = ? where activated_at is not null').run(clock.now())
  database.close()
}

/** Two workers may do so at once: each makes its own, and the later one takes the place of the other's. */
async function makeTemplate(template: string, clock: Clock, secret: string): Promise<void> {
  const folder = mkdtempSync(`${template}-`)
  const path = join(folder, 'consentry.db')
  await begin(await openSqlite({ path, clock }), clock, secret)
  // What is committed may still lie in the file beside it.
  const database = new DatabaseSync(path)
  database.exec(`vacuum into '${path}.whole'`)
  database.close()
  renameSync(`${path}.whole`, template)
  rmSync(folder, { recursive: true })
}

async function begin(storage: Storage, clock: Clock, secret: string): Promise<void> {
  await ensureKeys(storage, createKeyring([secret], '', storage.installation), clock.now())
  await storage.close()
}

/** The same on PostgreSQL: a copy of a database that is made once in a run, by the first who asks. */
export async function copyDatabase(clock: Clock, secret: string): Promise<TestDatabase> {
  const server = await postgresUrl()
  if (server === undefined) throw new Error('there is no PostgreSQL for this test')
  const template = templateDatabase(inject('templates'))
  const admin = new pg.Client({ connectionString: server })
  await admin.connect()
  try {
    // The other worker waits here for the first one to make it.
    await admin.query('select pg_advisory_lock(1)')
    const { rowCount } = await admin.query('select from pg_database where datname = $1', [template])
    if (rowCount === 0) await makeDatabase(server, template, clock, secret)
  } finally {
    await admin.end()
  }
  const copy = await createDatabase(server, template)
  await execute(
    copy.url,
    `update signing_keys set created_at = ${clock.now()};
     update signing_keys set activated_at = ${clock.now()} where activated_at is not null`,
  )
  return copy
}

async function makeDatabase(server: string, template: string, clock: Clock, secret: string): Promise<void> {
  const { url } = await createDatabase(server)
  await begin(await openPostgres({ url, clock }), clock, secret)
  await execute(server, `alter database ${new URL(url).pathname.slice(1)} rename to ${template}`)
}

/** A database as a server leaves it at its first start, made once in a run: migrated, with signing keys. */
import { copyFileSync, existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from '@photostructure/sqlite'
import { inject } from 'vitest'
import type { Clock } from '../../src/lib/clock.ts'
import { createKeyring } from '../../src/runtime/keys/keyring.ts'
import { ensureKeys } from '../../src/runtime/keys/signing_keys.ts'
import { openSqlite } from '../../src/storage/sqlite.ts'

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
  const storage = await openSqlite({ path, clock })
  await ensureKeys(storage, createKeyring([secret], '', storage.installation), clock.now())
  await storage.close()
  // What is committed may still lie in the file beside it.
  const database = new DatabaseSync(path)
  database.exec(`vacuum into '${path}.whole'`)
  database.close()
  renameSync(`${path}.whole`, template)
  rmSync(folder, { recursive: true })
}

/** Storage in one SQLite file. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSqlite } from '../../src/storage/sqlite.ts'
import { storageContract } from './contract.ts'

storageContract('SQLite', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'consentry-sqlite-'))
  return {
    open: (clock) => openSqlite({ path: join(folder, 'data', 'consentry.db'), clock }),
    remove: () => rm(folder, { recursive: true, force: true }),
  }
})

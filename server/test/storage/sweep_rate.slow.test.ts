/** Sweeping keeps up: one sweep takes all claims that are over, batch after batch, as many as a flood makes of them. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { DatabaseSync } from '@photostructure/sqlite'
import pg from 'pg'
import { describe, expect, test } from 'vitest'
import { day } from '../../src/lib/clock.ts'
import type { Storage } from '../../src/storage/contract.ts'
import { openPostgres } from '../../src/storage/postgres.ts'
import { openSqlite } from '../../src/storage/sqlite.ts'
import { createDatabase, postgresUrl } from '../support/postgres.ts'
import { movedClock } from './fixtures.ts'

/** As many as a flood has been seen to make in a minute. All of them are over. */
const claims = 60_000
const retention = { rows: 30 * day, audit: 400 * day }
const patience = 180_000

/** Sweeps once; the event loop must turn again and again meanwhile. */
async function sweepOnce(storage: Storage): Promise<void> {
  let turns = 0
  let done = false
  const sweeping = storage.sweep(retention).finally(() => {
    done = true
  })
  while (!done) {
    await pause(1)
    turns++
  }
  expect(await sweeping).toBe(claims)
  // Batches have a thousand rows, and others come in between.
  expect(turns).toBeGreaterThan(claims / 2000)
}

test(
  'on SQLite',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'consentry-sweep-'))
    const path = join(folder, 'consentry.db')
    const storage = await openSqlite({ path, clock: movedClock() })
    const database = new DatabaseSync(path)
    database.exec(`with recursive n(i) as (select 1 union all select i + 1 from n where i < ${claims})
      insert into claims (bucket, kind, hash, attempt) select i % 3, 'ticket', randomblob(32), randomblob(16) from n`)
    database.close()
    await sweepOnce(storage)
    await storage.close()
    rmSync(folder, { recursive: true, force: true })
  },
  patience,
)

describe.skipIf((await postgresUrl()) === undefined)('with a PostgreSQL server', () => {
  test(
    'on PostgreSQL',
    async () => {
      const database = await createDatabase()
      const storage = await openPostgres({ url: database.url, clock: movedClock() })
      const client = new pg.Client({ connectionString: database.url })
      await client.connect()
      await client.query(`insert into claims (bucket, kind, hash, attempt)
        select i % 3, 'ticket', decode(md5(i::text), 'hex'), decode(md5('a' || i), 'hex')
        from generate_series(1, ${claims}) as i`)
      await client.end()
      await sweepOnce(storage)
      await storage.close()
      await database.drop()
    },
    patience,
  )
})

/** The clock by which a cluster on PostgreSQL decides. */
import { expect, test } from 'vitest'
import { systemClock } from '../../src/lib/clock.ts'
import { openPostgres } from '../../src/storage/postgres.ts'
import { rootSecret } from '../support/harness.ts'
import { postgresUrl } from '../support/postgres.ts'
import { copyDatabase } from '../support/template.ts'
import { liveGrant, makeSwap } from './fixtures.ts'

test.skipIf((await postgresUrl()) === undefined)(
  'a node beside its database tells the time of their machine',
  async () => {
    const clock = systemClock()
    const database = await copyDatabase(clock, rootSecret)
    const storage = await openPostgres({ url: database.url, clock })
    const grant = await liveGrant(storage)
    // Each swap reads the clock of the database.
    for (let step = 1; step < 100; step++) {
      await storage.grants.advance(makeSwap(grant, step))
      const before = clock.now()
      const told = storage.clock.now()
      expect(told).toBeGreaterThanOrEqual(before)
      expect(told).toBeLessThanOrEqual(clock.now())
    }
    await storage.close()
    await database.drop()
  },
)

/** The clock by which a cluster on PostgreSQL decides. */
import { afterEach, expect, test, vi } from 'vitest'
import { hour, minute, second, systemClock } from '../../src/lib/clock.ts'
import { openPostgres } from '../../src/storage/postgres.ts'
import { authorize, authorizeUrl, exchangeCode } from '../support/browser.ts'
import { addAccount, addClient, harness, rootSecret } from '../support/harness.ts'
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

afterEach(() => vi.restoreAllMocks())

test.skipIf((await postgresUrl()) === undefined).each([hour, -hour])(
  'K164: a node whose machine is wrong by %i ms decides by the clock of the database, and writes down no other time',
  async (wrong) => {
    const right = Date.now.bind(Date)
    const database = await copyDatabase(systemClock(), rootSecret)
    vi.spyOn(Date, 'now').mockImplementation(() => right() + wrong)
    const clock = { ...systemClock(), move: () => {} }
    const h = await harness({ clock, open: () => openPostgres({ url: database.url, clock }) })
    const { id } = await addAccount(h)
    const app = await addClient(h)
    const isNow = (time: number | undefined) => expect(Math.abs((time ?? 0) - right())).toBeLessThan(minute)
    const { code } = await authorize(h.app, authorizeUrl(app, { scope: 'openid' }))
    const { body } = await exchangeCode(h.app, app, code)
    const claims = JSON.parse(Buffer.from(body.id_token?.split('.')[1] ?? '', 'base64url').toString())
    isNow(claims.iat * second)
    isNow(claims.exp * second - hour)
    isNow((await h.storage.sessions.listByUser(id))[0]?.createdAt)
    isNow((await h.storage.accounts.find(id))?.createdAt)
    isNow(h.storage.clock.now())
    await h.close()
    await database.drop()
  },
)

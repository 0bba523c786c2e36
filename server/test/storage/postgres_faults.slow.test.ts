/** PostgreSQL when it goes away, comes back, or would lose what it acknowledges. */
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { hour, systemClock } from '../../src/lib/clock.ts'
import { StorageUnavailable } from '../../src/storage/contract.ts'
import { openPostgres } from '../../src/storage/postgres.ts'
import {
  canStartPostgres,
  createDatabase,
  type PostgresServer,
  postgresUrl,
  startPostgres,
} from '../support/postgres.ts'
import { addAccount, addClient, liveGrant, makeSwap } from './fixtures.ts'

const clock = systemClock()

async function execute(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(sql)
  await client.end()
}

const found = (await postgresUrl()) !== undefined
const own = await canStartPostgres()
if (found && !own) console.warn('\n*** No binaries of PostgreSQL: the tests that stop a server are SKIPPED. ***\n')

describe.skipIf(!found)('a PostgreSQL server', () => {
  test('that does not wait for its disk is refused, with the setting named', async () => {
    const database = await createDatabase()
    const name = new URL(database.url).pathname.slice(1)
    await execute(database.url, `alter database ${name} set synchronous_commit = off`)
    await expect(openPostgres({ url: database.url, clock })).rejects.toThrow('synchronous_commit=off')
    await execute(database.url, `alter database ${name} reset synchronous_commit`)
    await (await openPostgres({ url: database.url, clock })).close()
    await database.drop()
  })

  test('that five nodes start on at once is set up once', async () => {
    const database = await createDatabase()
    const nodes = await Promise.all(Array.from({ length: 5 }, () => openPostgres({ url: database.url, clock })))
    expect(new Set(nodes.map((node) => node.installation.toString('hex'))).size).toBe(1)
    await Promise.all(nodes.map((node) => node.close()))
    await database.drop()
  })

  test('whose connections are all killed loses nobody', async () => {
    const database = await createDatabase()
    const storage = await openPostgres({ url: database.url, clock })
    const listener = vi.fn()
    storage.onClientsChanged(listener)
    const grant = await liveGrant(storage)
    await execute(
      database.url,
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    )
    expect((await storage.grants.find(grant.id))?.grant).toEqual(grant)
    expect((await storage.grants.advance(makeSwap(grant, 1))).outcome).toBe('advanced')
    // What was announced meanwhile was not heard, so that caches must be dropped.
    await vi.waitFor(() => expect(listener).toHaveBeenCalled(), { timeout: 30_000 })
    await storage.close()
    await database.drop()
  })

  describe.skipIf(!own)('that stops', () => {
    let server: PostgresServer | undefined
    beforeAll(async () => {
      server = await startPostgres()
    })
    afterAll(() => server?.remove())

    test('K166: makes storage unavailable, ends nothing, and all works when it is back', async () => {
      if (server === undefined) throw new Error('the binaries are there, so the server starts')
      const storage = await openPostgres({ url: server.url, clock })
      const grant = await liveGrant(storage)
      const expires = clock.now() + hour
      await addClient(storage, 'before')
      await server.stop()
      const told = await Promise.allSettled([
        storage.grants.find(grant.id),
        storage.grants.advance(makeSwap(grant, 1)),
        storage.grants.endAll({ userId: 'usr_ann' }, 'revoked_by_user'),
        storage.claims.claimOnce('ticket', grant.key, expires),
        storage.claims.isClaimed('ticket', grant.key, expires),
        storage.accounts.findByLogin('ann'),
        addAccount(storage, 'Away'),
        addClient(storage, 'away'),
        storage.ping(),
        storage.sweep({ rows: 1000, audit: 1000 }),
      ])
      for (const one of told) expect(one).toMatchObject({ status: 'rejected', reason: expect.any(StorageUnavailable) })
      await expect(openPostgres({ url: server.url, clock })).rejects.toBeInstanceOf(StorageUnavailable)

      await server.start()
      await storage.ping()
      expect((await storage.grants.find(grant.id))?.grant).toEqual(grant)
      expect((await storage.grants.advance(makeSwap(grant, 1))).outcome).toBe('advanced')
      expect(await storage.claims.claimOnce('ticket', grant.key, expires)).toBe('first')
      expect(await storage.clients.find('before')).toBeDefined()
      await storage.close()
    })

    test('and is switched to run without fsync is refused', async () => {
      if (server === undefined) throw new Error('the binaries are there, so the server starts')
      await server.stop()
      await server.start({ fsync: 'off' })
      await expect(openPostgres({ url: server.url, clock })).rejects.toThrow('fsync=off')
    })
  })
})

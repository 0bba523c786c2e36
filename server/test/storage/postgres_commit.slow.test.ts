/** A commit whose answer is lost: told as won, retried or not known, never spent twice and never held against anybody. */
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hour, systemClock } from '../../src/lib/clock.ts'
import type { Grant } from '../../src/protocol/grant.ts'
import { auditEvent } from '../../src/runtime/act.ts'
import type { Storage } from '../../src/storage/contract.ts'
import { StorageUnavailable } from '../../src/storage/contract.ts'
import { openPostgres } from '../../src/storage/postgres.ts'
import { type CuttingProxy, startCuttingProxy } from '../support/cutting_proxy.ts'
import { createDatabase, postgresUrl, type TestDatabase } from '../support/postgres.ts'
import { liveGrant, makeGrant, makeSwap } from './fixtures.ts'

describe.skipIf((await postgresUrl()) === undefined)('an unanswered commit', () => {
  const clock = systemClock()
  let database: TestDatabase
  let proxy: CuttingProxy
  /** The node whose line is cut, and another one beside it. */
  let storage: Storage
  let direct: Storage

  beforeAll(async () => {
    database = await createDatabase()
    proxy = await startCuttingProxy(database.url)
    direct = await openPostgres({ url: database.url, clock })
    storage = await openPostgres({ url: proxy.url, clock })
  })
  afterAll(async () => {
    await storage.close()
    await direct.close()
    await proxy.close()
    await database.drop()
  })
  const rowOf = async (id: Buffer) => (await direct.grants.find(id))?.grant

  for (const cut of ['before', 'unheard', 'after'] as const) {
    test(`inserts, claims and ends cut ${cut} are told as what they are`, async () => {
      const grant = makeGrant(clock)
      const byHandle = { ...makeGrant(clock), handle: randomBytes(32) }
      const ending = await liveGrant(direct)
      const told = makeGrant(clock, { clientId: `told-${cut}` })
      const event = auditEvent(clock.now(), 'signed_in', { clientId: told.clientId, detail: {} })
      const [hash, taken] = [randomBytes(32), randomBytes(32)]
      await direct.claims.claimOnce('ticket', taken, clock.now() + hour)
      const severed = proxy.cutNext(cut)
      const answers = await Promise.all([
        storage.grants.insert(grant),
        storage.grants.insertByHandle(byHandle),
        storage.grants.end(ending.id, 'revoked_by_user'),
        storage.grants.insert(told, event),
        storage.claims.claimOnce('ticket', hash, clock.now() + hour),
        storage.claims.claimOnce('ticket', taken, clock.now() + hour),
      ])
      await severed
      expect(answers).toEqual([undefined, byHandle, true, undefined, 'first', 'seen'])
      expect(await rowOf(grant.id)).toEqual(grant)
      expect(await rowOf(byHandle.id)).toEqual(byHandle)
      expect((await rowOf(ending.id))?.endReason).toBe('revoked_by_user')
      expect((await direct.audit.search(9, { clientId: told.clientId })).events).toHaveLength(1)
      expect(await direct.claims.claimOnce('ticket', hash, clock.now() + hour)).toBe('seen')
    })
  }

  // A swap of a grant that is as its caller read it commits itself; any other one is decided in a transaction.
  for (const way of ['of what was read', 'of what was not read'] as const) {
    const asRead = (grant: Grant) => (way === 'of what was read' ? grant : undefined)

    for (const cut of ['before', 'unheard', 'after'] as const) {
      test(`a swap ${way} cut ${cut} is won once, and the grant lives`, async () => {
        const grant = await liveGrant(direct)
        const swap = makeSwap(grant, 1, { replayWindow: 0 })
        const severed = proxy.cutNext(cut)
        const told = await storage.grants.advance(swap, asRead(grant))
        await severed
        expect(told.outcome).toBe('advanced')
        expect(await rowOf(grant.id)).toMatchObject({ step: 2, state: 'live', attempt: swap.attempt })
        expect((await direct.grants.advance(makeSwap(grant, 1))).outcome).toBe('repeated')
      })

      test(`a code exchange ${way} cut ${cut} is won once`, async () => {
        const grant = makeGrant(clock)
        await direct.grants.insert(grant)
        const severed = proxy.cutNext(cut)
        expect((await storage.grants.advance(makeSwap(grant, 0), asRead(grant))).outcome).toBe('advanced')
        await severed
        expect(await rowOf(grant.id)).toMatchObject({ step: 1, state: 'live' })
      })

      test(`a reuse ${way} cut ${cut} ends the grant and is noted once`, async () => {
        const grant = await liveGrant(direct, { clientId: `reused-${way}-${cut}` })
        await direct.grants.advance(makeSwap(grant, 1))
        await direct.grants.advance(makeSwap(grant, 2))
        const severed = proxy.cutNext(cut)
        const swap = makeSwap(grant, 1)
        const told = await storage.grants.advance(swap, asRead(grant)).catch((error: unknown) => error)
        await severed
        // What cannot be known is not held against anybody, until it is tried again.
        if (told instanceof StorageUnavailable) await direct.grants.advance(swap)
        else expect(told).toMatchObject({ outcome: 'spent' })
        expect((await rowOf(grant.id))?.state).toBe('ended')
        expect((await direct.audit.search(9, { clientId: grant.clientId })).events).toMatchObject([
          { type: 'credential_reused', subject: grant.userId, detail: { kind: 'refresh', step: 1, ended: true } },
        ])
      })

      test(`a reuse ${way} cut ${cut} never ends a grant that another attempt has moved`, async () => {
        const grant = await liveGrant(direct)
        const severed = proxy.cutNext(cut)
        const lost = storage.grants.advance(makeSwap(grant, 1, { replayWindow: 0 }), asRead(grant))
        proxy.refuse(true)
        await severed
        // The other attempt comes while nobody knows what became of the first one.
        const other = await direct.grants.advance(makeSwap(grant, cut === 'after' ? 2 : 1))
        proxy.refuse(false)
        const outcome = await lost.then(
          (advance) => advance.outcome,
          (error: unknown) => (error instanceof StorageUnavailable ? 'unavailable' : 'fault'),
        )
        // Cut before the server heard it, the other one won; passed on, either may have come first.
        if (cut !== 'unheard') expect([other.outcome, outcome]).toEqual(['advanced', 'unavailable'])
        expect(['advanced', 'unavailable']).toContain(outcome)
        expect((await rowOf(grant.id))?.state).toBe('live')
      })
    }
  }

  // Each waits until its node has given up.
  describe.concurrent.each(['of what was read', 'of what was not read'] as const)(
    'a swap %s that cannot be settled',
    (way) => {
      test.each(['before', 'after'] as const)('after a cut %s is unavailable, and can be tried again', async (cut) => {
        const line = await startCuttingProxy(database.url)
        const node = await openPostgres({ url: line.url, clock })
        const grant = await liveGrant(direct)
        const read = way === 'of what was read' ? grant : undefined
        const swap = makeSwap(grant, 1, { replayWindow: 0 })
        const severed = line.cutNext(cut)
        const lost = node.grants.advance(swap, read)
        void severed.then(() => {
          line.refuse(true)
          line.breakAll()
        })
        await expect(lost).rejects.toBeInstanceOf(StorageUnavailable)
        line.refuse(false)
        const row = await rowOf(grant.id)
        expect(row?.state).toBe('live')
        if (cut === 'before') expect(row?.step).toBe(1)
        else expect(row).toMatchObject({ step: 2, attempt: swap.attempt })
        expect((await node.grants.advance(swap, read)).outcome).toBe('advanced')
        expect((await rowOf(grant.id))?.step).toBe(2)
        await node.close()
        await line.close()
      })
    },
  )

  test('under load with the line cut again and again every step is won by one caller', async () => {
    const grants = await Promise.all(Array.from({ length: 20 }, () => liveGrant(direct)))
    const won = new Map<string, number>()
    let stop = false
    const callers = grants.map(async (grant) => {
      for (let seen = grant; !stop; seen = (await rowOf(grant.id)) ?? seen) {
        const { step } = seen
        const told = await Promise.allSettled([
          storage.grants.advance(makeSwap(grant, step), seen),
          storage.grants.advance(makeSwap(grant, step)),
          direct.grants.advance(makeSwap(grant, step), seen),
        ])
        for (const one of told) {
          if (one.status === 'rejected') expect(one.reason).toBeInstanceOf(StorageUnavailable)
          else if (one.value.outcome === 'advanced') {
            const key = `${grant.id.toString('hex')}:${step}`
            won.set(key, (won.get(key) ?? 0) + 1)
          }
        }
      }
    })
    for (let i = 0; i < 15; i++) await proxy.cutNext((['before', 'unheard', 'after'] as const)[i % 3] ?? 'after')
    stop = true
    await Promise.all(callers)
    expect(Math.max(...won.values())).toBe(1)
    for (const grant of grants) expect((await rowOf(grant.id))?.endReason).toBeNull()
  })
})

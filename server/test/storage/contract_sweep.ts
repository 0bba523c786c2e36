/** Sweeping: what is past its retention goes, nothing else does. */
import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { day, hour, minute } from '../../src/lib/clock.ts'
import type { Storage } from '../../src/storage/contract.ts'
import type { Place } from './contract.ts'
import { requestRecord } from './contract_logs.ts'
import { liveGrant, makeGrant } from './fixtures.ts'
import { opened } from './opened.ts'

const retention = 30 * day

/** One sweep is a small batch; a few of them come round the whole table. */
async function sweepAll(storage: Storage): Promise<number> {
  let count = 0
  for (let i = 0; i < 6; i++) count += await storage.sweep(retention)
  return count
}

export function sweepTests(place: () => Promise<Place>): void {
  describe('sweeping', () => {
    const at = opened(place)

    test('grants go when they have been finished for longer than the retention', async () => {
      const now = at.storage.clock.now()
      const expired = makeGrant(at.clock, { expiresAt: now - retention - minute })
      const justExpired = makeGrant(at.clock, { expiresAt: now - retention + minute })
      const ended = await liveGrant(at.storage)
      for (const grant of [expired, justExpired]) await at.storage.grants.insert(grant)
      await at.storage.grants.end(ended.id, 'revoked_by_user')
      at.storage.grants.noteRepeat(expired.id, 'n', now)
      const there = async () =>
        Promise.all(
          [expired, justExpired, ended].map(async (one) => (await at.other.grants.find(one.id)) !== undefined),
        )
      expect(await sweepAll(at.storage)).toBe(1)
      expect(await there()).toEqual([false, true, true])
      expect(await at.storage.grants.repeats(expired.id)).toBeUndefined()
      at.clock.move(retention + hour)
      await at.storage.ping()
      expect(await sweepAll(at.storage)).toBe(2)
      expect(await there()).toEqual([false, false, false])
    })

    test('a table longer than one batch is walked to its end', async () => {
      const old = at.storage.clock.now() - retention - minute
      const fresh = await liveGrant(at.storage)
      await Promise.all(
        Array.from({ length: 2300 }, (_, i) =>
          at.storage.grants.insert(i % 2 ? makeGrant(at.clock, { expiresAt: old }) : makeGrant(at.clock)),
        ),
      )
      expect(await sweepAll(at.storage)).toBe(1150)
      expect(await at.storage.grants.find(fresh.id)).toBeDefined()
    })

    test('claims, failures and the request log lose what is over', async () => {
      const now = at.storage.clock.now()
      const [soon, late] = [randomBytes(32), randomBytes(32)]
      await at.storage.claims.claimOnce('ticket', soon, now + minute)
      await at.storage.claims.claimOnce('ticket', late, now + 5 * hour)
      await at.storage.failures.add('k', minute, now)
      await at.storage.failures.add('k', day * 100, now)
      await at.storage.requests.append([requestRecord(now - 15 * day), requestRecord(now - 13 * day)])
      at.clock.move(3 * hour)
      await sweepAll(at.storage)
      expect(await at.storage.claims.isClaimed('ticket', soon, now + minute)).toBe(false)
      expect(await at.storage.claims.isClaimed('ticket', late, now + 5 * hour)).toBe(true)
      expect(await at.storage.failures.count('k', day * 100, now)).toBe(1)
      expect(await at.storage.requests.list('app', 10)).toHaveLength(1)
    })

    test('each app keeps the newest of its request log, those that nobody proved to have sent in a ring of their own', async () => {
      const now = at.storage.clock.now()
      const records = Array.from({ length: 10_150 }, (_, i) => requestRecord(now - 20_000 + i, { clientId: 'busy' }))
      const strangers = Array.from({ length: 1_050 }, (_, i) =>
        requestRecord(now - 1_000_000 + i, { clientId: 'busy', authenticated: false }),
      )
      await at.storage.requests.append([...records, ...strangers])
      await sweepAll(at.storage)
      const kept = await at.storage.requests.list('busy', 20_000)
      expect(kept.filter((one) => one.authenticated)).toHaveLength(10_000)
      expect(kept.filter((one) => !one.authenticated)).toHaveLength(1_000)
      expect(kept[0]?.at).toBe(records.at(-1)?.at)
      expect(kept.at(-1)?.at).toBe(strangers[50]?.at)
    })
  })
}

/** Sweeping: what is past its retention goes, nothing else does. */
import { randomBytes } from 'node:crypto'
import { beforeEach, describe, expect, test } from 'vitest'
import { day, hour, minute } from '../../src/lib/clock.ts'
import type { Grant } from '../../src/protocol/grant.ts'
import type { LoggedRequest, Storage } from '../../src/storage/contract.ts'
import type { Place } from './contract.ts'
import { requestRecord } from './contract_logs.ts'
import { liveGrant, makeGrant } from './fixtures.ts'
import { opened } from './opened.ts'

const retention = { rows: 30 * day, audit: 400 * day }

/** One sweep is a small batch; a few of them come round the whole table. */
async function sweepAll(storage: Storage): Promise<number> {
  let count = 0
  for (let i = 0; i < 6; i++) count += await storage.sweep(retention)
  return count
}

export function sweepTests(place: () => Promise<Place>): void {
  describe('sweeping', () => {
    const at = opened(place)
    // Nothing of what another test has left is still there to be counted.
    beforeEach(async () => {
      at.clock.move(500 * day)
      await at.storage.ping()
      while ((await sweepAll(at.storage)) > 0);
    })

    test('grants go when they have been finished for longer than the retention', async () => {
      const now = at.storage.clock.now()
      const expired = makeGrant(at.clock, { expiresAt: now - retention.rows - minute })
      const justExpired = makeGrant(at.clock, { expiresAt: now - retention.rows + minute })
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
      at.clock.move(retention.rows + hour)
      await at.storage.ping()
      expect(await sweepAll(at.storage)).toBe(2)
      expect(await there()).toEqual([false, false, false])
    })

    test('jobs that were done go after a week, those given up after a month, and none that waits', async () => {
      const { jobs } = at.storage
      const sent = { kind: 'swept', target: null, payload: {}, secret: null, dueAt: 0 }
      for (const id of ['done', 'given_up', 'waiting']) await jobs.add({ id, ...sent })
      for (const held of await jobs.claim(['swept'], 3, minute)) {
        if (held.id !== 'waiting') await jobs.end(held, held.id as 'done' | 'given_up')
      }
      const left = async () => {
        await sweepAll(at.storage)
        const ids = ['done', 'given_up', 'waiting']
        const there = await Promise.all(ids.map((id) => at.other.jobs.find(id)))
        return ids.filter((_, i) => there[i] !== undefined)
      }
      at.clock.move(7 * day - minute)
      await at.storage.ping()
      expect(await left()).toEqual(['done', 'given_up', 'waiting'])
      at.clock.move(hour)
      await at.storage.ping()
      expect(await left()).toEqual(['given_up', 'waiting'])
      at.clock.move(30 * day)
      await at.storage.ping()
      expect(await left()).toEqual(['waiting'])
    })

    test('what grants agree on goes after the last of them, and comes again with the next', async () => {
      const grants = Array.from({ length: 3 }, () => makeGrant(at.clock))
      for (const grant of grants) await at.storage.grants.insert(grant)
      const [first] = grants as [Grant]
      await sweepAll(at.storage)
      expect((await at.other.grants.find(first.id))?.grant).toEqual(first)
      at.clock.move(first.context.refreshTokenTtl * 1000 + retention.rows + 3 * day)
      await at.storage.ping()
      // Three grants, and once the terms of all of them.
      expect(await sweepAll(at.storage)).toBe(4)
      const next = makeGrant(at.clock)
      await at.storage.grants.insert(next)
      expect((await at.other.grants.find(next.id))?.grant).toEqual(next)
      expect((await at.storage.grants.find(next.id))?.grant).toEqual(next)
    })

    test('a table longer than one batch is walked to its end', async () => {
      const old = at.storage.clock.now() - retention.rows - minute
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

    test('a sweep under way ends when the storage is closed', async () => {
      const where = await place()
      const storage = await where.open(at.clock)
      const expires = storage.clock.now() + minute
      await Promise.all(
        Array.from({ length: 20_000 }, () => storage.claims.claimOnce('ticket', randomBytes(16), expires)),
      )
      at.clock.move(2 * hour)
      await storage.ping()
      const sweeping = storage.sweep(retention)
      await storage.close()
      expect(await sweeping).toBeLessThan(20_000)
      await where.remove()
    })

    test('the audit log keeps whole days for as long as it is said', async () => {
      const midnight = Math.floor(at.storage.clock.now() / day) * day
      const event = (when: number, type: string) => ({
        at: when,
        type,
        actor: null,
        operator: null,
        subject: null,
        clientId: null,
        address: null,
        userAgent: null,
        requestId: null,
        detail: {},
      })
      const old = Array.from({ length: 1500 }, () => event(midnight - 8 * day, 'old'))
      await at.storage.audit.append([
        ...old,
        event(midnight - 7 * day - 1, 'day before'),
        event(midnight - 7 * day, 'first'),
        event(midnight, 'last'),
      ])
      await at.storage.sweep({ ...retention, audit: 7 * day })
      expect((await at.storage.audit.list(5000)).map(({ type }) => type)).toEqual(['last', 'first'])
    })

    test('each app keeps the newest of its request log, those that nobody proved to have sent in a ring of their own', async () => {
      const now = at.storage.clock.now()
      const records = Array.from({ length: 10_150 }, (_, i) => requestRecord(now - 20_000 + i, { clientId: 'busy' }))
      const strangers = Array.from({ length: 1_050 }, (_, i) =>
        requestRecord(now - 1_000_000 + i, { clientId: 'busy', authenticated: false }),
      )
      await at.storage.requests.append([...records, ...strangers])
      await sweepAll(at.storage)
      const kept: LoggedRequest[] = []
      for (let page = await at.storage.requests.list('busy', 2000); page.length > 0; ) {
        kept.push(...page)
        page = await at.storage.requests.list('busy', 2000, page.at(-1))
      }
      expect(kept.filter((one) => one.authenticated)).toHaveLength(10_000)
      expect(kept.filter((one) => !one.authenticated)).toHaveLength(1_000)
      expect(kept[0]?.at).toBe(records.at(-1)?.at)
      expect(kept.at(-1)?.at).toBe(strangers[50]?.at)
    })
  })
}

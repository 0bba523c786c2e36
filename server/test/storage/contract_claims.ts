/** Claims: a single-use id is claimed once. */
import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { hour } from '../../src/lib/clock.ts'
import type { Place } from './contract.ts'
import { makeGrant } from './fixtures.ts'
import { opened } from './opened.ts'

export function claimTests(place: () => Promise<Place>): void {
  describe('claims', () => {
    const at = opened(place)

    test('the first claim of an id wins, for each kind by itself', async () => {
      const hash = randomBytes(32)
      const expires = at.storage.clock.now() + hour
      expect(await at.storage.claims.isClaimed('ticket', hash, expires)).toBe(false)
      expect(await at.storage.claims.claimOnce('ticket', hash, expires)).toBe('first')
      expect(await at.other.claims.claimOnce('ticket', hash, expires)).toBe('seen')
      expect(await at.other.claims.isClaimed('ticket', hash, expires)).toBe(true)
      expect(await at.storage.claims.claimOnce('mail_link', hash, expires)).toBe('first')
      expect(await at.storage.claims.isClaimed('access_token', hash, expires)).toBe(false)
    })

    test('of fifty callers exactly one is first, twenty times over', async () => {
      const expires = at.storage.clock.now() + hour
      for (let round = 0; round < 20; round++) {
        const hash = randomBytes(32)
        const told = await Promise.all(
          Array.from({ length: 50 }, (_, i) =>
            (i % 2 ? at.storage : at.other).claims.claimOnce('client_assertion', hash, expires),
          ),
        )
        expect(told.filter((one) => one === 'first')).toHaveLength(1)
      }
    })

    test('of many grants with one claim exactly one is stored, and others of the same moment all are', async () => {
      const claim = { kind: 'pushed_request', hash: randomBytes(32), expires: at.storage.clock.now() + hour } as const
      const grants = Array.from({ length: 20 }, () => makeGrant(at.clock))
      const others = Array.from({ length: 20 }, () => makeGrant(at.clock))
      const insert = (i: number) => (i % 2 ? at.storage : at.other).grants
      const [told] = await Promise.all([
        Promise.all(grants.map((grant, i) => insert(i).insertOnce(grant, claim))),
        ...others.map((grant, i) => insert(i).insertOnce(grant, { ...claim, hash: randomBytes(32) })),
      ])
      expect(told.filter((one) => one === 'first')).toHaveLength(1)
      const stored = await Promise.all(grants.map(({ id }) => at.storage.grants.find(id)))
      expect(stored.map((view) => view !== undefined)).toEqual(told.map((one) => one === 'first'))
      const rest = await Promise.all(others.map(({ id }) => at.other.grants.find(id)))
      expect(rest.every((view) => view !== undefined)).toBe(true)
      expect(await at.other.claims.isClaimed(claim.kind, claim.hash, claim.expires)).toBe(true)
    })

    test('a pushed request is found from elsewhere as it was kept, and goes with its end', async () => {
      const request = {
        id: randomBytes(32),
        clientId: 'app',
        parameters: [
          ['state', 'Ünïcode "x" \\ ☎'],
          ['resource', 'a'],
          ['resource', 'b'],
        ] as const,
        expiresAt: Math.floor(at.clock.now()) + 1000,
      }
      await at.storage.pushedRequests.put(request)
      expect(await at.other.pushedRequests.find(request.id)).toEqual(request)
      expect(await at.other.pushedRequests.find(randomBytes(32))).toBeUndefined()
      at.clock.move(1000)
      await at.storage.sweep({ rows: hour, audit: hour })
      expect(await at.other.pushedRequests.find(request.id)).toBeUndefined()
    })

    test('a request of a device is found by its id and its code, decided once, and goes with its end', async () => {
      const askedAt = Math.floor(at.clock.now())
      const request = {
        id: randomBytes(16),
        key: randomBytes(16),
        userCode: randomBytes(32),
        clientId: 'app',
        scope: ['basic', 'Ünïcode'],
        resources: ['https://tide.example/'],
        network: { name: '203.0.113.*', digest: 'd1gest' },
        state: 'asked',
        askedAt,
        expiresAt: askedAt + 1000,
      } as const
      expect(await at.storage.deviceRequests.put(request)).toBe(true)
      const taken = await at.other.deviceRequests.put({ ...request, id: randomBytes(16) })
      expect(taken, 'another one with its code').toBe(false)
      expect(await at.other.deviceRequests.find(request.id)).toEqual(request)
      expect(await at.other.deviceRequests.findByUserCode(request.userCode)).toEqual(request)
      expect(await at.other.deviceRequests.find(randomBytes(16))).toBeUndefined()
      expect(await at.other.deviceRequests.findByUserCode(randomBytes(32))).toBeUndefined()
      const decisions = await Promise.all(
        Array.from({ length: 10 }, (_, i) =>
          (i % 2 ? at.storage : at.other).act((acting) =>
            acting.deviceRequests.decide(request.id, i % 3 ? 'allowed' : 'denied'),
          ),
        ),
      )
      expect(decisions.filter(Boolean)).toHaveLength(1)
      const decided = decisions.indexOf(true) % 3 ? 'allowed' : 'denied'
      expect((await at.other.deviceRequests.find(request.id))?.state).toBe(decided)
      expect(await at.storage.deviceRequests.decide(randomBytes(16), 'allowed')).toBe(false)
      at.clock.move(1000)
      await at.storage.sweep({ rows: hour, audit: hour })
      expect(await at.other.deviceRequests.find(request.id)).toBeUndefined()
    })

    test('many different claims and questions of one turn are told apart', async () => {
      const expires = at.storage.clock.now() + hour
      const hashes = Array.from({ length: 60 }, () => randomBytes(32))
      const told = await Promise.all(hashes.map((hash) => at.storage.claims.claimOnce('access_token', hash, expires)))
      expect(told.every((one) => one === 'first')).toBe(true)
      const asked = [...hashes.slice(0, 3), randomBytes(32), ...hashes.slice(3, 6)]
      expect(await Promise.all(asked.map((hash) => at.other.claims.isClaimed('access_token', hash, expires)))).toEqual([
        true,
        true,
        true,
        false,
        true,
        true,
        true,
      ])
    })
  })
}

/** Grants by their people: ending many, the limit, the lists, use and repeats. */
import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { day } from '../../src/lib/clock.ts'
import type { Grant } from '../../src/protocol/grant.ts'
import type { UserId } from '../../src/protocol/names.ts'
import type { Place } from './contract.ts'
import { liveGrant, makeGrant } from './fixtures.ts'
import { opened } from './opened.ts'

export function grantListTests(place: () => Promise<Place>): void {
  describe('grants of a person', () => {
    const at = opened(place)
    const state = async (grant: Grant) => (await at.other.grants.find(grant.id))?.grant.state

    test('a session that ends takes its own grants along', async () => {
      const context = { ...makeGrant(at.clock).context, session: 'ses_a' }
      const own = [await liveGrant(at.storage, { context }), await liveGrant(at.storage, { context })]
      const foreign = await liveGrant(at.storage, { context: { ...context, session: 'ses_b' } })
      expect(await at.storage.grants.endAll({ session: 'ses_a' }, 'signed_out')).toBe(2)
      expect(await at.storage.grants.endAll({ session: 'ses_a' }, 'signed_out')).toBe(0)
      expect(await Promise.all([...own, foreign].map(state))).toEqual(['ended', 'ended', 'live'])
      expect((await at.storage.grants.find(own[0]?.id ?? foreign.id))?.grant.endReason).toBe('signed_out')
    })

    test('a user ends all grants, or those of one app', async () => {
      const userId: UserId = 'usr_bob'
      const a = await liveGrant(at.storage, { userId, clientId: 'a' })
      const b = await liveGrant(at.storage, { userId, clientId: 'b' })
      const other = await liveGrant(at.storage, { userId: 'usr_eve', clientId: 'a' })
      expect(await at.storage.grants.endAll({ userId, clientId: 'a' }, 'revoked_by_user')).toBe(1)
      expect(await Promise.all([a, b, other].map(state))).toEqual(['ended', 'live', 'live'])
      expect(await at.storage.grants.endAll({ userId }, 'password_changed')).toBe(1)
      expect(await Promise.all([a, b, other].map(state))).toEqual(['ended', 'ended', 'live'])
    })

    test('beyond the limit unknown devices end first, then the least recently used, never the new one', async () => {
      const userId: UserId = 'usr_many'
      const now = at.storage.clock.now()
      const make = (usedAt: number, label: string | null, change: Partial<Grant> = {}) =>
        liveGrant(at.storage, { userId, usedAt: now + usedAt, label, ...change })
      const oldest = await make(-5000, 'tablet')
      const unknown = await make(-10, null)
      const recent = await make(-100, 'phone')
      const newest = await make(-9000, null)
      const plain = { ...makeGrant(at.clock).context, refreshable: false }
      const notCounted = [
        await make(-9999, null, { context: plain }),
        await make(-9999, null, { state: 'offered' }),
        await make(-9999, null, { expiresAt: now - 1 }),
        await make(-9999, null, { clientId: 'another' }),
      ]
      expect(await at.storage.grants.trim(userId, 'app', 4, newest.id)).toBe(0)
      expect(await at.storage.grants.trim(userId, 'app', 2, newest.id)).toBe(2)
      expect(await Promise.all([oldest, unknown, recent, newest].map(state))).toEqual([
        'ended',
        'ended',
        'live',
        'live',
      ])
      expect((await at.storage.grants.find(unknown.id))?.grant.endReason).toBe('grant_limit')
      expect(await Promise.all(notCounted.map(state))).toEqual(['live', 'offered', 'live', 'live'])
    })

    test('grants that came by password count towards the limit although nothing refreshes them', async () => {
      const userId: UserId = 'usr_by_password'
      const context = { ...makeGrant(at.clock).context, grantType: 'password' as const, refreshable: false }
      const known = await liveGrant(at.storage, { userId, context, label: 'phone', handle: randomBytes(32) })
      const unknown = await liveGrant(at.storage, { userId, context, handle: randomBytes(32) })
      const newest = await liveGrant(at.storage, { userId, context, handle: randomBytes(32) })
      expect(await at.storage.grants.trim(userId, 'app', 2, newest.id)).toBe(1)
      expect(await Promise.all([known, unknown, newest].map(state))).toEqual(['live', 'ended', 'live'])
    })

    test('the list of a user is newest first and holds what can still be used', async () => {
      const userId: UserId = 'usr_list'
      const now = at.storage.clock.now()
      const first = await liveGrant(at.storage, { userId, createdAt: now - 3000 })
      const second = await liveGrant(at.storage, { userId, state: 'offered', createdAt: now - 2000 })
      const gone = await liveGrant(at.storage, { userId, createdAt: now - 1000 })
      await liveGrant(at.storage, { userId, expiresAt: now - 1 })
      await at.storage.grants.end(gone.id, 'revoked_by_user')
      const ids = async (limit: number) =>
        (await at.storage.grants.listByUser(userId, limit)).map((view) => view.grant.id.toString('hex'))
      expect(await ids(10)).toEqual([second, first].map((grant) => grant.id.toString('hex')))
      expect(await ids(1)).toEqual([second.id.toString('hex')])
    })

    test('the live grants of a client are counted up to a limit', async () => {
      for (let i = 0; i < 5; i++) await liveGrant(at.storage, { clientId: 'counted', userId: i % 2 ? 'usr_x' : null })
      await liveGrant(at.storage, { clientId: 'counted', state: 'offered' })
      expect(await at.storage.grants.countByClient('counted', 100)).toBe(5)
      expect(await at.storage.grants.countByClient('counted', 3)).toBe(3)
      expect(await at.storage.grants.countByClient('nobody', 3)).toBe(0)
    })

    test('use is remembered at most once a day', async () => {
      const now = at.storage.clock.now()
      const grant = await liveGrant(at.storage, { userId: 'usr_used', usedAt: now })
      const usedAt = async () => {
        await at.storage.grants.listByUser('usr_used', 1)
        return (await at.storage.grants.find(grant.id))?.grant.usedAt
      }
      at.storage.grants.markUsed(grant.id, now + day / 2)
      expect(await usedAt()).toBe(now)
      at.storage.grants.markUsed(grant.id, now + day)
      at.storage.grants.markUsed(grant.id, now + day + 5)
      expect(await usedAt()).toBe(now + day + 5)
    })

    test('repeats are counted by network', async () => {
      const grant = await liveGrant(at.storage)
      expect(await at.storage.grants.repeats(grant.id)).toBeUndefined()
      const now = at.storage.clock.now()
      at.storage.grants.noteRepeat(grant.id, 'net1', now)
      at.storage.grants.noteRepeat(grant.id, 'net1', now + 1)
      at.storage.grants.noteRepeat(grant.id, 'net2', now + 2)
      expect(await at.storage.grants.repeats(grant.id)).toEqual({ count: 3, networks: 2, last: now + 2 })
      at.other.grants.noteRepeat(grant.id, 'net1', now + 3)
      expect(await at.other.grants.repeats(grant.id)).toEqual({ count: 4, networks: 2, last: now + 3 })
    })
  })
}

/** Grants by their people: ending many, the limit, the lists, use and repeats. */
import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
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

    test('a subscription key that ends takes along what was issued with it, at its own client alone', async () => {
      const of = (subscriptionKey: string) => ({ ...makeGrant(at.clock).context, subscriptionKey })
      const context = of('it\'s "a" key \\ ü')
      const make = (change: Partial<Grant>) => liveGrant(at.storage, { clientId: 'keyed', context, ...change })
      const own = [await make({}), await make({ userId: 'usr_eve' }), await make({ state: 'offered', step: 0 })]
      const others = [
        await make({ clientId: 'another' }),
        await make({ context: of('b') }),
        await make({ context: makeGrant(at.clock).context }),
        await make({ context: { ...of('b'), nonce: 'a\u0000b\ud800c' } }),
        await make({ context: { ...of('b'), nonce: `"subscriptionKey":${JSON.stringify(context.subscriptionKey)}` } }),
      ]
      const end = { clientId: 'keyed', subscriptionKey: context.subscriptionKey }
      expect(await at.other.grants.endAll({ ...end, subscriptionKey: 'nobody’s' }, 'revoked_by_operator')).toBe(0)
      expect(await at.storage.grants.endAll(end, 'revoked_by_operator')).toBe(3)
      expect(await at.other.grants.endAll(end, 'revoked_by_operator')).toBe(0)
      expect(await Promise.all(own.map(state))).toEqual(['ended', 'ended', 'ended'])
      expect(await Promise.all(others.map(state))).toEqual(others.map(() => 'live'))
      expect((await at.other.grants.find(own[0]?.id ?? randomBytes(16)))?.grant.endReason).toBe('revoked_by_operator')
      expect(await at.storage.grants.endAll({ ...end, subscriptionKey: '\0' }, 'revoked_by_operator')).toBe(0)
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

    test('use and the step that was seen are remembered a moment later, and neither moves back', async () => {
      const now = Math.floor(at.storage.clock.now())
      const grant = await liveGrant(at.storage, { userId: 'usr_used', usedAt: now, step: 5 })
      const row = async () => {
        const found = (await at.other.grants.find(grant.id))?.grant
        return [(found?.usedAt ?? 0) - now, found?.usedStep]
      }
      at.storage.grants.markUsed(grant.id, now + 5, 3)
      at.storage.grants.markUsed(grant.id, now + 2, 4)
      at.storage.grants.markUsed(randomBytes(16), now, 1)
      await expect.poll(row).toEqual([5, 4])
      at.other.grants.markUsed(grant.id, now + 7, 2)
      await expect.poll(row).toEqual([7, 4])
      at.other.grants.markUsed(grant.id, now + 1, 5)
      await expect.poll(row).toEqual([7, 5])
    })

    test('the list of a user can be had of the live ones alone, of one app, and from any place on', async () => {
      const userId: UserId = 'usr_paged'
      const now = at.storage.clock.now()
      const made: Grant[] = []
      for (let i = 0; i < 5; i++) {
        made.unshift(
          await liveGrant(at.storage, { userId, clientId: i % 2 ? 'odd' : 'even', createdAt: now - 5000 + i }),
        )
      }
      await liveGrant(at.storage, { userId, state: 'offered' })
      const ids = async (...of: [number, Parameters<typeof at.storage.grants.listByUser>[2]]) =>
        (await at.storage.grants.listByUser(userId, ...of)).map((view) => view.grant.id.toString('hex'))
      const expected = (grants: readonly Grant[]) => grants.map((grant) => grant.id.toString('hex'))
      expect(await ids(2, { state: 'live' })).toEqual(expected(made.slice(0, 2)))
      expect(await ids(2, { state: 'live', offset: 2 })).toEqual(expected(made.slice(2, 4)))
      expect(await ids(2, { state: 'live', offset: 4 })).toEqual(expected(made.slice(4)))
      expect(await ids(9, { clientId: 'odd' })).toEqual(expected(made.filter(({ clientId }) => clientId === 'odd')))
    })

    test('the apps of a user are those with live grants, with their first day and their last use', async () => {
      const userId: UserId = 'usr_apps'
      const now = Math.floor(at.storage.clock.now())
      const make = (clientId: string, since: number, used: number, change: Partial<Grant> = {}) =>
        liveGrant(at.storage, { userId, clientId, createdAt: now + since, usedAt: now + used, ...change })
      await make('a', -9000, -10)
      await make('a', -3000, -500)
      const old = await make('b', -9000, -4000)
      await make('gone', -1, 0, { expiresAt: now - 1 })
      await make('asked', -1, 0, { state: 'offered' })
      await at.storage.grants.end((await make('ended', -1, 0)).id, 'revoked_by_user')
      at.storage.grants.markUsed(old.id, now - 7, 1)
      const apps = [...(await at.storage.grants.appsOfUser(userId))].sort((a, b) => (a.clientId < b.clientId ? -1 : 1))
      expect(apps).toEqual([
        { clientId: 'a', since: now - 9000, lastUsed: now - 10 },
        { clientId: 'b', since: now - 9000, lastUsed: now - 7 },
      ])
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

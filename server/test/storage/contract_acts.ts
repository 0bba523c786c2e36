/** Acts: what changes more than one row, together with its row in the audit log. */
import { describe, expect, test, vi } from 'vitest'
import type { UserId } from '../../src/protocol/names.ts'
import type { AuditEvent } from '../../src/storage/contract.ts'
import type { Place } from './contract.ts'
import { addAccount, addClient, liveGrant } from './fixtures.ts'
import { opened } from './opened.ts'

export function actTests(place: () => Promise<Place>): void {
  describe('acts', () => {
    const at = opened(place)
    const event = (type: string): AuditEvent => ({
      at: 1,
      type,
      actor: null,
      operator: 'command:tester',
      subject: null,
      clientId: null,
      address: null,
      userAgent: null,
      requestId: null,
      detail: {},
    })
    const types = async () => (await at.other.audit.list(100)).map(({ type }) => type)

    test('what an act has done is there with its row in the log, and its listeners are called behind it', async () => {
      const userId = 'usr_acted' as UserId
      await addAccount(at.storage, 'Acted')
      await addClient(at.storage, 'acted')
      const grant = await liveGrant(at.storage, { userId, clientId: 'acted' })
      const listener = vi.fn()
      at.storage.onClientsChanged(listener)
      const said = await at.storage.act(async ({ accounts, clients, grants, audit }) => {
        await accounts.update(userId, { enabled: false })
        await clients.amend('acted', () => ({ status: 'disabled' }))
        expect(listener).not.toHaveBeenCalled()
        const ended = await grants.endAll({ userId }, 'revoked_by_operator')
        await audit.append([event('acted')])
        return ended
      })
      expect(said).toBe(1)
      expect(listener).toHaveBeenCalled()
      expect(await at.other.accounts.find(userId)).toMatchObject({ enabled: false })
      expect(await at.other.clients.find('acted')).toMatchObject({ status: 'disabled' })
      expect((await at.other.grants.find(grant.id))?.grant.endReason).toBe('revoked_by_operator')
      expect(await types()).toContain('acted')
    })

    test('an act that fails has changed nothing, whatever it had done before', async () => {
      await addAccount(at.storage, 'Kept')
      const grant = await liveGrant(at.storage, { userId: 'usr_kept' as UserId })
      const failing = at.storage.act(async ({ accounts, clients, consents, sessions, grants, audit }) => {
        await accounts.update('usr_kept' as UserId, { enabled: false })
        await clients.insert({ clientId: 'half', ownerId: null, status: 'enabled', metadata: {}, secrets: [] })
        await consents.remember('usr_kept' as UserId, 'half', ['basic'])
        await sessions.endAll('usr_kept' as UserId)
        await grants.endAll({ id: grant.id }, 'revoked_by_operator')
        await audit.append([event('half')])
        throw new Error('too late')
      })
      await expect(failing).rejects.toThrow('too late')
      expect(await at.other.accounts.find('usr_kept' as UserId)).toMatchObject({ enabled: true })
      expect(await at.other.clients.find('half')).toBeUndefined()
      expect(await at.other.consents.find('usr_kept' as UserId, 'half')).toBeUndefined()
      expect((await at.other.grants.find(grant.id))?.grant.state).toBe('live')
      expect(await types()).not.toContain('half')
      // The connection serves others as before.
      expect(await at.storage.act(({ accounts }) => accounts.find('usr_kept' as UserId))).toBeDefined()
    })

    test('of many acts that take one name, one has it and the others are told', async () => {
      const taking = (i: number) =>
        (i % 2 ? at.storage : at.other).act(async ({ accounts, audit }) => {
          const id = `usr_taking${i}` as UserId
          const names = { username: `taking${i}`, email: 'Taken@example.com', emailVerified: false }
          const made = await accounts.insert({ id, ...names, passwordHash: null, roles: [], claims: {} })
          if (typeof made !== 'string') await audit.append([event('taken')])
          return typeof made === 'string' ? made : 'made'
        })
      const outcomes = await Promise.all(Array.from({ length: 12 }, (_, i) => taking(i)))
      expect(outcomes.sort()).toEqual([...Array<string>(11).fill('email_taken'), 'made'])
      expect((await types()).filter((type) => type === 'taken')).toHaveLength(1)

      await Promise.all(['one', 'two', 'three'].map((name) => addAccount(at.storage, name)))
      const renamed = await Promise.all(
        ['one', 'two', 'three'].map((name, i) =>
          (i % 2 ? at.storage : at.other).act(async ({ accounts }) => {
            const after = await accounts.update(`usr_${name}` as UserId, { username: 'Renamed' })
            return typeof after === 'string' ? after : 'renamed'
          }),
        ),
      )
      expect(renamed.sort()).toEqual(['renamed', 'username_taken', 'username_taken'])
    })

    test('an act that waits for anything but its own verbs is a fault, and not a standstill', async () => {
      await addAccount(at.storage, 'Still')
      const astray = at.storage.act(async ({ accounts }) => {
        await accounts.update('usr_still' as UserId, { enabled: false })
        await at.storage.accounts.find('usr_still' as UserId)
      })
      await expect(astray).rejects.toThrow('nothing but the verbs')
      expect(await at.storage.accounts.find('usr_still' as UserId)).toMatchObject({ enabled: true })
    })

    test("moveOwn moves a client's grants without user, and no others", async () => {
      await addClient(at.storage, 'mover')
      const own = await liveGrant(at.storage, { clientId: 'mover', userId: null })
      const personal = await liveGrant(at.storage, { clientId: 'mover' })
      const foreign = await liveGrant(at.storage, { clientId: 'other', userId: null })
      const listener = vi.fn()
      at.storage.onClientsChanged(listener)
      await at.storage.grants.moveOwn('mover')
      expect(listener).toHaveBeenCalled()
      const step = async ({ id }: { id: Buffer }) => (await at.other.grants.find(id))?.grant.step
      expect([await step(own), await step(personal), await step(foreign)]).toEqual([
        own.step + 1,
        personal.step,
        foreign.step,
      ])
    })
  })
}

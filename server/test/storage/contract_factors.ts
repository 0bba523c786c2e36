/** Second factors: a step of an app and a recovery code are used once, whoever else tries at the same time. */
import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { Place } from './contract.ts'
import { addAccount } from './fixtures.ts'
import { opened } from './opened.ts'

const sealed = { generation: 1, sealed: 'sealed' }

export function factorTests(place: () => Promise<Place>): void {
  describe('second factors', () => {
    const at = opened(place)

    async function addPerson(name: string) {
      const account = await addAccount(at.storage, name)
      if (typeof account === 'string') throw new Error(account)
      return account.id
    }

    test('an account has one app, and what was used of it never goes back', async () => {
      const id = await addPerson('factor-app')
      const { factors } = at.storage
      expect(await factors.find(id)).toBeUndefined()
      expect(await factors.addTotp(id, sealed, 10)).toBe(true)
      expect(await at.other.factors.addTotp(id, sealed, 11)).toBe(false)
      expect((await at.other.factors.find(id))?.totp).toMatchObject({
        seed: sealed,
        step: 10,
        failures: 0,
        usedAt: null,
      })
      for (const [step, taken] of [
        [10, false],
        [9, false],
        [12, true],
        [11, false],
      ] as const) {
        expect(await at.other.factors.useTotp(id, step), `${step}`).toBe(taken)
      }
      expect(await factors.removeTotp(id)).toBe(true)
      expect(await factors.removeTotp(id)).toBe(false)
      expect(await factors.useTotp(id, 99)).toBe(false)
    })

    test('of fifty callers with one step, and fifty with one recovery code, one is first', async () => {
      const id = await addPerson('factor-race')
      await at.storage.factors.addTotp(id, sealed, 1)
      const [code, other] = [randomBytes(32), randomBytes(32)]
      await at.storage.factors.setRecoveryCodes(id, sealed, [code, other])
      const nodes = Array.from({ length: 50 }, (_, i) => (i % 2 === 0 ? at.storage : at.other).factors)
      const taken = await Promise.all(nodes.map((factors) => factors.useTotp(id, 2)))
      expect(taken.filter((one) => one)).toHaveLength(1)
      const struck = await Promise.all(nodes.map((factors) => factors.useRecoveryCode(id, code)))
      expect(struck.filter((left) => left !== undefined)).toEqual([1])
      expect(await at.storage.factors.useRecoveryCode(id, randomBytes(32))).toBeUndefined()
    })

    test('new recovery codes end those before', async () => {
      const id = await addPerson('factor-codes')
      const { factors } = at.storage
      const [old, fresh] = [randomBytes(32), randomBytes(32)]
      await factors.setRecoveryCodes(id, sealed, [old])
      await factors.setRecoveryCodes(id, sealed, [fresh])
      expect(await factors.useRecoveryCode(id, old)).toBeUndefined()
      expect((await at.other.factors.find(id))?.recovery).toMatchObject({ key: sealed, left: 1 })
      expect(await factors.useRecoveryCode(id, fresh)).toBe(0)
    })

    test('failures count until something is proved or a link is used, and a removal waits until then', async () => {
      const id = await addPerson('factor-failures')
      const { factors } = at.storage
      await factors.addTotp(id, sealed, 1)
      await factors.setRecoveryCodes(id, sealed, [randomBytes(32)])
      const counted = async () => {
        const found = await at.other.factors.find(id)
        return [found?.totp?.failures, found?.recovery?.failures, found?.removalAt, found?.linkAt]
      }
      await Promise.all(Array.from({ length: 20 }, () => factors.countFailure(id, 'totp')))
      await factors.countFailure(id, 'recovery')
      expect(await factors.askRemoval(id, 500)).toBe(true)
      expect(await at.other.factors.askRemoval(id, 600)).toBe(false)
      expect(await counted()).toEqual([20, 1, 500, null])
      expect(await factors.proved(id)).toBe(true)
      expect(await factors.proved(id)).toBe(false)
      expect(await counted()).toEqual([0, 0, null, null])
      await factors.countFailure(id, 'totp')
      await factors.noteLink(id, 700)
      expect(await counted()).toEqual([0, 0, null, 700])
      expect(await factors.askRemoval(id, 800)).toBe(true)
      expect(await factors.cancelRemoval(id)).toBe(true)
      expect(await factors.cancelRemoval(id)).toBe(false)
    })

    test('secrets under an older root secret are found, and sealed anew unless they have changed', async () => {
      const id = await addPerson('factor-sealed')
      const { factors } = at.storage
      await factors.addTotp(id, sealed, 1)
      await factors.setRecoveryCodes(id, sealed, [randomBytes(32)])
      const ids = async (generation: number) => (await factors.listSealedBefore(generation, 100)).includes(id)
      expect([await ids(1), await ids(2)]).toEqual([false, true])
      const newer = { generation: 2, sealed: 'anew' }
      await factors.reseal(id, 'totp', { generation: 1, sealed: 'another' }, newer)
      await factors.reseal(id, 'recovery', sealed, newer)
      expect(await ids(2)).toBe(true)
      await factors.reseal(id, 'totp', sealed, newer)
      expect(await ids(2)).toBe(false)
      expect(await factors.find(id)).toMatchObject({ totp: { seed: newer }, recovery: { key: newer } })
      expect(await factors.listSealedBefore(2, 100, id)).toEqual([])
    })

    test('all of it goes when it is cleared, and with the account', async () => {
      const id = await addPerson('factor-gone')
      const { factors } = at.storage
      await factors.addTotp(id, sealed, 1)
      await factors.setRecoveryCodes(id, sealed, [randomBytes(32)])
      await factors.clear(id)
      expect(await factors.find(id)).toBeUndefined()
      await factors.addTotp(id, sealed, 1)
      expect((await factors.find(id))?.recovery).toBeUndefined()
      await at.storage.accounts.erase(id)
      expect(await at.other.factors.find(id)).toBeUndefined()
    })
  })
}

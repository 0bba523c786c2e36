/** Subscription keys, and what is counted of them. */
import { beforeAll, describe, expect, test } from 'vitest'
import type { UserId } from '../../src/protocol/names.ts'
import type { SubscriptionKey } from '../../src/storage/contract.ts'
import type { Place } from './contract.ts'
import { addAccount } from './fixtures.ts'
import { opened } from './opened.ts'

let counter = 0

function makeKey(owner: UserId, more: Partial<SubscriptionKey> = {}): SubscriptionKey {
  const id = `key ${++counter}`
  return {
    id,
    owner,
    name: 'Meter',
    start: 'abcd',
    disabled: null,
    collaborators: [],
    openToAll: false,
    createdAt: 5,
    digest: id,
    previous: null,
    use: null,
    ...more,
  }
}

export function subscriptionKeyTests(place: () => Promise<Place>): void {
  describe('subscription keys', () => {
    const at = opened(place)
    let owner: UserId
    let friend: UserId
    beforeAll(async () => {
      owner = await person()
      friend = await person()
    })
    const person = async (): Promise<UserId> => {
      const account = await addAccount(at.storage, `person${++counter}`)
      if (typeof account === 'string') throw new Error(account)
      return account.id
    }

    test('all of a key is found again, by its id and by every text that opens it', async () => {
      const [owner, friend] = [await person(), await person()]
      const previous = { digest: 'the text before', start: 'wxyz', until: 99 }
      const key = makeKey(owner, {
        collaborators: [friend],
        disabled: 'operator',
        openToAll: true,
        digest: 'the text',
        previous,
      })
      expect(await at.storage.subscriptionKeys.insert(key)).toBe('inserted')
      const { subscriptionKeys } = at.other
      expect(await subscriptionKeys.find(key.id)).toEqual(key)
      for (const text of [key.id, 'the text', 'the text before']) {
        expect(await subscriptionKeys.findByText(text), text).toEqual(key)
      }
      expect(await subscriptionKeys.findByText('another')).toBeUndefined()
      expect(await subscriptionKeys.insert(key)).toBe('taken')
      expect(await subscriptionKeys.listByUser(owner)).toEqual([key])
      expect(await subscriptionKeys.listByUser(friend)).toEqual([key])
      expect(await subscriptionKeys.list()).toContainEqual(key)
    })

    test('nobody gets more than there is room for, however many are made at once', async () => {
      const id = await person()
      const made = await Promise.all(
        Array.from({ length: 8 }, (_, i) => (i % 2 ? at.storage : at.other).subscriptionKeys.insert(makeKey(id), 3)),
      )
      expect(made.filter((one) => one === 'inserted')).toHaveLength(3)
      expect(made.filter((one) => one === 'full')).toHaveLength(5)
      expect(await at.storage.subscriptionKeys.insert(makeKey('usr_nobody' as UserId), 3)).toBe('full')
    })

    test('a key is amended from what it is, by several processes at once, or not at all', async () => {
      const key = makeKey(owner, { name: '' })
      await at.storage.subscriptionKeys.insert(key)
      const append = (i: number) =>
        (i % 2 ? at.storage : at.other).subscriptionKeys.amend(key.id, (present) => ({
          ...present,
          name: `${present.name}x`,
        }))
      await Promise.all(Array.from({ length: 10 }, (_, i) => append(i)))
      const after = await at.other.subscriptionKeys.find(key.id)
      expect(after?.name).toBe('x'.repeat(10))
      expect(await at.storage.subscriptionKeys.amend(key.id, () => undefined)).toBeUndefined()
      expect(await at.storage.subscriptionKeys.amend('nothing', (present) => present)).toBeUndefined()
    })

    test('uses are added by day, and an earlier day never replaces a later one', async () => {
      const { subscriptionKeys } = at.storage
      const key = makeKey(owner)
      await subscriptionKeys.insert(key)
      const use = async () => (await at.other.subscriptionKeys.find(key.id))?.use
      const add = (day: string, lastUsed: number, count: number) =>
        subscriptionKeys.addUses([
          { id: key.id, day, lastUsed, count },
          { id: 'gone', day, lastUsed, count },
        ])
      await add('2026-01-01', 10, 2)
      await add('2026-01-01', 8, 3)
      expect(await use()).toEqual({ day: '2026-01-01', lastUsed: 10, count: 5 })
      await add('2026-01-02', 20, 1)
      await add('2026-01-01', 30, 7)
      expect(await use()).toEqual({ day: '2026-01-02', lastUsed: 30, count: 1 })
      await subscriptionKeys.amend(key.id, (present) => ({ ...present, name: 'Renamed' }))
      expect(await use()).toEqual({ day: '2026-01-02', lastUsed: 30, count: 1 })
    })

    test('a key goes with all that belongs to it, and so do those of an account that is deleted', async () => {
      const { subscriptionKeys, accounts } = at.storage
      const key = makeKey(owner, { collaborators: [friend] })
      await subscriptionKeys.insert(key)
      expect(await subscriptionKeys.delete(key.id)).toBe(true)
      expect(await subscriptionKeys.delete(key.id)).toBe(false)
      await subscriptionKeys.insert({ ...key, collaborators: [] })
      expect(await subscriptionKeys.find(key.id)).toMatchObject({ collaborators: [] })
      const shared = makeKey(owner, { collaborators: [friend] })
      const theirs = makeKey(friend)
      await subscriptionKeys.insert(shared)
      await subscriptionKeys.insert(theirs)
      expect(await accounts.erase(friend)).toBe('erased')
      expect(await subscriptionKeys.find(theirs.id)).toBeUndefined()
      expect((await subscriptionKeys.find(shared.id))?.collaborators).toEqual([])
      expect(await subscriptionKeys.listByUser(friend)).toEqual([])
    })
  })
}

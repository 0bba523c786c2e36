/** Requests for access: one that waits for an address, decided once. */
import { describe, expect, test } from 'vitest'
import { hour } from '../../src/lib/clock.ts'
import type { Place } from './contract.ts'
import { opened } from './opened.ts'

export function accessRequestTests(place: () => Promise<Place>): void {
  describe('requests for access', () => {
    const at = opened(place)

    const request = (id: string, more = {}) => ({
      id,
      email: `${id}@Example.com`,
      appName: 'Tide Table',
      purpose: 'Tides\nand more',
      website: null,
      language: 'en',
      askedAt: at.clock.now(),
      expiresAt: at.clock.now() + hour,
      ...more,
    })

    test('a newer one of an address takes the place of the one that waits, and of none that was approved', async () => {
      const { accessRequests } = at.storage
      await accessRequests.put(request('first', { email: 'Dora@example.com' }))
      expect(await accessRequests.find('first')).toMatchObject({ email: 'Dora@example.com', clientId: null })
      await at.other.accessRequests.put(request('second', { email: 'dora@example.com' }))
      expect(await accessRequests.find('first')).toBeUndefined()
      await accessRequests.approve('second', 'tides', at.clock.now() + hour)
      await accessRequests.put(request('third', { email: 'dora@example.com', askedAt: 1 }))
      expect((await accessRequests.list(10)).map(({ id }) => id)).toEqual(['third', 'second'])
      expect(await accessRequests.countWaiting()).toBe(1)
      await accessRequests.takeWaiting('third')
      await accessRequests.takeApproved('second')
    })

    test('of any number who decide one at once, one does, and it is taken as what it is', async () => {
      const { accessRequests } = at.storage
      await accessRequests.put(request('busy'))
      expect(await accessRequests.takeApproved('busy')).toBeUndefined()
      const decided = await Promise.all(
        Array.from({ length: 50 }, (_, n) =>
          (n % 2 === 0 ? accessRequests : at.other.accessRequests).approve('busy', `app${n}`, at.clock.now() + hour),
        ),
      )
      const [one, ...more] = decided.filter((found) => found !== undefined)
      expect(more).toEqual([])
      expect(await accessRequests.find('busy')).toEqual(one)
      expect(await accessRequests.takeWaiting('busy')).toBeUndefined()
      const taken = await Promise.all(Array.from({ length: 10 }, () => at.other.accessRequests.takeApproved('busy')))
      expect(taken.filter((found) => found !== undefined)).toEqual([one])
    })

    test('the sweep takes those that are over, and extending puts that off', async () => {
      const { accessRequests } = at.storage
      await accessRequests.put(request('late'))
      await accessRequests.put(request('kept'))
      await accessRequests.extend('kept', at.clock.now() + 3 * hour)
      at.clock.move(2 * hour)
      await at.storage.sweep({ rows: 30 * 24 * hour, audit: 400 * 24 * hour })
      expect((await accessRequests.list(10)).map(({ id }) => id)).toEqual(['kept'])
      await accessRequests.takeWaiting('kept')
    })
  })
}

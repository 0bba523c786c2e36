/** Mailed links: one of a kind and subject, taken once. */
import { describe, expect, test } from 'vitest'
import { day, hour } from '../../src/lib/clock.ts'
import type { UserId } from '../../src/protocol/names.ts'
import type { MailedLink } from '../../src/storage/contract.ts'
import type { Place } from './contract.ts'
import { addAccount } from './fixtures.ts'
import { opened } from './opened.ts'

export function mailedLinkTests(place: () => Promise<Place>): void {
  describe('mailed links', () => {
    const at = opened(place)

    const link = (id: string, more: Partial<MailedLink> = {}): Omit<MailedLink, 'tries'> => ({
      id,
      kind: 'reset',
      subject: id,
      userId: null,
      standing: 'as it was',
      madeAt: 1,
      expiresAt: at.clock.now() + hour,
      content: 'sealed',
      ...more,
    })

    test('a newer one of a kind and subject takes the place of the older one, with its tries', async () => {
      const { mailedLinks } = at.storage
      await mailedLinks.put(link('first', { subject: 'one' }))
      await mailedLinks.put(link('other kind', { subject: 'one', kind: 'address' }))
      expect(await mailedLinks.tryCode('first', 1)).toBe(true)
      const second = link('second', { subject: 'one', content: null })
      await at.other.mailedLinks.put(second)
      expect(await mailedLinks.find('first')).toBeUndefined()
      expect(await mailedLinks.find('second')).toEqual({ ...second, tries: 0 })
      expect(await mailedLinks.find('other kind')).toMatchObject({ kind: 'address' })
      await mailedLinks.end('one')
      expect(await mailedLinks.find('second')).toBeUndefined()
      expect(await mailedLinks.find('other kind')).toBeUndefined()
    })

    test('of many who take one, one gets it; of many tries at once no more count than may', async () => {
      await at.storage.mailedLinks.put(link('raced'))
      const both = (i: number) => (i % 2 ? at.storage : at.other).mailedLinks
      const tried = await Promise.all(Array.from({ length: 50 }, (_, i) => both(i).tryCode('raced', 5)))
      expect(tried.filter((one) => one)).toHaveLength(5)
      const taken = await Promise.all(Array.from({ length: 50 }, (_, i) => both(i).take('raced')))
      expect(taken.filter((one) => one)).toHaveLength(1)
      expect(await at.storage.mailedLinks.tryCode('raced', 9)).toBe(false)
    })

    test('an ID that cannot be one is nobody’s', async () => {
      expect(await at.storage.mailedLinks.find('a\0b')).toBeUndefined()
    })

    test('it goes with its account, and when it is over', async () => {
      const userId = 'usr_linked' as UserId
      await addAccount(at.storage, 'Linked')
      await at.storage.mailedLinks.put(link('of account', { userId }))
      await at.storage.mailedLinks.put(link('over', { expiresAt: at.clock.now() - 1 }))
      await at.storage.mailedLinks.put(link('stays'))
      await at.storage.accounts.erase(userId)
      await at.storage.sweep({ rows: day, audit: day })
      const left = await Promise.all(['of account', 'over', 'stays'].map((id) => at.storage.mailedLinks.find(id)))
      expect(left.map((one) => one?.id)).toEqual([undefined, undefined, 'stays'])
    })
  })
}

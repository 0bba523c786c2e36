/** Claims: a single-use id is claimed once. */
import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { hour } from '../../src/lib/clock.ts'
import type { Place } from './contract.ts'
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

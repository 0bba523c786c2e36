/** The order of releases. */
import { expect, test } from 'vitest'
import { isOlderRelease } from '../../src/lib/release.ts'

test('releases are in the order of their numbers, and what comes before a release is older than it', () => {
  const inOrder = ['0.1.9', '0.1.10', '0.2.0-rc.1', '0.2.0', '0.10.0', '1.0.0']
  for (const [i, one] of inOrder.entries()) {
    for (const [j, other] of inOrder.entries()) expect(isOlderRelease(one, other), `${one} ${other}`).toBe(i < j)
  }
  expect(isOlderRelease('unknown', '0.1.0')).toBe(true)
})

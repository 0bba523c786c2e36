/** Work that is done a little later. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { soon } from '../../src/lib/take_turns.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

test('it is done once for all calls until then, at a moment by chance and never within the call', () => {
  let done = 0
  const call = soon(() => done++, 500)
  const chance = vi.spyOn(Math, 'random').mockReturnValue(0.5)
  call()
  call()
  vi.advanceTimersByTime(249)
  expect(done).toBe(0)
  vi.advanceTimersByTime(1)
  expect(done).toBe(1)
  chance.mockReturnValue(0)
  call()
  expect(done).toBe(1)
  vi.advanceTimersByTime(1)
  expect(done).toBe(2)
})

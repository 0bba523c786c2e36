/** Rows that are kept for a moment: when they are read again, and who gets what is being read. */
import { describe, expect, test } from 'vitest'
import { keepRows } from '../../src/runtime/kept/rows.ts'
import { movedClock } from './fixtures.ts'

function setting(size?: number) {
  const clock = movedClock()
  const listeners: (() => void)[] = []
  const rows = new Map([['a', 1]])
  const asked: string[] = []
  let held: Promise<void> | undefined
  const storage = { onClientsChanged: (listener: () => void) => void listeners.push(listener), noticeChanges: () => {} }
  const kept = keepRows(
    { storage, clock },
    async (key: string) => {
      asked.push(key)
      const row = rows.get(key)
      await held
      if (row === 0) throw new Error('away')
      return row
    },
    size,
  )
  return {
    clock,
    rows,
    asked,
    kept,
    change: () => listeners.forEach((listener) => void listener()),
    /** Whoever reads has to wait until the answer is called. */
    hold(): () => void {
      let release = () => {}
      held = new Promise<void>((resolve) => {
        release = resolve
      })
      return () => {
        held = undefined
        release()
      }
    },
  }
}

describe('a row that is kept', () => {
  test('is read once for many who ask at once, and again after five seconds, also of a clock set back', async () => {
    const { clock, rows, asked, kept } = setting()
    expect(await Promise.all([kept.find('a'), kept.find('a')])).toEqual([1, 1])
    rows.set('a', 2)
    clock.move(4900)
    expect(await kept.find('a')).toBe(1)
    clock.move(100)
    expect(await kept.find('a')).toBe(2)
    clock.move(-60_000)
    await kept.find('a')
    expect(asked).toEqual(['a', 'a', 'a'])
  })

  test('is not what was read before a change, however long that took', async () => {
    const { rows, kept, change, hold } = setting()
    const release = hold()
    const before = kept.find('a')
    rows.set('a', 2)
    change()
    const after = kept.find('a')
    release()
    expect(await Promise.all([before, after])).toEqual([1, 2])
    expect(await kept.find('a')).toBe(2)
  })

  test('remembers neither a row that does not exist nor one that could not be read', async () => {
    const { rows, asked, kept } = setting()
    expect([await kept.find('b'), await kept.find('b')]).toEqual([undefined, undefined])
    rows.set('b', 0)
    await expect(kept.find('b')).rejects.toThrow('away')
    rows.set('b', 3)
    expect(await kept.find('b')).toBe(3)
    expect(asked).toHaveLength(4)
  })

  test('takes no more room than there is', async () => {
    const { rows, asked, kept } = setting(2)
    for (const key of ['b', 'c']) rows.set(key, 9)
    for (const key of ['a', 'b', 'c', 'c', 'a']) await kept.find(key)
    expect(asked).toEqual(['a', 'b', 'c', 'a'])
  })
})

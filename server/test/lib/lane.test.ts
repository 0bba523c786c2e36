/** Work that waits its turn. */
import { expect, test, vi } from 'vitest'
import { createLane, LaneFull } from '../../src/lib/lane.ts'

const limits = { running: 2, waiting: 3, ofOne: { running: 1, waiting: 2 }, refusedAfter: 0 }

/** Work that says when it begins and ends when it is told to. */
function works() {
  const begun: string[] = []
  const ends = new Map<string, (error?: Error) => void>()
  return {
    begun,
    work: (name: string) => () =>
      new Promise<string>((resolve, reject) => {
        begun.push(name)
        ends.set(name, (error) => (error === undefined ? resolve(name) : reject(error)))
      }),
    async end(name: string, error?: Error): Promise<void> {
      ends.get(name)?.(error)
      await new Promise((resolve) => setImmediate(resolve))
    },
  }
}

test('one owner keeps nobody else from running, and what waits comes in the order of arrival', async () => {
  const lane = createLane(limits)
  const { begun, work, end } = works()
  const done = [lane.add('ann', work('a1')), lane.add('ann', work('a2')), lane.add('ann', work('a3'))]
  done.push(lane.add('bob', work('b1')))
  await end('')
  expect(begun).toEqual(['a1', 'b1'])
  await end('a1')
  expect(begun).toEqual(['a1', 'b1', 'a2'])
  await end('b1')
  expect(begun).toEqual(['a1', 'b1', 'a2'])
  await end('a2')
  await end('a3')
  expect(await Promise.all(done)).toEqual(['a1', 'a2', 'a3', 'b1'])
})

test('too much of one owner, and too much of everybody, is refused', async () => {
  const lane = createLane(limits)
  const { begun, work, end } = works()
  const refused = (of: string) => expect.objectContaining({ name: 'LaneFull', of })
  const done = [lane.add('ann', work('a1')), lane.add('ann', work('a2')), lane.add('ann', work('a3'))]
  await expect(lane.add('ann', work('a4'))).rejects.toEqual(refused('owner'))
  done.push(lane.add('bob', work('b1')), lane.add('cem', work('c1')))
  await expect(lane.add('dan', work('d1'))).rejects.toBeInstanceOf(LaneFull)
  await expect(lane.add('eve', work('e1'))).rejects.toEqual(refused('everybody'))
  for (const name of ['a1', 'b1', 'c1', 'a2', 'a3']) await end(name)
  await Promise.all(done)
  expect(begun).not.toContain('a4')
})

test('a refusal comes after a while, so that whoever asks again at once costs little', async () => {
  vi.useFakeTimers()
  try {
    const lane = createLane({ ...limits, waiting: 0, refusedAfter: 1000 })
    const { work } = works()
    void lane.add('ann', work('a1'))
    let refused: unknown
    const asked = lane.add('ann', work('a2')).catch((error) => {
      refused = error
    })
    await vi.advanceTimersByTimeAsync(999)
    expect(refused).toBeUndefined()
    await vi.advanceTimersByTimeAsync(1)
    await asked
    expect(refused).toBeInstanceOf(LaneFull)
  } finally {
    vi.useRealTimers()
  }
})

test('work that fails gives its place to the next', async () => {
  const lane = createLane(limits)
  const { work, end } = works()
  const failing = lane.add('ann', work('a1'))
  const next = lane.add('ann', work('a2'))
  await end('')
  await Promise.all([expect(failing).rejects.toThrow('broken'), end('a1', new Error('broken'))])
  await end('a2')
  expect(await next).toBe('a2')
})

test('whoever has had work that took long keeps their own turn for a multiple of that, after it was answered', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'performance'] })
  try {
    const lane = createLane({ ...limits, running: 1, long: { after: 100, times: 3, running: 1 } })
    const { begun, work, end } = works()
    const first = lane.add('ann', work('a1'))
    const again = lane.add('ann', work('a2'))
    const other = lane.add('bob', work('b1'))
    await end('')
    vi.advanceTimersByTime(400)
    await end('a1')
    expect(await first).toBe('a1')
    // Others do not wait for that.
    expect(begun).toEqual(['a1', 'b1'])
    await end('b1')
    expect(await other).toBe('b1')
    vi.advanceTimersByTime(1199)
    await end('')
    expect(begun).toEqual(['a1', 'b1'])
    vi.advanceTimersByTime(2)
    await end('')
    expect(begun).toEqual(['a1', 'b1', 'a2'])
    // What is short is no reason to rest.
    const last = lane.add('ann', work('a3'))
    await end('a2')
    expect(await again).toBe('a2')
    expect(begun).toEqual(['a1', 'b1', 'a2', 'a3'])
    await end('a3')
    expect(await last).toBe('a3')
  } finally {
    vi.useRealTimers()
  }
})

test('what work has to get ready is not its own time', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'performance'] })
  try {
    const lane = createLane({ ...limits, long: { after: 100, times: 3, running: 1 } })
    const { begun, work, end } = works()
    const first = lane.add('ann', (ready) => {
      vi.advanceTimersByTime(400)
      ready()
      return work('a1')()
    })
    const again = lane.add('ann', work('a2'))
    await end('')
    vi.advanceTimersByTime(99)
    await end('a1')
    expect(await first).toBe('a1')
    expect(begun).toEqual(['a1', 'a2'])
    await end('a2')
    expect(await again).toBe('a2')
  } finally {
    vi.useRealTimers()
  }
})

test('those who have had work that took long share one turn, and others find room beside them', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'performance'] })
  try {
    const lane = createLane({ ...limits, long: { after: 100, times: 0, running: 1 } })
    const { begun, work, end } = works()
    const done = [lane.add('ann', work('a1')), lane.add('bob', work('b1'))]
    await end('')
    vi.advanceTimersByTime(200)
    await end('a1')
    await end('b1')
    vi.advanceTimersByTime(1)
    done.push(lane.add('ann', work('a2')), lane.add('bob', work('b2')), lane.add('cid', work('c1')))
    await end('')
    expect(begun).toEqual(['a1', 'b1', 'a2', 'c1'])
    await end('c1')
    expect(begun).toHaveLength(4)
    await end('a2')
    expect(begun).toEqual(['a1', 'b1', 'a2', 'c1', 'b2'])
    await end('b2')
    expect(await Promise.all(done)).toEqual(['a1', 'b1', 'a2', 'b2', 'c1'])
    // A minute later they are like all others.
    vi.advanceTimersByTime(60_000)
    const later = [lane.add('ann', work('a3')), lane.add('bob', work('b3'))]
    await end('')
    expect(begun.slice(5)).toEqual(['a3', 'b3'])
    await end('a3')
    await end('b3')
    await Promise.all(later)
  } finally {
    vi.useRealTimers()
  }
})

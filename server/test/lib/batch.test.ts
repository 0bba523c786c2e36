/** Group commit, apart from any database. */
import { expect, test } from 'vitest'
import { createBatcher, type Settled } from '../../src/lib/batch.ts'

const echo = (items: readonly number[]): Settled<number>[] => items.map((item) => ({ ok: item }))

test('what arrives in one turn goes into one batch, what arrives during it into the next', async () => {
  const batches: number[][] = []
  let release: () => void = () => undefined
  const gate = new Promise<void>((resolve) => {
    release = resolve
  })
  const batcher = createBatcher<number, number>(async (items) => {
    batches.push([...items])
    await gate
    return echo(items)
  })
  const first = [batcher.add(1), batcher.add(2)]
  await new Promise((resolve) => setImmediate(resolve))
  await new Promise((resolve) => setImmediate(resolve))
  const later = [batcher.add(3), batcher.add(4)]
  release()
  expect(await Promise.all([...first, ...later])).toEqual([1, 2, 3, 4])
  expect(batches).toEqual([
    [1, 2],
    [3, 4],
  ])
})

test('only one batch is under way at a time, and none is larger than the limit', async () => {
  let running = 0
  const sizes: number[] = []
  const batcher = createBatcher<number, number>(
    async (items) => {
      running++
      expect(running).toBe(1)
      sizes.push(items.length)
      await new Promise((resolve) => setImmediate(resolve))
      running--
      return echo(items)
    },
    { limit: 10 },
  )
  const items = Array.from({ length: 35 }, (_, i) => i)
  expect(await Promise.all(items.map((item) => batcher.add(item)))).toEqual(items)
  expect(sizes).toEqual([10, 10, 10, 5])
})

test('an item that fails fails alone, a batch that throws fails together, and the next one runs', async () => {
  const batcher = createBatcher<number, number>((items) => {
    if (items.includes(99)) throw new Error('the whole batch')
    return items.map((item) => (item < 0 ? { error: new Error('this item') } : { ok: item }))
  })
  const settle = (items: number[]) => Promise.allSettled(items.map((item) => batcher.add(item)))
  expect((await settle([1, -1, 2])).map((one) => one.status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect((await settle([1, 99])).map((one) => one.status)).toEqual(['rejected', 'rejected'])
  expect(await batcher.add(5)).toBe(5)
})

test('an item without an answer is rejected, not left waiting', async () => {
  const batcher = createBatcher<number, number>(() => [{ ok: 1 }])
  const [first, second] = await Promise.allSettled([batcher.add(1), batcher.add(2)])
  expect([first?.status, second?.status]).toEqual(['fulfilled', 'rejected'])
})

test('idle waits for all that was added', async () => {
  const done: number[] = []
  const batcher = createBatcher<number, number>(
    async (items) => {
      await new Promise((resolve) => setImmediate(resolve))
      done.push(...items)
      return echo(items)
    },
    { limit: 1 },
  )
  await batcher.idle()
  void batcher.add(1)
  void batcher.add(2)
  await batcher.idle()
  expect(done).toEqual([1, 2])
})

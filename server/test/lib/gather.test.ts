/** Remarks that are gathered and written together. */
import { expect, test } from 'vitest'
import { createGatherer } from '../../src/lib/gather.ts'

test('values under one key are merged and written once', async () => {
  const written: [string, number][] = []
  const gatherer = createGatherer<string, number>(
    (a, b) => a + b,
    async (entries) => void written.push(...entries),
  )
  gatherer.add('a', 1)
  gatherer.add('b', 5)
  gatherer.add('a', 2)
  await gatherer.flush()
  await gatherer.flush()
  expect(written).toEqual([
    ['a', 3],
    ['b', 5],
  ])
})

test('what is gathered is written by itself after a moment', async () => {
  const written = new Promise<[string, number][]>((resolve) => {
    createGatherer<string, number>(Math.max, async (entries) => resolve(entries)).add('a', 1)
  })
  expect(await written).toEqual([['a', 1]])
})

test('a write that fails is given up and the next one is made', async () => {
  const written: number[] = []
  const gatherer = createGatherer<string, number>(Math.max, async ([entry]) => {
    if (entry?.[1] === 1) throw new Error('no')
    written.push(entry?.[1] ?? 0)
  })
  gatherer.add('a', 1)
  await gatherer.flush()
  gatherer.add('a', 2)
  await gatherer.flush()
  expect(written).toEqual([2])
})

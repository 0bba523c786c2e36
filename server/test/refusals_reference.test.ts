/** The page about refusals is what their table says, and each row helps its reader on. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { refusals } from '../src/protocol/refusal.ts'
import { subjects } from '../src/protocol/refusals/index.ts'
import { refusalsReference } from '../src/protocol/refusals/reference.ts'

test('docs/refusals.md is current; npm run docs:refusals writes it anew', () => {
  const page = readFileSync(new URL('../../docs/refusals.md', import.meta.url), 'utf8')
  expect(page).toBe(refusalsReference())
})

test('every reason belongs to one subject', () => {
  const names = Object.values(subjects).flatMap((rows) => Object.keys(rows))
  expect(names.sort()).toEqual(Object.keys(refusals).sort())
})

test('every reason has its cause and its repair, in whole sentences', () => {
  const sentence = /^[A-Z].*\.$/
  const wrong = Object.entries(refusals).filter(
    ([, { cause, repair }]) => !sentence.test(cause) || !sentence.test(repair),
  )
  expect(wrong.map(([reason]) => reason)).toEqual([])
})

/** The pages below `docs/musts` say what the rows of the index say. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { mustsPages } from './docs.ts'
import { allGuards } from './guards.ts'
import { index } from './rows/index.ts'
import { untried, untriedRules } from './untried.ts'

const folder = fileURLToPath(new URL('../../../docs/musts', import.meta.url))

test('docs/musts is current; npm run docs:musts writes it anew', () => {
  const pages = mustsPages()
  if (process.env.MUSTS === 'write') {
    mkdirSync(folder, { recursive: true })
    for (const [name, text] of pages) writeFileSync(join(folder, name), text)
  }
  expect(readdirSync(folder).sort()).toEqual([...pages.keys()].sort())
  for (const [name, text] of pages) expect(readFileSync(join(folder, name), 'utf8'), name).toBe(text)
})

test('every guard has a name of its own, and every row and every exception names one', () => {
  const ids = allGuards().map(({ id }) => id)
  expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([])
  const named = [...index.flatMap(({ rows }) => rows.flatMap(({ guard }) => guard)), ...Object.keys(untried)]
  expect(named.filter((guard) => !ids.includes(guard))).toEqual([])
})

test('no two rows of a page say the same', () => {
  for (const { page, rows } of index) {
    const asks = rows.map((row) => row.asks)
    expect(new Set(asks).size, page).toBe(asks.length)
  }
})

test('what is not tried is held by a test that is there', () => {
  const tests = [...Object.values(untried), ...untriedRules].flatMap(({ test: file }) => file ?? [])
  const here = (file: string) => existsSync(fileURLToPath(new URL(`../${file}`, import.meta.url)))
  expect(tests.filter((file) => !here(file))).toEqual([])
})

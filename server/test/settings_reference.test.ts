/** The page on settings is what the schema says. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { settingsSchema } from '../src/settings.ts'
import { settingsReference } from '../src/settings_reference.ts'

test('docs/settings.md is current; npm run docs:settings writes it anew', () => {
  const page = readFileSync(new URL('../../docs/settings.md', import.meta.url), 'utf8')
  expect(page).toBe(settingsReference())
})

test('every setting says what it is for', () => {
  const silent = Object.entries(settingsSchema.shape).filter(([, schema]) => !schema.description)
  expect(silent.map(([name]) => name)).toEqual([])
})

/** The samples of which `npm run screenshots` takes pictures fit the views as they are. */
import { expect, test } from 'vitest'
import { en } from '../../src/words/en/index.ts'
import type { Page } from '../../src/words/index.ts'

interface Samples {
  readonly samples: Readonly<Record<string, { readonly html: Page }>>
}

test('every sample is a page', async () => {
  const path = '../../../scripts/screenshot_samples.mjs'
  const { samples } = (await import(path)) as Samples
  const pages = Object.entries(samples)
  expect(pages.length).toBeGreaterThan(20)
  for (const [name, { html }] of pages) expect(html(en), name).toMatch(/^<!doctype html>.*<h1/s)
})

/** The samples of which `npm run screenshots` takes pictures fit the views as they are. */
import { expect, test } from 'vitest'

interface Samples {
  readonly samples: Readonly<Record<string, { readonly html: string }>>
}

test('every sample is a page', async () => {
  const path = '../../../scripts/screenshot_samples.mjs'
  const { samples } = (await import(path)) as Samples
  const pages = Object.entries(samples)
  expect(pages.length).toBeGreaterThan(20)
  for (const [name, { html }] of pages) expect(html, name).toMatch(/^<!doctype html>.*<h1/s)
})

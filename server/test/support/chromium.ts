/** A real Chromium for tests of what only a browser can tell. */
import { existsSync } from 'node:fs'
import { type Browser, type BrowserContext, chromium } from 'playwright-core'
import { describe } from 'vitest'

const executablePath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium'
const there = existsSync(executablePath)
if (!there) console.warn(`No Chromium at ${executablePath} (CHROMIUM_PATH): the tests in a browser are skipped.`)

/** `describe` for what needs the browser; skipped, with a warning, where there is none. */
export const inChromium = describe.skipIf(!there)

/** A browser as far as one test file goes: what it opens is closed with it. */
export interface TestChromium extends Pick<Browser, 'newContext'> {
  close(): Promise<void>
}

/** One for all files of a worker, because it takes long to start. It ends with the worker. */
let running: Promise<Browser> | undefined

export async function launchChromium(): Promise<TestChromium> {
  running ??= chromium.launch({
    executablePath,
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
  })
  const browser = await running
  const opened: BrowserContext[] = []
  return {
    async newContext(options) {
      const context = await browser.newContext(options)
      // Ends what hangs just before the test ends, and so says what hung.
      context.setDefaultTimeout(110_000)
      opened.push(context)
      return context
    },
    async close() {
      await Promise.all(opened.map((context) => context.close()))
    },
  }
}

/** A real Chromium for tests of what only a browser can tell. */
import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'
import { describe } from 'vitest'

const executablePath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium'
const there = existsSync(executablePath)
if (!there) console.warn(`No Chromium at ${executablePath} (CHROMIUM_PATH): the tests in a browser are skipped.`)

/** `describe` for what needs the browser; skipped, with a warning, where there is none. */
export const inChromium = describe.skipIf(!there)

export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
  })
}

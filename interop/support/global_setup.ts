/**
 * Before the suite: one Chromium for all of it. Without one the suite is skipped loudly; where CI is set it fails. After it: the
 * languages whose clients were skipped, as the machine does not have them.
 */
import { access } from 'node:fs/promises'
import { chromium } from 'playwright-core'
import type { TestProject } from 'vitest/node'
import { takeSkipped } from './languages.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Where test workers find the browser; empty where there is none. */
    browserEndpoint: string
  }
}

const switches = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const executablePath = process.env.CHROMIUM || '/usr/bin/chromium'
  const found = await access(executablePath).then(
    () => true,
    () => false,
  )
  if (!found) {
    const message = `NO CHROMIUM at ${executablePath} (set CHROMIUM to one)`
    if (process.env.CI) throw new Error(message)
    console.warn(`\n*** ${message}. Every test of third-party clients is SKIPPED. ***\n`)
    project.provide('browserEndpoint', '')
    return undefined
  }
  const browser = await chromium.launchServer({ executablePath, args: switches, host: '127.0.0.1' })
  project.provide('browserEndpoint', browser.wsEndpoint())
  await takeSkipped()
  return async () => {
    await browser.close()
    for (const { language, why } of await takeSkipped()) {
      console.warn(`\n*** NO ${language.toUpperCase()}: its clients were SKIPPED. ${why} ***\n`)
    }
  }
}

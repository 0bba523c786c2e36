#!/usr/bin/env node
/** The command `consentry`. Builds a checkout on its first use; a published package has no sources and is built. */
import { existsSync } from 'node:fs'

if (existsSync(new URL('../src', import.meta.url))) {
  try {
    const { buildIfNeeded } = await import('./build_if_needed.js')
    await buildIfNeeded()
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
    process.exit(1)
  }
}
const { run } = await import('../dist/consentry.js')
// A reader that has seen enough (`consentry --help | head`) is no error.
process.stdout.on('error', (error) => process.exit(error.code === 'EPIPE' ? 0 : 1))
process.exitCode = await run(process.argv.slice(2), process.env)

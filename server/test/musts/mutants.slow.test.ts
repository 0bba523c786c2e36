/** Runs `npm run mutants`: its sources are not those of the other tests. */
import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs')

test('no guard can be taken away without a request that notices', async () => {
  const run = promisify(execFile)(process.execPath, [vitest, 'run', '--config', 'server/test/musts/vitest.config.ts'], {
    cwd: root,
    env: { ...process.env, NO_COLOR: '1' },
    maxBuffer: 10 ** 8,
  })
  const said = await run.then(
    ({ stdout }) => stdout,
    (error: { readonly stdout: string }) => error.stdout,
  )
  expect(said, said).not.toMatch(/ FAIL |Unhandled/)
  expect(said, said).toMatch(/Tests {2}[0-9]+ passed/)
}, 900_000)

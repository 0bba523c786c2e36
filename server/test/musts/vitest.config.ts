/** Runs `mutants.ts` with sources whose guards can be taken away. */
import { fileURLToPath } from 'node:url'
import { defineConfig, type Plugin } from 'vitest/config'
import { guarded } from './guards.ts'

const taken: Plugin = {
  name: 'guards',
  enforce: 'pre',
  transform(code, id) {
    const [, file = ''] = /\/server\/src\/([^?]+)$/.exec(id) ?? []
    if (file === '') return undefined
    const changed = guarded(file, code)
    return changed === code ? undefined : { code: changed, map: null }
  },
}

export default defineConfig({
  root: fileURLToPath(new URL('../../..', import.meta.url)),
  plugins: [taken],
  test: {
    include: ['server/test/musts/mutants.ts'],
    setupFiles: ['server/test/musts/switches.ts'],
    globalSetup: ['server/test/support/global_setup.ts'],
    maxWorkers: 1,
    testTimeout: 600_000,
    hookTimeout: 120_000,
  },
})

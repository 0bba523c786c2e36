import { defineConfig } from 'vitest/config'

const every = '**/*.test.{ts,tsx}'
/** What walks through everything once more: in a browser, under load, started and killed again and again. */
const slow = '**/*.slow.test.{ts,tsx}'
const folders = ['server/test', 'client/test']

const project = (name: string, files: string, exclude: readonly string[] = []) => ({
  test: {
    name,
    include: folders.map((folder) => `${folder}/${files}`),
    exclude: [...exclude],
    // Two processes that load the server once each. Test files share its modules, so what one changes it puts back.
    isolate: false,
    // They end what hangs, on a slow and busy machine too. No test is about them.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 30_000 } },
  },
})

export default defineConfig({
  test: {
    globalSetup: ['server/test/support/global_setup.ts'],
    maxWorkers: 2,
    projects: [project('fast', every, [slow]), project('slow', slow)],
  },
})

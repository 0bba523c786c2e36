import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['support/global_setup.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // It ends what never comes. Without it a busy machine has a second.
    expect: { poll: { timeout: 30_000 } },
    // Processes that load the clients of other people once each. Most of the time they wait for the server and the browser.
    maxWorkers: 4,
    isolate: false,
  },
})

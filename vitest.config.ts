import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['server/test/**/*.test.{ts,tsx}', 'client/test/**/*.test.ts'],
    globalSetup: ['server/test/support/global_setup.ts'],
    // Two processes that load the server once each. Test files share its modules, so what one changes it puts back.
    isolate: false,
    maxWorkers: 2,
    // They end what hangs, on a slow and busy machine too. No test is about them.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 30_000 } },
  },
})

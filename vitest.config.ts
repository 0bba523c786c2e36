import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['server/test/**/*.test.{ts,tsx}', 'client/test/**/*.test.ts'],
    globalSetup: ['server/test/support/global_setup.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
})

import { defineConfig } from 'vitest/config'

// Fleets of real processes that are killed and stopped: minutes, not seconds, so apart from the other tests.
export default defineConfig({
  test: {
    include: ['e2e/fleet/**/*.e2e.test.ts'],
    root: new URL('../..', import.meta.url).pathname,
    environment: 'node',
    testTimeout: 300_000,
    hookTimeout: 120_000,
    fileParallelism: false,
  },
})

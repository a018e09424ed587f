import { defineConfig } from 'vitest/config'

// No source condition here: these tests drive what was built, as a user's program would.
export default defineConfig({
  test: {
    include: ['e2e/**/*.e2e.test.ts'],
    // Fleets take minutes: `npm run test:fleet`.
    exclude: ['e2e/fleet/**', '**/node_modules/**'],
    root: new URL('..', import.meta.url).pathname,
    environment: 'node',
    testTimeout: 120_000,
    hookTimeout: 60_000,
  },
})

import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import SecondTries, { secondTry } from '../scripts/second-tries.ts'

// No source condition here: these tests drive what was built, as a user's program would.
export default defineConfig({
  test: {
    include: ['e2e/**/*.e2e.test.ts'],
    // Fleets take minutes: `npm run test:fleet`. Real authorization servers: `npm run test:oidc`, `npm run test:keycloak`.
    exclude: ['e2e/fleet/**', 'e2e/keycloak/**', '**/node_modules/**'],
    root: new URL('..', import.meta.url).pathname,
    environment: 'node',
    testTimeout: 120_000,
    expect: { poll: { timeout: 10_000 } },
    retry: secondTry,
    reporters: ['default', new SecondTries()],
    // Two at once also where there are only two cores: most of the time is waited for processes, servers and clocks.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    hookTimeout: 60_000,
  },
})

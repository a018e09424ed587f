import { defineConfig } from 'vitest/config'

// No source condition here: these tests drive what was built, as a user's program would.
export default defineConfig({
  test: {
    include: ['e2e/**/*.e2e.test.ts'],
    // Fleets take minutes: `npm run test:fleet`. Real authorization servers: `npm run test:oidc`, `npm run test:keycloak`.
    exclude: ['e2e/fleet/**', 'e2e/keycloak/**', '**/node_modules/**'],
    root: new URL('..', import.meta.url).pathname,
    environment: 'node',
    testTimeout: 120_000,
    hookTimeout: 60_000,
  },
})

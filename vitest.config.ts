import { defineConfig } from 'vitest/config'

// Tests read the packages' sources through the `@latchkey/source` export condition, so no build is needed.
const conditions = ['@latchkey/source', 'node', 'import', 'module', 'default']

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: ['packages/*/test/**/*.test.ts', 'scripts/test/**/*.test.ts'],
    environment: 'node',
    testTimeout: 20_000,
    coverage: {
      provider: 'v8',
      include: ['packages/*/src/**'],
    },
  },
})

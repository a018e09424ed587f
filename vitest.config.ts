import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import SecondTries, { secondTry } from './scripts/second-tries.ts'

// Tests read the packages' sources through the `@latchkey/source` export condition, so no build is needed.
// Named alone: whatever stands here is also given to Node, which would then take `import` targets for a `require`.
const conditions = ['@latchkey/source']

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: ['packages/*/test/**/*.test.ts', 'scripts/test/**/*.test.ts'],
    environment: 'node',
    testTimeout: 60_000, // Far above what any needs: only what hangs should meet it, on a busy machine, too.
    expect: { poll: { timeout: 10_000 } },
    retry: secondTry,
    reporters: ['default', new SecondTries()],
    // Three at once also where there are only two cores: many files wait for servers and timers more than they compute.
    maxWorkers: Math.max(3, availableParallelism() - 1),
    coverage: {
      provider: 'v8',
      include: ['packages/*/src/**'],
      reporter: ['text-summary', 'html'],
      // Measured values, rounded down, with room for what a busy machine does not reach: which branch a race takes, and
      // which of two callbacks comes. Much of the command is driven by `e2e/`, which is not counted.
      thresholds: {
        'packages/core/src/**': { statements: 98, branches: 96, functions: 96, lines: 99 },
        'packages/http/src/**': { statements: 98, branches: 93, functions: 98, lines: 99 },
        'packages/stores/src/**': { statements: 98, branches: 95, functions: 97, lines: 99 },
        'packages/daraja/src/**': { statements: 98, branches: 95, functions: 99, lines: 99 },
        'packages/etims/src/**': { statements: 93, branches: 90, functions: 92, lines: 95 },
        'packages/simulator/src/**': { statements: 97, branches: 91, functions: 98, lines: 98 },
        'packages/testkit/src/**': { statements: 96, branches: 91, functions: 97, lines: 99 },
        'packages/oauth2/src/**': { statements: 95, branches: 95, functions: 96, lines: 97 },
        'packages/truphone/src/**': { statements: 95, branches: 90, functions: 94, lines: 97 },
        'packages/ksef/src/**': { statements: 97, branches: 93, functions: 97, lines: 98 },
        'packages/cli/src/**': { statements: 92, branches: 82, functions: 92, lines: 94 },
      },
    },
  },
})

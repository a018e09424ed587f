/**
 * A test that fails is run once more, and one that then passes is named at the end with what failed at first: some tests
 * wait for sockets and processes, and a machine that stands still for a moment fails one of thousands.
 * A property that was refuted is never tried again, as other values would be.
 *
 * @module
 */
import type { Reporter, TestModule } from 'vitest/node'

export const secondTry = { count: 1, condition: /^(?!Property failed)/ } as const

// Vitest takes a reporter that is named by its path from the default export alone.
export default class SecondTries implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    for (const module of modules) {
      for (const test of module.children.allTests('passed')) {
        if (test.diagnostic()?.flaky !== true) continue
        const [first = 'no message'] = test.result().errors?.[0]?.message.split('\n') ?? []
        console.log(`Passed only at its second try: ${module.relativeModuleId} > ${test.fullName}: ${first}`)
      }
    }
  }
}

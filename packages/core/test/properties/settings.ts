/**
 * How property tests run: a fresh seed each time, printed with the path to a failing case by fast-check, and bounded.
 * To see a failure again, set `LATCHKEY_SEED` to the seed that it printed; `LATCHKEY_RUNS=20` runs twenty times as many
 * without a time limit, for a long look.
 *
 * @module
 */
import type { Parameters } from 'fast-check'

const seed = Number(process.env['LATCHKEY_SEED'] ?? Math.floor(Math.random() * 2 ** 31))

const factor = Number(process.env['LATCHKEY_RUNS'] ?? 1)

console.info(`properties: seed ${seed}`)

export function bounded(numRuns: number): Parameters<unknown> {
  const limit = factor === 1 ? { interruptAfterTimeLimit: 5_000, markInterruptAsFailure: false } : {}
  return { seed, numRuns: numRuns * factor, ...limit }
}

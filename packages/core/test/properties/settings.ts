/**
 * How property tests run: a fresh seed each time, printed with the path to a failing case by fast-check, and bounded.
 * To see a failure again, pass the seed and path that it printed.
 *
 * @module
 */
import type { Parameters } from 'fast-check'

const seed = Number(process.env['LATCHKEY_SEED'] ?? Math.floor(Math.random() * 2 ** 31))

export function bounded(numRuns: number): Parameters<unknown> {
  console.info(`properties: seed ${seed}`)
  return { seed, numRuns, interruptAfterTimeLimit: 5_000, markInterruptAsFailure: false }
}

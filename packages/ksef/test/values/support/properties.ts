/**
 * How property tests run here: bounded, with a fresh seed that fast-check prints with a failing case. `LATCHKEY_SEED`
 * repeats one.
 *
 * @module
 */
import fc from 'fast-check'
import type { Random } from '../../../src/values/random.ts'

export const runs = {
  seed: Number(process.env['LATCHKEY_SEED'] ?? Math.floor(Math.random() * 2 ** 31)),
  numRuns: 300,
} as const

/** Random numbers as the generators take them, edges included. */
export const randoms: fc.Arbitrary<Random> = fc
  .array(
    fc.oneof(fc.constant(0), fc.constant(1 - 2 ** -53), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })),
    {
      minLength: 1,
      maxLength: 12,
    },
  )
  .map((numbers) => {
    let at = 0
    return () => numbers[at++ % numbers.length] ?? 0
  })

/**
 * A host whose calendar is wrong. The global `Date` is replaced as well, so that nothing in the process can read the
 * machine's true wall clock by accident: neither the engine nor a driver nor a database client.
 *
 * @see engine.md section 15 ("two hosts a day apart on one store"), G12
 * @module
 */
import { systemClock } from '@latchkey/core'
import type { Clock } from '@latchkey/core'

const monoAheadMs = 12_345_678 // Monotonic clocks of two hosts have nothing in common either.

/** To be called before anything else is loaded that may keep hold of `Date`. */
export function skewClocks(skewMs: number, host: number): Clock {
  const True = Date
  const wall = (): number => True.now() + skewMs
  class SkewedDate extends True {
    constructor(...given: unknown[]) {
      super(...((given.length === 0 ? [wall()] : given) as [number])) // The other forms pass through unchanged.
    }
    static override now(): number {
      return wall()
    }
  }
  globalThis.Date = SkewedDate as DateConstructor // Called without `new` it would throw; nothing here does.
  return { ...systemClock, mono: () => performance.now() + host * monoAheadMs, wall }
}

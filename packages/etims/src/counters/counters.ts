/**
 * The four counters of one device.
 *
 * @see spec/etims.md section 7.5
 * @module
 */
import { memoryStore } from '@latchkey/core'
import type { Clock } from '@latchkey/core'
import { parseBook } from './book.ts'
import { openCell, ownKeeping } from './cells.ts'
import type { Place } from './cells.ts'
import { createCounter } from './counter.ts'
import type { Counter } from './counter.ts'
import type { Keeping } from './keeping.ts'

/** `sale`: sales and credit notes. `item`: the sequence in item codes, which all branches share. */
export type CounterKind = 'sale' | 'purchase' | 'stock' | 'item'

export interface CountersOptions {
  readonly place: Place
  readonly clock: Clock
  /** Without it, the counters live as long as this object, and KRA is asked by its first refusal where they stand. */
  readonly keeping: Keeping | undefined
  /** For jitter, in [0, 1). @default `Math.random` */
  readonly random?: (() => number) | undefined
}

export interface Counters {
  of(kind: CounterKind): Counter
}

/** Made once for each client: callers of one object stand in one line. */
export function createCounters({ place, clock, keeping, random = Math.random }: CountersOptions): Counters {
  const kept = keeping ?? ownKeeping(memoryStore({ clock }))
  const holder = crypto.randomUUID()
  const made = new Map<CounterKind, Counter>()
  return {
    of(kind) {
      const known = made.get(kind)
      if (known) return known
      const scope = kind === 'item' ? 'taxpayer' : 'branch'
      const cell = openCell(kept, clock, { what: 'counter', place, scope, kind }, parseBook)
      const counter = createCounter({ cell, clock, random, holder })
      made.set(kind, counter)
      return counter
    },
  }
}

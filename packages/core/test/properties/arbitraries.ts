/**
 * Records, needs and processes of any kind that the types allow, with instants close enough to matter.
 *
 * @module
 */
import fc from 'fast-check'
import type { Asks, Memory, Self, TokenRecord } from '../../src/protocol.ts'

export const now = 1_800_000_000_000

const span = fc.oneof(
  fc.integer({ min: -70_000, max: 70_000 }),
  fc.integer({ min: -4_000_000, max: 4_000_000 }),
  fc.constantFrom(-5_000, -2_000, -1, 0, 1, 2_000),
)
const instant = span.map((ms) => now + ms)
const generation = fc.integer({ min: 0, max: 6 })
const print = fc.constantFrom('print-1', 'print-2')
const optional = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined })

export const someRecord: fc.Arbitrary<TokenRecord> = fc.record({
  format: fc.constant(1 as const),
  epoch: fc.integer({ min: 0, max: 2 }),
  fence: generation,
  gen: generation,
  salt: fc.constant('salt'),
  token: optional(fc.constant('sealed')),
  issued: optional(instant),
  until: instant,
  life: fc.oneof(fc.integer({ min: 0, max: 400_000 }), fc.constantFrom(0, 1, 3_599_000)),
  spendable: optional(print),
  renewUntil: optional(instant),
  primaryNext: optional(fc.boolean()),
  tainted: optional(fc.constantFrom('maybe' as const, 'tried' as const)),
  refused: optional(fc.record({ gen: generation, renewals: fc.integer({ min: 0, max: 3 }), since: instant })),
  lease: optional(
    fc.record({
      fence: generation,
      holder: fc.constantFrom('self', 'other'),
      until: instant,
      base: generation,
      spends: optional(print),
    }),
  ),
  cool: optional(
    fc.record({
      until: instant,
      step: fc.integer({ min: 0, max: 16 }),
      class: fc.constantFrom('transient' as const, 'throttled' as const, 'denied' as const, 'refused' as const),
      code: fc.constant('LATCHKEY_ENDPOINT_FAILED'),
      denied: optional(fc.constantFrom('credential-1', 'credential-2')),
      passedAt: optional(instant),
    }),
  ),
})

export const someAsks: fc.Arbitrary<Asks> = fc.record({
  after: generation,
  minRemaining: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 400_000 })),
  refused: generation,
  ahead: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 300_000 })),
  demanded: fc.boolean(),
})

export const someSelf: fc.Arbitrary<Self> = fc.record({
  holder: fc.constant('self'),
  traits: fc.record(
    {
      exclusive: fc.boolean(),
      renewal: fc.constantFrom('none' as const, 'reusable' as const, 'rotating' as const),
      replay: fc.constantFrom('safe' as const, 'grace' as const, 'fatal' as const, 'unknown' as const),
      longest: fc.integer({ min: 1, max: 30_000 }),
      settle: fc.integer({ min: 0, max: 10_000 }),
    },
    { requiredKeys: ['exclusive', 'renewal', 'replay', 'longest'] },
  ),
  canRenew: fc.boolean(),
  budget: fc.record({ renewals: fc.integer({ min: 0, max: 3 }), per: fc.integer({ min: 1, max: 60_000 }) }),
})

export const someMemory: fc.Arbitrary<Memory> = fc.record({
  gen: generation,
  epoch: fc.integer({ min: 0, max: 2 }),
  fence: generation,
  credential: optional(fc.constantFrom('credential-1', 'credential-2')),
})

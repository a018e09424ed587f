/**
 * One rule of the protocol each, taken away or turned: the exploration must notice. First the ten of engine.md 16.1,
 * then the rules that the exploration itself brought to light.
 *
 * @see engine.md section 16.1
 * @module
 */
import type { TokenRecord } from '../../src/protocol.ts'
import type { Guarantee } from './guarantees.ts'
import type { Rules } from './rules.ts'
import { realRules } from './rules.ts'
import type { Bounds, Scenario } from './world.ts'
import { nothing } from './world.ts'

export interface Mutation {
  readonly name: string
  /** The guarantee that it breaks. */
  readonly breaks: Guarantee
  readonly rules: Rules
  /** Bounds within which it does so, and within which the real rules break nothing. */
  readonly scenario: Scenario
}

const two = (kind: Scenario['kind'], bounds: Partial<Bounds>, warm = 2): Scenario => ({
  name: `${kind}, two processes`,
  kind,
  processes: 2,
  warm,
  statesIssueTime: false,
  bounds: { ...nothing, ...bounds },
})
const { decide, reduce, admit } = realRules

export const required: readonly Mutation[] = [
  {
    name: 'no lease',
    breaks: 'G3',
    rules: { ...realRules, decide: (record, ...rest) => decide({ ...record, lease: undefined }, ...rest) },
    scenario: two('exclusive', { demands: 2 }),
  },
  {
    name: 'refusal without comparing generations',
    breaks: 'G5',
    rules: {
      ...realRules,
      decide: (record, now, asks, self, memory) =>
        decide(record, now, asks.refused > 0 ? { ...asks, refused: record.gen } : asks, self, memory),
    },
    scenario: two('exclusive', { demands: 2 }),
  },
  {
    name: 'last write wins',
    breaks: 'G1',
    rules: {
      ...realRules,
      admit: (record, answer, ...rest) =>
        record?.epoch === answer.epoch ? answer.fence : admit(record, answer, ...rest),
    },
    scenario: two('exclusive', { ticks: 4, stalls: 1, demands: 2 }),
  },
  {
    name: 'no taint when a lease is taken over',
    breaks: 'G7',
    rules: {
      ...realRules,
      decide: (record, ...rest) => decide({ ...record, lease: withoutIntent(record.lease) }, ...rest),
    },
    scenario: two('rotating', { ticks: 4, crashes: 1, demands: 2 }),
  },
  {
    name: 'no taint when the outcome is unknown',
    breaks: 'G7',
    rules: {
      ...realRules,
      reduce: (record, step) => reduce(record, step.step === 'fail' ? { ...step, taint: false } : step),
    },
    scenario: two('rotating', { lost: 1, demands: 2 }),
  },
  {
    name: 'a commit that ignores the epoch',
    breaks: 'G6',
    rules: {
      ...realRules,
      admit: (record, answer, ...rest) => admit(record, { ...answer, epoch: record?.epoch ?? answer.epoch }, ...rest),
    },
    scenario: two('rotating', { forgets: 1, demands: 2 }),
  },
  {
    name: 'a commit that requires the lease',
    breaks: 'G8',
    rules: {
      ...realRules,
      admit: (record, answer, ...rest) => (record?.lease?.fence === answer.fence ? admit(record, answer, ...rest) : 0),
    },
    scenario: two('rotating', { ticks: 4, stalls: 1, demands: 2 }),
  },
  {
    name: 'fences that restart after the record was lost',
    breaks: 'G1',
    rules: {
      ...realRules,
      blankRecord: (salt) => realRules.blankRecord(salt, { epoch: 0, fence: 0 }),
      drawFence: (record) => (record?.fence ?? 0) + 1,
      decide: (record, ...rest) => {
        const decision = decide(record, ...rest)
        if (decision.do !== 'acquire') return decision
        const fence = record.fence + 1
        const lease = { ...decision.lease, fence }
        return { ...decision, lease, record: { ...decision.record, born: record.born ?? fence, fence, lease } }
      },
    },
    scenario: two('exclusive', { evictions: 1, demands: 2 }),
  },
  {
    name: 'an intent that is not durable',
    breaks: 'G7',
    rules: { ...realRules, waitsForDurable: false },
    scenario: two('rotating', { failovers: 1, demands: 2 }),
  },
  {
    name: 'no repair after a roll-back',
    breaks: 'G8',
    rules: {
      ...realRules,
      decide: (record, now, asks, self, memory) => decide(record, now, asks, self, { ...memory, gen: 0, epoch: 0 }),
    },
    scenario: two('rotating', { failovers: 1, demands: 2 }),
  },
]

export const found: readonly Mutation[] = [
  {
    name: 'a repair that writes over what came between its read and its swap',
    breaks: 'G6',
    rules: {
      ...realRules,
      reduce: (record, step) =>
        reduce(step.step === 'repair' ? { ...record, epoch: step.known.epoch, gen: 0 } : record, step),
    },
    scenario: two('rotating', { failovers: 1, forgets: 1, demands: 2 }),
  },
  {
    name: 'a repair that trusts a refresh token across the loss of the record',
    breaks: 'G7',
    rules: {
      ...realRules,
      reduce: (record, step) => {
        const next = reduce(record, step)
        return next && step.step === 'repair' ? { ...next, tainted: step.known.tainted } : next
      },
    },
    scenario: two('rotating', { evictions: 1, lost: 2, demands: 3 }),
  },
  {
    name: 'a late answer that is let go because its record was born again',
    breaks: 'G8',
    rules: {
      ...realRules,
      admit: (record, answer, ...rest) => (answer.fence < (record?.born ?? 0) ? 0 : admit(record, answer, ...rest)),
    },
    scenario: two('rotating', { evictions: 1, crashes: 1, demands: 1 }),
  },
  {
    name: 'a deferred commit that landed is taken for overtaken, and its login is ended',
    breaks: 'G8',
    rules: { ...realRules, knowsItsOwn: false },
    scenario: two('rotating', { unclear: 1, demands: 1 }, 0),
  },
  {
    name: 'a deferred commit that may have landed in a lost record is trusted',
    breaks: 'G7',
    rules: { ...realRules, doubtsRetried: false },
    scenario: two('rotating', { unclear: 1, evictions: 1, demands: 3 }),
  },
  {
    name: 'an answer on its way is taken in hand after a forget of the same process',
    breaks: 'G6',
    rules: { ...realRules, mindsForgets: false },
    scenario: two('exclusive', { forgets: 1, demands: 1 }),
  },
  {
    name: 'a lease is known by its fence alone',
    breaks: 'G3',
    rules: { ...realRules, knowsItsLease: false },
    scenario: two('exclusive', { unclear: 1, demands: 2 }),
  },
  {
    name: 'the holder notes its clocks after it decided',
    breaks: 'G3',
    rules: { ...realRules, notesClocksFirst: false },
    scenario: two('exclusive', { ticks: 2, stalls: 1, demands: 2 }),
  },
]

function withoutIntent(lease: TokenRecord['lease']): TokenRecord['lease'] {
  return lease && { ...lease, spends: undefined }
}

/**
 * What is simulated: the cases of the study and the assumptions that all of them share.
 *
 * @module
 */
import type { ProviderKind } from './provider.ts'
import type { StoreHabits } from './virtual-store.ts'

/** `calm`: nothing fails. `crashes`: processes die. `outage`: the provider is down for ten minutes. */
export type Situation = 'calm' | 'crashes' | 'outage'

export interface Scenario {
  readonly processes: number
  readonly provider: ProviderKind
  readonly situation: Situation
  /** Virtual milliseconds. */
  readonly spanMs: number
  readonly seed: number
  /** Messages that the store's server handles in a second. */
  readonly storeRate: number
  /** The case asks what a slow store does, not how a fleet grows. */
  readonly slow: boolean
}

const hourMs = 3_600_000

/** The assumptions. docs/scale.md states each of them. */
export const assumptions = {
  /** Mean milliseconds between two calls of one process. */
  callEveryMs: 30_000,
  /** From the call's start until the resource looks at its token. */
  resourceWayMs: 50,
  storeWayMs: [0.25, 0.75] satisfies StoreHabits['wayMs'],
  /** How far a process' calendar is from the store's, at most, in either direction. */
  skewMs: 24 * hourMs,
  /** Mean milliseconds between two crashes of one process: one in a hundred per minute. */
  crashEveryMs: 100 * 60_000,
  restartMs: 1_000,
  /** The holder of the second of every ten leases dies at the worst moment. */
  holderCrash: { every: 10, offset: 2 },
  /** The new token is issued, the old one may be dead, and the answer is on its way. */
  holderCrashAfterMs: 150,
  /** Begins before a token of an hour becomes due, and ends after it has run out. */
  outage: { from: hourMs - 5 * 60_000, to: hourMs + 5 * 60_000 },
} as const

export const providerKinds = ['exclusive', 'shareable'] as const satisfies readonly ProviderKind[]
export const situations = ['calm', 'crashes', 'outage'] as const satisfies readonly Situation[]

export interface Plan {
  readonly sizes: readonly number[]
  /** Processes of the fleets whose store is slow. */
  readonly slowSize: number
  readonly spanMs: number
}

export const fullPlan: Plan = { sizes: [10, 100, 1_000, 10_000], slowSize: 300, spanMs: 2 * hourMs }
/** The same questions in less time. The span still has an hour's token become due, and the outage. */
export const quickPlan: Plan = { sizes: [10, 100], slowSize: 100, spanMs: 1.5 * hourMs }

/** As fast as stores are: it never makes anybody wait. */
const fastStore = 100_000
/** Slow stores: messages per second for each process of the fleet. */
const slowStores = [10, 3, 2, 1]

/** Every case of a plan, the largest first, so that the last one to end is a small one. */
export function scenarios({ sizes, slowSize, spanMs }: Plan, seed: number): Scenario[] {
  const common = { spanMs, seed, slow: false, storeRate: fastStore }
  const fleets = [...sizes]
    .sort((a, b) => b - a)
    .flatMap((processes) =>
      providerKinds.flatMap((provider) =>
        situations.map((situation): Scenario => ({ ...common, processes, provider, situation })),
      ),
    )
  const slow = slowStores.flatMap((each) =>
    providerKinds.map((provider): Scenario => {
      const storeRate = each * slowSize
      return { ...common, processes: slowSize, provider, situation: 'crashes', slow: true, storeRate }
    }),
  )
  return [...fleets, ...slow]
}

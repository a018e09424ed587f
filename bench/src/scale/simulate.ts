/**
 * One run: a world, a store, a provider and a fleet, and what was counted when the time is over.
 *
 * @module
 */
import type { EngineEvent } from '@latchkey/core'
import { startFleet } from './fleet.ts'
import { withInstantDigests } from './instant-digests.ts'
import { createProvider } from './provider.ts'
import { createRandom } from './random.ts'
import { assumptions } from './scenario.ts'
import type { Scenario } from './scenario.ts'
import { createRate, createWaits } from './tally.ts'
import { createVirtualStore } from './virtual-store.ts'
import type { StoreTraffic } from './virtual-store.ts'
import { createWorld } from './world.ts'

/** What a run brought. Waiting times are virtual milliseconds of one `get`. */
export interface Result {
  readonly scenario: Scenario
  /** Tries to reach the token endpoint, those of an outage included. */
  readonly tokenRequests: number
  /** Of them, tries while the provider was down. */
  readonly requestsInVain: number
  /** Rules of the provider that were broken: overlapping requests, spent refresh tokens sent again. */
  readonly violations: number
  readonly store: {
    readonly reads: number
    readonly swaps: number
    readonly conflicts: number
    readonly notices: number
    /** Reads, swaps and conflicts, per second on average and at most. */
    readonly operationsPerSecond: number
    readonly operationsPeak: number
    readonly noticesPeak: number
  }
  readonly calls: {
    readonly gets: number
    readonly p50: number
    readonly p99: number
    readonly max: number
    /** Of those that had to wait at all. */
    readonly waited: number
    readonly waitedP50: number
    readonly waitedP99: number
    /** `get` rejected. */
    readonly failed: number
    readonly failedDespiteToken: number
    /** The resource did not accept the token; `twice`: nor the one after it. */
    readonly refused: number
    readonly refusedTwice: number
  }
  readonly crashes: { readonly processes: number; readonly holders: number }
  /**
   * Milliseconds from the first try in vain to the end of the outage, and from there to the next token and to the last
   * failed `get`.
   */
  readonly outage?: { readonly failingMs: number; readonly firstTokenMs: number; readonly lastFailureMs: number }
}

/** Runs a scenario. The same scenario has the same result, to the last event. */
export async function simulate(scenario: Scenario, signal?: AbortSignal): Promise<Result> {
  return withInstantDigests(() => run(scenario, signal))
}

async function run(scenario: Scenario, signal: AbortSignal | undefined): Promise<Result> {
  const { processes, situation, spanMs, seed, storeRate } = scenario
  const { outage, holderCrash, holderCrashAfterMs, storeWayMs } = assumptions
  const crashing = situation === 'crashes'
  const world = createWorld()
  const wall = Date.UTC(2026, 0, 15, 12)

  const operations = createRate(spanMs)
  const notices = createRate(spanMs)
  const traffic: Record<StoreTraffic, number> = { read: 0, swap: 0, conflict: 0, notice: 0 }
  const habits = { wayMs: storeWayMs, messagesPerSecond: storeRate }
  const store = createVirtualStore(world, createRandom(seed, 'store'), habits, wall, (kind, at) => {
    traffic[kind] += 1
    ;(kind === 'notice' ? notices : operations).add(at)
  })

  let tokenRequests = 0
  let requestsInVain = 0
  let firstInVain: number | undefined
  const down = (): boolean => situation === 'outage' && world.now() >= outage.from && world.now() < outage.to
  const provider = createProvider(world, createRandom(seed, 'provider'), scenario.provider, down, (inVain) => {
    tokenRequests += 1
    if (!inVain) return
    firstInVain ??= world.now()
    requestsInVain += 1
  })

  const waits = createWaits()
  const realWaits = createWaits()
  const calls = { failed: 0, failedDespiteToken: 0, refused: 0, refusedTwice: 0 }
  const crashes = { processes: 0, holders: 0 }
  let leases = 0
  let firstToken: number | undefined
  let lastFailure = outage.to

  startFleet({
    world,
    store,
    provider,
    processes,
    crashing,
    seed,
    wall,
    diary: {
      got(ms) {
        waits.add(ms)
        if (ms > 0) realWaits.add(ms)
      },
      failed(_, usable) {
        calls.failed += 1
        if (usable) calls.failedDespiteToken += 1
        lastFailure = Math.max(lastFailure, world.now())
      },
      judged(verdict) {
        if (verdict === 'refused') calls.refused += 1
        if (verdict === 'refusedAgain') calls.refusedTwice += 1
      },
      crashed: () => {
        crashes.processes += 1
      },
      event(event: EngineEvent, crash) {
        if (event.type === 'latchkey.commit.accepted' && world.now() >= outage.to) firstToken ??= world.now()
        if (event.type !== 'latchkey.refresh.start' || !crashing) return
        leases += 1
        if (leases % holderCrash.every !== holderCrash.offset) return
        crashes.holders += 1
        world.after(holderCrashAfterMs, crash)
      },
    },
  })
  await world.runUntil(spanMs, signal)

  const { read: reads, swap: swaps, conflict: conflicts, notice } = traffic
  return {
    scenario,
    tokenRequests,
    requestsInVain,
    violations: provider.double.report().violations.length,
    store: {
      reads,
      swaps,
      conflicts,
      notices: notice,
      operationsPerSecond: (reads + swaps + conflicts) / (spanMs / 1_000),
      operationsPeak: operations.peak(),
      noticesPeak: notices.peak(),
    },
    calls: {
      gets: waits.count + calls.failed,
      p50: waits.quantile(0.5),
      p99: waits.quantile(0.99),
      max: waits.max,
      waited: realWaits.count,
      waitedP50: realWaits.quantile(0.5),
      waitedP99: realWaits.quantile(0.99),
      ...calls,
    },
    crashes,
    ...(situation === 'outage' && {
      outage: {
        failingMs: outage.to - (firstInVain ?? outage.to),
        firstTokenMs: (firstToken ?? spanMs) - outage.to,
        lastFailureMs: lastFailure - outage.to,
      },
    }),
  }
}

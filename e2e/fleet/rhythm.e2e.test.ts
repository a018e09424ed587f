/**
 * Eight processes on hosts whose clocks are a day apart start cold at once and live through several lifetimes: one
 * token request for the start and one per lifetime, as if there were one process with one clock.
 *
 * @see engine.md sections 12.3, 14 (G2, G3, G12) and 15 ("Time")
 * @module
 */
import { afterAll, beforeAll, describe, it } from 'vitest'
import { conduct, shared } from './harness/conduct.ts'
import type { Fleet } from './harness/fleet.ts'
import { kindsHere, openGround, storeKinds } from './harness/grounds.ts'
import type { Ground, StoreKind } from './harness/grounds.ts'
import type { Habits } from './harness/provider.ts'
import { printReport } from './harness/report.ts'
import { servedSince } from './harness/service.ts'

const lifetimeMs = 4_000
const lifetimes = 4
const lateMs = 1_500 // A busy machine.
const startMs = 1_000 // Nothing is due so early.
const providers: Readonly<Record<string, Habits>> = {
  // Slow calls hear of their token's end when there is a new one: that must not end the new one.
  exclusive: { exclusive: true, lifetimeMs, resourceLatencyMs: 200 },
  'rotating, replay unknown': { renewal: 'rotating', replay: 'unknown', lifetimeMs },
}

const here = kindsHere()
const grounds = new Map<StoreKind, Ground>()

beforeAll(async () => {
  for (const kind of storeKinds) if (here[kind]) grounds.set(kind, await openGround(kind))
})
afterAll(async () => {
  printReport()
  for (const ground of grounds.values()) await ground[Symbol.asyncDispose]()
})

const claim = 'eight processes whose clocks are a day apart ask once, and then once per lifetime (G12, 12.3)'

describe(claim, () => {
  for (const [name, habits] of Object.entries(providers)) {
    // One fleet after the other: more processes at once would keep one another from their rhythm.
    describe(name, () => {
      for (const kind of storeKinds) {
        const declare = here[kind] ? it : it.skip
        declare(kind, async ({ expect }) => {
          const open = shared(grounds.get(kind)!) // Opened before the tests.
          const { row } = await conduct({ test: 'rhythm', open, habits, workers: 8 }, async (fleet, notes) => {
            fleet.call()
            await lifetimesPass(fleet)
            notes.problems.push(...arrhythmia(fleet))
          })
          expect(row.problems).toEqual([])
        })
      }
    })
  }
})

async function lifetimesPass(fleet: Fleet): Promise<void> {
  const { exchanges } = fleet.provider
  await servedSince(fleet, 0)
  const served = (): number => exchanges.filter(({ servedTo }) => servedTo.size > 0).length
  await fleet.until('lifetimes pass', () => served() >= lifetimes, (lifetimes + 1) * lifetimeMs)
  await servedSince(fleet, performance.now())
}

/** Sentences about a cold start with more than one request, and about late ones. Early ones are judged in every run. */
function arrhythmia({ provider: { exchanges, traits } }: Fleet): string[] {
  const problems: string[] = []
  const [first] = exchanges
  const started = exchanges.filter(({ arrivedAt }) => arrivedAt < (first?.answeredAt ?? 0) + startMs).length
  if (started !== 1) problems.push(`${started} token requests for a cold start`)
  for (const [index, { arrivedAt }] of exchanges.entries()) {
    const gapMs = arrivedAt - (exchanges[index - 1]?.arrivedAt ?? arrivedAt)
    if (gapMs > lifetimeMs + lateMs) problems.push(`${Math.round(gapMs)} ms went by without a new token`)
  }
  if (traits.renewal === 'rotating' && exchanges.slice(1).some(({ grant }) => grant === 'obtain')) {
    problems.push('a refresh token was not used')
  }
  return problems
}

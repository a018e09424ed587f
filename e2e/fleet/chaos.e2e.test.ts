/**
 * Half a minute of kills and stops, at random but preferably of the process that holds the lease; what was killed is
 * replaced. The seed is printed and fixes the order of things, as far as processes let themselves be ordered.
 *
 * @see engine.md sections 14 and 16.4
 * @module
 */
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { conduct, shared } from './harness/conduct.ts'
import type { Fleet } from './harness/fleet.ts'
import { kindsHere, openGround, storeKinds } from './harness/grounds.ts'
import type { Ground, StoreKind } from './harness/grounds.ts'
import type { Habits } from './harness/provider.ts'
import { printReport } from './harness/report.ts'
import { renewsByAge, servedSince } from './harness/service.ts'
import type { WorkerProcess } from './harness/worker-process.ts'

const lastsMs = 25_000
const lifetimeMs = 4_000
const resumeMs = 500
const slackMs = 8_000 // A lease that nobody holds any more.
const latencyMs = 250 // Long enough to be hit.
const runs: readonly { readonly kind: StoreKind; readonly name: string; readonly habits: Habits }[] = [
  { kind: 'file', name: 'exclusive', habits: { exclusive: true, lifetimeMs, latencyMs } },
  { kind: 'postgres', name: 'exclusive', habits: { exclusive: true, lifetimeMs, latencyMs } },
  { kind: 'postgres', name: 'rotating', habits: { renewal: 'rotating', replay: 'fatal', lifetimeMs, latencyMs } },
  { kind: 'redis', name: 'rotating', habits: { renewal: 'rotating', replay: 'fatal', lifetimeMs, latencyMs } },
]

const here = kindsHere()
const grounds = new Map<StoreKind, Ground>()

beforeAll(async () => {
  for (const kind of storeKinds) if (here[kind]) grounds.set(kind, await openGround(kind))
})
afterAll(async () => {
  printReport()
  for (const ground of grounds.values()) await ground[Symbol.asyncDispose]()
})

describe.concurrent('a fleet of eight outlives kills and stops at random', () => {
  for (const [index, { kind, name, habits }] of runs.entries()) {
    it.skipIf(!here[kind])(`${kind}, ${name}`, async ({ expect }) => {
      const seed = Math.floor(Math.random() * 2 ** 32)
      console.log(`chaos ${kind}, ${name}: seed ${seed}`)
      const open = shared(grounds.get(kind)!) // Opened before the tests.
      // Each stop may cost a refusal, and there are more of them than the default budget foresees.
      const plan = {
        test: `chaos ${index + 1}`,
        open,
        habits,
        workers: 8,
        refusalBudget: { renewals: 50, per: 60_000 },
      }
      const { row } = await conduct(plan, async (fleet, notes) => {
        const random = seededRandom(seed)
        notes.kills = notes.stalls = 0
        // Whoever was stopped in the middle of a call could not keep its token fresh; and where it held the lease and
        // nobody took over meanwhile, its attempt has failed for those who waited for it (11.2).
        notes.pardon = (worker, { heardAt, ms }) =>
          worker.stops.some(({ from, to }) => from < heardAt && to + resumeMs > heardAt - ms)
        fleet.call()
        await servedSince(fleet, 0)
        const end = performance.now() + lastsMs
        const resuming: Promise<void>[] = []
        const hits = { requests: 0 }
        while (performance.now() < end) {
          await pause(1_000 * random())
          const victim = await chooseVictim(fleet, random, hits)
          if (victim === undefined) continue
          if (random() < 0.5) {
            notes.kills += 1
            await victim.kill()
            const replacement = await fleet.add()
            replacement.tell({ do: 'call' })
          } else {
            notes.stalls += 1
            victim.stop()
            resuming.push(pause(200 + 8_000 * random() ** 2).then(() => victim.continue()))
          }
        }
        await Promise.all(resuming)
        notes.overlapsAllowed = notes.stalls
        await servedSince(fleet, performance.now())
        const last = await renewsByAge(fleet, 2 * lifetimeMs + slackMs)
        if (habits.renewal === 'rotating' && last.grant !== 'renew') notes.problems.push('the refresh token was lost')
      })
      expect(row.problems).toEqual([])
    })
  }
})

/**
 * Three times of four somebody who is renewing just now, if there is one within a second, and if the fleet has had a
 * token since the last such hit: no fleet gets one whose holders are all killed. Never one of the last three.
 */
async function chooseVictim(
  fleet: Fleet,
  random: () => number,
  hits: { requests: number },
): Promise<WorkerProcess | undefined> {
  const running = (): WorkerProcess[] => fleet.present().filter(({ state }) => state === 'living')
  const { exchanges } = fleet.provider
  const recovered = exchanges.slice(hits.requests).some(({ servedTo }) => servedTo.size > 0)
  if (random() < 0.75 && recovered) {
    const until = performance.now() + 1_000
    while (performance.now() < until && !running().some(({ renewing }) => renewing)) await pause(5)
    await pause(latencyMs * random())
  }
  const candidates = running()
  if (candidates.length <= 3) return undefined
  const holder = recovered ? candidates.find(({ renewing }) => renewing) : undefined
  if (holder) hits.requests = exchanges.length
  const others = candidates.filter(({ renewing }) => !renewing)
  return holder ?? others[Math.floor(random() * others.length)]
}

/** The mulberry32 generator. */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

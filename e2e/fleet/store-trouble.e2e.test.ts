/**
 * The store crashes, forgets, falls back to a replica or is removed while a fleet works on it. Processes that know the
 * token go on; one that starts cold afterwards finds what the store still knows.
 *
 * @see engine.md sections 6.6, 6.12, 9.7, 14 (G1, G4, G7) and 15 ("Store")
 * @module
 */
import { renameSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, describe, it } from 'vitest'
import { conduct } from './harness/conduct.ts'
import { askRedis, kindsHere, openGround } from './harness/grounds.ts'
import type { Ground, StoreKind } from './harness/grounds.ts'
import type { Fleet } from './harness/fleet.ts'
import type { Habits } from './harness/provider.ts'
import { openReplicated } from './harness/replicated-redis.ts'
import type { Replicated } from './harness/replicated-redis.ts'
import { printReport } from './harness/report.ts'
import { oneMoreRenewal, recordsTokenOnly, servedSince } from './harness/service.ts'
import type { WorkerProcess } from './harness/worker-process.ts'

const lifetimeMs = 60_000
const exclusive: Habits = { exclusive: true, lifetimeMs }
const rotating: Habits = { renewal: 'rotating', replay: 'fatal', lifetimeMs }
const both = { exclusive, 'rotating, replay fatal': rotating }
const refusalBudget = { renewals: 6, per: 60_000 } // The tests themselves end tokens.

const here = kindsHere()
afterAll(printReport)

interface Trouble {
  readonly kind: StoreKind
  readonly what: string
  /** Whether the record is gone afterwards. */
  readonly loses: boolean
  readonly persistent?: boolean
  readonly befall: (ground: Ground) => Promise<void>
}

const troubles: readonly Trouble[] = [
  { kind: 'redis', what: 'a crash and a restart with its data', loses: false, befall: crash },
  { kind: 'redis', what: 'a crash and a restart without its data', loses: true, persistent: false, befall: crash },
  {
    kind: 'redis',
    what: 'FLUSHALL',
    loses: true,
    befall: async ({ server }) => void (await askRedis(server!.port, 'FLUSHALL')),
  },
  { kind: 'postgres', what: 'a crash and a restart', loses: false, befall: crash },
  {
    kind: 'file',
    what: 'the removal of its directory',
    loses: true,
    befall: async ({ data }) => renameSync(data, `${data}.away`),
  },
]

async function crash({ server }: Ground): Promise<void> {
  await server!.kill() // Servers have one.
  await pause(300)
  await server!.restart()
}

describe.concurrent('a fleet lives through (G1, G4, G7)', () => {
  for (const { kind, what, loses, persistent = true, befall } of troubles) {
    for (const [name, habits] of Object.entries(both)) {
      it.skipIf(!here[kind])(`${kind}: ${what}; ${name}`, async ({ expect }) => {
        const plan = { test: what, open: () => openGround(kind, persistent), habits, workers: 4, refusalBudget }
        const { row } = await conduct(plan, async (fleet, notes, ground) => {
          fleet.call()
          await servedSince(fleet, 0)
          await oneMoreRenewal(fleet)
          const before = fleet.provider.exchanges.length
          await befall(ground)
          await servedSince(fleet, performance.now())
          notOne(fleet, before, notes.problems)
          await coldStart(fleet)
          // A lost record costs one token, as nobody can know that there is one; anything else costs nothing.
          notes.needlessAllowed = loses ? 1 : 0
          if (loses) await recordsTokenOnly(fleet)
          else notOne(fleet, before, notes.problems)
          const next = await oneMoreRenewal(fleet)
          if (habits.renewal === 'rotating' && next.grant !== 'renew') notes.problems.push('the refresh token was lost')
        })
        expect(row.problems).toEqual([])
      })
    }
  }
})

describe.concurrent(
  'while the store is down and the token ends, each process of a shareable provider helps itself once (9.7)',
  () => {
    for (const kind of ['redis', 'postgres'] as const) {
      it.skipIf(!here[kind])(`${kind}: and none spends the refresh token`, async ({ expect }) => {
        const plan = { test: 'an outage', open: () => openGround(kind), habits: rotating, workers: 4, refusalBudget }
        const { row } = await conduct(plan, async (fleet, notes, ground) => {
          const { exchanges } = fleet.provider
          fleet.call()
          await servedSince(fleet, 0)
          const before = exchanges.length
          notes.needlessAllowed = notes.overlapsAllowed = fleet.workers.length
          await ground.server!.kill()
          fleet.provider.endTokens()
          await servedSince(fleet, performance.now())
          const alone = exchanges.slice(before)
          if (alone.some(({ grant }) => grant === 'renew'))
            notes.problems.push('a refresh token was spent without the store (9.7)')
          if (alone.length > fleet.workers.length)
            notes.problems.push(`${alone.length} token requests for ${fleet.workers.length} processes`)
          await ground.server!.restart()
          await recovered(fleet)
          await recordsTokenOnly(fleet)
          const next = await oneMoreRenewal(fleet)
          if (next.grant !== 'renew') notes.problems.push('the fleet did not find back to one refresh token')
        })
        expect(row.problems).toEqual([])
      })
    }
  },
)

describe.concurrent('redis fails over to its replica', () => {
  type Scenario = (fleet: Fleet, redis: Replicated, problems: string[]) => Promise<void>
  interface Setting {
    /** How many must confirm a durable swap; 0: the single server is accepted. */
    readonly replicas: number
    /** Tokens in use that the roll-back may cost (G4). */
    readonly rolledBack: number
  }
  const failOver = (what: string, { replicas, rolledBack }: Setting, scenario: Scenario): void => {
    it.skipIf(!here.redis)(what, async ({ expect }) => {
      const plan = { test: what, open: () => openReplicated(replicas), habits: rotating, workers: 4, refusalBudget }
      const { row } = await conduct(plan, async (fleet, notes, redis) => {
        fleet.call()
        await servedSince(fleet, 0)
        const renewed = await oneMoreRenewal(fleet)
        if (renewed.grant !== 'renew') notes.problems.push('the refresh token was not used while all was well')
        notes.needlessAllowed = rolledBack
        await scenario(fleet, redis, notes.problems)
      })
      expect(row.problems).toEqual([])
    })
  }

  failOver(
    'and nothing is lost where the replica confirms swaps (G7)',
    { replicas: 1, rolledBack: 0 },
    async (fleet, redis, problems) => {
      const before = fleet.provider.exchanges.length
      await redis.failOver()
      await servedSince(fleet, performance.now())
      await coldStart(fleet)
      notOne(fleet, before, problems)
      const next = await oneMoreRenewal(fleet)
      if (next.grant !== 'renew') problems.push('the refresh token was lost')
    },
  )

  failOver(
    'and no refresh token is sent twice where the replica had stopped confirming (6.6, G7)',
    { replicas: 1, rolledBack: 1 },
    async (fleet, redis, problems) => {
      await redis.detachReplica()
      const alone = await oneMoreRenewal(fleet)
      if (alone.grant !== 'obtain') problems.push('a refresh token was spent although the intent was not durable (6.6)')
      await redis.failOver()
      await coldStart(fleet)
      await recordsTokenOnly(fleet)
      await oneMoreRenewal(fleet)
    },
  )

  failOver(
    'and processes that know better repair an old copy, where a single server is accepted (6.12, G1)',
    { replicas: 0, rolledBack: 0 },
    async (fleet, redis, problems) => {
      await redis.detachReplica()
      const lost = await oneMoreRenewal(fleet)
      if (lost.grant !== 'renew') problems.push('the refresh token was not used')
      await redis.failOver()
      const next = await oneMoreRenewal(fleet)
      if (next.grant !== 'renew') problems.push('the refresh token was not brought back')
      const repairs = fleet.workers
        .flatMap(({ course }) => course)
        .filter((line) => line.said === 'event' && line.name === 'store.rollback')
      if (repairs.length === 0) problems.push('nobody noticed that the record was rolled back')
    },
  )
})

/** A process that knows nothing joins, and is served. */
async function coldStart(fleet: Fleet): Promise<void> {
  const worker = await fleet.add()
  worker.tell({ do: 'call' })
  await servedSince(fleet, performance.now())
}

/** What was obtained alone has been judged by the store that is back. */
async function recovered(fleet: Fleet): Promise<void> {
  const judged = ({ course }: WorkerProcess): boolean => {
    const names = course.map((line) => (line.said === 'event' ? line.name : ''))
    return (
      names.lastIndexOf('commit.deferred') <= names.findLastIndex((name) => /^commit\.(recovered|refused)$/.test(name))
    )
  }
  await fleet.until('what was obtained alone is judged', () => fleet.present().every(judged), 30_000)
  await servedSince(fleet, performance.now())
}

function notOne(fleet: Fleet, before: number, problems: string[]): void {
  const more = fleet.provider.exchanges.length - before
  if (more > 0) problems.push(`${more} token requests although the token was good`)
}

/**
 * A process of a fleet is killed, or stopped until its lease is over and continued, at each step of an attempt; on each
 * store, for an exclusive provider and for one that rotates refresh tokens and punishes a replay.
 *
 * @see engine.md sections 14, 15 ("Fleet") and 16.4
 * @module
 */
import { afterAll, beforeAll, describe, it } from 'vitest'
import { kindsHere, openGround, searchBytes, storeKinds } from './harness/grounds.ts'
import type { Ground, StoreKind } from './harness/grounds.ts'
import { commitLate, interrupt } from './harness/interruption.ts'
import type { Habits } from './harness/provider.ts'
import { printReport } from './harness/report.ts'
import { steps } from './worker/messages.ts'

const lifetimeMs = 60_000
const providers: readonly { readonly name: string; readonly habits: Habits }[] = [
  { name: 'exclusive', habits: { exclusive: true, lifetimeMs } },
  { name: 'rotating, replay fatal', habits: { renewal: 'rotating', replay: 'fatal', lifetimeMs } },
]

const here = kindsHere()
const grounds = new Map<StoreKind, Ground>()
const secrets = new Map<StoreKind, string[]>()

beforeAll(async () => {
  for (const kind of storeKinds) if (here[kind]) grounds.set(kind, await openGround(kind))
})
afterAll(async () => {
  printReport()
  for (const ground of grounds.values()) await ground[Symbol.asyncDispose]()
})

const groundOf = (kind: StoreKind): Ground => grounds.get(kind)! // Opened before the tests, which are skipped otherwise.

describe.concurrent('a fleet survives (G1 to G4, G7, G8, G14)', () => {
  for (const kind of storeKinds) {
    describe.skipIf(!here[kind])(kind, () => {
      for (const { name, habits } of providers) {
        for (const signal of ['SIGKILL', 'SIGSTOP'] as const) {
          for (const step of steps) {
            it(`${signal} ${step}, ${name}`, async ({ expect }) => {
              const { row, secrets: seen } = await interrupt({ place: groundOf(kind), habits, signal, step })
              secrets.set(kind, [...(secrets.get(kind) ?? []), ...seen])
              expect(row.problems).toEqual([])
            })
          }
        }
      }
    })
  }
})

describe.concurrent(
  'an answer that was read and comes late to the record is kept where nobody overtook it (6.8, G8)',
  () => {
    for (const kind of storeKinds) {
      for (const others of [false, true]) {
        it.skipIf(!here[kind])(`${kind}: ${others ? 'others wait' : 'nobody else is there'}`, async ({ expect }) => {
          const { row, secrets: seen } = await commitLate(groundOf(kind), others)
          secrets.set(kind, [...(secrets.get(kind) ?? []), ...seen])
          expect(row.problems).toEqual([])
        })
      }
    }
  },
)

describe('after all that, no byte on the disk shows a secret (10.1)', () => {
  for (const kind of storeKinds) {
    it.skipIf(!here[kind])(kind, ({ expect }) => {
      const { records, leaks } = searchBytes(groundOf(kind).directory, secrets.get(kind) ?? [])
      expect(leaks).toEqual([])
      expect(records).toBeGreaterThan(10)
    })
  }
})

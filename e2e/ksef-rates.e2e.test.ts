/**
 * The client's budgets of requests beside a simulator that counts as KSeF does, over real sockets. Both clocks move
 * together, and only while no request is under way, so that a busy machine changes nothing.
 *
 * @see spec/ksef.md section 1.10
 * @module
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { KsefClientOptions } from '@latchkey/ksef'
import { startSimulator } from '@latchkey/simulator'
import { virtualClock } from '@latchkey/testkit'
import { afterEach, expect, it } from 'vitest'
import { atOnce, clientOf, signInAsOwner } from './support/ksef.ts'

const open: AsyncDisposable[] = []
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each[Symbol.asyncDispose]()
})

async function world(options: KsefClientOptions = {}) {
  const simulator = await startSimulator({ ksef: { ...atOnce, rateLimits: true } })
  await using first = clientOf(simulator)
  const { authTokens, contextIdentifier } = await signInAsOwner(first)
  await simulator.clock.advance(2_000) // The sign-in counts no more.

  const clock = virtualClock({ wall: simulator.clock.now() })
  const statuses: number[] = []
  let underWay = 0
  const client = clientOf(simulator, {
    clock,
    async fetch(input, init) {
      underWay += 1
      try {
        const response = await fetch(input, init)
        statuses.push(response.status)
        return response
      } finally {
        underWay -= 1
      }
    },
    ...options,
  })
  open.push(simulator, client)
  return {
    client,
    auth: client.authenticated(authTokens, contextIdentifier && { contextIdentifier }),
    /** Of the answers so far. */
    statuses,
    /** Lets both clocks run until all of it is done, and answers with how long that took. */
    async live(work: readonly Promise<unknown>[]): Promise<number> {
      const done = Promise.all(work)
      const from = clock.elapsed()
      for (let isDone = false; !isDone; await pause(1)) {
        await clock.settle()
        const due = underWay === 0 ? clock.nextDue() : undefined
        if (due !== undefined) {
          await simulator.clock.advance(due)
          await clock.advance(due)
        }
        isDone = await Promise.race([done.then(() => true), pause(0, false)])
      }
      return clock.elapsed() - from
    },
  }
}

function several<T>(count: number, call: () => Promise<T>): Promise<T>[] {
  return Array.from({ length: count }, call)
}

it('what one context asks at once goes ten in a second, and KSeF refuses nothing', async () => {
  const { auth, statuses, live } = await world()
  const ms = await live(several(21, () => auth.limits.context()))
  expect(statuses).toEqual(Array(21).fill(200))
  expect(ms).toBeGreaterThanOrEqual(2_000)
  expect(ms).toBeLessThan(3_000)
})

it('operations have counters of their own', async () => {
  const { auth, statuses, live } = await world()
  const ms = await live([...several(10, () => auth.limits.context()), ...several(10, () => auth.limits.subject())])
  expect(statuses).toEqual(Array(20).fill(200))
  expect(ms).toBeLessThan(1_000)
})

it('what needs no sign-in goes sixty in a second, all operations together', async () => {
  const { client, statuses, live } = await world()
  const { authentication, peppol } = client
  const ms = await live([...several(40, () => peppol.query()), ...several(40, () => authentication.challenge())])
  expect(statuses).toEqual(Array(80).fill(200))
  expect(ms).toBeGreaterThanOrEqual(1_000)
})

it('without budgets KSeF refuses the eleventh, and the client comes back when it may', async () => {
  const { auth, statuses, live } = await world({ rateLimits: false })
  await live(several(11, () => auth.limits.context()))
  expect(statuses.toSorted()).toEqual([...Array<number>(11).fill(200), 429])
  expect(statuses.at(-1)).toBe(200)
})

it('a call without the time for its turn is told when there is one, and nothing is sent', async () => {
  const { auth, statuses, live } = await world()
  await live(several(10, () => auth.limits.context()))
  const late = auth.limits.context({ deadlineMs: 500 })
  await expect(late).rejects.toMatchObject({
    code: 'KSEF_RATE_LIMITED',
    retryable: true,
    details: { reason: 'budget' },
  })
  expect(statuses).toHaveLength(10)
})

/** Rate limits: three sliding windows per context, address and group: spec/ksef.md sections 1.7, 1.10, 8.1 row 37. @module */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startSimulator, type Simulator } from '../../src/index.ts'
import { publicRateLimit } from '../../src/systems/ksef/rate-groups.ts'
import { createRates } from '../../src/systems/ksef/rates.ts'
import type { Reply } from '../support.ts'
import { type Caller, createCaller } from './support/caller.ts'
import { makeSigner, nip as otherNip, subjects } from './support/certificates.ts'

const limit = { perSecond: 3, perMinute: 5, perHour: 7 }
const second = 1000

describe('windows', () => {
  /** What becomes of requests at these instants; the seconds to wait, or null. */
  const takeAt = (...instants: readonly number[]): readonly (number | null)[] => {
    const rates = createRates()
    return instants.map((at) => rates.take('key', limit, at)?.retryAfterSeconds ?? null)
  }

  test('of a second: the fourth waits until the first has left', () => {
    expect(takeAt(0, 100, 200, 300)).toEqual([null, null, null, 1])
    expect(takeAt(0, 100, 200, 1000)).toEqual([null, null, null, null])
    expect(takeAt(0, 100, 200, 999)).toEqual([null, null, null, 1])
  })

  test('of a minute', () => {
    const five = [0, 2, 4, 6, 8].map((n) => n * second)
    expect(takeAt(...five, 10 * second).at(-1)).toBe(50)
    expect(takeAt(...five, 59_999).at(-1)).toBe(1)
    expect(takeAt(...five, 60_000).at(-1)).toBeNull()
  })

  test('of an hour', () => {
    const seven = [0, 1, 2, 3, 4, 5, 6].map((n) => n * 60 * second)
    expect(takeAt(...seven, 10 * 60 * second).at(-1)).toBe(3000)
    expect(takeAt(...seven, 3_600_000).at(-1)).toBeNull()
  })

  test('a request during the block lengthens it, one under way when it began does not', () => {
    const rates = createRates()
    const at = (ms: number) => rates.take('key', limit, ms)?.retryAfterSeconds ?? null
    for (const n of [0, 2, 4, 6, 8]) expect(at(n * second)).toBeNull()
    expect(at(10 * second)).toBe(50)
    expect(at(10_500)).toBe(50)
    expect(at(20 * second)).toBe(90)
    expect(at(60 * second)).toBe(100) // Whoever does not wait waits longer.
    expect(at(161 * second)).toBeNull()
  })

  test('the text names the window', () => {
    const rates = createRates()
    const first = { perSecond: 1, perMinute: 100, perHour: 100 }
    expect(rates.take('a', first, 0)).toBeNull()
    expect(rates.take('a', first, 1)).toMatchObject({ limit: 1, per: 'sekundę' })
    const third = { perSecond: 100, perMinute: 100, perHour: 1 }
    expect(rates.take('b', third, 0)).toBeNull()
    expect(rates.take('b', third, 1)).toMatchObject({ limit: 1, per: 'godzinę' })
  })
})

test('public operations: 60 in any second', () => {
  const rates = createRates()
  const taken = Array.from({ length: 61 }, (_, n) => rates.take('public', publicRateLimit, n))
  expect(taken.filter((block) => block === null)).toHaveLength(60)
  expect(taken.at(-1)).toEqual({ limit: 60, per: 'sekundę', retryAfterSeconds: 1 })
})

describe('over the API', () => {
  let simulator: Simulator
  let caller: Caller
  beforeAll(async () => {
    simulator = await startSimulator()
    caller = createCaller(simulator)
  })
  beforeEach(() => simulator.reset())
  afterAll(() => simulator.close())

  const sessions = (token: string, headers = {}) => caller.send('GET', '/auth/sessions', token, undefined, headers)
  /** As many as a minute allows, ten in a second. What real time passes meanwhile only makes the seconds longer. */
  const useMinuteUp = async (token: string): Promise<void> => {
    for (let burst = 0; burst < 3; burst += 1) {
      for (let n = 0; n < 10; n += 1) expect((await sessions(token)).status).toBe(200)
      await simulator.clock.advance(second)
    }
  }

  test('production’s values by default: 30 a minute, then 429 with Retry-After in both forms', async () => {
    const { accessToken } = await caller.signIn()
    await useMinuteUp(accessToken)
    const reply = await sessions(accessToken)
    const seconds = reply.headers.get('retry-after') ?? ''
    const detail = `Przekroczono limit 30 żądań na minutę. Spróbuj ponownie po ${seconds} sekundach.`
    expect(reply.status).toBe(429)
    expect(reply.json).toEqual({ status: { code: 429, description: 'Too Many Requests', details: [detail] } })
    expect(Number(seconds)).toBeLessThanOrEqual(57)
    expect(Number(seconds)).toBeGreaterThan(30)
    const problem = await sessions(accessToken, { 'x-error-format': 'problem-details' })
    expect(problem.json).toMatchObject({ title: 'Too Many Requests', status: 429, instance: '/v2/auth/sessions' })
    expect(problem.json['detail']).toMatch(
      /^Przekroczono limit 30 żądań na minutę\. Spróbuj ponownie po \d+ sekundach\.$/,
    )
    expect(problem.headers.get('content-type')).toBe('application/problem+json')
  })

  test('to wait as long as Retry-After says is enough', async () => {
    const { accessToken } = await caller.signIn()
    await useMinuteUp(accessToken)
    const reply = await sessions(accessToken)
    await simulator.clock.advance(Number(reply.headers.get('retry-after')) * second)
    expect((await sessions(accessToken)).status).toBe(200)
  })

  test('another operation of the group other, another context and another address have counters of their own', async () => {
    const { accessToken } = await caller.signIn()
    await useMinuteUp(accessToken)
    expect((await sessions(accessToken)).status).toBe(429)
    expect((await caller.send('GET', '/tokens', accessToken)).status).toBe(200)
    const context = `<Nip>${otherNip}</Nip>`
    const other = await caller.signIn(await makeSigner(subjects.seal(otherNip)), { context })
    expect((await sessions(other.accessToken)).status).toBe(200)
    simulator.set({ ksef: { clientIp: '10.0.0.8' } })
    expect((await sessions(accessToken)).status).toBe(200)
  })

  test('every session of a context shares its counters', async () => {
    const first = await caller.signIn()
    const second = await caller.signIn()
    await useMinuteUp(first.accessToken)
    expect((await sessions(second.accessToken)).status).toBe(429)
  })

  test('public operations count together: some of a burst are refused', async () => {
    const burst = () =>
      Promise.all([
        ...Array.from({ length: 60 }, () => caller.send('POST', '/auth/challenge')),
        ...Array.from({ length: 60 }, () => caller.send('GET', '/peppol/query')),
      ])
    const replies: Reply[] = []
    // A slow machine may take more than a second for one.
    for (let n = 0; n < 5 && !replies.some(({ status }) => status === 429); n += 1) replies.push(...(await burst()))
    const refused = replies.find(({ status }) => status === 429)
    expect(refused?.text).toContain('Przekroczono limit 60 żądań na sekundę.')
  })

  test('without the switch there is none', async () => {
    simulator.set({ ksef: { rateLimits: false } })
    const { accessToken } = await caller.signIn()
    const replies = await Promise.all(Array.from({ length: 40 }, () => sessions(accessToken)))
    expect(replies.every(({ status }) => status === 200)).toBe(true)
  })
})

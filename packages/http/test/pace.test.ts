import { TokenError } from '@latchkey/core'
import { describe, expect, test } from 'vitest'
import { createPipeline, ProviderError } from '../src/index.ts'
import type { Pace, RequestEvent } from '../src/index.ts'
import {
  dialect,
  fetchFailed,
  json,
  manualClock,
  operationOf,
  rejection,
  scriptedFetch,
  scriptedSource,
  tokenOf,
} from './doubles.ts'
import type { Step, TokenStep } from './doubles.ts'

const good = (): Response => json(200, { ok: true })
const full = new ProviderError('ACME_QUOTA', 'The hour is full. Nothing was sent.', { retryable: true, retryAt: 7 })
const never: Pace = () => new Promise(() => {}) // Takes no notice of any signal.

function setUp(steps: readonly Step[], tokens: readonly TokenStep[], pace: (clock: Clock) => Pace) {
  const { fetch, calls } = scriptedFetch(...steps)
  const { source, needs } = scriptedSource(...tokens)
  const time = manualClock()
  const events: RequestEvent[] = []
  const log = (event: RequestEvent): void => void events.push(event)
  const common = { source, baseUrl: 'https://api.acme.test', dialect, fetch, clock: time.clock, random: () => 0, log }
  return { pipeline: createPipeline({ ...common, pace: pace(time.clock) }), calls, needs, time, events }
}
type Clock = ReturnType<typeof manualClock>['clock']

describe('a pace', () => {
  test('is asked once per try with the operation and the time that is left, after the token is there', async () => {
    const asked: unknown[] = []
    const { pipeline, time, needs } = setUp(
      [json(429, {}, { 'retry-after': '3' }), good()],
      [1, 1, 1, 1].map((generation) => tokenOf(generation)),
      (clock) => async (operation, run) => {
        asked.push([operation.rateGroup, run.remainingMs, needs.length])
        await clock.sleep(1_000, run.signal)
      },
    )
    await time.run(pipeline.send(operationOf('once', { rateGroup: 'queries' }), {}, { deadlineMs: 60_000 }))
    expect(asked).toEqual([
      ['queries', 60_000, 1],
      ['queries', 56_000, 3],
    ])
    expect(time.now()).toBe(5_000)
  })

  test('that took long is followed by a look at the token, which may have been renewed meanwhile', async () => {
    const { pipeline, time, calls } = setUp([good()], [tokenOf(1), tokenOf(2)], (clock) => () => clock.sleep(50_000))
    expect(await time.run(pipeline.send(operationOf('read')))).toMatchObject({ generation: 2 })
    expect(calls[0]!.headers.get('authorization')).toBe('Bearer secret-token-2')
  })

  test('is asked for the repeat after a refused token too, which is sent with the token that was asked for', async () => {
    let asked = 0
    const { pipeline, time, needs } = setUp([json(401, {}), good()], [tokenOf(1), tokenOf(1), tokenOf(2)], () => () => {
      asked += 1
      return Promise.resolve()
    })
    expect(await time.run(pipeline.send(operationOf('once')))).toMatchObject({ generation: 2 })
    expect(asked).toBe(2)
    expect(needs.map(({ after }) => after)).toEqual([undefined, undefined, 1])
  })

  test.each(['read', 'keyed', 'once'] as const)('that refuses ends the call with its error: %s', async (effect) => {
    const { pipeline, time, events } = setUp([], [tokenOf(1)], () => () => Promise.reject(full))
    expect(await rejection(time.run(pipeline.send(operationOf(effect))))).toBe(full)
    expect(events).toEqual([])
    expect(time.pending()).toBe(0)
  })

  test('that refuses the second try of a keyed operation leaves its outcome unknown, and of a read a failure', async () => {
    for (const [effect, code] of [
      ['keyed', 'ACME_OUTCOME_UNKNOWN'],
      ['read', 'ACME_QUOTA'],
    ] as const) {
      let asked = 0
      const { pipeline, time } = setUp(
        [fetchFailed('ECONNRESET', 'read')],
        [tokenOf(1), tokenOf(1), tokenOf(1)],
        () => () => ((asked += 1) === 1 ? Promise.resolve() : Promise.reject(full)),
      )
      expect(await rejection(time.run(pipeline.send(operationOf(effect))))).toMatchObject({ code })
    }
  })

  test('that never lets through ends with the deadline', async () => {
    const { pipeline, time } = setUp([], [tokenOf(1)], () => never)
    const error = await rejection(time.run(pipeline.send(operationOf('once'), {}, { deadlineMs: 5_000 })))
    expect(error).toMatchObject({ code: 'ACME_TIMEOUT', reason: 'deadline' })
    expect(time.now()).toBe(5_000)
  })

  test("ends with the caller's own reason when the caller aborts, and its signal says so", async () => {
    const control = new AbortController()
    const reason = new TokenError('LATCHKEY_CLOSED', 'mine')
    let signal: AbortSignal | undefined
    const { pipeline, time } = setUp([], [tokenOf(1)], () => (operation, run) => {
      signal = run.signal
      control.abort(reason)
      return never(operation, run)
    })
    expect(await rejection(time.run(pipeline.send(operationOf('once'), {}, { signal: control.signal })))).toBe(reason)
    expect(signal).toMatchObject({ aborted: true, reason })
  })

  test('learns from the events how long a quota is closed', async () => {
    const { pipeline, time, events } = setUp(
      [json(429, {}, { 'retry-after': '3' }), good()],
      [1, 1, 1, 1].map((generation) => tokenOf(generation)),
      () => () => Promise.resolve(),
    )
    await time.run(pipeline.send(operationOf('read')))
    expect(events.map(({ retryAfterMs }) => retryAfterMs)).toEqual([3_000, undefined])
    expect(events[1]).not.toHaveProperty('retryAfterMs')
  })
})

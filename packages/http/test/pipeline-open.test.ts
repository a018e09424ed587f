/** The pipeline without a token source: for operations that are open to everybody. */
import { describe, expect, test } from 'vitest'
import { createPipeline, ProviderError } from '../src/index.ts'
import type { RequestEvent } from '../src/index.ts'
import { dialect, fetchFailed, json, manualClock, operationOf, rejection, scriptedFetch } from './doubles.ts'
import type { Step } from './doubles.ts'

function setUp(...steps: readonly Step[]) {
  const { fetch, calls } = scriptedFetch(...steps)
  const time = manualClock()
  const events: RequestEvent[] = []
  const log = (event: RequestEvent): void => void events.push(event)
  const pipeline = createPipeline({ baseUrl: 'https://api.acme.test', dialect, fetch, clock: time.clock, log })
  return { pipeline, calls, time, events }
}

describe('a pipeline without a source', () => {
  test('sends no Authorization header and answers with generation 0', async () => {
    const { pipeline, calls, time, events } = setUp(json(200, { ok: true }))
    const answer = await time.run(pipeline.send(operationOf('read')))
    expect(answer.generation).toBe(0)
    expect(calls[0]?.headers.has('authorization')).toBe(false)
    expect(events).toMatchObject([{ outcome: 'done', generation: 0 }])
  })

  test.each(['read', 'once'] as const)(
    'does not repeat a 401 (%s), which is a failure like any other',
    async (effect) => {
      const { pipeline, time, events } = setUp(json(401, {}))
      const error = await rejection(time.run(pipeline.send(operationOf(effect))))
      expect(error).toBeInstanceOf(ProviderError)
      expect(events).toMatchObject([{ outcome: 'failed', status: 401 }])
    },
  )

  test('repeats a read whose connection was never made', async () => {
    const { pipeline, calls, time } = setUp(fetchFailed('ECONNREFUSED', 'connect'), json(200, { ok: true }))
    await time.run(pipeline.send(operationOf('read')))
    expect(calls).toHaveLength(2)
  })
})

describe('the turn of a request without a token', () => {
  test('is waited for before each try', async () => {
    const { fetch } = scriptedFetch(fetchFailed('ECONNREFUSED', 'connect'), json(200, { ok: true }))
    const time = manualClock()
    const turns: string[] = []
    const pace = async (operation: { readonly name: string }): Promise<void> => void turns.push(operation.name)
    const pipeline = createPipeline({ baseUrl: 'https://api.acme.test', dialect, fetch, clock: time.clock, pace })
    await time.run(pipeline.send(operationOf('read')))
    expect(turns).toEqual([operationOf('read').name, operationOf('read').name])
  })

  test('that cannot be had ends the call as not sent', async () => {
    const { fetch } = scriptedFetch()
    const time = manualClock()
    const refusal = new ProviderError('ACME_THROTTLED', 'No turn.', { retryable: true })
    const pace = (): Promise<void> => Promise.reject(refusal)
    const pipeline = createPipeline({ baseUrl: 'https://api.acme.test', dialect, fetch, clock: time.clock, pace })
    expect(await rejection(time.run(pipeline.send(operationOf('once'))))).toBe(refusal)
  })
})

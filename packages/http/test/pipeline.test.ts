import { TokenError } from '@latchkey/core'
import { describe, expect, test } from 'vitest'
import { createPipeline, OutcomeUnknownError, ProviderError } from '../src/index.ts'
import type { PipelineOptions, RequestEvent, SendRequest } from '../src/index.ts'
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
const no = (): Response => json(401, {})
const silent = (): Promise<Response> => new Promise(() => {}) // Takes no notice of any signal.

function setUp(steps: readonly Step[], tokens: readonly TokenStep[] = [], more: Partial<PipelineOptions> = {}) {
  const { fetch, calls } = scriptedFetch(...steps)
  const script = scriptedSource(...(tokens.length > 0 ? tokens : steps.map(() => tokenOf(1))))
  const time = manualClock()
  const events: RequestEvent[] = []
  const options = {
    source: script.source,
    baseUrl: 'https://api.acme.test/base',
    dialect,
    fetch,
    clock: time.clock,
    random: () => 0.5,
  }
  const pipeline = createPipeline({ ...options, log: (event) => void events.push(event), ...more })
  return { ...script, pipeline, calls, time, events }
}

describe('a request', () => {
  test('carries the token, the common and its own headers, the query, and the body as JSON', async () => {
    const { pipeline, calls, time } = setUp([good()], [], { headers: { 'User-Agent': 'acme/1', 'x-both': 'common' } })
    const request: SendRequest = {
      body: { amount: 1 },
      params: { id: 'a/b c' },
      query: { page: 2, tag: ['x', 'y&z'], absent: undefined },
      headers: { 'x-both': 'own' },
    }
    await time.run(pipeline.send(operationOf('once', { path: '/pay/{id}' }), request))
    expect(calls[0]).toMatchObject({
      method: 'POST',
      url: 'https://api.acme.test/base/pay/a%2Fb%20c?page=2&tag=x&tag=y%26z',
      text: '{"amount":1}',
    })
    expect(Object.fromEntries(calls[0]!.headers)).toEqual({
      accept: 'application/json',
      authorization: 'Bearer secret-token-1',
      'content-type': 'application/json',
      'user-agent': 'acme/1',
      'x-both': 'own',
    })
    expect(calls[0]!.init.redirect).toBe('manual')
  })

  test('brings the answer: status, headers, text, JSON, and the generation it was asked with', async () => {
    const { pipeline, time } = setUp([json(200, { ok: true }, { 'x-id': '7', 'retry-after': '3' })], [tokenOf(41)])
    const answer = await time.run(pipeline.send(operationOf('read')))
    expect(answer).toMatchObject({
      status: 200,
      text: '{"ok":true}',
      json: { ok: true },
      generation: 41,
      retryAfterMs: 3_000,
    })
    expect(answer.headers.get('x-id')).toBe('7')
  })

  const bad: readonly [string, Parameters<typeof operationOf>[1], SendRequest][] = [
    ['a missing parameter', { path: '/pay/{id}' }, {}],
    ['an empty parameter', { path: '/pay/{id}' }, { params: { id: '' } }],
    ['a dot segment', { path: '/pay/{id}' }, { params: { id: '..' } }],
    ['a hidden dot segment', { path: '/%2e%2e/other' }, {}],
    ['half a surrogate pair', { path: '/pay/{id}' }, { params: { id: '\ud800' } }],
    ['half a surrogate pair in its query', {}, { query: { name: ['hunter2\udc00'] } }],
    ['a path without a slash', { path: '.evil.test/' }, {}],
    ['a path with a query', { path: '/pay?x=1' }, {}],
    ['a GET with a body', { method: 'GET' }, { body: {} }],
    ['a body with a cycle', {}, { body: cycle() }],
    ['a body that is no JSON', {}, { body: () => 1 }],
    ['an Authorization of its own', {}, { headers: { authorization: 'Basic hunter2' } }],
    ['a header with a line break', {}, { headers: { 'x-bad': 'hunter2\nx' } }],
  ]
  test.each(bad)('with %s is a TypeError before anything is sent', async (_, operation, request) => {
    const { pipeline } = setUp([])
    const error = await rejection(pipeline.send(operationOf('once', operation), request))
    expect(error).toMatchObject({ name: 'TypeError', code: 'ERR_INVALID_ARG' })
    expect(String(error)).not.toContain('hunter2')
  })

  const wrong: readonly [string, object, RegExp][] = [
    ['an insecure base URL', { baseUrl: 'http://api.acme.test' }, /neither https/],
    ['a base URL with a query', { baseUrl: 'https://api.acme.test/?key=hunter2' }, /a query/],
    ['an unknown option', { timeout: 5 }, /"timeoutMs"/],
    ['no time at all', { timeoutMs: 0 }, /timeoutMs is not a positive number/],
    ['no bound', { bodyMaxBytes: NaN }, /bodyMaxBytes is not a positive number/],
  ]
  test.each(wrong)('to %s is refused at construction', (_, more, message) => {
    expect(() => setUp([], [], more)).toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_ARG', message: expect.stringMatching(message) as string }),
    )
  })
})

describe('a once operation', () => {
  const pay = operationOf('once')

  test('is sent once more with a newer token when the first was refused (7.3)', async () => {
    const { pipeline, calls, refusals, needs, time } = setUp([no(), good()], [tokenOf(1), tokenOf(2)])
    expect((await time.run(pipeline.send(pay, { body: { a: 1 } }))).generation).toBe(2)
    expect(calls.map(({ text }) => text)).toEqual(['{"a":1}', '{"a":1}'])
    expect(refusals).toEqual([{ generation: 1, evidence: { status: 401, verdict: 'refused' } }])
    expect(needs[1]).toMatchObject({ after: 1 })
  })

  test('is not sent a third time when the second token is refused too, and has failed', async () => {
    const { pipeline, refusals, time } = setUp([no(), no()], [tokenOf(1), tokenOf(2)])
    const error = await rejection(time.run(pipeline.send(pay)))
    expect(error).toBeInstanceOf(ProviderError)
    expect(error).toMatchObject({ code: 'ACME_TOKEN_REFUSED', status: 401 })
    expect(refusals.map(({ generation }) => generation)).toEqual([1, 2])
  })

  test("fails with the resource's answer where the refusal budget is spent (7.2)", async () => {
    const { pipeline, time } = setUp([no()], [tokenOf(1), new TokenError('LATCHKEY_TOKEN_REJECTED', 'budget')])
    expect(await rejection(time.run(pipeline.send(pay)))).toMatchObject({ code: 'ACME_TOKEN_REFUSED' })
  })

  test('is repeated for a refused token once in all, however many other tries there are', async () => {
    const { pipeline, time } = setUp([no(), json(429, {}), no()], [tokenOf(1), tokenOf(2), tokenOf(2)])
    expect(await rejection(time.run(pipeline.send(pay)))).toMatchObject({ code: 'ACME_TOKEN_REFUSED' })
  })

  test.each([
    ['429', (): Step => json(429, {})],
    ['a connection that was never made', (): Step => fetchFailed('ECONNREFUSED', 'connect')],
  ])('is repeated after %s, three tries at most, and has then failed', async (_, step) => {
    const { pipeline, time } = setUp([step(), step(), good()])
    expect((await time.run(pipeline.send(pay))).status).toBe(200)
    const second = setUp([step(), step(), step()])
    expect(await rejection(second.time.run(second.pipeline.send(pay)))).toBeInstanceOf(ProviderError)
  })

  test.each([
    ['a timeout', silent, 'timeout', 'no answer came in time'],
    ['a reset', fetchFailed('ECONNRESET', 'read'), 'lost', 'the connection broke'],
    ['a 503', new Response('<html>', { status: 503 }), 'answer', 'status 503'],
    ['a malformed 200', new Response('<html>'), 'answer', 'status 200'],
    ['a redirect', new Response(null, { status: 302, headers: { location: '/x' } }), 'redirect', 'status 302'],
    ['an endless answer', new Response('x'.repeat(1_048_577)), 'tooLarge', 'too long'],
  ] as const)('is not repeated after %s: its outcome is unknown', async (_, step, reason, cameBack) => {
    const { pipeline, time } = setUp([step])
    const resolve = async (evidence: unknown) => ({ state: 'settled', result: { evidence } }) as const
    const unknown = { resolve, correlationId: 'ws_1', more: { shortcode: '174379' } }
    const error = await rejection(time.run(pipeline.send(pay, { unknown })))
    expect(error).toBeInstanceOf(OutcomeUnknownError)
    expect(error).toMatchObject({
      code: 'ACME_OUTCOME_UNKNOWN',
      retryable: false,
      provider: 'acme',
      operation: 'pay',
      attempt: 1,
      reason,
      correlationId: 'ws_1',
      details: expect.objectContaining({ shortcode: '174379' }) as unknown,
    })
    const { message } = error as Error
    expect(message).toContain('acme pay was sent, and')
    expect(message).toContain(cameBack)
    expect(message).toContain('call resolve()')
    expect(await (error as OutcomeUnknownError).resolve('receipt')).toEqual({
      state: 'settled',
      result: { evidence: 'receipt' },
    })
  })

  test('without a way to find out resolves to unknown, for ever', async () => {
    const { pipeline, time } = setUp([new Response('', { status: 500 })])
    const error = (await rejection(time.run(pipeline.send(pay)))) as OutcomeUnknownError // Checked above.
    expect(await error.resolve()).toEqual({ state: 'unknown' })
  })

  test('that a 5xx certainly rejected has failed, and is not repeated even where asking again could help', async () => {
    const first = setUp([json(500, { no: 'E17' })])
    expect(await rejection(first.time.run(first.pipeline.send(pay)))).toMatchObject({
      code: 'ACME_REJECTED',
      providerCode: 'E17',
    })
    const second = setUp([json(500, { busy: true })])
    const error = await rejection(second.time.run(second.pipeline.send(pay)))
    expect(error).toBeInstanceOf(ProviderError)
    expect(error).toMatchObject({ code: 'ACME_BUSY', retryable: true })
  })

  test('whose repeat after a refused token is lost has an unknown outcome', async () => {
    const { pipeline, time } = setUp([no(), fetchFailed('ECONNRESET', 'read')], [tokenOf(1), tokenOf(2)])
    expect(await rejection(time.run(pipeline.send(pay)))).toMatchObject({ code: 'ACME_OUTCOME_UNKNOWN', attempt: 2 })
  })

  test("aborted while it runs rejects with the caller's own reason", async () => {
    const control = new AbortController()
    const reason = { mine: true }
    const { pipeline, events } = setUp([() => (control.abort(reason), silent())])
    expect(await rejection(pipeline.send(pay, {}, { signal: control.signal }))).toBe(reason)
    expect(events.map(({ outcome }) => outcome)).toEqual(['aborted'])
  })

  test('aborted before it runs is not sent, and no token is asked for', async () => {
    const reason = new Error('mine')
    const { pipeline } = setUp([])
    expect(await rejection(pipeline.send(pay, {}, { signal: AbortSignal.abort(reason) }))).toBe(reason)
  })
})

describe('a token that cannot be had', () => {
  test('is the TokenError itself, and nothing was sent', async () => {
    const error = new TokenError('LATCHKEY_CREDENTIALS_DENIED', 'no', { failure: 'denied' })
    const { pipeline, time } = setUp([], [error])
    expect(await rejection(time.run(pipeline.send(operationOf('once'))))).toBe(error)
  })

  test('within the deadline is a timeout of the call', async () => {
    const { pipeline, time } = setUp([], [() => new Promise(() => {})])
    const error = await rejection(time.run(pipeline.send(operationOf('once'), {}, { deadlineMs: 5_000 })))
    expect(error).toBeInstanceOf(ProviderError)
    expect(error).toMatchObject({ code: 'ACME_TIMEOUT', reason: 'deadline' })
    expect(time.now()).toBe(5_000)
  })

  test('because the caller aborted is the reason itself, even one that looks like an error of ours', async () => {
    const control = new AbortController()
    const reason = new TokenError('LATCHKEY_CLOSED', 'mine')
    const tokens = [tokenOf(1), () => (control.abort(reason), new Promise<never>(() => {}))]
    const { pipeline, time } = setUp([fetchFailed('ECONNRESET', 'read')], tokens)
    expect(await rejection(time.run(pipeline.send(operationOf('keyed'), {}, { signal: control.signal })))).toBe(reason)
  })

  test('after a keyed operation may have happened does not make it a failure', async () => {
    const late = new TokenError('LATCHKEY_ENDPOINT_UNREACHABLE', 'down')
    const { pipeline, time } = setUp([fetchFailed('ECONNRESET', 'read')], [tokenOf(1), late])
    expect(await rejection(time.run(pipeline.send(operationOf('keyed'))))).toMatchObject({
      code: 'ACME_OUTCOME_UNKNOWN',
      cause: late,
    })
  })
})

describe('read and keyed operations', () => {
  test.each(['read', 'keyed'] as const)('are repeated after transport errors, 429 and 5xx: %s', async (effect) => {
    for (const step of [
      silent,
      fetchFailed('ECONNRESET', 'read'),
      json(429, {}),
      new Response('', { status: 502 }),
      new Response('<html>'),
    ]) {
      const { pipeline, time, calls } = setUp([step, good()])
      expect((await time.run(pipeline.send(operationOf(effect), { body: { key: 'k' } }))).status).toBe(200)
      expect(calls.map(({ text }) => text)).toEqual(['{"key":"k"}', '{"key":"k"}'])
    }
  })

  test('end with the last failure: a read has failed, a keyed one is unknown', async () => {
    const steps = [silent, silent, silent]
    const read = setUp(steps, [], { deadlineMs: 600_000 })
    expect(await rejection(read.time.run(read.pipeline.send(operationOf('read'))))).toMatchObject({
      code: 'ACME_TIMEOUT',
      retryable: true,
      attempt: 3,
    })
    const keyed = setUp(steps, [], { deadlineMs: 600_000 })
    expect(await rejection(keyed.time.run(keyed.pipeline.send(operationOf('keyed'))))).toMatchObject({
      code: 'ACME_OUTCOME_UNKNOWN',
      attempt: 3,
    })
  })

  test('a keyed operation that is rejected after an earlier try was lost is unknown', async () => {
    const { pipeline, time } = setUp([fetchFailed('ECONNRESET', 'read'), json(400, { no: 'DUPLICATE' })])
    expect(await rejection(time.run(pipeline.send(operationOf('keyed'))))).toMatchObject({
      code: 'ACME_OUTCOME_UNKNOWN',
      providerCode: 'DUPLICATE',
    })
  })

  test('wait as long as Retry-After says, and longer for the spacing of the operation', async () => {
    const first = setUp([json(429, {}, { 'retry-after': '7' }), good()])
    await first.time.run(first.pipeline.send(operationOf('read')))
    expect(first.time.now()).toBe(7_000)
    const second = setUp([json(429, {}, { 'retry-after': '7' }), good()])
    await second.time.run(second.pipeline.send(operationOf('read', { spacingMs: 12_000 })))
    expect(second.time.now()).toBe(12_000)
  })

  test('are repeated at once after a refused token, whatever their spacing', async () => {
    const { pipeline, time } = setUp([no(), good()], [tokenOf(1), tokenOf(2)])
    await time.run(pipeline.send(operationOf('read', { spacingMs: 12_000 })))
    expect(time.now()).toBe(0)
  })

  test('do not begin a wait that the deadline would cut short', async () => {
    const { pipeline, time } = setUp([json(429, {}, { 'retry-after': '120' })])
    expect(await rejection(time.run(pipeline.send(operationOf('read'))))).toMatchObject({ code: 'ACME_THROTTLED' })
    expect(time.now()).toBe(0)
  })

  test('end at the total deadline, whatever each try may take', async () => {
    const { pipeline, time } = setUp([silent, silent], [], { timeoutMs: 30_000 })
    expect(await rejection(time.run(pipeline.send(operationOf('read'), {}, { deadlineMs: 40_000 })))).toMatchObject({
      code: 'ACME_TIMEOUT',
    })
    expect(time.now()).toBe(40_000)
  })

  test('an operation has its own time limit and number of tries', async () => {
    const { pipeline, time } = setUp([silent])
    await rejection(time.run(pipeline.send(operationOf('read', { timeoutMs: 1_000, attemptsMax: 1 }))))
    expect(time.now()).toBe(1_000)
  })

  test('a pending state that the dialect understands is an answer, whatever its status', async () => {
    const pending = { ...dialect, judge: () => ({ kind: 'done' }) as const }
    const { pipeline, time } = setUp([json(500, { pending: true })], [], { dialect: pending })
    expect((await time.run(pipeline.send(operationOf('read')))).status).toBe(500)
  })

  test('an abort while it waits between tries ends the wait with the reason', async () => {
    const control = new AbortController()
    const reason = new Error('mine')
    const { pipeline } = setUp([() => (setImmediate(() => control.abort(reason)), json(429, {}))])
    expect(await rejection(pipeline.send(operationOf('read'), {}, { signal: control.signal }))).toBe(reason)
  })
})

describe('when a call has ended', () => {
  test('no timer is left', async () => {
    const { pipeline, time } = setUp([json(429, {}), good()])
    await time.run(pipeline.send(operationOf('read')))
    expect(time.pending()).toBe(0)
  })

  test('each try is in the log, without secrets, and a log that throws harms nothing', async () => {
    const { pipeline, time, events } = setUp([no(), json(429, {}), good()], [tokenOf(1), tokenOf(2), tokenOf(2)])
    await time.run(pipeline.send(operationOf('read', { rateGroup: 'queries' }), { query: { pin: 'hunter2' } }))
    const common = { type: 'request.end', provider: 'acme', operation: 'pay', rateGroup: 'queries', durationMs: 0 }
    expect(events).toEqual([
      { ...common, attempt: 1, generation: 1, status: 401, outcome: 'refused' },
      { ...common, attempt: 2, generation: 2, status: 429, outcome: 'failed' },
      { ...common, attempt: 3, generation: 2, status: 200, outcome: 'done' },
    ])
    const loud = setUp([good()], [], {
      log: () => {
        throw new Error('log')
      },
    })
    await loud.time.run(loud.pipeline.send(operationOf('read')))
  })
})

function cycle(): unknown {
  const value: Record<string, unknown> = {}
  value['self'] = value
  return value
}

/** Forms of errors and the order of checks: spec/ksef.md sections 1.4, 1.5, 1.7, B.2, B.3. @module */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startSimulator, type Simulator } from '../../src/index.ts'
import { call } from '../support.ts'
import { type Caller, codesOf, createCaller } from './support/caller.ts'

let simulator: Simulator
let caller: Caller
beforeAll(async () => {
  simulator = await startSimulator({ ksef: { rateLimits: false } })
  caller = createCaller(simulator)
})
beforeEach(() => simulator.reset())
afterAll(() => simulator.close())

const problem = { 'x-error-format': 'problem-details' }
const traceId = expect.stringMatching(/^[0-9a-f]{32}$/) as string
const timestamp = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z$/) as string

describe('forms (1.7)', () => {
  const send = (headers = {}) => caller.send('POST', '/auth/ksef-token', undefined, {}, headers)

  test('400, the older one', async () => {
    const reply = await send()
    expect(reply.headers.get('content-type')).toMatch(/^application\/json/)
    expect(reply.json).toEqual({
      exception: {
        exceptionDetailList: [
          {
            exceptionCode: 21405,
            exceptionDescription: 'Błąd walidacji danych wejściowych.',
            details: [
              "'challenge' must not be empty.",
              "'contextIdentifier' must not be empty.",
              "'encryptedToken' must not be empty.",
            ],
          },
        ],
        serviceCode: expect.stringMatching(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/) as string,
        timestamp,
      },
    })
  })

  test('400, problem details', async () => {
    const reply = await send(problem)
    expect(reply.headers.get('content-type')).toBe('application/problem+json')
    expect(reply.json).toEqual({
      ...{ title: 'Bad Request', status: 400, instance: '/v2/auth/ksef-token', detail: 'Żądanie jest nieprawidłowe.' },
      errors: [
        {
          code: 21405,
          description: 'Błąd walidacji danych wejściowych.',
          details: expect.arrayContaining(["'challenge' must not be empty."]) as string[],
        },
      ],
      ...{ timestamp, traceId },
    })
  })

  test('a code without details has none', async () => {
    const reply = await caller.submitXml('')
    expect(reply.json).toMatchObject({
      exception: { exceptionDetailList: [{ exceptionCode: 21001, exceptionDescription: 'Nieczytelna treść.' }] },
    })
    expect(reply.text).not.toContain('"details"')
  })

  test.each([{}, problem])('401 and 403 are always problem details %#', async (headers) => {
    const none = await caller.send('GET', '/auth/sessions', undefined, undefined, headers)
    expect([none.status, none.json]).toEqual([
      401,
      {
        title: 'Unauthorized',
        status: 401,
        instance: '/v2/auth/sessions',
        detail: 'Wymagane jest uwierzytelnienie.',
        timestamp,
        traceId,
      },
    ])
    const { authToken } = await caller.signIn()
    const wrong = await caller.send('GET', '/auth/sessions', authToken, undefined, headers)
    expect([wrong.status, wrong.headers.get('content-type')]).toEqual([403, 'application/problem+json'])
    expect(wrong.json).toMatchObject({
      ...{ title: 'Forbidden', status: 403, reasonCode: 'missing-permissions' },
      detail: 'Brak wymaganych uprawnień do wykonania operacji w bieżącym kontekście.',
    })
  })
})

describe('routes (B.2)', () => {
  test.each([
    ['GET', '/v2/nothing', 404],
    ['GET', '/v2/auth', 404],
    ['GET', '/auth/sessions', 404],
    ['POST', '/v2/auth/sessions', 405],
    ['GET', '/v2/auth/challenge', 405],
  ])('%s %s is %i without a body', async (method, path, status) => {
    const reply = await call(simulator.systems.ksef.baseUrl + path, { method })
    expect([reply.status, reply.text]).toEqual([status, ''])
  })

  test('a fixed segment wins over a variable one', async () => {
    const { accessToken } = await caller.signIn()
    expect((await caller.send('GET', '/auth/sessions', accessToken)).json).toHaveProperty('items')
  })

  test('the token before the permission, the permission before the input', async () => {
    const { authToken } = await caller.signIn()
    const send = (token?: string) => caller.send('POST', '/tokens', token, {})
    expect((await send()).status).toBe(401)
    expect((await send(authToken)).status).toBe(403)
    expect((await send((await caller.signIn()).accessToken)).status).toBe(400)
  })
})

describe('what may disturb a client (B.3)', () => {
  test('members that no version knows, in every object', async () => {
    simulator.set({ ksef: { unknownMembers: true } })
    expect((await caller.send('POST', '/auth/challenge')).json).toHaveProperty('unknownMember')
  })

  test('a warning for all answers, or for the one that asks (1.4)', async () => {
    expect((await caller.send('POST', '/auth/challenge')).headers.get('x-system-warning')).toBeNull()
    const asked = await caller.send('POST', '/auth/challenge', undefined, undefined, { 'x-test-system-warning': '1' })
    expect(asked.headers.get('x-system-warning')).toBe('[TEST]: Ostrzezenie testowe')
    simulator.set({ ksef: { systemWarning: 'Planned downtime' } })
    expect((await caller.send('GET', '/auth/sessions')).headers.get('x-system-warning')).toBe('Planned downtime')
  })

  test('a clock that is wrong', async () => {
    simulator.set({ ksef: { clockSkewMs: 3_600_000 } })
    const { timestampMs } = await caller.challenge()
    expect(timestampMs - simulator.clock.now()).toBeGreaterThan(3_590_000)
  })

  test('an HTML page of the network before it, a throttle, a lost answer of redeem', async () => {
    const html = {
      system: 'ksef',
      operation: 'challenge',
      kind: 'status',
      status: 502,
      body: '<html>Bad gateway</html>',
    } as const
    simulator.faults.add(html)
    const page = await caller.send('POST', '/auth/challenge')
    expect([page.status, page.text]).toEqual([502, '<html>Bad gateway</html>'])
    simulator.faults.add({ system: 'ksef', operation: 'challenge', kind: 'throttle', retryAfter: 30 })
    const throttled = await caller.send('POST', '/auth/challenge')
    expect([throttled.status, throttled.headers.get('retry-after')]).toEqual([429, '30'])
    expect(throttled.json['status']).toMatchObject({ code: 429 })
    const accepted = await caller.submit()
    await caller.decide()
    simulator.faults.add({ system: 'ksef', operation: 'redeem', kind: 'resetAfter' })
    const token = (accepted.json['authenticationToken'] as { token: string }).token // As documented.
    await expect(caller.send('POST', '/auth/token/redeem', token)).rejects.toThrow()
    expect(codesOf(await caller.send('POST', '/auth/token/redeem', token))[1]).toBe(21301)
  })

  test.each([
    { accessTokenSeconds: 0 },
    { outcome: { status: 999 } },
    { unknown: true },
    { actions: [{ do: 'nothing' }] },
  ])('a switch that is none is refused: %j', (switches) => {
    expect(() => simulator.set({ ksef: switches as object })).toThrow('the switches of ksef')
  })
})

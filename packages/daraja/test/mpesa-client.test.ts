import { memoryStore } from '@latchkey/core'
import { describe, expect, test } from 'vitest'
import { MpesaClient, TokenManager } from '../src/index.ts'
import type { MpesaClientOptions } from '../src/index.ts'
import { accepted, balanceRequest, client, credential, errorBody, push, query } from './support/client.ts'
import { FakeClock } from './support/fake-clock.ts'
import { scriptedFetch, token } from './support/scripted-fetch.ts'

const ok = { status: 200, body: accepted }

describe('where tokens come from', () => {
  test('a client and its manager share one token, and the manager outlives the client', async () => {
    const { fetch, seen, verify } = scriptedFetch(token('T1'), ok)
    const clock = new FakeClock()
    const tokens = new TokenManager({ ...credential, environment: 'sandbox', fetch, clock })
    const mpesa = new MpesaClient({ tokens, environment: 'sandbox' })
    expect(mpesa.tokenSource).toBe(tokens.tokenSource)
    expect(await clock.run(tokens.getToken())).toBe('T1')
    await clock.run(mpesa.stkPush(push))
    expect(seen[1]?.authorization).toBe('Bearer T1')
    await mpesa.close()
    expect(await tokens.getToken()).toBe('T1')
    verify()
  })

  test("a client takes its manager's addresses, so that it cannot go to the real system by mistake", async () => {
    const { fetch, seen } = scriptedFetch(token('T1'), ok)
    const clock = new FakeClock()
    const tokens = new TokenManager({
      ...credential,
      environment: 'sandbox',
      baseUrl: 'http://127.0.0.1:9/daraja',
      fetch,
      clock,
    })
    await clock.run(new MpesaClient({ tokens }).stkPush(push))
    expect(seen.map(({ url }) => new URL(url).host)).toEqual(['127.0.0.1:9', '127.0.0.1:9'])
  })

  test('two clients of one consumer key share nothing of their own accord, and one token through a store', async () => {
    const clock = new FakeClock()
    const apart = scriptedFetch(token('T1'), ok, token('T2'), ok)
    const make = (options: Partial<MpesaClientOptions>) =>
      new MpesaClient({ ...credential, environment: 'sandbox', clock, ...options } as MpesaClientOptions) // Of that shape.
    for (const mpesa of [make({ fetch: apart.fetch }), make({ fetch: apart.fetch })])
      await clock.run(mpesa.stkPush(push))
    apart.verify()
    const together = scriptedFetch(token('T1'), ok, ok)
    const store = memoryStore({ clock })
    const shared = { fetch: together.fetch, store }
    for (const mpesa of [make(shared), make(shared)]) await clock.run(mpesa.stkPush(push))
    together.verify()
  })

  test('a client on a source of its own needs no credential', async () => {
    const { fetch, seen, verify } = scriptedFetch(token('T1'), ok)
    const clock = new FakeClock()
    const { tokenSource } = new TokenManager({ ...credential, environment: 'sandbox', fetch, clock })
    await clock.run(new MpesaClient({ tokenSource, environment: 'sandbox', fetch, clock }).stkPush(push))
    expect(seen[1]?.authorization).toBe('Bearer T1')
    verify()
  })

  test('closing a client closes the manager that it made', async () => {
    const { mpesa } = client([])
    await mpesa[Symbol.asyncDispose]()
    await expect(mpesa.stkPush(push)).rejects.toMatchObject({ code: 'LATCHKEY_CLOSED' })
  })
})

test('section 1.1: no sandbox call reaches production, and no production call the sandbox', async () => {
  for (const [environment, host] of [
    ['sandbox', 'sandbox.safaricom.co.ke'],
    ['production', 'api.safaricom.co.ke'],
  ] as const) {
    const ack = { ...accepted, OriginatorConversationID: 'f1e2-1', ResultCode: '0' }
    const all = Array.from({ length: 4 }, () => ({ status: 200, body: ack }))
    const { mpesa, clock, seen, verify } = client(all, { environment })
    await clock.run(mpesa.stkPush(push))
    await clock.run(mpesa.stkPushQuery(query))
    await clock.run(mpesa.accountBalance(balanceRequest))
    await clock.run(mpesa.post('/mpesa/b2c/v3/paymentrequest', {}))
    expect(new Set(seen.map(({ url }) => new URL(url).host))).toEqual(new Set([host]))
    verify()
  }
})

test('apiBaseUrl moves the operations and leaves the tokens, tokenUrl the other way round', async () => {
  for (const [option, hosts] of [
    ['apiBaseUrl', ['sandbox.safaricom.co.ke', 'proxy.example.com']],
    ['tokenUrl', ['proxy.example.com', 'sandbox.safaricom.co.ke']],
  ] as const) {
    const { mpesa, clock, seen } = client([ok], { [option]: 'https://proxy.example.com/x' })
    await clock.run(mpesa.stkPush(push))
    expect(seen.map(({ url }) => new URL(url).host)).toEqual(hosts)
  }
})

describe('post', () => {
  const path = '/mpesa/c2b/v2/registerurl'

  test('sends the body as it is, with the token, and hands back the answer as it is', async () => {
    const body = { ShortCode: '600984', ResponseType: 'Completed' }
    const answer = { OriginatorCoversationID: '6e86-1', ResponseCode: '00000000' }
    const { mpesa, clock, seen } = client([{ status: 200, body: answer }])
    expect(await clock.run(mpesa.post(path, body))).toEqual(answer)
    expect(seen[1]).toMatchObject({
      method: 'POST',
      url: `https://sandbox.safaricom.co.ke${path}`,
      authorization: 'Bearer T1',
      body,
    })
  })

  test("an answer's ResponseCode is the caller's to read, an errorCode is a failure", async () => {
    const pull = { status: 200, body: { ResponseCode: '1000' } }
    const { mpesa, clock } = client([
      pull,
      { status: 200, body: errorBody('500.003.1001', 'Urls are already registered.') },
    ])
    expect(await clock.run(mpesa.post(path, []))).toEqual({ ResponseCode: '1000' })
    await expect(clock.run(mpesa.post(path, []))).rejects.toMatchObject({
      code: 'DARAJA_CONFLICT',
      reason: 'urls-registered',
    })
  })

  test('a lost answer is unknown and is not repeated', async () => {
    const { mpesa, clock, verify } = client([{ status: 504, body: '' }])
    await expect(clock.run(mpesa.post(path, {}))).rejects.toMatchObject({ code: 'DARAJA_OUTCOME_UNKNOWN' })
    verify()
  })

  test.each([
    ...[
      'https://evil.example.com/x',
      '//evil.example.com/x',
      '/\\evil.example.com',
      'mpesa/x',
      '',
      '/',
      '/a/../../b',
      '/%2e%2e/b',
    ],
    ...['/a?b=1', '/a#b', '/a/{b}', null, 7, `/${'a'.repeat(1024)}`],
  ])('the path %j is refused before anything is sent', async (wrong) => {
    const { mpesa, clock, seen } = client([])
    const posting = clock.run(mpesa.post(wrong as string, {})) // A wrong type on purpose.
    await expect(posting).rejects.toMatchObject({ code: 'ERR_INVALID_ARG' })
    expect(seen).toEqual([])
  })

  test.each([[undefined], [() => 1], [1n]])('%s is no body', async (body) => {
    const { mpesa, clock, seen } = client([])
    await expect(clock.run(mpesa.post(path, body))).rejects.toMatchObject({ code: 'ERR_INVALID_ARG' })
    expect(seen).toEqual([])
  })
})

describe('running', () => {
  test("a caller's abort rejects with its own reason", async () => {
    const reason = new Error('mine')
    const { mpesa, clock } = client([])
    await expect(clock.run(mpesa.stkPush(push, { signal: AbortSignal.abort(reason) }))).rejects.toBe(reason)
  })

  test('timeoutMs bounds a try, and a push that brought no answer is unknown', async () => {
    const { mpesa, clock } = client(['silence'], { timeoutMs: 1000 })
    await expect(clock.run(mpesa.stkPush(push))).rejects.toMatchObject({
      code: 'DARAJA_OUTCOME_UNKNOWN',
      reason: 'timeout',
    })
    expect(clock.mono()).toBeGreaterThanOrEqual(1000)
    expect(clock.mono()).toBeLessThan(30_000)
  })

  test('the log hears of tries and of nothing secret', async () => {
    const events: unknown[] = []
    const { mpesa, clock } = client([ok], { log: (event) => events.push(event) })
    await clock.run(mpesa.stkPush(push))
    expect(events).toMatchObject([{ operation: 'stkPush', outcome: 'done', rateGroup: 'stk', status: 200 }])
    expect(JSON.stringify(events)).not.toMatch(/T1|254708374149|demo-passkey/)
  })
})

describe('MpesaClient refuses wrong options at construction', () => {
  const tokens = new TokenManager({ ...credential, environment: 'sandbox' })
  const whole = { ...credential, environment: 'sandbox' }
  test.each([
    ['takes an object', undefined],
    ['consumerKey', { environment: 'sandbox' }],
    ['environment', credential],
    ['did you mean "timeoutMs"', { ...whole, timeoutMS: 1 }],
    ['timeoutMs', { ...whole, timeoutMs: 0 }],
    ['deadlineMs', { ...whole, deadlineMs: '1' }],
    ['log', { ...whole, log: {} }],
    ['baseUrl', { ...whole, baseUrl: 'http://private-word.example.com' }],
    ['tokens', { tokens: tokens.tokenSource }],
    ['environment', { tokens, environment: 'production' }],
    ['consumerKey', { ...whole, tokens }],
    ['store', { tokens, store: memoryStore() }],
    ['tokenSource', { tokenSource: {}, environment: 'sandbox' }],
    ['environment', { tokenSource: tokens.tokenSource }],
    ['tokenUrl', { tokenSource: tokens.tokenSource, environment: 'sandbox', tokenUrl: 'https://example.com' }],
  ])('%s: %o', (named, options) => {
    const attempt = () => new MpesaClient(options as MpesaClientOptions) // Wrong on purpose.
    expect(attempt).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG' }))
    expect(attempt).toThrow(named)
    expect(attempt).not.toThrow(/private-word|demo-consumer/)
  })
})

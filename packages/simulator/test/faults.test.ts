/** Each kind of fault, over real sockets. @module */
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { drip, jsonAnswer } from '../src/answers.ts'
import { type Fault, InputError, startSimulator, type Simulator } from '../src/index.ts'
import { call, createCaller, createReceiver } from './support.ts'

let simulator: Simulator
let receiver: Awaited<ReturnType<typeof createReceiver>>
let caller: ReturnType<typeof createCaller>
let token: string
beforeAll(async () => {
  simulator = await startSimulator()
  receiver = await createReceiver()
  caller = createCaller(simulator.systems.daraja, receiver.url)
})
beforeEach(async () => {
  simulator.reset()
  receiver.received.length = 0
  token = await caller.token()
})
afterAll(async () => {
  await receiver.close()
  await simulator.close()
})

const spoil = (fault: Partial<Fault> & Pick<Fault, 'kind'>): void =>
  simulator.faults.add({ system: 'daraja', operation: 'stkPush', ...fault })
const payments = () => simulator.state().systems.daraja.payments
const codeOf = async (promise: Promise<unknown>): Promise<unknown> => {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  return ((error as Error | undefined)?.cause as { code?: string } | undefined)?.code // How fetch reports it.
}

test('latency delays the request before its token is checked', async () => {
  spoil({ kind: 'latency', ms: 150 })
  const started = performance.now()
  const slow = caller.push(token)
  await expect.poll(() => simulator.requests({ operation: 'stkPush' }).length).toBe(1)
  simulator.invalidateTokens()
  expect((await slow).json['errorCode']).toBe('404.001.03')
  expect(performance.now() - started).toBeGreaterThan(145)
})

test('latency processes the request although its client has left', async () => {
  spoil({ kind: 'latency', ms: 100 })
  const { baseUrl } = simulator.systems.daraja
  await expect(
    fetch(`${baseUrl}/mpesa/stkpush/v1/processrequest`, { signal: AbortSignal.timeout(30) }),
  ).rejects.toThrow()
  await expect.poll(() => simulator.requests({ operation: 'stkPush' })[0]?.answer?.status).toBe(405)
})

test('status answers in the operation’s place, with text, JSON or nothing', async () => {
  spoil({ kind: 'status', status: 503, body: '<html>busy</html>' })
  spoil({ kind: 'status', status: 500, body: { errorCode: '500.003.02' } })
  spoil({ kind: 'status', status: 502 })
  const [html, json, empty] = [await caller.push(token), await caller.push(token), await caller.push(token)]
  expect([html.status, html.text, html.headers.get('content-type')]).toEqual([503, '<html>busy</html>', 'text/html'])
  expect([json.status, json.json]).toEqual([500, { errorCode: '500.003.02' }])
  expect([empty.status, empty.text]).toEqual([502, ''])
  expect(payments()).toEqual([])
  expect((await caller.push(token)).status).toBe(200)
})

test('resetBefore cuts the connection and nothing happens', async () => {
  spoil({ kind: 'resetBefore' })
  expect(await codeOf(caller.push(token))).toBe('ECONNRESET')
  expect(payments()).toEqual([])
  expect(simulator.requests({ operation: 'stkPush' })).toMatchObject([{ answer: null, fault: 'resetBefore' }])
})

test('resetAfter cuts the connection when the payment exists, and the callback comes', async () => {
  spoil({ kind: 'resetAfter' })
  expect(await codeOf(caller.push(token))).toBe('ECONNRESET')
  expect(payments()).toHaveLength(1)
  await simulator.clock.advance(1_000)
  expect(receiver.received).toHaveLength(1)
  expect(simulator.requests({ operation: 'stkPush' })).toMatchObject([{ answer: null, fault: 'resetAfter' }])
})

test('malformed answers 200 with HTML and processes nothing', async () => {
  spoil({ kind: 'malformed' })
  const reply = await caller.push(token)
  expect([reply.status, reply.headers.get('content-type')]).toEqual([200, 'text/html'])
  expect(reply.text).toMatch(/^<html>/)
  expect(payments()).toEqual([])
})

test('throttle answers 429 in the provider’s words, with Retry-After only when asked for', async () => {
  spoil({ kind: 'throttle', retryAfter: 7 })
  spoil({ kind: 'throttle' })
  const [first, second] = [await caller.push(token), await caller.push(token)]
  expect([first.status, first.headers.get('retry-after')]).toEqual([429, '7'])
  expect(first.json).toMatchObject({ fault: { detail: { errorcode: 'policies.ratelimit.SpikeArrestViolation' } } })
  expect([second.status, second.headers.get('retry-after')]).toEqual([429, null])
  expect(payments()).toEqual([])
})

test('drip sends the true answer slowly', async () => {
  spoil({ kind: 'drip', ms: 200 })
  const started = performance.now()
  const reply = await caller.push(token)
  expect(reply.json['ResponseCode']).toBe('0')
  expect(performance.now() - started).toBeGreaterThan(180)
})

test('a callback that is due waits until the acknowledgement has left', async () => {
  spoil({ kind: 'drip', ms: 400 })
  const started = performance.now()
  await caller.push(token)
  await simulator.clock.advance(1_000)
  expect(receiver.received[0]?.at).toBeGreaterThan(started + 380) // Due after 50 ms.
})

test('drip stops when the client leaves', async () => {
  let dripped: Promise<void> | undefined
  const server = createServer((_, response) => {
    dripped = drip(response, jsonAnswer(200, 'x'.repeat(1_000)), 0, 60_000, new AbortController().signal)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // It listens on TCP.
  const socket = connect(port, '127.0.0.1')
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
  await new Promise((resolve) => socket.once('data', resolve))
  socket.destroy()
  await dripped // It would take a minute.
  await new Promise((resolve) => server.close(resolve))
})

test('invalidateTokens kills the tokens before the request is checked', async () => {
  spoil({ kind: 'invalidateTokens' })
  expect((await caller.push(token)).json['errorCode']).toBe('404.001.03')
  expect((await caller.push(await caller.token())).status).toBe(200)
})

test('a fault without an operation fits all, also paths that do not exist', async () => {
  simulator.faults.add({ system: 'daraja', kind: 'status', status: 500, count: 2 })
  expect((await caller.requestToken()).status).toBe(500)
  expect((await call(`${simulator.systems.daraja.baseUrl}/nowhere`)).status).toBe(500)
  expect((await caller.requestToken()).status).toBe(200)
})

test('a count is kept exactly under parallel requests', async () => {
  simulator.faults.add({ system: 'daraja', operation: 'oauth', kind: 'throttle', count: 50 })
  const replies = await Promise.all(Array.from({ length: 200 }, () => caller.requestToken()))
  expect(replies.filter(({ status }) => status === 429)).toHaveLength(50)
  expect(simulator.faults.list()).toEqual([])
})

test('faults that wait can be cleared', async () => {
  spoil({ kind: 'malformed', count: 1_000_000 })
  simulator.faults.clear()
  expect((await caller.push(token)).status).toBe(200)
})

test('a list with a mistake in it adds nothing', () => {
  const good: Fault = { system: 'daraja', kind: 'resetAfter' }
  expect(() => simulator.faults.add([good, { system: 'daraja', kind: 'latency' }])).toThrow(InputError)
  expect(() => simulator.faults.add([good, { ...good, count: 1_000_001 }])).toThrow(InputError)
  expect(() => simulator.faults.add([good, { ...good, operation: 'b2c' }])).toThrow(/stkPushQuery/)
  expect(() => simulator.faults.add(Array.from({ length: 1_001 }, () => good))).toThrow(/At most 1000/)
  expect(simulator.faults.list()).toEqual([])
})

/** Starting, options, determinism, callback targets and the end. @module */
import { connect, createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { InputError, startSimulator, type SimulatorOptions } from '../src/index.ts'
import { createCaller, createReceiver } from './support.ts'

test('one seed gives the same credentials, tokens and ids; another seed gives others', async () => {
  const run = async (seed: number): Promise<readonly unknown[]> => {
    await using simulator = await startSimulator({ seed })
    const caller = createCaller(simulator.systems.daraja)
    const { consumerKey, consumerSecret, passkey, initiatorPassword } = simulator.systems.daraja.credentials
    const token = await caller.token()
    const ack = await caller.push(token)
    return [consumerKey, consumerSecret, passkey, initiatorPassword, token, ack.json['MerchantRequestID']]
  }
  const [first, again, other] = await Promise.all([run(7), run(7), run(8)])
  expect(again).toEqual(first)
  other.forEach((value, index) => expect(value).not.toBe(first[index]))
})

test('callbacks go only to loopback and to hosts that were named; strict URLs refuse loopback', async () => {
  const receiver = await createReceiver()
  await using simulator = await startSimulator({ allowCallbacksTo: ['allowed.invalid'] })
  const caller = createCaller(simulator.systems.daraja)
  const token = await caller.token()
  const push = (CallBackURL: string, last: number) =>
    caller.push(token, { CallBackURL, PhoneNumber: `25471234567${String(last)}` })
  await push('http://shop.example.com/hook', 1)
  await push('http://127.0.0.1.example.com/', 2)
  await push('http://0.0.0.0:1/', 3)
  await push(receiver.url.replace('127.0.0.1', 'localhost'), 4)
  await push('http://allowed.invalid/hook', 5)
  await simulator.clock.advance(1_000)
  await receiver.close()
  expect(simulator.callbacks().map(({ status }) => status)).toEqual([
    ...['not delivered', 'not delivered', 'not delivered'],
    ...['delivered', 'failed'],
  ])
  expect(simulator.callbacks()[0]?.reason).toContain('allowCallbacksTo')
  expect(simulator.state().callbacks).toMatchObject({ 'not delivered': 3, delivered: 1, failed: 1, pending: 0 })
})

test('strict URLs are the provider’s own rules (4.3)', async () => {
  await using simulator = await startSimulator({ strictUrls: true })
  const caller = createCaller(simulator.systems.daraja)
  const token = await caller.token()
  const refused = [
    ...['http://shop.example.com/hook', 'https://localhost/hook', 'https://192.168.1.4/hook', 'https://[::1]/hook'],
    ...['https://shop.example.com/MPESA/cb', 'https://shop.example.com/executive', 'https://mysql.example.com/x'],
    ...['https://a.example.com/jquery', 'https://abc.ngrok.io/x', 'https://shop.example.com/a b'],
  ]
  for (const CallBackURL of refused) {
    const reply = await caller.push(token, { CallBackURL })
    expect([CallBackURL, reply.json['errorMessage']]).toEqual([CallBackURL, 'Bad Request - Invalid CallBackURL'])
  }
  expect((await caller.push(token, { CallBackURL: 'https://shop.example.com/hooks/payments' })).status).toBe(200)
})

test.each<[string, unknown]>([
  ['an unknown option', { hots: 'x' }],
  ['a port out of range', { port: 65_536 }],
  ['a seed that is no integer', { seed: 1.5 }],
  ['an unknown switch', { daraja: { tokenLifetime: 1 } }],
  ['a switch out of range', { daraja: { tokenLifetimeSeconds: -1 } }],
])('refuses %s and starts nothing', async (_, options) => {
  await expect(startSimulator(options as SimulatorOptions)).rejects.toThrow(InputError) // Wrong on purpose.
})

test('rejects when the port is taken', async () => {
  await using simulator = await startSimulator()
  const port = Number(new URL(simulator.url).port)
  await expect(startSimulator({ port })).rejects.toThrow(/EADDRINUSE/)
})

test('close ends idle connections, delayed requests and callbacks under way, and leaves nothing open', async () => {
  const handles = (): number => process.getActiveResourcesInfo().filter((name) => /^(TCP|Timeout)/.test(name)).length
  const before = handles()
  const silent = await createReceiver()
  const simulator = await startSimulator()
  const { hostname, port } = new URL(simulator.url)
  const caller = createCaller(simulator.systems.daraja, silent.url)
  const token = await caller.token()

  const idle = connect(Number(port), hostname)
  idle.on('error', () => undefined) // It is cut.
  simulator.faults.add([
    { system: 'daraja', operation: 'stkPushQuery', kind: 'latency', ms: 60_000 },
    { system: 'daraja', operation: 'stkPushQuery', kind: 'drip', ms: 60_000 },
  ])
  const cut = [caller.query(token, 'x'), caller.query(token, 'y')].map((promise) => expect(promise).rejects.toThrow())
  await caller.push(token, { PhoneNumber: '254712340060' })
  await expect.poll(() => simulator.requests({ operation: 'stkPushQuery' }).length).toBe(2)

  const started = performance.now()
  await Promise.all([simulator.close(), simulator.close()])
  expect(performance.now() - started).toBeLessThan(1_000)
  await Promise.all(cut)
  await silent.close()
  idle.destroy()
  await expect(fetch(simulator.url)).rejects.toThrow()
  await sleep(20)
  expect(handles()).toBeLessThanOrEqual(before)
})

test('close does not wait for a receiver that never answers', async () => {
  const mute = createServer((socket) => socket.resume())
  await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve))
  const simulator = await startSimulator()
  const { port } = mute.address() as { port: number } // It listens on TCP.
  const caller = createCaller(simulator.systems.daraja, `http://127.0.0.1:${String(port)}/`)
  await caller.push(await caller.token())
  const advancing = simulator.clock.advance(1_000)
  await sleep(20)
  const started = performance.now()
  await simulator.close()
  await advancing
  expect(performance.now() - started).toBeLessThan(1_000)
  await new Promise((resolve) => mute.close(resolve))
})

/** Snapshot, reset, seed and what the log and the state keep secret: spec/truphone.md section 14. @module */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startSimulator } from '../../src/index.ts'
import { createReceiver } from '../support.ts'
import { createCaller, fulfil, newEsim, p1, secrets, topUp } from './support.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'truphone-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

test('a restored simulator goes on: tokens, sessions, orders, subscriptions, webhooks, counts, switches', async () => {
  const receiver = await createReceiver()
  const data = join(folder, 'going-on.json')
  const first = await startSimulator({ data, truphone: { profile: 'kc26-rotate', webhookDelayMs: 10_000 } })
  const caller = createCaller(first)
  const { access_token, refresh_token } = (await caller.login()).json
  const token = String(access_token)
  const { iccid, subscription_id } = await fulfil(first, caller, token)
  await caller.api('POST', `sim/${iccid}/preferences/notifications/SUBSCRIPTION_END`, token, {
    webhook_url: receiver.url,
  })
  first.set({ truphone: { orderAcceptedMs: 10_000 } })
  const open = await caller.api('POST', 'order', token, newEsim())
  const actions = [{ do: 'useData' as const, subscriptionId: subscription_id, bytes: 10_000_000_000 }]
  first.set({ truphone: { actions } })
  const before = first.state().systems.truphone
  await first.close()

  await using second = await startSimulator({ data })
  expect(second.state().systems.truphone).toEqual(before)
  const again = createCaller(second)
  expect((await again.api('GET', `sim/${iccid}`, token)).json['status']).toBe('Released')
  expect(receiver.received).toEqual([])
  await second.clock.advance(12_000)
  expect(receiver.received).toMatchObject([{ body: { type: 'SUBSCRIPTION_END', subscription_id } }])
  expect((await again.api('GET', `order/${String(open.json['id'])}`, token)).json['status']).toBe('COMPLETED')
  second.set({ truphone: { profile: 'kc-legacy', revokeRefreshToken: true } }) // The address, and with it the issuer, is new.
  const refreshed = await again.refresh(refresh_token)
  expect(refreshed.status).toBe(200)
  expect((await again.refresh(refresh_token)).status).toBe(400)
  await receiver.close()
})

test.each([
  ['a missing part', (saved: Record<string, unknown>) => ({ ...saved, realm: undefined })],
  ['an unknown part', (saved: Record<string, unknown>) => ({ ...saved, more: 1 })],
  ['a key that is none', (saved: Record<string, unknown>) => ({ ...saved, privateKey: 'x' })],
])('a snapshot with %s is refused', async (what, spoil) => {
  const data = join(folder, `${what}.json`)
  const first = await startSimulator({ data })
  await createCaller(first).token()
  await first.close()
  const file = JSON.parse(await readFile(data, 'utf8')) as { systems: { truphone: Record<string, unknown> } } // As it was written.
  file.systems.truphone = spoil(file.systems.truphone)
  await writeFile(data, JSON.stringify(file))
  await expect(startSimulator({ data })).rejects.toThrow('the saved state of truphone')
})

test('a reset forgets all but the credentials and the keys', async () => {
  await using simulator = await startSimulator()
  const caller = createCaller(simulator)
  const token = await caller.token()
  await fulfil(simulator, caller, token)
  simulator.set({ truphone: { profile: 'minimal' } })
  simulator.reset()
  expect(simulator.state().systems.truphone).toMatchObject({
    tokenRequests: 0,
    apps: [],
    sessions: [],
    sessionsOpened: 0,
    tokens: { live: 0, issued: 0, refreshIssued: 0 },
    accepted: {},
    environments: { production: { orders: [], sims: [], customers: 1 } },
    switches: { profile: 'kc26-refresh' },
  })
  expect((await caller.api('GET', 'products', token)).status).toBe(401)
  expect(Object.keys((await caller.login()).json)).toContain('refresh_token')
  const { iccid } = await fulfil(simulator, caller, await caller.token())
  expect(iccid).toMatch(/^8944/)
})

test('one seed and the same requests give the same ids, another seed gives others', async () => {
  const run = async (seed: number) => {
    await using simulator = await startSimulator({ seed })
    const caller = createCaller(simulator)
    const login = await caller.login()
    return [login.json['session_state'], await fulfil(simulator, caller, String(login.json['access_token']))]
  }
  const one = await run(1)
  expect(await run(1)).toEqual(one)
  expect(await run(2)).not.toEqual(one)
})

test('no secret, token, activation code or gateway token is in the log or in the state (14.7)', async () => {
  await using simulator = await startSimulator()
  const caller = createCaller(simulator)
  const login = await caller.login('truphone-am')
  const token = String(login.json['access_token'])
  const { iccid, matchingId } = await fulfil(simulator, caller, token)
  await caller.api('GET', `sim/${iccid}`, token)
  const card = {
    token: 'gateway-0001',
    type: 'VISA',
    last_digits: '1',
    expiry_month: '1',
    expiry_year: '1',
    gateway: 'X',
  }
  const methods = `customer/${encodeURIComponent('++++AQID//4=')}/payment-method`
  expect((await caller.api('POST', methods, token, card)).status).toBe(201)
  expect((await caller.api('GET', methods, token)).text).toContain('gateway-0001')
  await caller.refresh(login.json['refresh_token'], 'truphone-am')
  const basic = btoa(`truphone:${secrets['truphone'] ?? ''}`)
  await caller.form('token', { grant_type: 'client_credentials' }, { authorization: `Basic ${basic}` })
  simulator.set({ truphone: { refreshTokenForm: 'opaque' } })
  const opaque = String((await caller.login('truphone-am')).json['refresh_token'])
  const kept = JSON.stringify([simulator.requests(), simulator.state()])
  for (const secret of [
    token,
    String(login.json['refresh_token']),
    opaque,
    matchingId,
    basic,
    'gateway-0001',
    ...Object.values(secrets),
  ]) {
    expect(kept).not.toContain(secret)
  }
  expect(kept).toContain('COMPLETED')
})

test('unknown switches, and actions that cannot be done, change nothing', async () => {
  await using simulator = await startSimulator()
  const caller = createCaller(simulator)
  const { iccid } = await fulfil(simulator, caller, await caller.token())
  const wrong = { firstPages: 1 } as object
  expect(() => simulator.set({ truphone: wrong })).toThrow(/firstPage/)
  const actions = [
    { do: 'moveSim' as const, iccid, status: 'Installed' as const },
    { do: 'moveSim' as const, iccid: 'unknown', status: 'Installed' as const },
  ]
  expect(() => simulator.set({ truphone: { firstPage: 1, actions } })).toThrow(/no such SIM/)
  expect(simulator.state().systems.truphone).toMatchObject({
    switches: { firstPage: 0, actions: [] },
    environments: { production: { sims: [{ iccid, status: 'Released' }] } },
  })
})

test('a profile brings its settings, unless the same change gives others', async () => {
  await using simulator = await startSimulator({ truphone: { profile: 'kc26-rotate', refreshTokenMaxReuse: 2 } })
  const { switches } = simulator.state().systems.truphone
  expect(switches).toMatchObject({ refreshTokens: true, revokeRefreshToken: true, refreshTokenMaxReuse: 2 })
})

test('what is stored has a bound, past which orders are refused with INTERNAL_ERROR', async () => {
  await using simulator = await startSimulator()
  const caller = createCaller(simulator)
  const token = await caller.token()
  const padding = 'x'.repeat(250_000)
  let refused = await caller.api('POST', 'order', token, newEsim({ padding }))
  for (let count = 0; count < 20 && refused.status === 201; count += 1) {
    refused = await caller.api('POST', 'order', token, newEsim({ padding }))
  }
  expect([refused.status, refused.json['type']]).toEqual([500, 'INTERNAL_ERROR'])
  const { orders } = simulator.state().systems.truphone.environments.production
  expect(orders).toHaveLength(16)
})

test('a top-up whose SIM was recycled meanwhile fails', async () => {
  await using simulator = await startSimulator({ truphone: { orderOutcome: 'slow' } })
  const caller = createCaller(simulator)
  const token = await caller.token()
  const preprod = (body: object) => caller.send('POST', '/connect-api-preprod/v1/order', token, body)
  const release = (orderId: unknown) =>
    simulator.set({ truphone: { actions: [{ do: 'releaseOrder', orderId: String(orderId), outcome: 'COMPLETED' }] } })
  const first = await preprod(newEsim({ subscriptions: [{ product_id: p1 }] }))
  await simulator.clock.advance(1000)
  release(first.json['id'])
  const { sims } = simulator.state().systems.truphone.environments.preproduction
  const second = await preprod(topUp(sims[0]?.iccid ?? ''))
  await simulator.clock.advance(2 * 86_400_000)
  const order = async () =>
    (await caller.send('GET', `/connect-api-preprod/v1/order/${String(second.json['id'])}`, await caller.token())).json
  expect((await order())['status']).toBe('FULFILLING')
  await simulator.clock.advance(2.5 * 86_400_000)
  release(second.json['id'])
  expect((await order())['status']).toBe('FAILED')
})

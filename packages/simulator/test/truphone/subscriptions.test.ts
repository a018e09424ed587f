/** Subscriptions, pages and webhooks: spec/truphone.md sections 2.5, 7.4 to 7.6, 14.5. @module */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startSimulator, type Simulator } from '../../src/index.ts'
import { createReceiver } from '../support.ts'
import { type Caller, createCaller, fulfil, newEsim, p1, p2, topUp } from './support.ts'

let simulator: Simulator
let caller: Caller
let token: string
let receiver: Awaited<ReturnType<typeof createReceiver>>
beforeAll(async () => {
  simulator = await startSimulator()
  caller = createCaller(simulator)
})
beforeEach(async () => {
  simulator.reset()
  token = await caller.token()
  receiver = await createReceiver()
})
afterEach(() => receiver.close())
afterAll(() => simulator.close())

const fault = (reply: { status: number; json: Record<string, unknown> }) => [reply.status, reply.json['type']]
const invalid = [400, 'INVALID_REQUEST_PARAMS']
const subscription = async (id: string) =>
  (await caller.api('GET', `subscription/${encodeURIComponent(id)}`, await caller.token())).json
const later = (ms: number) =>
  newEsim({
    subscriptions: [{ product_id: p1, activationDate: new Date(simulator.clock.now() + ms).toISOString() }],
  })
const use = (subscriptionId: string, bytes: number) =>
  simulator.set({ truphone: { actions: [{ do: 'useData', subscriptionId, bytes }] } })
const capacity = 3_221_225_472

describe('a subscription (7.6)', () => {
  test('has balances as strings, a period of 0 and auto_renew as a string', async () => {
    const { iccid, subscription_id } = await fulfil(simulator, caller, token)
    const shown = await subscription(subscription_id)
    expect(shown).toMatchObject({
      id: subscription_id,
      status: 'ACTIVE',
      initialBalance: String(capacity),
      spentBalance: '0',
      product: { id: p1, name: 'Europe 3GB 30-Day', period: 0, period_unit: 'DAYS', plan_id: 'PlanFictional01' },
      iccid,
      device_id: 'device-0001',
      auto_renew: 'false',
    })
    expect(shown).not.toHaveProperty('createdDate')
    const days = Date.parse(String(shown['expirationDate'])) - Date.parse(String(shown['activationDate']))
    expect(days).toBe(30 * 86_400_000)
    const [listed] = JSON.parse((await caller.api('GET', 'subscription', token)).text) as Record<string, string>[]
    expect(listed).toHaveProperty('createdDate')
    expect(listed).not.toHaveProperty('initialBalance')
    expect(Date.parse(listed?.['createdDate'] ?? '')).toBeGreaterThan(Date.parse(listed?.['activationDate'] ?? ''))
    simulator.set({ truphone: { subscriptionStatus: 'missing' } })
    expect(await subscription(subscription_id)).not.toHaveProperty('status')
  })

  test('that was ordered for later is pending until then, and expires after its period', async () => {
    const { subscription_id } = await fulfil(simulator, caller, token, later(86_400_000))
    expect((await subscription(subscription_id))['status']).toBe('PENDING')
    await simulator.clock.advance(86_400_000)
    expect((await subscription(subscription_id))['status']).toBe('ACTIVE')
    await simulator.clock.advance(30 * 86_400_000)
    expect((await subscription(subscription_id))['status']).toBe('EXPIRED')
  })

  test('goes through all its states in one step of the clock', async () => {
    const { subscription_id } = await fulfil(simulator, caller, token, later(86_400_000))
    await simulator.clock.advance(40 * 86_400_000)
    expect((await subscription(subscription_id))['status']).toBe('EXPIRED')
  })

  test('is activated shortly after it is asked for, and only while pending', async () => {
    const { subscription_id } = await fulfil(simulator, caller, token, later(86_400_000 * 9))
    const activate = () => caller.api('POST', `subscription/${subscription_id}/activate`, token)
    const before = await subscription(subscription_id)
    expect(await activate()).toMatchObject({ status: 200, json: {} })
    expect((await subscription(subscription_id))['status']).toBe('PENDING')
    await simulator.clock.advance(2000)
    const after = await subscription(subscription_id)
    expect(after['status']).toBe('ACTIVE')
    expect(Date.parse(String(after['expirationDate']))).toBeLessThan(Date.parse(String(before['expirationDate'])))
    expect(fault(await activate())).toEqual(invalid)
  })

  test('is depleted when its data is used up, and then takes no more', async () => {
    const { subscription_id } = await fulfil(simulator, caller, token)
    use(subscription_id, capacity - 1)
    expect(await subscription(subscription_id)).toMatchObject({ status: 'ACTIVE', spentBalance: String(capacity - 1) })
    use(subscription_id, 10)
    expect(await subscription(subscription_id)).toMatchObject({ status: 'DEPLETED', spentBalance: String(capacity) })
    expect(() => use(subscription_id, 1)).toThrow(/DEPLETED/)
    expect(() => use('unknown', 1)).toThrow(/no such subscription/)
  })

  test('that is unknown is a 404, that of another client a 403', async () => {
    const { subscription_id } = await fulfil(simulator, caller, token)
    expect(fault(await caller.api('GET', 'subscription/unknown', token))).toEqual([404, 'SUBSCRIPTION_NOT_FOUND'])
    const other = await caller.token('truphone-am')
    expect(fault(await caller.api('GET', `subscription/${subscription_id}`, other))).toEqual([403, 'ACCESS_DENIED'])
  })
})

describe('the list (2.5, 7.6)', () => {
  const list = async (query: string) => {
    const reply = await caller.api('GET', `subscription${query}`, token)
    return { ids: (JSON.parse(reply.text) as { id: string }[]).map(({ id }) => id), headers: reply.headers }
  }

  test('is followed page by page through the headers, which keep the filters', async () => {
    const many = { subscriptions: Array.from({ length: 5 }, () => ({ product_id: p1 })) }
    const customer = { email: 'ana+esim@example.org' }
    await fulfil(simulator, caller, token, newEsim({ ...many, customer }))
    await fulfil(simulator, caller, token)
    const first = await list('?size=2&email=ana%2Besim%40example.org')
    expect(first.headers.get('x-previous-page')).toBeNull()
    const next = first.headers.get('x-next-page') ?? ''
    expect(next.startsWith(`${simulator.systems.truphone.baseUrl}/connect-api/v1/subscription?`)).toBe(true)
    expect(next).toContain('email=ana%2Besim%40example.org')
    expect(next).toContain('page=1')
    const second = await list(next.slice(next.indexOf('?')))
    const third = await list(new URL(second.headers.get('x-next-page') ?? '').search)
    expect([first, second, third].map(({ ids }) => ids.length)).toEqual([2, 2, 1])
    expect(new Set([first, second, third].flatMap(({ ids }) => ids)).size).toBe(5)
    expect(third.headers.get('x-next-page')).toBeNull()
    expect(third.headers.get('x-previous-page')).toContain('page=1')
    expect((await list('')).ids).toHaveLength(6)
  })

  test('can begin with page 1, and refuses pages and sizes that are none', async () => {
    await fulfil(simulator, caller, token, newEsim({ subscriptions: [{ product_id: p1 }, { product_id: p2 }] }))
    simulator.set({ truphone: { firstPage: 1 } })
    expect((await list('?size=1')).headers.get('x-next-page')).toContain('page=2')
    expect((await list('?size=1&page=2')).headers.get('x-previous-page')).toContain('page=1')
    for (const query of ['?size=0', '?size=101', '?size=x', '?page=0', '?page=-1', '?after=yesterday']) {
      expect(fault(await caller.api('GET', `subscription${query}`, token))).toEqual(invalid)
    }
    expect((await list('?size=100')).ids).toHaveLength(2)
    const tooLong = await caller.api('GET', 'subscription?size=101', token)
    expect(tooLong.json['messages']).toEqual(['size: must be a whole number from 1 to 100'])
  })

  test('is filtered by SIM, product, e-mail address and dates, all at once', async () => {
    const first = await fulfil(simulator, caller, token)
    const between = new Date(simulator.clock.now() + 60_000).toISOString()
    await simulator.clock.advance(120_000)
    const second = await fulfil(simulator, caller, token, topUp(first.iccid))
    const query = (fields: Record<string, string>) => list(`?${new URLSearchParams(fields).toString()}`)
    expect((await query({ iccid: first.iccid })).ids).toEqual([first.subscription_id, second.subscription_id])
    expect((await query({ 'product-id': p2 })).ids).toEqual([second.subscription_id])
    expect((await query({ before: between })).ids).toEqual([first.subscription_id])
    expect((await query({ after: between.replace('Z', '+0000') })).ids).toEqual([second.subscription_id])
    expect((await query({ email: 'ana.ficticia@example.org', after: between })).ids).toEqual([second.subscription_id])
    expect((await query({ email: 'nobody@example.org' })).ids).toEqual([])
  })
})

describe('preferences (7.4)', () => {
  test('register one URL per type, replace it, and remove it', async () => {
    const { iccid } = await fulfil(simulator, caller, token)
    const path = `sim/${iccid}/preferences`
    const post = (type: string, webhook_url: string) =>
      caller.api('POST', `${path}/notifications/${type}`, token, { webhook_url })
    expect((await caller.api('GET', path, token)).json).toEqual({ notifications: [] })
    const url = 'https://partner.example/hooks/f00dfeed'
    expect((await post('SUBSCRITPION_END', 'http://partner.example/old')).json['type']).toBe('SUBSCRIPTION_END')
    expect((await post('SUBSCRIPTION_END', url)).json).toEqual({ type: 'SUBSCRIPTION_END', webhook_url: url })
    expect((await caller.api('GET', path, token)).json).toEqual({
      notifications: [{ type: 'SUBSCRIPTION_END', webhook_url: url }],
    })
    simulator.set({ truphone: { typoInPreferences: true } })
    expect((await caller.api('GET', path, token)).text).toContain('"SUBSCRITPION_END"')
    for (const bad of ['', 'partner.example', '/hooks', 'ftp://partner.example/x']) {
      expect(fault(await post('USAGE_THRESHOLD', bad))).toEqual(invalid)
    }
    expect(fault(await post('AUTO_RENEW', url))).toEqual(invalid)
    for (let time = 0; time < 2; time += 1) {
      expect((await caller.api('DELETE', `${path}/notifications/SUBSCRIPTION_END`, token)).status).toBe(200)
    }
    expect((await caller.api('GET', path, token)).json).toEqual({ notifications: [] })
  })
})

describe('webhooks (7.5, 14.5)', () => {
  const register = async (url = receiver.url) => {
    const output = await fulfil(simulator, caller, token)
    for (const type of ['USAGE_THRESHOLD', 'SUBSCRIPTION_END']) {
      const path = `sim/${output.iccid}/preferences/notifications/${type}`
      expect((await caller.api('POST', path, token, { webhook_url: `${url}/${type}` })).status).toBe(200)
    }
    return output
  }
  const types = () => receiver.received.map(({ body }) => (body as { type: string }).type)

  test('report 80 percent once, and the end once', async () => {
    const { iccid, subscription_id } = await register()
    use(subscription_id, Math.ceil(capacity * 0.8) - 1)
    await simulator.clock.advance(1000)
    expect(receiver.received).toEqual([])
    use(subscription_id, 1)
    await simulator.clock.advance(1000)
    use(subscription_id, 1)
    await simulator.clock.advance(1000)
    expect(receiver.received).toMatchObject([
      {
        path: '/USAGE_THRESHOLD',
        headers: { 'content-type': 'application/json', 'user-agent': 'truphone-simulator' },
        body: { type: 'USAGE_THRESHOLD', iccid, subscription_id, threshold: 80 },
      },
    ])
    use(subscription_id, capacity)
    await simulator.clock.advance(1000)
    expect(types()).toEqual(['USAGE_THRESHOLD', 'SUBSCRIPTION_END'])
    expect(receiver.received[1]?.body).not.toHaveProperty('threshold')
    expect(simulator.callbacks().map(({ status, kind }) => [status, kind])).toEqual([
      ['delivered', 'USAGE_THRESHOLD'],
      ['delivered', 'SUBSCRIPTION_END'],
    ])
  })

  test('come both, the threshold first, when everything is used in one step; or reversed, or twice', async () => {
    use((await register()).subscription_id, capacity)
    await simulator.clock.advance(1000)
    expect(types()).toEqual(['USAGE_THRESHOLD', 'SUBSCRIPTION_END'])
    simulator.set({ truphone: { webhookReversed: true, webhookDuplicates: true } })
    use((await register()).subscription_id, capacity)
    await simulator.clock.advance(1000)
    expect(types().slice(2)).toEqual([
      ...['SUBSCRIPTION_END', 'SUBSCRIPTION_END', 'USAGE_THRESHOLD', 'USAGE_THRESHOLD'],
    ])
  })

  test('report an end by time, with the threshold in the wrong place where told so', async () => {
    simulator.set({ truphone: { swappedThreshold: true } })
    const { subscription_id } = await register()
    await simulator.clock.advance(31 * 86_400_000)
    expect(receiver.received).toMatchObject([{ body: { type: 'SUBSCRIPTION_END', subscription_id, threshold: 80 } }])
  })

  test('are not sent again by default, and on the schedule of the switch otherwise', async () => {
    receiver.answer.status = 500
    use((await register()).subscription_id, Math.ceil(capacity * 0.9))
    await simulator.clock.advance(3_600_000)
    expect(receiver.received).toHaveLength(1)
    token = await caller.token()
    simulator.set({ truphone: { webhookRetriesMs: [1000, 60_000] } })
    use((await register()).subscription_id, Math.ceil(capacity * 0.9))
    await simulator.clock.advance(100)
    expect(receiver.received).toHaveLength(2)
    await simulator.clock.advance(1000)
    expect(receiver.received).toHaveLength(3)
    receiver.answer.status = 204
    await simulator.clock.advance(60_000)
    await simulator.clock.advance(3_600_000)
    expect(receiver.received).toHaveLength(4)
    const ids = receiver.received.map(({ body }) => (body as { id: string }).id)
    expect(new Set(ids.slice(1)).size).toBe(1)
  })

  test('write the ICCID as a number where told so, digit for digit', async () => {
    simulator.set({ truphone: { iccidAsNumber: true } })
    const texts: string[] = []
    const raw = createServer((request, response) => {
      request.setEncoding('utf8').on('data', (text: string) => texts.push(text))
      request.on('end', () => response.end())
    })
    await new Promise<void>((resolve) => raw.listen(0, '127.0.0.1', resolve))
    const { port } = raw.address() as AddressInfo // It listens on TCP.
    const { iccid, subscription_id } = await register(`http://127.0.0.1:${String(port)}`)
    use(subscription_id, Math.ceil(capacity * 0.8))
    await simulator.clock.advance(1000)
    await new Promise((resolve) => raw.close(resolve))
    expect(texts.join('')).toContain(`"iccid":${iccid},`)
  })

  test('to other hosts are recorded and not sent', async () => {
    use((await register('https://partner.example')).subscription_id, capacity)
    await simulator.clock.advance(1000)
    expect(simulator.callbacks().map(({ status }) => status)).toEqual(['not delivered', 'not delivered'])
  })
})

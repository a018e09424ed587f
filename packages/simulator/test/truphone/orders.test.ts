/** Orders and SIMs: spec/truphone.md sections 1, 7.2, 7.3, 14.4, 14.6. @module */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startSimulator, type Simulator } from '../../src/index.ts'
import { type Caller, createCaller, eid, fulfil, newEsim, p1, p2, topUp } from './support.ts'

let simulator: Simulator
let caller: Caller
let token: string
beforeAll(async () => {
  simulator = await startSimulator()
  caller = createCaller(simulator)
})
beforeEach(async () => {
  simulator.reset()
  token = await caller.token()
})
afterAll(() => simulator.close())

const fault = (reply: { status: number; json: Record<string, unknown> }) => [reply.status, reply.json['type']]
const order = (body: object, bearer = token) => caller.api('POST', 'order', bearer, body)
const status = async (id: unknown) => (await caller.api('GET', `order/${String(id)}`, token)).json['status']
const invalid = [400, 'INVALID_REQUEST_PARAMS']

describe('the life of an order (14.4)', () => {
  test('goes from ACCEPTED over FULFILLING to COMPLETED', async () => {
    const accepted = await order(newEsim())
    expect(accepted.status).toBe(201)
    const { id } = accepted.json
    expect(accepted.json).toEqual({ id, externalId: id, status: 'ACCEPTED' })
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    await simulator.clock.advance(200)
    expect(await status(id)).toBe('FULFILLING')
    await simulator.clock.advance(800)
    const done = await caller.api('GET', `order/${String(id)}`, token)
    const output = done.json['output'] as Record<string, string>
    expect(done.json['status']).toBe('COMPLETED')
    expect(output).toEqual({
      iccid: expect.stringMatching(/^8944\d{15}$/) as string,
      matchingId: expect.stringMatching(/^[A-Z]-[A-Z0-9]{5}-[A-Z0-9]{6}$/) as string,
      smdpUrl: 'rsp.truphone.com',
      lpa_url: `LPA:1$rsp.truphone.com$${output['matchingId'] ?? ''}`,
      subscription_id: expect.any(String) as string,
    })
    const luhn = [...(output['iccid'] ?? '')].reverse().reduce((sum, digit, index) => {
      const value = Number(digit) * (index % 2 === 1 ? 2 : 1)
      return sum + (value > 9 ? value - 9 : value)
    }, 0)
    expect(luhn % 10).toBe(0)
  })

  test('ends by itself in real time, too', async () => {
    simulator.set({ truphone: { orderAcceptedMs: 5, orderFulfillingMs: 5 } })
    const { id } = (await order(newEsim())).json
    await expect.poll(() => status(id), { interval: 5, timeout: 5000 }).toBe('COMPLETED')
  })

  test('fails for a device sim-fail…, without output', async () => {
    const { id } = (await order(newEsim({ device: { id: 'sim-fail-1', type: 'iot' } }))).json
    await simulator.clock.advance(1000)
    expect((await caller.api('GET', `order/${String(id)}`, token)).json).toEqual({
      id,
      externalId: id,
      status: 'FAILED',
    })
  })

  test('waits for a device sim-slow… until it is released', async () => {
    const { id } = (await order(newEsim({ device: { id: 'sim-slow', type: 'iot' } }))).json
    await simulator.clock.advance(3_600_000)
    token = await caller.token()
    expect(await status(id)).toBe('FULFILLING')
    simulator.set({ truphone: { actions: [{ do: 'releaseOrder', orderId: String(id), outcome: 'COMPLETED' }] } })
    expect(await status(id)).toBe('COMPLETED')
  })

  test('can be spelled FULFILING, and the LPA string malformed, as the vendor does (C4, C7)', async () => {
    simulator.set({ truphone: { fulfillingSpelling: 'FULFILING', malformedLpaUrl: true } })
    const { id } = (await order(newEsim())).json
    await simulator.clock.advance(200)
    expect(await status(id)).toBe('FULFILING')
    await simulator.clock.advance(800)
    const { text } = await caller.api('GET', `order/${String(id)}`, token)
    expect(text).toMatch(/"LPA:1\$%rsp\.truphone\.com\$%[A-Z]-/)
  })
})

describe('what is refused (7.2.1, 7.2.2)', () => {
  test.each([
    ['no input', {}],
    ['another operation', newEsim({ operationType: 'BULK_ACTIVATION' })],
    ['no country', newEsim({ countryCode: null })],
    ['an unknown country', newEsim({ countryCode: 'XX' })],
    ['no customer', newEsim({ customer: undefined })],
    ['a customer without an e-mail address', newEsim({ customer: {} })],
    ['no device', newEsim({ device: undefined })],
    ['a device without a type', newEsim({ device: { id: 'x' } })],
    ['a device of an unknown type', newEsim({ device: { id: 'x', type: 'fridge' } })],
    ['an EID with 31 digits', newEsim({ device: { id: 'x', type: 'ios', eid: eid.slice(1) } })],
    ['no subscriptions', newEsim({ subscriptions: [] })],
    ['a price without a currency', newEsim({ subscriptions: [{ product_id: p1, price: 1 }] })],
    ['a currency without a price', newEsim({ subscriptions: [{ product_id: p1, currency: 'EUR' }] })],
    ['a currency that is not supported', newEsim({ subscriptions: [{ product_id: p1, price: 1, currency: 'PLN' }] })],
    ['sixteen subscriptions', newEsim({ subscriptions: Array.from({ length: 16 }, () => ({ product_id: p1 })) })],
    ['a top-up without a SIM', topUp('')],
  ])('%s', async (_what, body) => {
    expect(fault(await order(body))).toEqual(invalid)
    expect(simulator.state().systems.truphone.environments.production.orders).toEqual([])
  })

  test('an activation date a minute and more in the past, but not 50 seconds; and one that is none', async () => {
    const dated = (text: string) => order(newEsim({ subscriptions: [{ product_id: p1, activationDate: text }] }))
    const at = (ms: number): string => new Date(simulator.clock.now() + ms).toISOString()
    expect(fault(await dated(at(-61_000)))).toEqual(invalid)
    expect((await dated(at(-50_000))).status).toBe(201)
    expect((await dated(at(60_000).replace('Z', '+0000'))).status).toBe(201)
    for (const text of ['tomorrow', '2031-02-30T00:00:00Z', '2031-05-01']) {
      expect(fault(await dated(text))).toEqual([400, 'INVALID_HTTP_MESSAGE'])
    }
  })

  test('an EID only of an iOS device is looked at; its check digits only where told so', async () => {
    const device = (type: string, number: string) => newEsim({ device: { id: 'x', type, eid: number } })
    expect((await order(device('android', 'nonsense'))).status).toBe(201)
    const wrongDigits = '89049032000000000000000012345600'
    expect((await order(device('ios', ` ${wrongDigits} `))).status).toBe(201)
    simulator.set({ truphone: { strictEid: true } })
    expect(fault(await order(device('ios', wrongDigits)))).toEqual(invalid)
    expect((await order(device('ios', eid))).status).toBe(201)
  })

  test('an unknown product with 422, also one that only another client may sell', async () => {
    const unknown = [422, 'PRODUCT_NOT_FOUND']
    expect(fault(await order(newEsim({ subscriptions: [{ product_id: 'nothing' }] })))).toEqual(unknown)
    const small = await caller.token('truphone-norefresh')
    expect(fault(await order(newEsim({ subscriptions: [{ product_id: p2 }] }), small))).toEqual(unknown)
  })

  test('an unknown order with 404, that of another client with 403', async () => {
    expect(fault(await caller.api('GET', 'order/unknown', token))).toEqual([404, 'ORDER_NOT_FOUND'])
    const { id } = (await order(newEsim())).json
    const other = await caller.token('truphone-am')
    expect(fault(await caller.api('GET', `order/${String(id)}`, other))).toEqual([403, 'ACCESS_DENIED'])
  })
})

describe('top-ups (7.2.2)', () => {
  test.each(['TOPUP', 'TOPUP_ACTIVATION'])('%s adds a subscription to the SIM', async (operationType) => {
    const { iccid, matchingId, subscription_id } = await fulfil(simulator, caller, token)
    const output = await fulfil(simulator, caller, token, topUp(iccid, { operationType }))
    expect(output).toEqual({ iccid, smdpUrl: 'rsp.truphone.com', subscription_id: expect.any(String) as string })
    expect(output.subscription_id).not.toBe(subscription_id)
    expect((await caller.api('GET', `sim/${iccid}`, token)).json['matchingId']).toBe(matchingId)
    const all = await caller.api('GET', `sim/${iccid}/subscriptions`, token)
    expect((JSON.parse(all.text) as { id: string }[]).map(({ id }) => id)).toEqual([
      ...[subscription_id, output.subscription_id],
    ])
  })

  test('of an unknown SIM are a 422, of a foreign one a 403', async () => {
    const { iccid } = await fulfil(simulator, caller, token)
    expect(fault(await order(topUp('8944000000000000019')))).toEqual([422, 'SIM_NOT_FOUND'])
    expect(fault(await order(topUp(iccid), await caller.token('truphone-am')))).toEqual([403, 'ACCESS_DENIED'])
  })

  test('past fifteen active subscriptions are refused, the fifteenth is not', async () => {
    const many = (length: number) => ({ subscriptions: Array.from({ length }, () => ({ product_id: p1 })) })
    const { iccid } = await fulfil(simulator, caller, token, newEsim(many(14)))
    expect(fault(await order(topUp(iccid, many(2))))).toEqual(invalid)
    await fulfil(simulator, caller, token, topUp(iccid, many(1)))
    expect(fault(await order(topUp(iccid, many(1))))).toEqual(invalid)
    await simulator.clock.advance(31 * 86_400_000) // All have expired.
    expect((await order(topUp(iccid, many(15)), await caller.token())).status).toBe(201)
  })

  test('need a country where told so', async () => {
    const { iccid } = await fulfil(simulator, caller, token)
    simulator.set({ truphone: { topUpCountry: 'required' } })
    expect(fault(await order(topUp(iccid)))).toEqual(invalid)
    expect((await order(topUp(iccid, { countryCode: 'PT' }))).status).toBe(201)
  })
})

describe('SIMs (7.3)', () => {
  const sim = async (iccid: string) => (await caller.api('GET', `sim/${iccid}`, token)).json
  const move = (iccid: string, to: 'Released' | 'Downloaded' | 'Installed' | 'Unavailable') =>
    simulator.set({ truphone: { actions: [{ do: 'moveSim', iccid, status: to }] } })

  test('show their fields under both names, and an EID only when they have one', async () => {
    const { iccid, matchingId } = await fulfil(simulator, caller, token)
    const shown = await sim(iccid)
    expect(shown).toEqual({
      iccid,
      matching_id: matchingId,
      matchingId,
      status: 'Released',
      profileStatus: 'Released',
      last_modified: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) as string,
      lpa_url: `LPA:1$rsp.truphone.com$${matchingId}`,
    })
    move(iccid, 'Installed')
    const installed = await sim(iccid)
    expect(BigInt(String(installed['eid'])) % 97n).toBe(1n)
  })

  test('take a new EID while released or unavailable, and not while installed', async () => {
    const { iccid } = await fulfil(simulator, caller, token)
    const put = (body: object) => caller.api('PUT', `sim/${iccid}`, token, body)
    expect((await put({ eid })).json['eid']).toBe(eid)
    expect(fault(await put({ eid: '123' }))).toEqual(invalid)
    expect(fault(await put({}))).toEqual(invalid)
    for (const to of ['Downloaded', 'Installed'] as const) {
      move(iccid, to)
      expect(fault(await put({ eid }))).toEqual(invalid)
    }
    move(iccid, 'Unavailable')
    expect((await put({ eid })).status).toBe(200)
  })

  test('return from Unavailable to Released after a minute', async () => {
    const { iccid } = await fulfil(simulator, caller, token)
    move(iccid, 'Unavailable')
    await simulator.clock.advance(58_000)
    expect((await sim(iccid))['status']).toBe('Unavailable')
    await simulator.clock.advance(2_000)
    expect((await sim(iccid))['status']).toBe('Released')
  })

  test('install themselves with an EID where told so', async () => {
    simulator.set({ truphone: { pushInstallMs: 10_000 } })
    const plain = await fulfil(simulator, caller, token)
    const { iccid } = await fulfil(simulator, caller, token, newEsim({ device: { id: 'x', type: 'ios', eid } }))
    const seen = [(await sim(iccid))['status']]
    for (let step = 0; step < 2; step += 1) {
      await simulator.clock.advance(10_000)
      seen.push((await sim(iccid))['status'])
    }
    expect(seen).toEqual(['Released', 'Downloaded', 'Installed'])
    expect((await sim(plain.iccid))['status']).toBe('Released')
  })

  test('are unknown with 404, foreign with 403', async () => {
    const { iccid } = await fulfil(simulator, caller, token)
    expect(fault(await caller.api('GET', 'sim/1', token))).toEqual([404, 'SIM_NOT_FOUND'])
    const other = await caller.token('truphone-am')
    expect(fault(await caller.api('GET', `sim/${iccid}`, other))).toEqual([403, 'ACCESS_DENIED'])
  })
})

describe('environments (1)', () => {
  test('share tokens and the catalogue, and nothing else', async () => {
    const preprod = (verb: string, path: string, body?: unknown) =>
      caller.send(verb, `/connect-api-preprod/v1/${path}`, token, body)
    expect((await preprod('GET', 'products')).text).toBe((await caller.api('GET', 'products', token)).text)
    const { iccid } = await fulfil(simulator, caller, token)
    expect(fault(await preprod('GET', `sim/${iccid}`))).toEqual([404, 'SIM_NOT_FOUND'])
    const { id } = (await preprod('POST', 'order', newEsim())).json
    expect(fault(await caller.api('GET', `order/${String(id)}`, token))).toEqual([404, 'ORDER_NOT_FOUND'])
  })

  test('pre-production forgets at 04:00 GMT what was not used for 72 hours, production does not (14.6)', async () => {
    const { iccid } = await fulfil(simulator, caller, token)
    const path = '/connect-api-preprod/v1'
    const ids: string[] = []
    for (let count = 0; count < 2; count += 1) {
      ids.push(String((await caller.send('POST', `${path}/order`, token, newEsim())).json['id']))
    }
    const get = async (id = '') => (await caller.send('GET', `${path}/order/${id}`, await caller.token())).status
    // Three days and up to one more until 04:00; the first order is used every day.
    for (let day = 0; day < 5; day += 1) {
      await simulator.clock.advance(86_400_000)
      expect(await get(ids[0])).toBe(200)
    }
    expect(await get(ids[1])).toBe(404)
    expect((await caller.api('GET', `sim/${iccid}`, await caller.token())).status).toBe(200)
  })

  test('pre-production keeps everything where recycling is off, until it is asked for', async () => {
    simulator.set({ truphone: { recycling: false } })
    const { id } = (await caller.send('POST', '/connect-api-preprod/v1/order', token, newEsim())).json
    await simulator.clock.advance(10 * 86_400_000)
    const left = () => simulator.state().systems.truphone.environments.preproduction.orders
    expect(left()).toMatchObject([{ id }])
    simulator.set({ truphone: { actions: [{ do: 'recycle' }] } })
    expect(left()).toEqual([])
  })
})

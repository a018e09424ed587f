/** Every endpoint, and the checks that all share: spec/truphone.md sections 2, 3, 4, 5, 7, 7.9. @module */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startSimulator, type Simulator } from '../../src/index.ts'
import { call } from '../support.ts'
import { type Caller, createCaller, fulfil, newEsim, p1, p3, topUp } from './support.ts'

let simulator: Simulator
let caller: Caller
let token: string
let manager: string
beforeAll(async () => {
  simulator = await startSimulator()
  caller = createCaller(simulator)
})
beforeEach(async () => {
  simulator.reset()
  token = await caller.token()
  manager = await caller.token('truphone-am')
})
afterAll(() => simulator.close())

const fault = (reply: { status: number; json: Record<string, unknown> }) => [reply.status, reply.json['type']]
const seeded = encodeURIComponent('++++AQID//4=')
const card = {
  token: 'fictional-gateway-token',
  type: 'VISA',
  last_digits: '0000',
  expiry_month: '12',
  expiry_year: '2031',
  gateway: 'TRUPHONE',
}

test('every endpoint answers an account manager with its documented status (7)', async () => {
  const { iccid, subscription_id } = await fulfil(simulator, caller, manager)
  const pending = newEsim({
    subscriptions: [{ product_id: p1, activationDate: new Date(simulator.clock.now() + 86_400_000).toISOString() }],
  })
  const later = await fulfil(simulator, caller, manager, pending)
  const order = await caller.api('POST', 'order', manager, topUp(iccid))
  const method = await caller.api('POST', `customer/${seeded}/payment-method`, manager, card)
  const hook = { webhook_url: 'https://partner.example/hooks/f00dfeed' }
  const table: readonly [number, string, string, unknown?][] = [
    [200, 'GET', 'products?targetCurrency=USD'],
    [200, 'GET', `products/${p1}`],
    [201, 'POST', 'order', newEsim()],
    [201, 'POST', 'order', topUp(iccid)],
    [200, 'GET', `order/${String(order.json['id'])}`],
    [200, 'GET', `sim/${iccid}`],
    [200, 'PUT', `sim/${iccid}`, { eid: '89049032000000000000000065432192' }],
    [200, 'GET', `sim/${iccid}/preferences`],
    [200, 'POST', `sim/${iccid}/preferences/notifications/USAGE_THRESHOLD`, hook],
    [200, 'DELETE', `sim/${iccid}/preferences/notifications/USAGE_THRESHOLD`],
    [200, 'GET', `sim/${iccid}/subscriptions`],
    [200, 'GET', 'subscription'],
    [200, 'GET', `subscription/${subscription_id}`],
    [200, 'POST', `subscription/${later.subscription_id}/activate`],
    [201, 'POST', 'customer', { email: 'novo@example.org' }],
    [200, 'GET', 'customer?email=ana%2Besim%40example.org'],
    [200, 'PATCH', `customer/${seeded}`, { lastName: 'Outra' }],
    [200, 'GET', `customer/${seeded}/payment-method`],
    [201, 'POST', `customer/${seeded}/payment-method`, card],
    [200, 'DELETE', `customer/${seeded}/payment-method/${String(method.json['id'])}`],
  ]
  for (const [status, verb, path, body] of table) {
    const reply = await caller.api(verb, path, manager, body)
    expect(`${verb} ${path}: ${String(reply.status)} ${reply.headers.get('x-correlation-id') ?? ''}`).toBe(
      `${verb} ${path}: ${String(status)} test-1`,
    )
  }
})

test('every endpoint is refused without a token, before anything else is looked at (3.5, 6.5)', async () => {
  const paths = ['products', 'product/x', 'order/x', 'sim/x', 'sim/x/preferences', 'sim/x/subscriptions', 'nonsense']
  for (const path of [...paths, 'subscription', 'subscription/x', 'customer', 'customer/x/payment-method']) {
    for (const authorization of ['', 'Basic abc', 'Bearer garbage', `Bearer ${token}x`]) {
      const reply = await call(`${simulator.systems.truphone.baseUrl}/connect-api/v1/${path}`, {
        headers: { authorization },
      })
      expect(reply.status).toBe(401)
      expect(reply.json).toEqual({ type: 'UNAUTHORISED', messages: ['Access token is missing or invalid'] })
      expect(reply.headers.get('www-authenticate')).toBeNull()
    }
  }
  simulator.set({ truphone: { wwwAuthenticate: true } })
  const reply = await call(`${simulator.systems.truphone.baseUrl}/connect-api/v1/products`)
  expect(reply.headers.get('www-authenticate')).toBe('Bearer realm="tru-staff", error="invalid_token"')
})

test('a refresh token is no access token (6.5)', async () => {
  const { refresh_token } = (await caller.login()).json
  expect((await caller.api('GET', 'products', String(refresh_token))).status).toBe(401)
})

test('the control plane kills access tokens, and leaves the sessions (6.4)', async () => {
  const { access_token, refresh_token } = (await caller.login()).json
  expect(simulator.invalidateTokens()).toBe(3)
  expect((await caller.api('GET', 'products', String(access_token))).status).toBe(401)
  const next = await caller.refresh(refresh_token)
  expect((await caller.api('GET', 'products', String(next.json['access_token']))).status).toBe(200)
})

test('a reseller may not use customers, known path or not; an account manager may (5)', async () => {
  for (const [verb, path] of [
    ['GET', 'customer?email=x'],
    ['POST', 'customer'],
    ['PATCH', `customer/${seeded}`],
    ['GET', `customer/${seeded}/payment-method`],
    ['GET', 'customer/nonsense/at/all'],
  ] as const) {
    expect(fault(await caller.api(verb, path, token, verb === 'GET' ? undefined : {}))).toEqual([403, 'ACCESS_DENIED'])
  }
  expect(fault(await caller.api('GET', 'customer/nonsense/at/all', manager))).toEqual([404, 'NOT_FOUND'])
})

test('unknown paths and wrong methods have the model, too (3.3)', async () => {
  expect(fault(await caller.api('GET', 'nonsense', token))).toEqual([404, 'NOT_FOUND'])
  expect(fault(await caller.api('DELETE', 'products', token))).toEqual([405, 'METHOD_NOT_ALLOWED'])
  expect(fault(await caller.send('GET', '/connect-api/v2/products', token))).toEqual([404, 'NOT_FOUND'])
})

test.each(['{"input":', '[]', 'null', '"text"', '{"email": "a",}'])(
  'the body %s cannot be read: INVALID_HTTP_MESSAGE (3.2)',
  async (body) => {
    expect(fault(await caller.api('POST', 'customer', manager, body))).toEqual([400, 'INVALID_HTTP_MESSAGE'])
  },
)

describe('headers', () => {
  test('a missing correlation id is made up, or refused where told so (2.1)', async () => {
    const send = () =>
      call(`${simulator.systems.truphone.baseUrl}/connect-api/v1/products`, {
        headers: { authorization: `Bearer ${token}` },
      })
    expect((await send()).headers.get('x-correlation-id')).toMatch(/^[0-9a-f-]{36}$/)
    simulator.set({ truphone: { requireCorrelationId: true } })
    expect(fault(await send())).toEqual([400, 'INVALID_REQUEST_PARAMS'])
  })
})

describe('rate limits (4)', () => {
  test('are off by default', async () => {
    for (let count = 0; count < 8; count += 1) expect((await caller.api('GET', 'products', token)).status).toBe(200)
  })

  test('of a day count per client, and end with the day', async () => {
    simulator.set({ truphone: { dailyQuota: 2 } })
    await caller.api('GET', 'products', token)
    await caller.api('GET', 'products', token)
    const refused = await caller.api('GET', 'products', token)
    expect(fault(refused)).toEqual([429, 'TOO_MANY_REQUESTS'])
    expect(refused.headers.get('retry-after')).toMatch(/^\d+$/)
    expect((await caller.api('GET', 'products', manager)).status).toBe(200)
    await simulator.clock.advance(86_400_000)
    expect((await caller.api('GET', 'products', await caller.token())).status).toBe(200)
  })

  test('of a second refuse the rest of a burst, without Retry-After where told so', async () => {
    simulator.set({ truphone: { ratePerSecond: 1, retryAfter: false } })
    const replies = await Promise.all([1, 2, 3, 4, 5, 6].map(() => caller.api('GET', 'products', token)))
    const refused = replies.filter(({ status }) => status === 429)
    expect(refused.length).toBeGreaterThanOrEqual(4) // A second may begin in between.
    expect(refused.every(({ headers }) => headers.get('retry-after') === null)).toBe(true)
  })
})

describe('products (7.1)', () => {
  test('are those of the client, priced in one currency, euros by default', async () => {
    const list = (query: string, bearer = token) => caller.api('GET', `products${query}`, bearer)
    const names = async (query: string, bearer?: string) =>
      (JSON.parse((await list(query, bearer)).text) as { id: string; pricing: object }[]).map(({ pricing }) => pricing)
    expect(await names('')).toEqual([{ EUR: 18 }, { EUR: 7 }, { EUR: 60 }])
    expect(await names('', manager)).toEqual([{ EUR: 18 }, { EUR: 7 }])
    expect(await names('?currency=USD')).toEqual([{ USD: 19.5 }, { USD: 8 }, { USD: 65 }])
    expect(await names('?currency=USD&targetCurrency=GBP')).toEqual([{ GBP: 16 }])
    expect(await names('?plan_id=PlanFictional02')).toEqual([{ EUR: 7 }])
    expect(fault(await list('?currency=ABC'))).toEqual([400, 'INVALID_REQUEST_PARAMS'])
    expect(fault(await list('?currency=PLN'))).toEqual([400, 'INVALID_REQUEST_PARAMS'])
  })

  test('are found by raw and encoded ids, in both spellings, with a slash at the end (2.4, C1)', async () => {
    for (const path of [`products/${p3}`, `product/${encodeURIComponent(p3)}`, `products/${p3}/?currency=EUR`]) {
      expect((await caller.api('GET', path, token)).json).toMatchObject({ id: p3, data: { value: 10, unit: 'GB' } })
    }
    expect(fault(await caller.api('GET', `products/${p3}`, manager))).toEqual([404, 'PRODUCT_NOT_FOUND'])
    simulator.set({ truphone: { productsPath: 'product' } })
    expect((await caller.api('GET', 'products', token)).status).toBe(404)
    expect((await caller.api('GET', 'product', token)).status).toBe(200)
  })
})

describe('deprecated paths (7.9)', () => {
  test('are served, and noted in the log', async () => {
    const { iccid } = await fulfil(simulator, caller, token)
    for (const path of [`status/sim/${iccid}`, `status/sim?iccid=${iccid}`]) {
      expect((await caller.api('GET', path, token)).json['iccid']).toBe(iccid)
    }
    expect((await caller.api('GET', `status/subscriptions?iccid=${iccid}`, token)).text).toContain('initialBalance')
    expect((await caller.api('GET', 'subscriptions', token)).status).toBe(200)
    expect((await caller.api('POST', 'status/subscription/x/activate', token)).json['type']).toBe(
      'SUBSCRIPTION_NOT_FOUND',
    )
    expect(simulator.requests().find(({ path }) => path.includes('/status/sim/'))?.notes).toEqual([
      'Deprecated: use /v1/sim/{iccid}.',
    ])
    expect((await caller.api('GET', `sim/${iccid}/notification_preferences`, token)).status).toBe(404)
  })

  test('/esim is production under its old path, and can be switched off', async () => {
    const { iccid } = await fulfil(simulator, caller, token)
    expect((await caller.send('GET', `/esim/v1/sim/${iccid}`, token)).status).toBe(200)
    simulator.set({ truphone: { esimPath: false } })
    expect((await caller.send('GET', `/esim/v1/sim/${iccid}`, token)).status).toBe(404)
  })
})

test('undocumented situations can be answered otherwise (3.3)', async () => {
  simulator.set({ truphone: { rulings: { unknownSim: { status: 400, type: 'NO_SUCH_SIM' } } } })
  expect(fault(await caller.api('GET', 'sim/1', token))).toEqual([400, 'NO_SUCH_SIM'])
})

test.each([
  ['status', { kind: 'status', status: 503 }, 503],
  ['throttle', { kind: 'throttle', retryAfter: 2 }, 429],
  ['malformed', { kind: 'malformed' }, 200],
  ['invalidateTokens', { kind: 'invalidateTokens' }, 401],
] as const)('the fault %s spoils any operation by its name (14.7)', async (_kind, spoil, status) => {
  simulator.faults.add({ system: 'truphone', operation: 'order', ...spoil })
  expect((await caller.api('GET', 'products', token)).status).toBe(200)
  expect((await caller.api('GET', 'order/x', token)).status).toBe(status)
})

test('an order whose answer is lost exists, and shows among the subscriptions (2.6, 14.7)', async () => {
  simulator.faults.add({ system: 'truphone', operation: 'createOrder', kind: 'resetAfter' })
  await expect(caller.api('POST', 'order', token, newEsim())).rejects.toThrow()
  await simulator.clock.advance(1000)
  const found = await caller.api('GET', 'subscription?email=ana.ficticia%40example.org', token)
  expect(JSON.parse(found.text)).toHaveLength(1)
})

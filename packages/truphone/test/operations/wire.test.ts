/**
 * Every endpoint as a table: what a call puts on the wire, and what it makes of the answer.
 *
 * @see spec/truphone.md section 7
 * @module
 */
import type { Answer } from '@latchkey/testkit'
import { describe, expect, test } from 'vitest'
import { operations } from '../../src/index.ts'
import type { OperationName, TruphoneClient } from '../../src/index.ts'
import { awkwardId, client, iccid, newEsim, on, orderId, productId, subscription, topUp } from '../support/client.ts'

interface Row {
  readonly call: (truphone: TruphoneClient) => Promise<unknown>
  readonly request: string
  readonly body?: unknown
  readonly answer: Answer
  readonly result: unknown
}

const encoded = '%2B%2B%2B%2BAQID%2F%2F4%3D'
const product = {
  id: productId,
  name: 'Europe 3GB 30-Day',
  period: 30,
  period_unit: 'DAYS',
  data: { value: 3, unit: 'GB' },
  footprint: ['DE', 'PT'],
  active_countries: ['ALL'],
  pricing: { EUR: 18 },
}
const decodedProduct = {
  id: productId,
  name: 'Europe 3GB 30-Day',
  period: 30,
  periodUnit: 'DAYS',
  data: { value: 3, unit: 'GB' },
  footprint: ['DE', 'PT'],
  activeCountries: ['ALL'],
  pricing: { EUR: 18 },
  raw: product,
}
const sim = { iccid, matching_id: 'F-00AAA-FICTIV', profileStatus: 'released', last_modified: '2031-05-01T12:00:03Z' }
const decodedSim = {
  iccid,
  matchingId: 'F-00AAA-FICTIV',
  status: 'Released',
  lastModified: new Date('2031-05-01T12:00:03Z'),
  raw: sim,
}
const hook = 'https://partner.example/hooks/f00dfeedf00dfeed'
const card = {
  customerId: awkwardId,
  token: 'fictional-gateway-token',
  type: 'VISA',
  lastDigits: '0000',
  expiryMonth: '12',
  expiryYear: '2031',
  gateway: 'TRUPHONE',
}
const noLook = { snapshot: false }

const rows: Record<Exclude<OperationName, 'subscriptions.list'>, Row> = {
  'products.list': {
    call: ({ products }) => products.list({ currency: 'USD', planId: 'PlanFictional01' }),
    request: 'GET /v1/products?targetCurrency=USD&currency=USD&plan_id=PlanFictional01',
    answer: { json: [product, { name: 'without id' }] },
    result: [decodedProduct],
  },
  'products.get': {
    call: ({ products }) => products.get('----AQID__4=', { currency: 'USD' }),
    request: 'GET /v1/products/----AQID__4%3D?currency=USD',
    answer: { json: product },
    result: decodedProduct,
  },
  'orders.newEsim': {
    call: ({ orders }) =>
      orders.newEsim(
        {
          ...newEsim,
          device: { ...newEsim.device, type: 'ios', eid: ' 89049032000000000000000012345644 ' },
          subscriptions: [
            { productId, price: 19.5, currency: 'EUR', activationDate: new Date('2031-05-02T00:00:00Z') },
          ],
        },
        noLook,
      ),
    request: 'POST /v1/order',
    body: {
      input: {
        operationType: 'NEW_ESIM',
        countryCode: 'PT',
        customer: { email: 'ana+esim@example.org' },
        device: { type: 'ios', id: 'device-0001', eid: '89049032000000000000000012345644' },
        subscriptions: [
          { product_id: productId, activationDate: '2031-05-02T00:00:00.000Z', price: 19.5, currency: 'EUR' },
        ],
      },
    },
    answer: { status: 201, json: { externalId: orderId, status: 'ACCEPTED' } },
    result: { id: orderId, status: 'ACCEPTED', raw: { externalId: orderId, status: 'ACCEPTED' } },
  },
  'orders.topUp': {
    call: ({ orders }) => orders.topUp(topUp, noLook),
    request: 'POST /v1/order',
    body: {
      input: {
        operationType: 'TOPUP',
        device: { id: 'device-0001', type: 'ios' },
        esim: { iccid },
        subscriptions: [{ product_id: productId, price: 7, currency: 'EUR' }],
      },
    },
    answer: { status: 201, json: { id: orderId, status: 'FULFILING' } },
    result: { id: orderId, status: 'FULFILLING', raw: { id: orderId, status: 'FULFILING' } },
  },
  'orders.get': {
    call: async ({ orders }) => ({ ...(await orders.get(orderId)), raw: 0 }),
    request: `GET /v1/order/${orderId}`,
    answer: {
      json: {
        id: orderId,
        status: 'COMPLETED',
        output: { iccid, matchingId: 'F-00AAA-FICTIV', smdpUrl: 'https://rsp.truphone.com/', subscription_id: 's=' },
      },
    },
    result: {
      id: orderId,
      status: 'COMPLETED',
      output: { iccid, matchingId: 'F-00AAA-FICTIV', smdpHost: 'rsp.truphone.com', subscriptionId: 's=' },
      raw: 0,
    },
  },
  'sims.get': {
    call: ({ sims }) => sims.get(iccid),
    request: `GET /v1/sim/${iccid}`,
    answer: { json: sim },
    result: decodedSim,
  },
  'sims.updateEid': {
    call: ({ sims }) => sims.updateEid(iccid, '89049032000000000000000065432192'),
    request: `PUT /v1/sim/${iccid}`,
    body: { eid: '89049032000000000000000065432192' },
    answer: { json: sim },
    result: decodedSim,
  },
  'webhooks.list': {
    call: ({ webhooks }) => webhooks.list(iccid),
    request: `GET /v1/sim/${iccid}/preferences`,
    answer: { json: { notifications: [{ type: 'SUBSCRITPION_END', webhook_url: hook }] } },
    result: [{ type: 'SUBSCRIPTION_END', webhookUrl: hook }],
  },
  'webhooks.register': {
    call: ({ webhooks }) => webhooks.register({ iccid, type: 'SUBSCRIPTION_END', webhookUrl: hook }),
    request: `POST /v1/sim/${iccid}/preferences/notifications/SUBSCRIPTION_END`,
    body: { webhook_url: hook },
    answer: { status: 202, text: '' },
    result: undefined,
  },
  'webhooks.unregister': {
    call: ({ webhooks }) => webhooks.unregister({ iccid, type: 'USAGE_THRESHOLD' }),
    request: `DELETE /v1/sim/${iccid}/preferences/notifications/USAGE_THRESHOLD`,
    answer: { status: 204 },
    result: undefined,
  },
  'subscriptions.listBySim': {
    call: async ({ subscriptions }) => (await subscriptions.listBySim(iccid)).map(({ raw: _, ...rest }) => rest),
    request: `GET /v1/sim/${iccid}/subscriptions`,
    answer: { json: [subscription('s1', { spentBalance: 1048576, auto_renew: 'false', status: undefined })] },
    result: [{ id: 's1', spentBalance: '1048576', autoRenew: false, iccid, product: { id: productId } }],
  },
  'subscriptions.get': {
    call: async ({ subscriptions }) => ({ ...(await subscriptions.get('c3ViLTAwMDAtMDAwMg==')), raw: 0 }),
    request: 'GET /v1/subscription/c3ViLTAwMDAtMDAwMg%3D%3D',
    answer: {
      json: subscription('c3ViLTAwMDAtMDAwMg==', {
        status: 'PENDING_USAGE',
        initialBalance: '9223372036854775807',
        activationDate: '2031-05-01T12:00:00Z',
        auto_renew: true,
      }),
    },
    result: {
      id: 'c3ViLTAwMDAtMDAwMg==',
      status: 'PENDING_USAGE',
      initialBalance: '9223372036854775807',
      activationDate: new Date('2031-05-01T12:00:00Z'),
      product: { id: productId },
      iccid,
      autoRenew: true,
      raw: 0,
    },
  },
  'subscriptions.activate': {
    call: ({ subscriptions }) => subscriptions.activate('----AQID__4='),
    request: 'POST /v1/subscription/----AQID__4%3D/activate',
    answer: { json: {} },
    result: undefined,
  },
  'customer.create': {
    call: ({ customer }) => customer.create({ email: 'ana@example.org', billingAddress: { city: 'Lisboa' } }),
    request: 'POST /v1/customer',
    body: { type: 'PERSONAL', email: 'ana@example.org', billingAddress: { city: 'Lisboa' } },
    answer: { status: 201, text: '' },
    result: {},
  },
  'customer.getByEmail': {
    call: async ({ customer }) => ({ ...(await customer.getByEmail('ana+esim@example.org')), raw: 0 }),
    request: 'GET /v1/customer?email=ana%2Besim%40example.org',
    answer: {
      json: { id: awkwardId, email: 'ana+esim@example.org', verified: 'true', shippingAddress: { city: 'x' } },
    },
    result: {
      id: awkwardId,
      email: 'ana+esim@example.org',
      verified: true,
      shippingAddress: { city: 'x' },
      raw: 0,
    },
  },
  'customer.update': {
    call: async ({ customer }) => ({
      ...(await customer.update(awkwardId, { firstName: null, lastName: 'F', jobTitle: undefined })),
      raw: 0,
    }),
    request: `PATCH /v1/customer/${encoded}`,
    body: { firstName: null, lastName: 'F' },
    answer: { json: { id: awkwardId } },
    result: { id: awkwardId, raw: 0 },
  },
  'paymentMethods.list': {
    call: ({ paymentMethods }) => paymentMethods.list(awkwardId),
    request: `GET /v1/customer/${encoded}/payment-method`,
    answer: { json: [{ token: 'fictional-gateway-token', type: 'VISA', last_digits: '0000', expiryYear: 2031 }] },
    result: [{ type: 'VISA', lastDigits: '0000', expiryYear: '2031' }],
  },
  'paymentMethods.add': {
    call: ({ paymentMethods }) => paymentMethods.add(card),
    request: `POST /v1/customer/${encoded}/payment-method`,
    body: {
      token: 'fictional-gateway-token',
      type: 'VISA',
      last_digits: '0000',
      expiry_month: '12',
      expiry_year: '2031',
      gateway: 'TRUPHONE',
    },
    answer: { status: 201, json: { id: 'pm0000000000000001' } },
    result: { id: 'pm0000000000000001' },
  },
  'paymentMethods.remove': {
    call: ({ paymentMethods }) => paymentMethods.remove({ customerId: awkwardId, paymentMethodId: 'pm/1' }),
    request: `DELETE /v1/customer/${encoded}/payment-method/pm%2F1`,
    answer: { status: 200, text: '' },
    result: undefined,
  },
}

describe('section 7: every endpoint', () => {
  test.each(Object.entries(rows))('%s', async (_, { call, request, body, answer, result }) => {
    const { truphone, fetch, clock, bodies } = client([on(request, answer)], { role: 'ACCOUNT_MANAGER' })
    expect(await clock.drive(call(truphone))).toStrictEqual(result)
    const [, asked] = fetch.calls
    expect(asked?.headers.get('authorization')).toBe('Bearer A1-access-token')
    expect(asked?.headers.get('x-correlation-id')).toMatch(/^[0-9a-f-]{36}\.[0-9a-f]{8}$/)
    expect(asked?.headers.get('content-type')).toBe(body === undefined ? null : 'application/json')
    expect(bodies()[1]).toEqual(body ?? '')
    fetch.done()
  })

  test('the table has 20 rows, each named like its key and with a sentence, on the 19 endpoints', () => {
    const all = Object.entries(operations)
    for (const [name, row] of all) {
      expect(row.name).toBe(name)
      expect(row.summary).toMatch(/^[A-Z].*\.$/)
      expect(row.roles).toContain('ACCOUNT_MANAGER')
    }
    expect(all).toHaveLength(20)
    expect(new Set(all.map(([, { method, path }]) => `${method} ${path}`)).size).toBe(19)
  })

  test('what creates something has effect once, what only reads has read', () => {
    const once = Object.values(operations).filter(({ effect }) => effect === 'once')
    expect(once.map(({ name }) => name)).toEqual([
      'orders.newEsim',
      'orders.topUp',
      'subscriptions.activate',
      'customer.create',
      'paymentMethods.add',
    ])
    for (const { method, effect } of Object.values(operations)) expect(effect === 'read').toBe(method === 'GET')
  })
})

describe('tolerance', () => {
  test('an EID update whose answer is empty reads the SIM', async () => {
    const { truphone, clock, fetch } = client([
      on(`PUT /v1/sim/${iccid}`, { status: 200, text: '' }),
      on(`GET /v1/sim/${iccid}`, { json: sim }),
    ])
    expect(await clock.drive(truphone.sims.updateEid(iccid, '89049032000000000000000065432192'))).toEqual(decodedSim)
    fetch.done()
  })

  test.each([
    ['no notifications member', {}],
    ['an empty list', { notifications: [] }],
    ['a bare list', []],
  ])('preferences with %s are an empty list (7.4)', async (_, body) => {
    const { truphone, clock } = client([on(`GET /v1/sim/${iccid}/preferences`, { json: body })])
    expect(await clock.drive(truphone.webhooks.list(iccid))).toEqual([])
  })

  test('an unquoted ICCID keeps its digits (A2)', async () => {
    const { truphone, clock } = client([
      on('GET /v1/sim/893000000002391231', { text: '{"iccid": 893000000002391231}' }),
    ])
    expect((await clock.drive(truphone.sims.get('893000000002391231'))).iccid).toBe('893000000002391231')
  })

  test.each(['', '<html>', '[]', '{"name":"no id"}', 'null'])(
    'an order answered with 200 and %j has no known outcome',
    async (text) => {
      const { truphone, clock } = client([on('POST /v1/order', { status: 200, text })])
      const order = clock.drive(truphone.orders.newEsim(newEsim, noLook))
      await expect(order).rejects.toMatchObject({ code: 'TRUPHONE_OUTCOME_UNKNOWN' })
    },
  )
})

describe('requests are checked before anything is sent', () => {
  const wrong: readonly (readonly [field: string, call: (truphone: TruphoneClient) => Promise<unknown>])[] = [
    ['subscriptions', ({ orders }) => orders.newEsim({ ...newEsim, subscriptions: [] as never })],
    [
      'subscriptions.0.currency',
      ({ orders }) => orders.newEsim({ ...newEsim, subscriptions: [{ productId, price: 1 } as never] }),
    ],
    [
      'subscriptions.0.price',
      ({ orders }) => orders.topUp({ ...topUp, subscriptions: [{ productId, currency: 'EUR' } as never] }),
    ],
    [
      'device.eid',
      ({ orders }) =>
        orders.newEsim({ ...newEsim, device: { ...newEsim.device, eid: '8904903200000000000000001234564X' } }),
    ],
    ['device.type', ({ orders }) => orders.newEsim({ ...newEsim, device: { id: 'x', type: 'watch' as never } })],
    ['esim.iccid', ({ orders }) => orders.topUp({ ...topUp, esim: { iccid: 8944 as never } })],
    [
      'subscriptions.0.activationDate',
      ({ orders }) => orders.topUp({ ...topUp, subscriptions: [{ productId, activationDate: '2031-05-01T12:00:00' }] }),
    ],
    [
      'subscriptions.0.activationDate',
      ({ orders }) =>
        orders.topUp({ ...topUp, subscriptions: [{ productId, activationDate: '2031-02-29T12:00:00Z' }] }),
    ],
    ['iccid', ({ sims }) => sims.get('89x')],
    ['eid', ({ sims }) => sims.updateEid(iccid, '8904903200000000000000001234564')],
    ['id', ({ orders }) => orders.get('')],
    ['type', ({ webhooks }) => webhooks.register({ iccid, type: 'AUTO_RENEW' as never, webhookUrl: hook })],
    ['webhookUrl', ({ webhooks }) => webhooks.register({ iccid, type: 'USAGE_THRESHOLD', webhookUrl: '/hooks' })],
    ['email', ({ customer }) => customer.create({} as never)],
    ['emial', ({ customer }) => customer.create({ email: 'a', emial: 'b' } as never)],
    ['token', ({ paymentMethods }) => paymentMethods.add({ ...card, token: '' })],
  ]
  test.each(wrong)('%s', async (field, call) => {
    const { truphone, fetch } = client([])
    const error: unknown = await call(truphone).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'ERR_INVALID_ARG' })
    expect((error as { issues: { path: string }[] }).issues.map(({ path }) => path)).toContain(field)
    expect(fetch.calls).toHaveLength(0)
  })

  test.each<readonly [string, (truphone: TruphoneClient) => Promise<unknown>]>([
    ['timeoutMs', ({ products }) => products.list({}, { timeoutMs: 5 } as never)],
    ['snapshots', ({ orders }) => orders.newEsim(newEsim, { snapshots: false } as never)],
    ['snapshot', ({ sims }) => sims.get(iccid, { snapshot: false } as never)],
  ])('%s is no option of the call', async (name, call) => {
    const { truphone, fetch } = client([])
    const message = expect.stringContaining(`unknown option "${name}"`) as string
    await expect(call(truphone)).rejects.toMatchObject({ code: 'ERR_INVALID_ARG', message })
    expect(fetch.calls).toHaveLength(0)
  })

  test('a patch that changes nothing is refused', async () => {
    const { truphone, fetch } = client([])
    await expect(truphone.customer.update('c', { email: undefined })).rejects.toMatchObject({ code: 'ERR_INVALID_ARG' })
    expect(fetch.calls).toHaveLength(0)
  })

  test('18-digit ICCIDs and EIDs with wrong check digits are let through (section 18)', async () => {
    const { truphone, clock, fetch } = client([
      on('PUT /v1/sim/894400000000000001', { json: { iccid: '894400000000000001' } }),
    ])
    await clock.drive(truphone.sims.updateEid('894400000000000001', '89049032000000000000000012345600'))
    fetch.done()
  })
})

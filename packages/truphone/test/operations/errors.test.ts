import { OutcomeUnknownError } from '@latchkey/http'
import type { Answer } from '@latchkey/testkit'
import { describe, expect, test } from 'vitest'
import { iccid, bare, client, networkError, newEsim, on, orderId, refusal, token } from '../support/client.ts'

describe('section 3: errors by status, then type', () => {
  test.each<readonly [string, Answer, object]>([
    [
      'a 400 that names a field',
      refusal(400, 'INVALID_REQUEST_PARAMS', 'input.subscriptions[0].currency: must be sent together with price'),
      {
        code: 'TRUPHONE_INVALID_REQUEST',
        providerCode: 'INVALID_REQUEST_PARAMS',
        details: { field: 'input.subscriptions[0].currency' },
      },
    ],
    ['an unreadable message', refusal(400, 'INVALID_HTTP_MESSAGE'), { code: 'TRUPHONE_INVALID_REQUEST' }],
    ['a foreign resource', refusal(403, 'ACCESS_DENIED'), { code: 'TRUPHONE_ACCESS_DENIED', retryable: false }],
    ['a missing order', refusal(404, 'ORDER_NOT_FOUND'), { code: 'TRUPHONE_NOT_FOUND', status: 404 }],
    ['an exhausted quota', refusal(406, 'UNACCEPTABLE'), { code: 'TRUPHONE_QUOTA_EXHAUSTED', retryable: false }],
    [
      'a business rule',
      refusal(422, 'UNABLE_TO_GET_PAYMENT_METHODS', 'x'),
      { code: 'TRUPHONE_REJECTED', providerCode: 'UNABLE_TO_GET_PAYMENT_METHODS' },
    ],
    ['a wrong method', refusal(405, 'METHOD_NOT_ALLOWED'), { code: 'TRUPHONE_UNEXPECTED_ANSWER' }],
    ['a type nobody knows', refusal(400, 'A_NEW_TYPE'), { providerCode: 'A_NEW_TYPE' }],
    ['an HTML body', { status: 404, text: '<html>' }, { code: 'TRUPHONE_NOT_FOUND' }],
    ['an empty body', { status: 422, text: '' }, { code: 'TRUPHONE_REJECTED' }],
    ["a gateway's shape", { status: 403, json: { message: 'x' } }, { code: 'TRUPHONE_ACCESS_DENIED' }],
    [
      'a redirect',
      { status: 307, text: '', headers: { location: 'https://evil.example' } },
      { code: 'TRUPHONE_MALFORMED_ANSWER' },
    ],
  ])('%s', async (_, answer, expected) => {
    const { truphone, clock, fetch } = client([on(`GET /v1/order/${orderId}`, answer)])
    const error: unknown = await clock.drive(truphone.orders.get(orderId)).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ ...expected, operation: 'orders.get', provider: 'truphone' })
    expect(error).not.toHaveProperty('details.messages')
    fetch.done()
  })

  test('422 PRODUCT_NOT_FOUND on an order says to reload the catalogue (A7)', async () => {
    const { truphone, clock } = client([on('POST /v1/order', refusal(422, 'PRODUCT_NOT_FOUND'))])
    const order = clock.drive(truphone.orders.newEsim(newEsim, { snapshot: false }))
    await expect(order).rejects.toThrow(/list the products again/)
  })

  test('reads are repeated on 5xx, 429 and lost connections; then the code says what it was', async () => {
    const { truphone, clock, fetch } = client([
      on(`GET /v1/order/${orderId}`, refusal(500, 'INTERNAL_ERROR')),
      on(`GET /v1/order/${orderId}`, networkError('ECONNRESET')),
      on(`GET /v1/order/${orderId}`, refusal(503, 'INTERNAL_ERROR')),
    ])
    const asked = clock.drive(truphone.orders.get(orderId))
    await expect(asked).rejects.toMatchObject({ code: 'TRUPHONE_UNAVAILABLE', retryable: true })
    fetch.done()
  })
})

describe('section 4: rate limits', () => {
  test('Retry-After is honoured, for orders as well', async () => {
    const { truphone, clock, fetch } = client([
      on('POST /v1/order', { ...refusal(429, 'TOO MANY REQUESTS'), headers: { 'retry-after': '7' } }),
      on('POST /v1/order', { status: 201, json: { id: orderId } }),
    ])
    const from = clock.mono()
    await clock.drive(truphone.orders.newEsim(newEsim, { snapshot: false }))
    expect(clock.mono() - from).toBeGreaterThanOrEqual(7_000)
    fetch.done()
  })

  test("without it the newest generation's x-rate-limit-reset is", async () => {
    const reset = Date.UTC(2031, 4, 1, 12) + 9_000
    const { truphone, clock, fetch } = client([
      on('GET /v1/products', { status: 429, text: '', headers: { 'x-rate-limit-reset': String(reset) } }),
      on('GET /v1/products', { json: [] }),
    ])
    const from = clock.mono()
    await clock.drive(truphone.products.list())
    expect(clock.mono() - from).toBeGreaterThanOrEqual(8_000)
    fetch.done()
  })
})

describe('section 5: roles', () => {
  test.each([
    (truphone: ReturnType<typeof client>['truphone']) => truphone.customer.getByEmail('a@example.org'),
    (truphone: ReturnType<typeof client>['truphone']) => truphone.paymentMethods.list('c1'),
  ])('a reseller is told before anything is sent (A17)', async (call) => {
    const { truphone, fetch, clock } = bare([], { role: 'RESELLER' })
    await expect(clock.drive<unknown>(call(truphone))).rejects.toMatchObject({
      code: 'TRUPHONE_ROLE_MISSING',
      details: { role: 'RESELLER', needs: 'ACCOUNT_MANAGER' },
    })
    fetch.done()
  })

  test('without a stated role Truphone decides, and its 403 costs no new token', async () => {
    const { truphone, clock, fetch } = client([on('GET /v1/customer?email=a', refusal(403, 'ACCESS_DENIED'))])
    await expect(clock.drive(truphone.customer.getByEmail('a'))).rejects.toMatchObject({
      code: 'TRUPHONE_ACCESS_DENIED',
    })
    fetch.done()
  })
})

describe('section 13.6: refused tokens', () => {
  const refused = refusal(401, 'UNAUTHORISED', 'Access token is missing or invalid')

  test('a 401 leads to one renewal and one repeat with the same body and a new correlation id', async () => {
    const { truphone, clock, fetch, bodies } = bare([
      token('A1-access-token', { refresh_token: 'R1', refresh_expires_in: 1800 }),
      on('POST /v1/order', refused),
      token('A2-access-token', { refresh_token: 'R2', refresh_expires_in: 1800 }),
      on('POST /v1/order', { status: 201, json: { id: orderId } }),
    ])
    await clock.drive(truphone.orders.newEsim(newEsim, { snapshot: false }))
    const [, first, renewal, second] = fetch.calls
    expect(new URLSearchParams(renewal?.text).get('refresh_token')).toBe('R1')
    expect([first, second].map((call) => call?.headers.get('authorization'))).toEqual([
      'Bearer A1-access-token',
      'Bearer A2-access-token',
    ])
    expect(bodies()[3]).toEqual(bodies()[1])
    const ids = [first, second].map((call) => call?.headers.get('x-correlation-id') ?? '')
    expect(ids[0]).not.toBe(ids[1])
    expect(ids[0]?.split('.')[0]).toBe(ids[1]?.split('.')[0])
    fetch.done()
  })

  test('a second 401 is final', async () => {
    const { truphone, clock, fetch } = client([
      on('GET /v1/products', refused),
      token('A2-access-token'),
      on('GET /v1/products', refused),
    ])
    await expect(clock.drive(truphone.products.list())).rejects.toMatchObject({
      code: 'TRUPHONE_TOKEN_REJECTED',
      providerCode: 'UNAUTHORISED',
      retryable: false,
    })
    fetch.done()
  })

  test('fifty calls that see a 401 together cost one renewal (T29)', async () => {
    let renewed = false
    const { truphone, clock, fetch } = bare([
      token('A1-access-token'),
      { ...on('GET /v1/products', () => new Response('{}', { status: 401 })), times: 50 },
      {
        ...token('A2-access-token'),
        answer: () => {
          renewed = true
          return Response.json({ access_token: 'A2-access-token', expires_in: 300, token_type: 'Bearer' })
        },
      },
      { ...on('GET /v1/products', () => Response.json([])), times: 50 },
    ])
    await clock.drive(Promise.all(Array.from({ length: 50 }, () => truphone.products.list())))
    expect(renewed).toBe(true)
    fetch.done()
  })
})

describe('section 2.1: correlation ids', () => {
  test("a caller's id begins each attempt's, and is on the error", async () => {
    const { truphone, clock, fetch } = client([on(`GET /v1/order/${orderId}`, refusal(404, 'ORDER_NOT_FOUND'))])
    const error: unknown = await clock
      .drive(truphone.orders.get(orderId, { correlationId: 'batch-7' }))
      .catch((thrown: unknown) => thrown)
    const sent = fetch.calls[1]?.headers.get('x-correlation-id')
    expect(sent).toMatch(/^batch-7\.[0-9a-f]{8}$/)
    expect(error).toMatchObject({ correlationId: sent })
  })

  test('an error without an answer has the beginning', async () => {
    const lost = on(`GET /v1/order/${orderId}`, networkError('ECONNREFUSED'))
    const { truphone, clock } = client([{ ...lost, times: 3 }])
    await expect(clock.drive(truphone.orders.get(orderId, { correlationId: 'batch-7' }))).rejects.toMatchObject({
      code: 'TRUPHONE_UNREACHABLE',
      correlationId: 'batch-7',
      retryable: true,
    })
  })

  test.each(['a\r\nb', '', 'ü', 'x'.repeat(81)])('%j is refused', async (correlationId) => {
    const { truphone, fetch } = client([])
    await expect(truphone.orders.get(orderId, { correlationId })).rejects.toMatchObject({ code: 'ERR_INVALID_ARG' })
    expect(fetch.calls).toHaveLength(0)
  })
})

describe('section 7.1: two names of the catalogue (C1)', () => {
  test('a 404 for the list leads to one look under the other name, which is remembered', async () => {
    const { truphone, clock, fetch } = client([
      on('GET /v1/products', { status: 404, text: '' }),
      on('GET /v1/product', { json: [] }),
      on('GET /v1/product', { json: [] }),
      on('GET /v1/product/p1', { json: { id: 'p1' } }),
    ])
    await clock.drive(truphone.products.list())
    await clock.drive(truphone.products.list())
    await clock.drive(truphone.products.get('p1'))
    fetch.done()
  })

  test('where neither is there, the first answer is the error', async () => {
    const { truphone, clock, fetch } = client([
      on('GET /v1/products', refusal(404, 'NOT_FOUND')),
      on('GET /v1/product', { status: 404, text: '' }),
    ])
    await expect(clock.drive(truphone.products.list())).rejects.toMatchObject({ providerCode: 'NOT_FOUND' })
    fetch.done()
  })

  test('a 404 for one product is just that', async () => {
    const { truphone, clock, fetch } = client([on('GET /v1/products/p1', refusal(404, 'PRODUCT_NOT_FOUND'))])
    await expect(clock.drive(truphone.products.get('p1'))).rejects.toMatchObject({ code: 'TRUPHONE_NOT_FOUND' })
    fetch.done()
  })

  test('productsPath decides what comes first', async () => {
    const { truphone, clock, fetch } = client([on('GET /v1/product', { json: [] })], { productsPath: 'product' })
    await clock.drive(truphone.products.list())
    fetch.done()
  })
})

describe('section 2.6: what is repeated', () => {
  test('a removal whose first try was lost is done when the repeat finds nothing', async () => {
    const path = `DELETE /v1/sim/${iccid}/preferences/notifications/USAGE_THRESHOLD`
    const { truphone, clock, fetch } = client([
      on(path, networkError('ECONNRESET')),
      on(path, refusal(404, 'SIM_NOT_FOUND')),
    ])
    await clock.drive(truphone.webhooks.unregister({ iccid, type: 'USAGE_THRESHOLD' }))
    fetch.done()
  })

  test('a removal that finds nothing at first has failed', async () => {
    const path = `DELETE /v1/sim/${iccid}/preferences/notifications/USAGE_THRESHOLD`
    const { truphone, clock } = client([on(path, refusal(404, 'SIM_NOT_FOUND'))])
    const removal = clock.drive(truphone.webhooks.unregister({ iccid, type: 'USAGE_THRESHOLD' }))
    await expect(removal).rejects.toMatchObject({ code: 'TRUPHONE_NOT_FOUND' })
  })

  test('a new customer whose answer was lost is looked for by e-mail', async () => {
    const find = 'GET /v1/customer?email=ana%40example.org'
    const { truphone, clock, fetch } = client([
      on('POST /v1/customer', networkError('ECONNRESET')),
      on(find, refusal(404, 'CUSTOMER_NOT_FOUND')),
      on(find, { json: { id: 'c1', email: 'ana@example.org' } }),
    ])
    const error: unknown = await clock
      .drive(truphone.customer.create({ email: 'ana@example.org' }))
      .catch((thrown: unknown) => thrown)
    if (!(error instanceof OutcomeUnknownError)) throw error
    expect(await clock.drive(error.resolve())).toMatchObject({ state: 'unknown' })
    expect(await clock.drive(error.resolve())).toMatchObject({ state: 'settled', result: { id: 'c1' } })
    fetch.done()
  })

  test('an activation whose answer was lost is settled by the status', async () => {
    const { truphone, clock, fetch } = client([
      on('POST /v1/subscription/s1/activate', { status: 502, text: '' }),
      on('GET /v1/subscription/s1', { json: { id: 's1', status: 'PENDING' } }),
      on('GET /v1/subscription/s1', { json: { id: 's1', status: 'ACTIVE' } }),
    ])
    const error: unknown = await clock.drive(truphone.subscriptions.activate('s1')).catch((thrown: unknown) => thrown)
    if (!(error instanceof OutcomeUnknownError)) throw error
    expect(await clock.drive(error.resolve())).toMatchObject({ state: 'unknown' })
    expect(await clock.drive(error.resolve())).toMatchObject({ state: 'settled', result: { status: 'ACTIVE' } })
    fetch.done()
  })
})

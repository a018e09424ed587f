import { OutcomeUnknownError } from '@latchkey/http'
import type { Scripted } from '@latchkey/testkit'
import { describe, expect, test } from 'vitest'
import {
  bare,
  client,
  iccid,
  networkError,
  newEsim,
  on,
  orderId,
  refusal,
  subscription,
  token,
  topUp,
} from '../support/client.ts'

const lost = on('POST /v1/order', networkError('ECONNRESET'))
const bySim = (...items: readonly object[]): Scripted => on(`GET /v1/sim/${iccid}/subscriptions`, { json: items })
const after = '2031-05-01T11%3A50%3A00.000Z'
const byEmail = (...items: readonly object[]): Scripted =>
  on(`GET /v1/subscription?email=ana%2Besim%40example.org&after=${after}`, { json: items })

async function unknownOf(work: Promise<unknown>): Promise<OutcomeUnknownError> {
  const error: unknown = await work.catch((thrown: unknown) => thrown)
  if (error instanceof OutcomeUnknownError) return error
  throw error
}

describe('section 2.6: an order whose answer was lost (A1)', () => {
  test('a top-up is sent once, and settled by the subscription that is new', async () => {
    const { truphone, clock, fetch } = client([
      bySim(subscription('old')),
      lost,
      bySim(subscription('old')),
      bySim(subscription('old'), subscription('other', { product: { id: 'else' } }), subscription('new')),
    ])
    const error = await unknownOf(clock.drive(truphone.orders.topUp(topUp)))
    expect(error).toMatchObject({ code: 'TRUPHONE_OUTCOME_UNKNOWN', retryable: false, operation: 'orders.topUp' })
    expect(error.correlationId).toBeDefined()
    expect(await clock.drive(error.resolve())).toEqual({ state: 'unknown', askAgainAt: clock.wall() + 5_000 })
    expect(await clock.drive(error.resolve())).toMatchObject({
      state: 'settled',
      result: { iccid, subscriptions: [{ id: 'new' }] },
    })
    expect(fetch.calls.filter(({ method, url }) => method === 'POST' && url.pathname.endsWith('/order'))).toHaveLength(
      1,
    )
    fetch.done()
  })

  test('a new eSIM is found by e-mail among what was created lately, and reveals its ICCID', async () => {
    const { truphone, clock, fetch } = client([
      byEmail(subscription('old', { iccid: '1' })),
      lost,
      byEmail(subscription('old', { iccid: '1' }), subscription('new')),
    ])
    const error = await unknownOf(clock.drive(truphone.orders.newEsim(newEsim)))
    expect(await clock.drive(error.resolve())).toMatchObject({
      state: 'settled',
      result: { iccid, subscriptions: [{ id: 'new' }] },
    })
    fetch.done()
  })

  test.each([
    ['a 5xx', { status: 503, text: '' }],
    ['a reset', networkError('ECONNRESET')],
    ['an unreadable answer', { status: 201, text: '<html>' }],
  ])('%s is unknown and is not repeated', async (_, answer) => {
    const { truphone, clock, fetch } = client([bySim(), on('POST /v1/order', answer)])
    await unknownOf(clock.drive(truphone.orders.topUp(topUp)))
    fetch.done()
  })

  test('a connection that was never made is repeated', async () => {
    const { truphone, clock, fetch } = client([
      bySim(),
      on('POST /v1/order', networkError('ECONNREFUSED')),
      on('POST /v1/order', { status: 201, json: { id: orderId } }),
    ])
    expect((await clock.drive(truphone.orders.topUp(topUp))).id).toBe(orderId)
    fetch.done()
  })

  test('a look that fails does not stop the sale, and then only evidence settles', async () => {
    const { truphone, clock, fetch } = client([
      on(`GET /v1/sim/${iccid}/subscriptions`, refusal(500, 'INTERNAL_ERROR')),
      lost,
      bySim(subscription('old'), subscription('new')),
    ])
    const error = await unknownOf(clock.drive(truphone.orders.topUp(topUp)))
    expect(await clock.drive(error.resolve())).toEqual({ state: 'unknown' })
    expect(await clock.drive(error.resolve({ before: ['old'] }))).toMatchObject({
      state: 'settled',
      result: { subscriptions: [{ id: 'new' }] },
    })
    fetch.done()
  })

  test('an order id as evidence asks for the order itself', async () => {
    const { truphone, clock, fetch } = client([
      bySim(),
      lost,
      on(`GET /v1/order/${orderId}`, refusal(404, 'ORDER_NOT_FOUND')),
      on(`GET /v1/order/${orderId}`, { json: { id: orderId, status: 'COMPLETED', output: { iccid } } }),
      on(`GET /v1/order/${orderId}`, { json: { id: orderId, status: 'FAILED' } }),
    ])
    const error = await unknownOf(clock.drive(truphone.orders.topUp(topUp)))
    expect(await clock.drive(error.resolve({ orderId }))).toEqual({ state: 'unknown' })
    expect(await clock.drive(error.resolve({ orderId }))).toMatchObject({
      state: 'settled',
      result: { iccid, order: { id: orderId } },
    })
    expect(await clock.drive(error.resolve({ orderId }))).toMatchObject({ state: 'refused' })
    fetch.done()
  })

  test('after a quarter of an hour nothing new means that asking again will not help', async () => {
    const { truphone, clock } = bare([
      { ...token('A1-access-token'), answer: { json: { access_token: 'A1-access-token', expires_in: 9999 } } },
      bySim(),
      lost,
      bySim(),
    ])
    const error = await unknownOf(clock.drive(truphone.orders.topUp(topUp)))
    await clock.advance(900_000)
    expect(await clock.drive(error.resolve())).toEqual({ state: 'unknown' })
  })
})

describe('section 7.2.4: waiting for an order', () => {
  const at = (status: string, more: object = {}): Scripted =>
    on(`GET /v1/order/${orderId}`, { json: { id: orderId, status, ...more } })

  test('asks until it is completed, through failures and unknown words', async () => {
    const { truphone, clock, fetch } = client([
      at('ACCEPTED'),
      at('SOMETHING_NEW'),
      { ...on(`GET /v1/order/${orderId}`, refusal(500, 'INTERNAL_ERROR')), times: 3 },
      at('COMPLETED', { output: { iccid } }),
    ])
    const order = await clock.drive(truphone.orders.waitForOrder(orderId))
    expect(order.output?.iccid).toBe(iccid)
    fetch.done()
  })

  test('FAILED is an error with the id', async () => {
    const { truphone, clock } = client([at('FAILED')])
    await expect(clock.drive(truphone.orders.waitForOrder(orderId))).rejects.toMatchObject({
      code: 'TRUPHONE_ORDER_FAILED',
      retryable: false,
      details: { orderId, orderStatus: 'FAILED' },
    })
  })

  test('when time is up the error says that the order goes on (A9)', async () => {
    const { truphone, clock } = client([{ ...at('FULFILING'), times: 4 }])
    const from = clock.mono()
    const waited = clock.drive(truphone.orders.waitForOrder(orderId, { timeoutMs: 6_000 }))
    await expect(waited).rejects.toMatchObject({
      code: 'TRUPHONE_NOT_FINISHED',
      retryable: true,
      details: { orderId, orderStatus: 'FULFILLING' },
    })
    expect(clock.mono() - from).toBeLessThanOrEqual(6_000)
  })

  test('a 404 ends the wait at once', async () => {
    const { truphone, clock, fetch } = client([on(`GET /v1/order/${orderId}`, refusal(404, 'ORDER_NOT_FOUND'))])
    await expect(clock.drive(truphone.orders.waitForOrder(orderId))).rejects.toMatchObject({
      code: 'TRUPHONE_NOT_FOUND',
    })
    fetch.done()
  })

  test("a caller's abort rejects with its own reason", async () => {
    const stop = new AbortController()
    const reason = new Error('mine')
    const { truphone, clock } = client([
      on(`GET /v1/order/${orderId}`, () => {
        stop.abort(reason)
        return Response.json({ id: orderId, status: 'ACCEPTED' })
      }),
    ])
    const waited = clock.drive(truphone.orders.waitForOrder(orderId, { signal: stop.signal }))
    await expect(waited).rejects.toBe(reason)
  })

  test('a subscription is waited for in the same way', async () => {
    const { truphone, clock, fetch } = client([
      on('GET /v1/subscription/s1', { json: subscription('s1', { status: 'PENDING' }) }),
      on('GET /v1/subscription/s1', { json: subscription('s1', { status: 'ACTIVE' }) }),
    ])
    expect((await clock.drive(truphone.subscriptions.waitForStatus('s1', 'ACTIVE'))).status).toBe('ACTIVE')
    fetch.done()
  })
})

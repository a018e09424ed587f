/** STK push and its query: spec/daraja.md sections 1.6, 3.1, 3.2, 6.3, 8.2. @module */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startSimulator, type Simulator } from '../../src/index.ts'
import { createCaller, createReceiver, type Fields, post } from '../support.ts'

let simulator: Simulator
let receiver: Awaited<ReturnType<typeof createReceiver>>
let caller: ReturnType<typeof createCaller>
let token: string
beforeAll(async () => {
  // Long enough that only moving the clock ends a payment, however slow the machine is.
  simulator = await startSimulator({ daraja: { callbackDelayMs: 20_000 } })
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

const callbacks = (): Record<string, unknown>[] =>
  receiver.received.map(({ body }) => (body as { Body: { stkCallback: Record<string, unknown> } }).Body.stkCallback)

describe('a push that is paid', () => {
  test('is acknowledged, called back once with a receipt, and found by the query', async () => {
    const ack = await caller.push(token)
    expect(ack.json).toEqual({
      MerchantRequestID: expect.stringMatching(/^[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\d+$/) as string,
      CheckoutRequestID: expect.stringMatching(/^ws_CO_\d{14}\d{1,3}708374149$/) as string,
      ResponseCode: '0',
      ResponseDescription: 'Success. Request accepted for processing',
      CustomerMessage: 'Success. Request accepted for processing',
    })
    const id = ack.json['CheckoutRequestID']
    expect((await caller.query(token, id)).json).toMatchObject({ ResponseCode: '0', ResultCode: '4999' })
    await simulator.clock.advance(20_000)
    expect(receiver.received[0]?.headers).toMatchObject({
      'content-type': 'application/json;charset=UTF-8',
      businessshortcode: '174379',
    })
    expect(callbacks()).toEqual([
      {
        MerchantRequestID: ack.json['MerchantRequestID'],
        CheckoutRequestID: id,
        ResultCode: 0,
        ResultDesc: 'The service request is processed successfully.',
        CallbackMetadata: {
          Item: [
            { Name: 'Amount', Value: 1 },
            { Name: 'MpesaReceiptNumber', Value: expect.stringMatching(/^[A-Z]{2}[1-9A-V][A-Z0-9]{7}$/) as string },
            { Name: 'Balance' },
            { Name: 'TransactionDate', Value: expect.any(Number) as number },
            { Name: 'PhoneNumber', Value: 254708374149 },
          ],
        },
      },
    ])
    expect((await caller.query(token, id)).json).toMatchObject({ ResultCode: '0', CheckoutRequestID: id })
    await simulator.clock.advance(3_600_000)
    expect(receiver.received).toHaveLength(1)
    expect(simulator.callbacks()).toMatchObject([{ kind: 'stkCallback', status: 'delivered', httpStatus: 200 }])
  })

  test('needs no push of the clock: the callback comes by itself after the delay', async () => {
    simulator.set({ daraja: { callbackDelayMs: 50 } })
    await caller.push(token)
    await expect.poll(() => receiver.received.length, { timeout: 2_000, interval: 10 }).toBe(1)
  })

  test('happens at its own instant while the clock is moved by a day', async () => {
    await caller.push(token)
    const before = simulator.clock.now()
    await simulator.clock.advance(86_400_000)
    expect(Date.parse(simulator.callbacks()[0]?.time ?? '')).toBeLessThanOrEqual(before + 20_000)
  })

  test('accepts numbers as strings, strings as numbers, nulls and unknown fields (1.4)', async () => {
    const ack = await caller.push(token, {
      BusinessShortCode: 174379,
      Timestamp: 20260115093000,
      Amount: '1',
      PartyA: 254708374149,
      PartyB: 174379,
      PhoneNumber: 254708374149,
      TransactionDesc: null,
      Passkey: 'an extra field',
    })
    expect(ack.status).toBe(200)
  })

  test('is not called back a second time when the receiver fails', async () => {
    receiver.answer.status = 500
    await caller.push(token)
    await simulator.clock.advance(20_000)
    await simulator.clock.advance(3_600_000)
    receiver.answer.status = 200
    expect(receiver.received).toHaveLength(1)
    expect(simulator.callbacks()).toMatchObject([{ status: 'refused', httpStatus: 500 }])
  })

  test('is called back without following a redirect', async () => {
    Object.assign(receiver.answer, { status: 307, headers: { location: `${receiver.url}/elsewhere` } })
    await caller.push(token)
    await simulator.clock.advance(20_000)
    Object.assign(receiver.answer, { status: 200, headers: {} })
    expect(receiver.received.map(({ path }) => path)).toEqual(['/'])
    expect(simulator.callbacks()).toMatchObject([{ status: 'refused', httpStatus: 307 }])
  })
})

describe('a push that fails', () => {
  test.each([
    ['0001', 1],
    ['0017', 17],
    ['1003', 'SFC_IC0003'],
    ['1019', 1019],
    ['1032', 1032],
    ['1037', 1037],
    ['2001', 2001],
    ['2028', 2028],
    ['8006', 8006],
    ['9999', 9999],
  ])('ends with the result of its phone …%s (6.3)', async (suffix, code) => {
    const ack = await caller.push(token, { PhoneNumber: `25471234${suffix}` })
    await simulator.clock.advance(20_000)
    expect(callbacks()[0]).toEqual({
      MerchantRequestID: ack.json['MerchantRequestID'],
      CheckoutRequestID: ack.json['CheckoutRequestID'],
      ResultCode: code,
      ResultDesc: expect.any(String) as string,
    })
    const answer = await caller.query(token, ack.json['CheckoutRequestID'])
    expect(answer.json['ResultCode']).toBe(String(code))
    expect(simulator.state().systems.daraja.payments).toMatchObject([
      { state: 'failed', phone: `2547*****${suffix.slice(1)}`, receipt: null },
    ])
  })

  test('is worded differently by callback and query (3.2)', async () => {
    const ack = await caller.push(token, { PhoneNumber: '254712341037' })
    await simulator.clock.advance(20_000)
    const answer = await caller.query(token, ack.json['CheckoutRequestID'])
    expect(callbacks()[0]?.['ResultDesc']).toBe('DS timeout user cannot be reached.')
    expect(answer.json['ResultDesc']).toBe('No response from user.')
  })

  test('above 250,000 shillings ends with 3, and at it is paid (4.9)', async () => {
    await caller.push(token, { Amount: 250_000 })
    await simulator.clock.advance(20_000)
    await caller.push(token, { Amount: 250_001 })
    await simulator.clock.advance(20_000)
    expect(callbacks().map(({ ResultCode }) => ResultCode)).toEqual([0, 3])
  })

  test('with a paybill as PartyB that is not the shortcode ends with 2028 (1.11)', async () => {
    await caller.push(token, { PartyB: '600000' })
    await simulator.clock.advance(20_000)
    expect(callbacks()[0]?.['ResultCode']).toBe(2028)
  })
})

describe('the rules against doubles', () => {
  test('one prompt per phone: a second push is refused while it is open (3.1)', async () => {
    await caller.push(token)
    const second = await caller.push(token)
    expect(second.status).toBe(500)
    expect(second.json['errorCode']).toBe('500.001.1001')
    expect(second.json['errorMessage']).toMatch(/^Unable to lock subscriber/)
    expect((await caller.push(token, { PhoneNumber: '254712345678' })).status).toBe(200)
    await simulator.clock.advance(20_000)
    expect((await caller.push(token, { Amount: 2 })).status).toBe(200)
  })

  test('phone …1001 is locked at once and gets no payment (6.3)', async () => {
    const reply = await caller.push(token, { PhoneNumber: '254712341001' })
    expect(reply.json['errorMessage']).toMatch(/^Unable to lock subscriber/)
    expect(simulator.state().systems.daraja.payments).toEqual([])
  })

  test('the same amount again within two minutes ends with 17, later it is paid (3.1)', async () => {
    await caller.push(token)
    await simulator.clock.advance(20_000)
    await caller.push(token)
    await simulator.clock.advance(20_000)
    await caller.push(token, { Amount: 2 })
    await simulator.clock.advance(120_000)
    await caller.push(token)
    await simulator.clock.advance(20_000)
    expect(callbacks().map(({ ResultCode }) => ResultCode)).toEqual([0, 17, 0, 0])
  })

  test('of two hundred parallel pushes to one phone, one is accepted', async () => {
    const replies = await Promise.all(
      Array.from({ length: 200 }, () => caller.push(token, { PhoneNumber: '254712340000' })),
    )
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(simulator.state().systems.daraja.rejected).toEqual({ 'subscriber locked': 199 })
  })
})

describe('a prompt that nobody answers', () => {
  test('…0060 ends with 1037 when it runs out', async () => {
    await caller.push(token, { PhoneNumber: '254712340060' })
    await simulator.clock.advance(40_000)
    expect(callbacks()).toEqual([])
    await simulator.clock.advance(20_000)
    expect(callbacks()[0]?.['ResultCode']).toBe(1037)
  })

  test('…0000 gets no callback; the query is pending and then 1037', async () => {
    const ack = await caller.push(token, { PhoneNumber: '254712340000' })
    await simulator.clock.advance(40_000)
    expect((await caller.query(token, ack.json['CheckoutRequestID'])).json['ResultCode']).toBe('4999')
    await simulator.clock.advance(20_000)
    expect((await caller.query(token, ack.json['CheckoutRequestID'])).json['ResultCode']).toBe('1037')
    expect(receiver.received).toEqual([])
    expect(simulator.callbacks()).toMatchObject([{ status: 'not delivered', reason: 'this phone gets no callback' }])
  })
})

describe('the callback switch', () => {
  test('never: nothing arrives, the payment stands', async () => {
    simulator.set({ daraja: { stkCallback: 'never' } })
    await caller.push(token)
    await simulator.clock.advance(20_000)
    expect(receiver.received).toEqual([])
    expect(simulator.state().systems.daraja.payments).toMatchObject([{ state: 'paid' }])
  })

  test('duplicate: the same arrives twice', async () => {
    simulator.set({ daraja: { stkCallback: 'duplicate' } })
    await caller.push(token)
    await simulator.clock.advance(20_000)
    expect(callbacks()).toHaveLength(2)
    expect(callbacks()[0]).toEqual(callbacks()[1])
  })

  test('beforeAck: it has arrived when the acknowledgement does', async () => {
    simulator.set({ daraja: { stkCallback: 'beforeAck' } })
    const ack = await caller.push(token)
    expect(callbacks()[0]?.['CheckoutRequestID']).toBe(ack.json['CheckoutRequestID'])
  })
})

describe('what is refused at once', () => {
  test.each<[string, Fields]>([
    ['BusinessShortCode', { BusinessShortCode: '12' }],
    ['Password', { Password: '' }],
    ['Timestamp', { Timestamp: '20261301000000' }],
    ['Timestamp', { Timestamp: '2026011509300' }],
    ['TransactionType', { TransactionType: 'CustomerPayBill' }],
    ['Amount', { Amount: 10.5 }],
    ['Amount', { Amount: 0 }],
    ['Amount', { Amount: { value: 1 } }],
    ['PartyA', { PartyA: '0708374149' }],
    ['PartyB', { PartyB: 'shop' }],
    ['PhoneNumber', { PhoneNumber: '+254708374149' }],
    ['CallBackURL', { CallBackURL: 'not a url' }],
    ['CallBackURL', { CallBackURL: 'ftp://127.0.0.1/' }],
    ['AccountReference', { AccountReference: 'INV-000000001' }],
    ['TransactionDesc', { TransactionDesc: '14 characters.' }],
    ['PartyA', { TransactionDesc: '14 characters.', PartyA: null }],
  ])('a bad %s, the first in the order of the table: %j', async (field, fields) => {
    const reply = await caller.push(token, fields)
    expect(reply.status).toBe(400)
    expect(reply.json).toEqual({
      requestId: expect.stringMatching(/^[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\d+$/) as string,
      errorCode: '400.002.02',
      errorMessage: `Bad Request - Invalid ${field}`,
    })
  })

  test('lengths at their limit are accepted, and past it when the rule is off', async () => {
    expect(
      (await caller.push(token, { AccountReference: 'INV-00000001', TransactionDesc: '13 characters' })).status,
    ).toBe(200)
    simulator.set({ daraja: { fieldLengths: 'ignored' } })
    const fields = { AccountReference: 'INV-000000001', PhoneNumber: '254712345678' }
    expect((await caller.push(token, fields)).status).toBe(200)
  })

  test.each([
    ['text/plain', '{}'],
    ['application/json', '{"BusinessShortCode":'],
    ['application/json', '[]'],
    ['application/json', ''],
  ])('a body of type %s that says %s: the first field is complained about (1.2)', async (type, body) => {
    const url = `${simulator.systems.daraja.baseUrl}/mpesa/stkpush/v1/processrequest`
    const reply = await post(url, body, { authorization: `Bearer ${token}`, 'content-type': type })
    expect(reply.json['errorMessage']).toBe('Bad Request - Invalid BusinessShortCode')
  })

  test('another password than the recipe gives (3.1)', async () => {
    const reply = await caller.push(token, { Timestamp: '20260115093001' })
    expect(reply.status).toBe(500)
    expect(reply.json).toMatchObject({ errorCode: '500.001.1001', errorMessage: 'Wrong credentials' })
  })

  test('a shortcode that is not ours', async () => {
    const reply = await caller.push(token, { BusinessShortCode: '600000' })
    expect(reply.json).toMatchObject({ errorCode: '500.001.1001', errorMessage: 'Merchant does not exist' })
  })

  test('GET, and paths that do not exist, each in the way of its family (1.8)', async () => {
    const base = simulator.systems.daraja.baseUrl
    const get = await fetch(`${base}/mpesa/stkpush/v1/processrequest`)
    expect([get.status, await get.json()]).toMatchObject([
      405,
      { errorCode: '405.001', errorMessage: 'GET Method Not Allowed' },
    ])
    const stk = await post(`${base}/mpesa/stkpush/v2/processrequest`, {})
    expect([stk.status, stk.json]).toMatchObject([404, { errorCode: '404.001.01', errorMessage: 'Resource not found' }])
    const balance = await post(`${base}/mpesa/accountbalance/v2/query`, {})
    expect([balance.status, balance.json]).toMatchObject([404, { errorCode: '404.002.01' }])
    const other = await post(`${base}/mpesa/b2c/v3/paymentrequest`, {})
    expect(other.status).toBe(404)
    expect(other.json).toMatchObject({ fault: {}, simulator: expect.stringContaining('is not imitated') as string })
  })
})

describe('the query', () => {
  test.each([
    ['error-500', 500, 'The transaction is being processed'],
    ['error-200', 200, 'The transaction is being processed'],
    ['empty-error', 500, ''],
    ['not-found', 500, 'The transaction does not Exist'],
  ] as const)('says that a payment is pending as %s (3.2)', async (stkPending, status, errorMessage) => {
    simulator.set({ daraja: { stkPending, callbackDelayMs: 40_000 } })
    const ack = await caller.push(token)
    const reply = await caller.query(token, ack.json['CheckoutRequestID'])
    expect([reply.status, reply.json]).toMatchObject([status, { errorCode: '500.001.1001', errorMessage }])
    await simulator.clock.advance(40_000)
    expect((await caller.query(token, ack.json['CheckoutRequestID'])).json['ResultCode']).toBe('0')
  })

  test('refuses an id that is malformed and one that is unknown (3.2)', async () => {
    const malformed = await caller.query(token, 'nonsense')
    expect([malformed.status, malformed.json]).toMatchObject([
      400,
      { errorMessage: 'Bad Request - Invalid CheckoutRequestID' },
    ])
    const unknown = await caller.query(token, 'ws_CO_150120260930002708374149')
    expect([unknown.status, unknown.json]).toMatchObject([500, { errorMessage: 'The transaction does not Exist' }])
  })

  test('checks the password', async () => {
    const reply = await caller.query(token, 'ws_CO_150120260930002708374149', { Password: 'bm8=' })
    expect(reply.json).toMatchObject({ errorCode: '500.001.1001', errorMessage: 'Wrong credentials' })
  })

  test('is limited to one in twelve seconds when told so (3.2)', async () => {
    simulator.set({ daraja: { queryRateLimit: true } })
    const id = (await caller.push(token)).json['CheckoutRequestID']
    expect((await caller.query(token, id)).status).toBe(200)
    const second = await caller.query(token, id)
    expect(second.status).toBe(429)
    expect(second.json).toMatchObject({ fault: { detail: { errorcode: 'policies.ratelimit.SpikeArrestViolation' } } })
    await simulator.clock.advance(12_000)
    expect((await caller.query(token, id)).status).toBe(200)
  })
})

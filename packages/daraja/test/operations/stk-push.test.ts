import { OutcomeUnknownError } from '@latchkey/http'
import { describe, expect, test } from 'vitest'
import { stkPushWarnings } from '../../src/index.ts'
import { accepted, client, errorBody, push, query } from '../support/client.ts'
import { refusedConnection, reset, token } from '../support/scripted-fetch.ts'
import { containing } from '../support/matching.ts'

const sentBody = {
  BusinessShortCode: '174379',
  Password: 'MTc0Mzc5ZGVtby1wYXNza2V5LTAwMDEyMDI2MDExNTA5MzAwMA==',
  Timestamp: '20260115093000',
  TransactionType: 'CustomerPayBillOnline',
  Amount: 1,
  PartyA: '254708374149',
  PartyB: '174379',
  PhoneNumber: '254708374149',
  CallBackURL: 'https://pay.example.com/hooks/stk/9f2c',
  AccountReference: 'INV-001',
  TransactionDesc: 'Order 001',
}

describe('stkPush (section 3.1)', () => {
  test('sends the documented body, times in East Africa, and decodes the acknowledgement', async () => {
    const { mpesa, clock, seen, verify } = client([{ status: 200, body: accepted }])
    expect(await clock.run(mpesa.stkPush(push))).toEqual({
      merchantRequestId: '2654-4b64-97ff-0123456789ab3130',
      checkoutRequestId: 'ws_CO_150120260930002708374149',
      responseCode: '0',
      responseDescription: 'Success. Request accepted for processing',
      customerMessage: 'Success. Request accepted for processing',
      raw: accepted,
    })
    expect(seen[1]).toMatchObject({
      method: 'POST',
      url: 'https://sandbox.safaricom.co.ke/mpesa/stkpush/v1/processrequest',
      authorization: 'Bearer T1',
    })
    expect(seen[1]?.body).toEqual(sentBody)
    expect(seen[1]?.headers.get('content-type')).toBe('application/json')
    verify()
  })

  test('section 5.6: the passkey never travels', async () => {
    const { mpesa, clock, seen } = client([{ status: 200, body: accepted }])
    await clock.run(mpesa.stkPush({ ...push, passkey: ' demo-passkey-0001\n' }))
    expect(JSON.stringify(seen[1]?.body)).not.toContain('demo-passkey')
    expect(seen[1]?.body).toEqual(sentBody)
  })

  test('a ready-made password goes out with its own timestamp', async () => {
    const { mpesa, clock, seen } = client([{ status: 200, body: accepted }])
    const { passkey: _, ...rest } = push
    await clock.run(mpesa.stkPush({ ...rest, password: 'cmVhZHk=', timestamp: '20260101000000' }))
    expect(seen[1]?.body).toMatchObject({ Password: 'cmVhZHk=', Timestamp: '20260101000000' })
  })

  test('a missing or empty description becomes "Payment"', async () => {
    const { mpesa, clock, seen } = client([
      { status: 200, body: accepted },
      { status: 200, body: accepted },
    ])
    const { transactionDesc: _, ...rest } = push
    await clock.run(mpesa.stkPush(rest))
    await clock.run(mpesa.stkPush({ ...push, transactionDesc: '' }))
    expect(seen.slice(1).map(({ body }) => body)).toMatchObject([
      { TransactionDesc: 'Payment' },
      { TransactionDesc: 'Payment' },
    ])
  })

  test('section 8.1 (10): every problem is reported at once, by our names, before anything is sent', async () => {
    const { mpesa, clock, seen } = client([])
    const wrong = {
      businessShortCode: 174379,
      transactionType: 'Pay',
      amount: 10.5,
      partyA: '712345678',
      partyB: '000001x',
      phoneNumber: 'private-word',
      callbackUrl: 'https://localhost/cb',
      accountReference: '1234567890123',
      transactionDesc: '12345678901234',
      acountReference: 'private-word',
      timestamp: '2026-01-15',
    }
    // Wrong types on purpose.
    const error = await clock.run(mpesa.stkPush(wrong as never)).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(TypeError)
    const { code, issues, message } = error as {
      code: string
      issues: { path: string; message: string }[]
      message: string
    } // Asserted below.
    expect(code).toBe('ERR_INVALID_ARG')
    expect(issues.map(({ path }) => path).sort()).toEqual([
      ...['accountReference', 'acountReference', 'amount', 'businessShortCode', 'callbackUrl', 'partyA', 'partyB'],
      ...['password', 'phoneNumber', 'timestamp', 'transactionDesc', 'transactionType'],
    ])
    expect(issues.find(({ path }) => path === 'acountReference')?.message).toContain('"accountReference"')
    for (const { path } of issues) expect(message).toContain(path)
    expect(message).not.toContain('private-word')
    expect(seen).toEqual([])
  })

  test.each([
    ['amount', 1, true],
    ['amount', 0, false],
    ['amount', 250_000, true],
    ['amount', 250_001, false],
    ['amount', '1', false],
    ['amount', NaN, false],
    ['accountReference', 'A', true],
    ['accountReference', '', false],
    ['accountReference', '123456789012', true],
    ['accountReference', '1234567890123', false],
    ['transactionDesc', '1234567890123', true],
    ['transactionDesc', '12345678901234', false],
    ['businessShortCode', '12345', true],
    ['businessShortCode', '1234', false],
    ['partyB', '000001', true],
    ['passkey', ' \n', false],
    ['callbackUrl', 'http://pay.example.com/cb', true],
    ['callbackUrl', 'http://127.0.0.1/cb', false],
  ])('%s %j is sent: %j', async (name, value, good) => {
    const { mpesa, clock } = client(good ? [{ status: 200, body: accepted }] : [])
    const sending = clock.run(mpesa.stkPush({ ...push, [name]: value })) // Wrong types on purpose.
    if (good) await expect(sending).resolves.toMatchObject({ responseCode: '0' })
    else await expect(sending).rejects.toMatchObject({ issues: [{ path: name }] })
  })

  test.each([[undefined], [null], ['x']])('%j is no push', async (value) => {
    const { mpesa, clock } = client([])
    await expect(clock.run(mpesa.stkPush(value as never))).rejects.toMatchObject({ code: 'ERR_INVALID_ARG' }) // On purpose.
  })

  test.each([
    [{ password: 'cmVhZHk=' }, 'password', 'together with passkey'],
    [{ passkey: undefined }, 'passkey', 'is missing'],
    [{ passkey: undefined, password: 'cmVhZHk=' }, 'timestamp', 'is missing'],
    [{ passkey: undefined, timestamp: '20260101000000' }, 'password', 'is missing'],
  ])('the secrets exclude each other: %j', async (change, path, message) => {
    const { mpesa, clock } = client([])
    const issues = [{ path, message: containing(message) }]
    await expect(clock.run(mpesa.stkPush({ ...push, ...change } as never))).rejects.toMatchObject({ issues }) // On purpose.
  })

  test('section 4.3: production needs https', async () => {
    const { mpesa, clock } = client([], { environment: 'production' })
    const pushing = clock.run(mpesa.stkPush({ ...push, callbackUrl: 'http://pay.example.com/cb' }))
    await expect(pushing).rejects.toMatchObject({ issues: [{ path: 'callbackUrl' }] })
  })

  test('section 4.3: an API on this machine may call this machine', async () => {
    const baseUrl = 'http://127.0.0.1:4010/daraja'
    const { mpesa, clock, seen } = client([{ status: 200, body: accepted }], { baseUrl })
    await clock.run(mpesa.stkPush({ ...push, callbackUrl: 'http://localhost:5000/mpesa/cb' }))
    expect(seen.map(({ url }) => url)).toEqual([
      `${baseUrl}/oauth/v1/generate?grant_type=client_credentials`,
      `${baseUrl}/mpesa/stkpush/v1/processrequest`,
    ])
  })

  test('section 1.7, shape F: an acknowledgement with a failure code is a rejection', async () => {
    const { mpesa, clock } = client([{ status: 200, body: { ...accepted, ResponseCode: '1' } }])
    await expect(clock.run(mpesa.stkPush(push))).rejects.toMatchObject({
      ...{ name: 'ProviderError', code: 'DARAJA_REJECTED', providerCode: '1', status: 200, operation: 'stkPush' },
      correlationId: '2654-4b64-97ff-0123456789ab3130',
    })
  })

  test('sections 1.9 and 2.5: a refused token is replaced and the push repeated once', async () => {
    const refused = { status: 404, body: errorBody('404.001.03', 'Invalid Access Token') }
    const { mpesa, clock, seen, verify } = client([refused, token('T2'), { status: 200, body: accepted }])
    await clock.run(mpesa.stkPush(push))
    expect(seen.map(({ authorization }) => authorization?.replace(/Basic .*/, 'Basic'))).toEqual([
      ...['Basic', 'Bearer T1', 'Basic', 'Bearer T2'],
    ])
    verify()
  })

  test('a second refusal is told and nothing is sent a third time', async () => {
    const refused = { status: 404, body: errorBody('404.001.03', 'Invalid Access Token') }
    const { mpesa, clock, verify } = client([refused, token('T2'), refused])
    await expect(clock.run(mpesa.stkPush(push))).rejects.toMatchObject({
      ...{ name: 'ProviderError', code: 'DARAJA_TOKEN_REJECTED', providerCode: '404.001.03' },
    })
    verify()
  })

  test('section 1.9: a missing product asks for no new token', async () => {
    const body = errorBody('401.003.01', 'Error - Invalid API call as no apiproduct match found')
    const { mpesa, clock, verify } = client([{ status: 401, body }])
    await expect(clock.run(mpesa.stkPush(push))).rejects.toMatchObject({ code: 'DARAJA_PRODUCT_MISSING' })
    verify()
  })

  test('a push that never left is sent again, and so is one that was throttled with 429', async () => {
    const { mpesa, clock, verify } = client([
      refusedConnection(),
      { status: 429, body: {} },
      { status: 200, body: accepted },
    ])
    await expect(clock.run(mpesa.stkPush(push))).resolves.toMatchObject({ responseCode: '0' })
    verify()
  })

  test.each([
    ['a broken connection', reset(), undefined],
    ['silence', 'silence' as const, undefined],
    ['a 503', { status: 503, body: '<html>' }, 503],
    ['a 500 without a known code', { status: 500, body: errorBody('500.003.1001', 'Internal Server Error') }, 500],
    ['a busy system', { status: 500, body: errorBody('500.003.02', 'System is busy.') }, 500],
    ['a web page with 200', { status: 200, body: '<html>' }, 200],
    ['an acknowledgement without ids', { status: 200, body: { ResponseCode: '0' } }, 200],
  ])('section 4.6: %s is an unknown outcome, and is never repeated', async (_, reply, status) => {
    const { mpesa, clock, verify } = client([reply])
    const error: unknown = await clock.run(mpesa.stkPush(push)).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(OutcomeUnknownError)
    expect(error).toMatchObject({ code: 'DARAJA_OUTCOME_UNKNOWN', operation: 'stkPush', retryable: false })
    if (status !== undefined) expect(error).toMatchObject({ status })
    expect(String(error)).toMatch(/Do not send it again.*resolve\(\{ callback \}\).*2 minutes/)
    verify()
  })

  test('warnings name what may be refused without being wrong', () => {
    const risky = { callbackUrl: 'https://a.example.com/mpesa', accountReference: 'A&B', transactionDesc: "it's" }
    expect(stkPushWarnings(risky, { environment: 'sandbox' }).map(({ path }) => path)).toEqual([
      ...['accountReference', 'transactionDesc', 'callbackUrl'],
    ])
    expect(stkPushWarnings(push, { environment: 'production' })).toEqual([])
  })
})

describe('resolve() of a lost push (section 4.6)', () => {
  const paidCallback = (Amount: number) => ({
    Body: {
      stkCallback: {
        ...{ CheckoutRequestID: query.checkoutRequestId, ResultCode: 0, ResultDesc: 'ok' },
        CallbackMetadata: {
          Item: [
            { Name: 'Amount', Value: Amount },
            { Name: 'MpesaReceiptNumber', Value: 'UAF7RT61SV' },
          ],
        },
      },
    },
  })
  const answer = (ResultCode: string) => ({ status: 200, body: { ...accepted, ResultCode, ResultDesc: 'x' } })

  async function lost(...script: Parameters<typeof client>[0]) {
    const double = client([reset(), ...script])
    const error: unknown = await double.clock.run(double.mpesa.stkPush(push)).catch((thrown: unknown) => thrown)
    if (!(error instanceof OutcomeUnknownError)) throw error
    return { ...double, resolve: (evidence?: unknown) => double.clock.run(error.resolve(evidence)) }
  }

  test('without evidence it stays unknown, and 2 minutes must pass before a repeat', async () => {
    const { resolve, clock, verify } = await lost()
    const sentAt = Date.UTC(2026, 0, 15, 6, 30)
    expect(await resolve()).toEqual({ state: 'unknown', askAgainAt: sentAt + 120_000 })
    expect(await resolve({ receipt: 'UAF7RT61SV' })).toMatchObject({ state: 'unknown' })
    clock.advance(120_000)
    expect(await resolve()).toEqual({ state: 'unknown' })
    verify()
  })

  test('the id of the prompt is asked about, with a fresh password and no passkey', async () => {
    const { resolve, seen } = await lost(answer('0'))
    const resolved = await resolve({ checkoutRequestId: query.checkoutRequestId })
    expect(resolved).toMatchObject({
      state: 'settled',
      result: { state: 'paid', checkoutRequestId: query.checkoutRequestId },
    })
    expect(seen.at(-1)).toMatchObject({
      url: 'https://sandbox.safaricom.co.ke/mpesa/stkpushquery/v1/query',
      body: { BusinessShortCode: '174379', CheckoutRequestID: query.checkoutRequestId, Timestamp: '20260115093000' },
    })
  })

  test('a final code refuses, and a pending one says when to ask again', async () => {
    const { resolve, clock } = await lost(answer('1032'), answer('4999'))
    const evidence = { checkoutRequestId: query.checkoutRequestId }
    expect(await resolve(evidence)).toMatchObject({
      state: 'refused',
      providerCode: '1032',
      reason: containing('cancelled'),
    })
    expect(await resolve(evidence)).toEqual({ state: 'unknown', askAgainAt: clock.wall() + 15_000 })
  })

  test('a callback settles it without a request', async () => {
    const { resolve, verify } = await lost()
    expect(await resolve({ callback: JSON.stringify(paidCallback(1)) })).toMatchObject({
      state: 'settled',
      result: { state: 'paid', mpesaReceiptNumber: 'UAF7RT61SV', amount: '1' },
    })
    const failed = { Body: { stkCallback: { CheckoutRequestID: 'ws_CO_1', ResultCode: 2001 } } }
    expect(await resolve({ callback: failed })).toMatchObject({ state: 'refused', providerCode: '2001' })
    verify()
  })

  test('a callback of another amount proves nothing', async () => {
    const { resolve } = await lost()
    expect(await resolve({ callback: paidCallback(2) })).toEqual({ state: 'unknown' })
  })

  test('something that is no callback is refused as malformed', async () => {
    const { resolve } = await lost()
    await expect(resolve({ callback: 'not json' })).rejects.toMatchObject({ code: 'DARAJA_MALFORMED_CALLBACK' })
  })
})

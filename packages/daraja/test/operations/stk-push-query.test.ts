import { describe, expect, test } from 'vitest'
import { client, errorBody, query } from '../support/client.ts'
import { reset, token } from '../support/scripted-fetch.ts'
import { matching } from '../support/matching.ts'

const answer = (ResultCode: unknown, more: object = {}) => ({
  status: 200,
  body: {
    ...{ ResponseCode: '0', ResponseDescription: 'The service request has been accepted successsfully' },
    ...{ MerchantRequestID: '2654-4b64-97ff-0123456789ab3130', CheckoutRequestID: query.checkoutRequestId },
    ...{ ResultCode, ResultDesc: 'The service request is processed successfully.', ...more },
  },
})

describe('stkPushQuery (section 3.2)', () => {
  test('sends four fields, the password made for the query itself', async () => {
    const { mpesa, clock, seen } = client([answer('0')])
    clock.advance(60_000)
    await clock.run(mpesa.stkPushQuery(query))
    expect(seen[1]).toMatchObject({
      method: 'POST',
      url: 'https://sandbox.safaricom.co.ke/mpesa/stkpushquery/v1/query',
      authorization: 'Bearer T1',
    })
    expect(seen[1]?.body).toEqual({
      BusinessShortCode: '174379',
      Password: Buffer.from('174379demo-passkey-000120260115093100').toString('base64'),
      Timestamp: '20260115093100',
      CheckoutRequestID: query.checkoutRequestId,
    })
  })

  test.each(['0', 0, '00'])('ResultCode %j is paid', async (code) => {
    const reply = answer(code)
    const { mpesa, clock } = client([reply])
    expect(await clock.run(mpesa.stkPushQuery(query))).toEqual({
      state: 'paid',
      resultCode: String(code),
      resultDesc: 'The service request is processed successfully.',
      merchantRequestId: '2654-4b64-97ff-0123456789ab3130',
      checkoutRequestId: query.checkoutRequestId,
      raw: reply.body,
    })
  })

  test.each(['1', '1032', 1037, '2001', '8006', 'SFC_IC0003'])(
    'section 1.11: %j is failed, with its meaning',
    async (code) => {
      const { mpesa, clock } = client([answer(code)])
      const result = await clock.run(mpesa.stkPushQuery(query))
      expect(result).toMatchObject({ state: 'failed', resultCode: String(code), meaning: matching(/\w/) })
    },
  )

  test.each([
    ['4999', 'processing'],
    ['31415', 'unknown-code'],
    ['100000002', 'unknown-code'],
    ['constructor', 'unknown-code'],
  ])('section 1.11: %s is pending, not failed', async (code, reason) => {
    const { mpesa, clock } = client([answer(code)])
    const result = await clock.run(mpesa.stkPushQuery(query))
    expect(result).toMatchObject({ state: 'pending', reason, resultCode: code, askAgainAt: clock.wall() + 15_000 })
  })

  const pending = [
    ['The transaction is being processed', 'processing'],
    ['The transaction does not Exist', 'not-found-yet'],
    ['', 'no-answer'],
  ] as const
  test.each(pending.flatMap(([message, reason]) => [500, 200].map((status) => [message, status, reason] as const)))(
    'the error body %j with HTTP %d is pending and is not asked twice',
    async (message, status, reason) => {
      const { mpesa, clock, verify } = client([{ status, body: errorBody('500.001.1001', message) }])
      const result = await clock.run(mpesa.stkPushQuery(query))
      expect(result).toMatchObject({
        state: 'pending',
        reason,
        resultCode: '500.001.1001',
        raw: { errorMessage: message },
      })
      verify()
    },
  )

  test('wrong credentials wear the same code and are an error', async () => {
    const { mpesa, clock } = client([
      { status: 500, body: errorBody('500.001.1001', '[MerchantValidate] - Wrong credentials') },
    ])
    await expect(clock.run(mpesa.stkPushQuery(query))).rejects.toMatchObject({
      ...{ code: 'DARAJA_WRONG_PASSKEY', providerCode: '500.001.1001', status: 500 },
      correlationId: '1c5b-4ba8-815c-0123456789ab1495926',
    })
  })

  test('section 4.9: a read is repeated after a reset, a 429 and a 503, at least 12 s apart', async () => {
    const { mpesa, clock, verify } = client([reset(), { status: 429, body: {} }, answer('0')])
    const from = clock.mono()
    expect(await clock.run(mpesa.stkPushQuery(query))).toMatchObject({ state: 'paid' })
    expect(clock.mono() - from).toBeGreaterThanOrEqual(24_000)
    verify()
  })

  test('after the last try the query has failed, which says nothing of the payment', async () => {
    const busy = { status: 503, body: '' }
    const { mpesa, clock, verify } = client([busy, busy, busy])
    await expect(clock.run(mpesa.stkPushQuery(query))).rejects.toMatchObject({
      ...{ name: 'ProviderError', code: 'DARAJA_UNAVAILABLE', retryable: true },
    })
    verify()
  })

  test('a refused token is replaced once', async () => {
    const refused = { status: 404, body: errorBody('404.001.03', 'Invalid Access Token') }
    const { mpesa, clock, verify } = client([refused, token('T2'), answer('0')])
    expect(await clock.run(mpesa.stkPushQuery(query))).toMatchObject({ state: 'paid' })
    verify()
  })

  test('an answer about another push is not believed', async () => {
    const { mpesa, clock } = client([answer('0', { CheckoutRequestID: 'ws_CO_other' })])
    await expect(clock.run(mpesa.stkPushQuery(query))).rejects.toMatchObject({ code: 'DARAJA_MALFORMED_ANSWER' })
  })

  test('a failing acknowledgement is a rejection', async () => {
    const { mpesa, clock } = client([answer('0', { ResponseCode: '1' })])
    await expect(clock.run(mpesa.stkPushQuery(query))).rejects.toMatchObject({
      code: 'DARAJA_REJECTED',
      providerCode: '1',
    })
  })

  test('problems are listed before anything is sent', async () => {
    const { mpesa, clock, seen } = client([])
    const wrong = { businessShortCode: '1', checkoutRequestId: '' } as never // On purpose.
    await expect(clock.run(mpesa.stkPushQuery(wrong))).rejects.toMatchObject({
      issues: [{ path: 'businessShortCode' }, { path: 'checkoutRequestId' }, { path: 'passkey' }],
    })
    expect(seen).toEqual([])
  })
})

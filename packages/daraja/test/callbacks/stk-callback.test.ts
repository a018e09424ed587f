import { describe, expect, test } from 'vitest'
import { parseStkCallback } from '../../src/index.ts'
import { including } from '../support/matching.ts'

const success = {
  Body: {
    stkCallback: {
      MerchantRequestID: '2654-4b64-97ff-0123456789ab3130',
      CheckoutRequestID: 'ws_CO_150120260930002708374149',
      ResultCode: 0,
      ResultDesc: 'The service request is processed successfully.',
      CallbackMetadata: {
        Item: [
          { Name: 'Amount', Value: 1 },
          { Name: 'MpesaReceiptNumber', Value: 'UAF7RT61SV' },
          { Name: 'Balance' },
          { Name: 'TransactionDate', Value: 20260115093017 },
          { Name: 'PhoneNumber', Value: 254708374149 },
        ],
      },
    },
  },
}
const failure = {
  Body: {
    stkCallback: {
      MerchantRequestID: '2654-4b64-97ff-0123456789ab3130',
      CheckoutRequestID: 'ws_CO_150120260930002708374149',
      ResultCode: 1032,
      ResultDesc: 'Request cancelled by user',
    },
  },
}
const withItems = (Item: unknown, more: object = {}) => ({
  Body: { stkCallback: { ...success.Body.stkCallback, ...more, CallbackMetadata: { Item } } },
})

describe('STK callbacks (section 3.1)', () => {
  test('the documented success is read by name, from an object, from text and from bytes', () => {
    const text = JSON.stringify(success)
    for (const body of [success, text, Buffer.from(text), `\uFEFF${text}`]) {
      expect(parseStkCallback(body)).toEqual({
        state: 'paid',
        merchantRequestId: '2654-4b64-97ff-0123456789ab3130',
        checkoutRequestId: 'ws_CO_150120260930002708374149',
        resultCode: '0',
        resultDesc: 'The service request is processed successfully.',
        amount: '1',
        mpesaReceiptNumber: 'UAF7RT61SV',
        transactionDate: new Date('2026-01-15T06:30:17Z'),
        phoneNumber: '254708374149',
        items: including({ name: 'Balance' }),
        raw: success,
      })
    }
  })

  test('the documented failure has a code and no payment', () => {
    expect(parseStkCallback(failure)).toEqual({
      state: 'failed',
      merchantRequestId: '2654-4b64-97ff-0123456789ab3130',
      checkoutRequestId: 'ws_CO_150120260930002708374149',
      resultCode: '1032',
      resultDesc: 'Request cancelled by user',
      items: [],
      raw: failure,
    })
  })

  test('CallbackMetadata may be null, and a single item need not be a list', () => {
    const body = { Body: { stkCallback: { ...failure.Body.stkCallback, CallbackMetadata: null } } }
    expect(parseStkCallback(body).state).toBe('failed')
    expect(parseStkCallback(withItems({ Name: 'Amount', Value: '5.00' }))).toMatchObject({ amount: '5.00' })
  })

  test('a Balance string gives its BasicAmount', () => {
    const Value = '{Amount={CurrencyCode=KES, MinimumAmount=618683, BasicAmount=6186.83}}'
    expect(parseStkCallback(withItems([{ Name: 'Balance', Value }]))).toMatchObject({ balance: '6186.83' })
  })

  test.each([['0'], ['00'], [0]])('ResultCode %j is a payment', (ResultCode) => {
    expect(parseStkCallback(withItems([], { ResultCode })).state).toBe('paid')
  })

  test.each([['SFC_IC0003'], [2001], ['1']])('ResultCode %j is none, and stays text', (ResultCode) => {
    expect(parseStkCallback(withItems([], { ResultCode }))).toMatchObject({
      state: 'failed',
      resultCode: String(ResultCode),
    })
  })

  test('odd-typed members are absent, not fatal', () => {
    const odd = [{ Name: 'Amount', Value: {} }, { Name: 'TransactionDate', Value: 'soon' }, { Value: 1 }, 'x', null, []]
    const callback = parseStkCallback(withItems(odd))
    expect(callback).not.toHaveProperty('amount')
    expect(callback).not.toHaveProperty('transactionDate')
    expect(callback.items).toEqual([{ name: 'Amount' }, { name: 'TransactionDate', value: 'soon' }])
  })

  test('section 7.5: a hostile name reaches no prototype', () => {
    const text = JSON.stringify(
      withItems([
        { Name: '__proto__', Value: 'x' },
        { Name: 'Amount', Value: 2 },
      ]),
    )
    const hostile = text.replace('"ResultDesc"', '"__proto__":{"ResultCode":0,"polluted":1},"ResultDesc"')
    expect(parseStkCallback(hostile)).toMatchObject({ amount: '2' })
    expect({}).not.toHaveProperty('polluted')
  })

  test('a code that is only inherited is no code', () => {
    const body = '{"Body":{"stkCallback":{"CheckoutRequestID":"ws_CO_1","__proto__":{"ResultCode":0}}}}'
    expect(() => parseStkCallback(body)).toThrow(/ResultCode/)
  })

  test.each([
    ...['', 'not json', '[]', 'null', '{}', null, undefined, 7, { Body: {} }, { Body: { stkCallback: [] } }],
    { Body: { stkCallback: { ResultCode: 0 } } },
    { Body: { stkCallback: { CheckoutRequestID: 'ws_CO_1' } } },
    { Body: { stkCallback: { CheckoutRequestID: 'ws_CO_1', ResultCode: '' } } },
  ])('%j is refused as malformed', (body) => {
    expect(() => parseStkCallback(body)).toThrow(expect.objectContaining({ code: 'DARAJA_MALFORMED_CALLBACK' }))
  })
})

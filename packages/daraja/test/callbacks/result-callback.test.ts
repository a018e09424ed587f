import { describe, expect, test } from 'vitest'
import { parseAccountBalanceResult, parseResultCallback, parseTimeoutNotification } from '../../src/index.ts'

const ids = {
  OriginatorConversationID: 'f1e2-4b95-a71d-0123456789ab1',
  ConversationID: 'AG_20261006_20106e9209f64bebd05b',
}
const lockedB2b = {
  Result: {
    ...{ ResultType: 0, ResultCode: 8006, ResultDesc: 'The security credential is locked.' },
    ...ids,
    TransactionID: 'UJ60000000',
    ReferenceData: {
      ReferenceItem: [
        { Key: 'BillReferenceNumber', Value: 353353 },
        { Key: 'QueueTimeoutURL', Value: 'https://internalsandbox.safaricom.co.ke/mpesa/b2bresults/v1/submit' },
        { Key: 'Occassion' },
      ],
    },
  },
}
const lockedBalance = {
  Result: {
    ...{ ResultType: 0, ResultCode: 8006, ResultDesc: 'The security credential is locked.' },
    ...ids,
    TransactionID: 'UJ60000000',
    ResultParameters: {
      ResultParameter: [
        { Key: 'ActionType', Value: 'AccountBalance' },
        { Key: 'ErrorMsg', Value: 'API Password is locked. ' },
        { Key: 'BOCompletedTime', Value: 20261006093245 },
      ],
    },
    ReferenceData: { ReferenceItem: { Key: 'QueueTimeoutURL' } },
  },
}
const balance =
  'Working Account|KES|700000.00|700000.00|0.00|0.00&Float Account|KES|0.00|0.00|0.00|0.00&Utility Account|KES|228037.00|228037.00|0.00|0.00&Charges Paid Account|KES|-1540.00|-1540.00|0.00|0.00&Organization Settlement Account|KES|0.00|0.00|0.00|0.00'
const balances = {
  Result: {
    ...{ ResultType: '0', ResultCode: '0', ResultDesc: 'The service request is processed successfully' },
    ...{ OriginatorConversationID: '16917-22577599-3', ConversationID: 'AG_20260115_00005e091a8ec6b9eac5' },
    TransactionID: 'UAF0000000',
    ResultParameters: {
      ResultParameter: [
        { Key: 'AccountBalance', Value: balance },
        { Key: 'BOCompletedTime', Value: '20260115093012' },
      ],
    },
    ReferenceData: {
      ReferenceItem: {
        Key: 'QueueTimeoutURL',
        Value: 'https://internalsandbox.safaricom.co.ke/mpesa/abresults/v1/submit',
      },
    },
  },
}

describe('result callbacks (section 3.0)', () => {
  test('recorded: a locked B2B credential, with a number and a missing value', () => {
    expect(parseResultCallback(lockedB2b)).toEqual({
      ...{ state: 'failed', resultType: '0', resultCode: '8006', resultDesc: 'The security credential is locked.' },
      ...{ originatorConversationId: ids.OriginatorConversationID, conversationId: ids.ConversationID },
      transactionId: 'UJ60000000',
      parameters: [],
      references: [
        { name: 'BillReferenceNumber', value: 353353 },
        { name: 'QueueTimeoutURL', value: 'https://internalsandbox.safaricom.co.ke/mpesa/b2bresults/v1/submit' },
        { name: 'Occassion' },
      ],
      raw: lockedB2b,
    })
  })

  test('a single parameter need not be a list, and repeated keys are kept in order', () => {
    const parameter = (ResultParameter: unknown) => ({
      Result: { ...lockedB2b.Result, ResultParameters: { ResultParameter } },
    })
    expect(parseResultCallback(parameter({ Key: 'BOCompletedTime', Value: 20260115093000 })).parameters).toEqual([
      { name: 'BOCompletedTime', value: 20260115093000 },
    ])
    const twice = [
      { Key: 'DebitPartyName', Value: 'a' },
      { Key: 'DebitPartyName', Value: 'b' },
    ]
    expect(parseResultCallback(parameter(twice)).parameters.map(({ value }) => value)).toEqual(['a', 'b'])
  })

  test.each(['R000002', 'SFC_IC0003', 2001, '2032'])('ResultCode %j is a failure and stays text', (ResultCode) => {
    const result = parseResultCallback({ Result: { ...lockedB2b.Result, ResultCode } })
    expect(result).toMatchObject({ state: 'failed', resultCode: String(ResultCode) })
  })

  test('a key named __proto__ is a pair like any other', () => {
    const body = '{"Result":{"ResultCode":0,"ResultParameters":{"ResultParameter":[{"Key":"__proto__","Value":"x"}]}}}'
    expect(parseResultCallback(body).parameters).toEqual([{ name: '__proto__', value: 'x' }])
    expect(({} as Record<string, unknown>)['x']).toBeUndefined() // A plain object, to look at its prototype.
  })

  test.each(['', '[]', '{}', { Result: null }, { Result: {} }, { Result: { ResultCode: null } }, 0])(
    '%j is refused as malformed',
    (body) => {
      expect(() => parseResultCallback(body)).toThrow(expect.objectContaining({ code: 'DARAJA_MALFORMED_CALLBACK' }))
    },
  )
})

describe('account balance results (section 3.9)', () => {
  test('the documented success gives five accounts with exact amounts', () => {
    const result = parseAccountBalanceResult(balances)
    expect(result).toMatchObject({ state: 'succeeded', completedAt: new Date('2026-01-15T06:30:12Z'), unread: [] })
    if (result.state !== 'succeeded') return expect.unreachable()
    expect(result.accounts.map(({ name, available }) => [name, available])).toEqual([
      ['Working Account', '700000.00'],
      ['Float Account', '0.00'],
      ['Utility Account', '228037.00'],
      ['Charges Paid Account', '-1540.00'],
      ['Organization Settlement Account', '0.00'],
    ])
  })

  test('recorded: a locked password fails with parameters and a reference without value', () => {
    expect(parseAccountBalanceResult(JSON.stringify(lockedBalance))).toMatchObject({
      state: 'failed',
      resultCode: '8006',
      errorMessage: 'API Password is locked.',
      completedAt: new Date('2026-10-06T06:32:45Z'),
      references: [{ name: 'QueueTimeoutURL' }],
    })
  })

  test('a success without a balance has no accounts', () => {
    expect(parseAccountBalanceResult({ Result: { ResultCode: 0 } })).toMatchObject({ state: 'succeeded', accounts: [] })
  })
})

describe('timeout notifications (section 3.0)', () => {
  test('ids are read inside the result envelope and beside it', () => {
    const inside = { Result: { ResultType: 1, ResultCode: '1', ResultDesc: 'The service request timed out.', ...ids } }
    const wanted = { originatorConversationId: ids.OriginatorConversationID, conversationId: ids.ConversationID }
    expect(parseTimeoutNotification(inside)).toEqual({
      ...wanted,
      ...{ resultType: '1', resultCode: '1', resultDesc: 'The service request timed out.', raw: inside },
    })
    expect(parseTimeoutNotification(ids)).toEqual({ ...wanted, raw: ids })
  })

  test('any JSON is accepted, and nothing else', () => {
    expect(parseTimeoutNotification('[1]')).toEqual({ raw: [1] })
    expect(() => parseTimeoutNotification('<html>')).toThrow(
      expect.objectContaining({ code: 'DARAJA_MALFORMED_CALLBACK' }),
    )
  })
})

import { Secret } from '@latchkey/core'
import { describe, expect, test } from 'vitest'
import { basicAuthorization } from '@latchkey/http'
import {
  createStkPassword,
  formatEatTimestamp,
  isGenericReceipt,
  isSuccessCode,
  parseBalanceString,
  parseBasicAmount,
  parseEatDateTime,
  parseEatTimestamp,
  receiptDatePrefix,
  resultCodes,
} from '../../src/index.ts'
import { parseDecimal } from '../../src/values/money.ts'
import { isFinalFailureCode } from '../../src/values/result-codes.ts'

test('appendix B, Basic header: UTF-8, standard base64 with padding (section 2.1)', () => {
  expect(basicAuthorization('demo-consumer-key', new Secret('demo-consumer-secret'))).toBe(
    'Basic ZGVtby1jb25zdW1lci1rZXk6ZGVtby1jb25zdW1lci1zZWNyZXQ=',
  )
})

test.each([
  ['174379', '20260115093000', 'MTc0Mzc5ZGVtby1wYXNza2V5LTAwMDEyMDI2MDExNTA5MzAwMA=='],
  ['600000', '20261231235959', 'NjAwMDAwZGVtby1wYXNza2V5LTAwMDEyMDI2MTIzMTIzNTk1OQ=='],
])('appendix B, STK password of %s at %s (section 3.1)', (businessShortCode, timestamp, password) => {
  expect(createStkPassword({ businessShortCode, passkey: 'demo-passkey-0001', timestamp })).toBe(password)
})

describe('appendix B, East Africa Time (section 1.5)', () => {
  test.each([
    ['2026-01-15T06:30:00Z', '20260115093000'],
    ['2026-12-31T22:00:00Z', '20270101010000'],
  ])('%s is written %s, from a date and from milliseconds', (instant, written) => {
    expect(formatEatTimestamp(new Date(instant))).toBe(written)
    expect(formatEatTimestamp(Date.parse(instant))).toBe(written)
  })

  test.each([NaN, Infinity, -1, Date.UTC(10_000, 0, 1)])('%s is no instant to write', (at) => {
    expect(() => formatEatTimestamp(at)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG' }))
  })

  test('TransactionDate is read from a number and from text', () => {
    const instant = new Date('2026-01-15T06:30:00Z')
    expect(parseEatTimestamp(20260115093000)).toEqual(instant)
    expect(parseEatTimestamp('20260115093000')).toEqual(instant)
    expect(parseEatDateTime('15.01.2026 09:30:00')).toEqual(instant)
  })

  test.each(['20260231093000', '20261315093000', '20260115243000', '2026011509300', '', null, {}, 'x'])(
    '%j is not a moment',
    (value) => {
      expect(parseEatTimestamp(value)).toBeUndefined()
    },
  )

  test.each(['31.02.2026 09:30:00', '2026-01-15 09:30:00', 15])('%j is not a B2C moment', (value) => {
    expect(parseEatDateTime(value)).toBeUndefined()
  })
})

describe('appendix B, success code (section 1.4)', () => {
  test.each(['0', 0, '00', '00000000'])('%j is success', (code) => expect(isSuccessCode(code)).toBe(true))
  test.each(['1', '00001', '10', '', ' 0', null, undefined, false, [], '0\n'])('%j is not', (code) =>
    expect(isSuccessCode(code)).toBe(false),
  )
})

describe('balances (sections 3.1 and 3.9)', () => {
  test('appendix B: field 4 is what can be spent', () => {
    expect(parseBalanceString('Working Account|KES|346568.83|6186.83|340382.00|0.00')).toEqual({
      accounts: [
        {
          name: 'Working Account',
          currency: 'KES',
          current: '346568.83',
          available: '6186.83',
          reserved: '340382.00',
          uncleared: '0.00',
        },
      ],
      unread: [],
    })
  })

  test('negative amounts, a trailing & and every digit are kept', () => {
    const { accounts } = parseBalanceString('Charges Paid Account|KES|-1540.00|-1540.00|0.00|99999999999999999.99&')
    expect(accounts).toHaveLength(1)
    expect(accounts[0]).toMatchObject({ current: '-1540.00', uncleared: '99999999999999999.99' })
  })

  test('a part that is not six fields is handed on, not dropped', () => {
    const { accounts, unread } = parseBalanceString('A|KES|1|1|0|0&B|KES|1|1&C|KES|x|1|0|0&')
    expect(accounts.map(({ name }) => name)).toEqual(['A'])
    expect(unread).toEqual(['B|KES|1|1', 'C|KES|x|1|0|0'])
  })

  test('appendix B: BasicAmount is taken out of the STK form', () => {
    expect(parseBasicAmount('{Amount={CurrencyCode=KES, MinimumAmount=618683, BasicAmount=6186.83}}')).toBe('6186.83')
    expect(parseBasicAmount('{Amount={CurrencyCode=KES}}')).toBeUndefined()
    expect(parseBasicAmount(6186.83)).toBeUndefined()
  })
})

test.each([
  ['190.00', '190.00'],
  [1, '1'],
  [71.5, '71.5'],
  ['-1540.00', '-1540.00'],
  ['1e5', undefined],
  [1e21, undefined],
  [NaN, undefined],
  ['1,000', undefined],
  ['', undefined],
  [null, undefined],
  ['1'.repeat(40), '1'.repeat(40)],
  ['1'.repeat(41), undefined],
])('the amount %j reads as %j, exactly (section 1.4)', (input, output) => {
  expect(parseDecimal(input)).toBe(output)
})

describe('receipts (section 1.6)', () => {
  test.each([
    ['2019-12-19', 'NLJ'],
    ['2020-01-20', 'OAK'],
    ['2022-11-10', 'QKA'],
    ['2024-07-06', 'SG6'],
    ['2026-01-15', 'UAF'],
    ['2026-08-26', 'UHQ'],
  ])('appendix B: receipts of %s begin with %s', (day, prefix) => {
    expect(receiptDatePrefix(new Date(`${day}T09:00:00Z`))).toBe(prefix)
  })

  test('the day is the one in East Africa', () => {
    expect(receiptDatePrefix(new Date('2026-01-14T21:00:00Z'))).toBe('UAF')
    expect(receiptDatePrefix(new Date('2026-01-14T20:59:59Z'))).toBe('UAE')
  })

  test('years without a letter have no prefix', () => {
    expect(receiptDatePrefix(Date.UTC(2005, 5, 1))).toBeUndefined()
    expect(receiptDatePrefix(Date.UTC(2006, 5, 1))).toBe('AF1')
    expect(receiptDatePrefix(Date.UTC(2031, 5, 1))).toBe('ZF1')
    expect(receiptDatePrefix(Date.UTC(2032, 5, 1))).toBeUndefined()
  })

  test('a generic transaction id is told from a receipt', () => {
    expect(isGenericReceipt('UAF0000000')).toBe(true)
    expect(isGenericReceipt('UAF7RT61SV')).toBe(false)
  })
})

describe('result codes (section 1.11)', () => {
  test.each(['1', '17', '1032', '1037', '2001', '8006', 'SFC_IC0003', 'R000001'])('%s is final', (code) =>
    expect(isFinalFailureCode(code)).toBe(true),
  )
  test.each(['4999', '31415', '', '__proto__', 'constructor', '100000002'])('%s is not listed as final', (code) =>
    expect(isFinalFailureCode(code)).toBe(false),
  )
  test('success is in no table of failures', () => expect(resultCodes['0']).toBeUndefined())
})

import { describe, expect, test } from 'vitest'
import { codeLists } from '../../src/values/code-lists/all.ts'
import { codeName, isCode } from '../../src/values/code-lists/code-list.ts'
import { countries } from '../../src/values/code-lists/countries.ts'
import { currencies } from '../../src/values/code-lists/currencies.ts'
import { stockDirection, stockTypes, taxRates, taxTypes } from '../../src/values/code-lists/goods.ts'
import { salesReceiptTypes } from '../../src/values/code-lists/trade.ts'
import { packagingUnits, quantityUnits } from '../../src/values/code-lists/units.ts'
import { expectedItemSequence, expectedNumber } from '../../src/values/expected-number.ts'
import { buildItemCode, parseItemCode } from '../../src/values/item-code.ts'
import { formatDate, formatDateTime, formatListDateTime, parseDateTime } from '../../src/values/nairobi.ts'
import { isPin } from '../../src/values/pin.ts'
import { isSuccessCode, resultCodeRow } from '../../src/values/result-codes.ts'

const invalid: unknown = expect.objectContaining({ name: 'TypeError', code: 'ERR_INVALID_ARG' })

describe('Nairobi time (7.4)', () => {
  const at = Date.parse('2026-10-05T21:30:15Z')

  test('21:30:15 UTC on 5 October is after midnight, so the sale date changes too', () => {
    expect(formatDateTime(at)).toBe('20261006003015')
    expect(formatDate(at)).toBe('20261006')
    expect(formatListDateTime(at)).toBe('2026-10-06 00:30:15')
  })

  test.each(['20261006003015', '2026-10-06 00:30:15', '2026-10-06 00:30:15.0'])('%s is read', (text) => {
    expect(parseDateTime(text)).toBe(at)
  })

  test('a day is its first moment in Nairobi', () => {
    expect(parseDateTime('20261006')).toBe(Date.parse('2026-10-05T21:00:00Z'))
  })

  test.each([
    '20260231',
    '20261301',
    '20260105240000',
    '20260105006000',
    '2026-02-31 00:00:00',
    '19691231',
    '',
    20261006,
    null,
  ])('%j is not a moment of the calendar', (value) => {
    expect(parseDateTime(value)).toBeUndefined()
  })

  test.each([Number.NaN, -1, Infinity, Date.UTC(10_000, 0, 1)])('%d is not written', (value) => {
    expect(() => formatDateTime(value)).toThrow(invalid)
  })
})

describe('item codes (7.7)', () => {
  const parts = { orgnNatCd: 'KE', itemTyCd: '2', pkgUnitCd: 'NT', qtyUnitCd: 'BA', seq: 12 } as const

  test('are built with a number of seven digits, and read back', () => {
    expect(buildItemCode(parts)).toBe('KE2NTBA0000012')
    expect(parseItemCode('KE2NTBA0000012')).toEqual(parts)
    expect(buildItemCode({ ...parts, seq: 9_999_999 })).toBe('KE2NTBA9999999')
  })

  test.each([
    ['KE1NTXU0000001', { orgnNatCd: 'KE', itemTyCd: '1', pkgUnitCd: 'NT', qtyUnitCd: 'U', seq: 1 }],
    ['KR2AMXBLL0000001', { orgnNatCd: 'KR', itemTyCd: '2', pkgUnitCd: 'AM', qtyUnitCd: 'BLL', seq: 1 }],
    ['KE2NTBA00000001', { ...parts, seq: 1 }],
    ['KE2NTM30000007', { ...parts, qtyUnitCd: 'M3', seq: 7 }],
  ])('%s, which we would not build, is read', (itemCd, expected) => {
    expect(parseItemCode(itemCd)).toEqual(expected)
  })

  test.each(['', 'KE2NTBA', 'KE4NTBA0000012', 'ke2NTBA0000012', 'KE2NTBA000012', 'KE2NTBA00000000000001'])(
    '%j is no item code',
    (itemCd) => {
      expect(parseItemCode(itemCd)).toBeUndefined()
    },
  )

  test.each([
    ['a one-letter unit', { ...parts, qtyUnitCd: 'U' }],
    ['a three-letter unit', { ...parts, qtyUnitCd: 'KTM' }],
    ['a three-letter package', { ...parts, pkgUnitCd: 'CTN' }],
    ['a package that the server refuses although it lists it', { ...parts, pkgUnitCd: 'BX' }],
    ['an unknown country', { ...parts, orgnNatCd: 'XX' }],
    ['number 0', { ...parts, seq: 0 }],
    ['number 10 000 000', { ...parts, seq: 10_000_000 }],
  ])('%s is refused', (_what, input) => {
    expect(() => buildItemCode(input)).toThrow(invalid)
  })
})

describe('the expected number of a refusal (7.5)', () => {
  test.each([
    ['Invalid invcNo sequence, expected: 9 but found: 8', 9],
    ['Invc No: 8 is invalid, use the expected value: 9', 9],
    ['Invalid sarNo: Expected: 10 but found: 15', 10],
    ['Invalid taxblAmt on item: 1. Expected: 86.21, But Found: 100.00', undefined],
    ['rsdQty mismatch. Expected: 0.0 but found: 100', undefined],
    ['Rule taxRtE failed: Tax rate mismatch. Expected: 0.00, Found: 8', undefined],
    ['Invalid pkg for ItemList 1. Expected: 1, Found: 2', undefined],
    ['expected: 99999999999999999999 but found: 1', undefined],
    ['', undefined],
  ])('%s', (message, expected) => {
    expect(expectedNumber(message)).toBe(expected)
  })

  test('of an item code', () => {
    expect(expectedItemSequence('Invalid itemCd Sequence. Expected sequence ending with: ********2')).toBe(2)
    expect(expectedItemSequence('Invalid itemCd')).toBeUndefined()
  })
})

describe('result codes (5)', () => {
  test.each(['000', '0', '00', '0000'])('%s is success', (code) => {
    expect(isSuccessCode(code)).toBe(true)
  })

  test.each([
    ['001', 'no_data', 'never'],
    ['894', 'transport', 'read'],
    ['896', 'transport', 'read'],
    ['899', 'client', 'never'],
    ['900', 'request', 'never'],
    ['901', 'device', 'never'],
    ['902', 'device', 'never'],
    ['905', 'device', 'never'],
    ['913', 'request', 'never'],
    ['921', 'sequence', 'never'],
    ['990', 'throttle', 'always'],
    ['991', 'server', 'read'],
    ['994', 'duplicate', 'never'],
    ['995', 'server', 'never'],
    ['999', 'server', 'read'],
    ['E11', 'unknown', 'never'],
    ['', 'unknown', 'never'],
    ['constructor', 'unknown', 'never'],
  ])('%s has the class %s and is repeated %s', (code, kind, retryable) => {
    expect(resultCodeRow(code)).toMatchObject({ class: kind, retryable })
    expect(isSuccessCode(code)).toBe(false)
  })
})

describe('code lists (6, appendices)', () => {
  test.each([
    ['04', 5],
    ['05', 252],
    ['07', 7],
    ['10', 43],
    ['11', 6],
    ['12', 12],
    ['14', 4],
    ['15', 2],
    ['17', 52],
    ['24', 3],
    ['26', 4],
    ['31', 2],
    ['32', 6],
    ['33', 179],
    ['37', 2],
    ['38', 2],
  ] as const)('class %s has %d codes, each once', (cdCls, count) => {
    const list = codeLists[cdCls]
    expect(list.rows).toHaveLength(count)
    expect(list.names.size).toBe(count)
    expect(list.cdCls).toBe(cdCls)
  })

  test('codes are looked up by their list, with case', () => {
    expect(codeName(countries, 'KE')).toBe('KENYA')
    expect(codeName(currencies, 'KES')).toBe('Kenyan shilling')
    expect(codeName(packagingUnits, 'TN')).toBe('TAN (1 TAN = 20 bags)')
    expect(codeName(quantityUnits, 'NO')).toBe('Number')
    expect(isCode(packagingUnits, 'BX')).toBe(false)
    expect(isCode(quantityUnits, 'KGM')).toBe(false)
    expect(isCode(countries, 'ke')).toBe(false)
    expect(isCode(taxTypes, 1)).toBe(false)
  })

  test('rows stand in sort order: 1 to n, sales receipts from 10', () => {
    expect(countries.rows[115]).toEqual({ code: 'KE', name: 'KENYA', sort: 116 })
    expect(currencies.rows[178]).toEqual({ code: 'ZWL', name: 'Zimbabwean dollar A/10', sort: 179 })
    expect(salesReceiptTypes.rows.map(({ code, sort }) => [code, sort])).toEqual([
      ['S', 10],
      ['R', 11],
    ])
  })

  test('B is 16 % and E is 8 %, and the others have no tax (6.1)', () => {
    expect(taxRates).toEqual({ A: 0, B: 16, C: 0, D: 0, E: 8 })
  })

  test('stock moves in with 01 to 06 and out with 11 to 16 (6.15)', () => {
    const directions = stockTypes.rows.map(({ code }) => stockDirection(code))
    expect(directions).toEqual([...Array<string>(6).fill('in'), ...Array<string>(6).fill('out')])
  })
})

test.each([
  ['P000000001A', true],
  ['A000000003C', true],
  ['p000000001A', false],
  ['P00000001A', false],
  ['P000000001A\n', false],
  [1, false],
])('%j is a PIN: %s (0.3)', (value, expected) => {
  expect(isPin(value)).toBe(expected)
})

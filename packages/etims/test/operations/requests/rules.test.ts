import { describe, expect, test } from 'vitest'
import { checkRequest } from '../../../src/operations/requests/check.ts'
import { operations } from '../../../src/operations/table.ts'
import type { OperationName } from '../../../src/operations/table.ts'
import { bodies, saleBody, withMember } from './support/bodies.ts'

const now = Date.parse('2026-01-05T08:00:00Z') // 11:00 in Nairobi.

type Changes = Readonly<Record<string, unknown>>

function changed(name: OperationName, changes: Changes): unknown {
  return Object.entries(changes).reduce<unknown>((body, [path, value]) => withMember(body, path, value), bodies[name])
}

/** The paths that are wrong after the changes. */
function paths(name: OperationName, strictness: 'js-compat' | 'spec' | 'live', changes: Changes): string[] {
  const { issues } = checkRequest(operations[name], changed(name, changes), strictness, now)
  return issues.map(({ path }) => path)
}

const line = 'itemList.[0].'

describe('header sums (7.2): spec allows a cent, live none, js-compat anything', () => {
  test.each<[OperationName, Changes, string[], string[]]>([
    ['saveSale', { totAmt: 1160.01 }, [], ['totAmt']],
    ['saveSale', { totAmt: 1160.02 }, ['totAmt'], ['totAmt']],
    ['saveSale', { totTaxAmt: 159.99 }, [], ['totTaxAmt']],
    ['saveSale', { totTaxblAmt: 1 }, ['totTaxblAmt'], ['totTaxblAmt']],
    ['saveSale', { taxblAmtB: 999.99, taxAmtB: 160.01 }, [], ['taxblAmtB', 'taxAmtB']],
    ['saveSale', { taxblAmtA: 1000 }, ['taxblAmtA'], ['taxblAmtA']],
    ['saveSale', { totItemCnt: 2 }, ['totItemCnt'], ['totItemCnt']],
    ['savePurchase', { totAmt: 1160.01 }, [], ['totAmt']],
    ['savePurchase', { taxAmtE: 1 }, ['taxAmtE'], ['taxAmtE']],
    ['saveStockIO', { totAmt: 11_600.01 }, [], ['totAmt']],
    ['saveStockIO', { totTaxblAmt: 11_600 }, ['totTaxblAmt'], ['totTaxblAmt']],
    ['saveStockIO', { totItemCnt: 0 }, ['totItemCnt'], ['totItemCnt']],
  ])('%s with %j', (name, changes, spec, live) => {
    expect(paths(name, 'js-compat', changes)).toEqual([])
    expect(paths(name, 'spec', changes)).toEqual(spec)
    expect(paths(name, 'live', changes)).toEqual(live)
  })
})

describe('line arithmetic (7.1): live alone', () => {
  test.each<[string, OperationName, Changes, string]>([
    ['a gross taxblAmt', 'saveSale', { [`${line}taxblAmt`]: 1160 }, `${line}taxblAmt`],
    ['tax on top', 'saveSale', { [`${line}taxAmt`]: 185.6 }, `${line}taxAmt`],
    ['a net splyAmt', 'saveSale', { [`${line}splyAmt`]: 1000 }, `${line}splyAmt`],
    ['another total', 'saveSale', { [`${line}totAmt`]: 1345.6 }, `${line}totAmt`],
    ['a negative price', 'saveSale', { [`${line}prc`]: -1160 }, `${line}prc`],
    ['a negative quantity', 'saveSale', { [`${line}qty`]: -1 }, `${line}qty`],
    ['a discount beyond the line', 'saveSale', { [`${line}dcAmt`]: 1160.01 }, `${line}dcAmt`],
    ['a gap in itemSeq', 'saveSale', { [`${line}itemSeq`]: 2 }, `${line}itemSeq`],
    ['a net splyAmt of the feed', 'savePurchase', { [`${line}splyAmt`]: 1000 }, `${line}splyAmt`],
    ['no item of your own', 'savePurchase', { [`${line}itemCd`]: null }, `${line}itemCd`],
    ['a wrong base', 'saveStockIO', { [`${line}taxblAmt`]: 11_600 }, `${line}taxblAmt`],
    ['a discount beyond the line', 'saveStockIO', { [`${line}totDcAmt`]: 20_000 }, `${line}totDcAmt`],
  ])('%s in %s', (_what, name, changes, path) => {
    expect(paths(name, 'live', changes)).toContain(path)
    const adds = paths(name, 'spec', changes).filter((found) => found.startsWith('itemList'))
    expect(adds).toEqual([])
  })

  const discounted = {
    ...{ [`${line}prc`]: 1260, [`${line}dcRt`]: 7.94, [`${line}dcAmt`]: 100 },
  }

  test('takes splyAmt before the discount and after it, as the sources differ (12, question 8)', () => {
    expect(paths('saveSale', 'live', { ...discounted, [`${line}splyAmt`]: 1160 })).toEqual([])
    expect(paths('saveSale', 'live', { ...discounted, [`${line}splyAmt`]: 1260 })).toEqual([])
    expect(paths('saveSale', 'live', { ...discounted, [`${line}splyAmt`]: 1200 })).toEqual([`${line}splyAmt`])
  })

  test('says which amount it expects', () => {
    const body = changed('saveSale', { [`${line}taxblAmt`]: 1160, totTaxblAmt: 1160, taxblAmtB: 1160 })
    expect(checkRequest(operations.saveSale, body, 'live').issues).toEqual([
      { path: `${line}taxblAmt`, message: 'must be 1000, not 1160' },
    ])
  })

  test('a line of nothing is refused (4.12)', () => {
    const nothing = { qty: 0, splyAmt: 0, taxblAmt: 0, taxAmt: 0, totAmt: 0 }
    const lines = Object.fromEntries(Object.entries(nothing).map(([field, value]) => [line + field, value]))
    const changes = { ...lines, totTaxblAmt: 0, totTaxAmt: 0, totAmt: 0 }
    expect(paths('saveStockIO', 'live', changes)).toEqual([`${line}totAmt`])
  })
})

describe('rates (7.2): live alone', () => {
  test('taxRtE 8 without an E line is refused (0.2, fact 10)', () => {
    expect(paths('saveSale', 'live', { taxRtE: 8 })).toEqual(['taxRtE'])
    expect(paths('saveSale', 'spec', { taxRtE: 8 })).toEqual([])
  })

  test.each([
    [{ taxRtB: 18 }, ['taxRtB']],
    [{ taxRtB: 0 }, ['taxRtB']],
    [{ taxRtA: 16 }, ['taxRtA']],
  ])('%j', (changes, expected) => {
    expect(paths('saveSale', 'live', changes)).toEqual(expected)
  })

  const eLine = {
    ...{ [`${line}prc`]: 216, [`${line}splyAmt`]: 216, [`${line}taxTyCd`]: 'E', [`${line}taxblAmt`]: 200 },
    ...{ [`${line}taxAmt`]: 16, [`${line}totAmt`]: 216, taxblAmtB: 0, taxAmtB: 0, taxblAmtE: 200, taxAmtE: 16 },
    ...{ totTaxblAmt: 200, totTaxAmt: 16, totAmt: 216 },
  }

  test('with an E line 8 is needed, and B may be 16 or 0', () => {
    expect(paths('saveSale', 'live', { ...eLine, taxRtE: 8 })).toEqual([])
    expect(paths('saveSale', 'live', { ...eLine, taxRtE: 8, taxRtB: 0 })).toEqual([])
    expect(paths('saveSale', 'live', eLine)).toEqual(['taxRtE'])
  })
})

describe('packages (4.10): live alone', () => {
  test.each([
    ['NT', 1, true],
    ['NT', 2, false],
    ['NT', 0, false],
    ['BG', 2, true],
    ['BG', 0.5, true],
    ['BG', 0, false],
  ])('%s with pkg %d: %s', (pkgUnitCd, pkg, fine) => {
    const changes = { [`${line}pkgUnitCd`]: pkgUnitCd, [`${line}pkg`]: pkg }
    expect(paths('saveSale', 'live', changes)).toEqual(fine ? [] : [`${line}pkg`])
    expect(paths('saveSale', 'spec', changes)).toEqual([])
  })

  test('a stock document may state as many packages as pieces (4.12)', () => {
    expect(paths('saveStockIO', 'live', { [`${line}pkg`]: 10 })).toEqual([])
  })
})

describe('credit notes (7.8): live alone', () => {
  const note = { rcptTyCd: 'R', orgInvcNo: 1, rfdDt: '20260105101500', rfdRsnCd: '06', invcNo: 2, stockRlsDt: null }

  test('with an original, a date and a reason it passes', () => {
    expect(paths('saveSale', 'live', note)).toEqual([])
  })

  test.each([
    [{ orgInvcNo: 0 }, 'orgInvcNo'],
    [{ rfdDt: null }, 'rfdDt'],
    [{ rfdRsnCd: null }, 'rfdRsnCd'],
    [{ salesSttsCd: '05' }, 'salesSttsCd'],
  ])('not with %j', (changes, path) => {
    expect(paths('saveSale', 'live', { ...note, ...changes })).toEqual([path])
    expect(paths('saveSale', 'spec', { ...note, ...changes })).toEqual([])
  })

  test('a sale has no original', () => {
    expect(paths('saveSale', 'live', { orgInvcNo: 5 })).toEqual(['orgInvcNo'])
  })
})

describe('dates (7.4): live alone, and against the clock that is passed in', () => {
  test.each<[OperationName, Changes, string[]]>([
    ['saveSale', { stockRlsDt: '20260104235959' }, ['stockRlsDt']],
    ['saveSale', { cfmDt: '20260104235959' }, ['cfmDt']],
    ['saveSale', { cfmDt: '20260105110500' }, []], // Five minutes ahead.
    ['saveSale', { cfmDt: '20260105110501' }, ['cfmDt']],
    ['saveSale', { 'receipt.rcptPbctDt': '20260106000000' }, ['receipt.rcptPbctDt']],
    ['saveStockIO', { ocrnDt: '20260106' }, ['ocrnDt']],
    ['savePurchase', { pchsDt: '20260106' }, ['pchsDt']],
  ])('%s with %j', (name, changes, expected) => {
    expect(paths(name, 'live', changes)).toEqual(expected)
    expect(paths(name, 'spec', changes)).toEqual([])
  })

  test('without a clock nothing is in the future', () => {
    expect(checkRequest(operations.saveSale, { ...saleBody, cfmDt: '29990101000000' }, 'live').issues).toEqual([])
  })
})

describe('item codes (7.7): live alone', () => {
  test.each([
    [{ orgnNatCd: 'UG' }, 1],
    [{ itemTyCd: '1' }, 1],
    [{ pkgUnitCd: 'BG' }, 1],
    [{ qtyUnitCd: 'KG' }, 1],
    [{ itemCd: 'KE2NTNO1' }, 1],
    [{ itemCd: 'KE1NTXU0000001', itemTyCd: '1', qtyUnitCd: 'U' }, 1],
    [{ itemCd: 'KE2NTNO00000001' }, 0],
  ])('%j has %d issues with its code', (changes, count) => {
    expect(paths('saveItem', 'live', changes)).toEqual(Array<string>(count).fill('itemCd'))
    expect(paths('saveItem', 'spec', changes)).toEqual([])
  })
})

test('an import is approved with a remark, because null makes the server fail (4.9)', () => {
  expect(paths('updateImport', 'live', { remark: null })).toEqual(['remark'])
  expect(paths('updateImport', 'live', { remark: null, imptItemSttsCd: '4' })).toEqual([])
  expect(paths('updateImport', 'spec', { remark: null })).toEqual([])
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkRequest } from '../../src/operations/requests/check.ts'
import type { PurchaseFeedRow } from '../../src/operations/rows.ts'
import { operations } from '../../src/operations/table.ts'
import { buildCreditNote } from '../../src/values/build-credit-note.ts'
import { buildItem } from '../../src/values/build-item.ts'
import { buildPurchase } from '../../src/values/build-purchase.ts'
import { buildSale } from '../../src/values/build-sale.ts'
import { buildStockIO } from '../../src/values/build-stock-io.ts'
import { itemBody, saleBody, stockBody } from '../operations/requests/support/bodies.ts'

const invalid: unknown = expect.objectContaining({ name: 'TypeError', code: 'ERR_INVALID_ARG' })
const audit = { id: 'admin', name: 'Admin' }
const at = Date.parse('2026-01-05T07:15:00Z')
const cup = {
  itemCd: 'KE2NTNO0000001',
  itemClsCd: '5059690800',
  itemNm: 'Kikombe cha udongo',
  pkgUnitCd: 'NT',
  qtyUnitCd: 'NO',
  taxTyCd: 'B',
} as const

const issues = (name: keyof typeof operations, body: unknown, now = at) =>
  checkRequest(operations[name], body, 'live', now).issues

describe('buildSale', () => {
  const input = {
    items: [{ ...cup, qty: 1, prc: 1160 }],
    trdInvcNo: 'INV-0001',
    at,
    audit,
    invcNo: 1,
    customer: { tin: 'P000000002B', name: 'Mnunuzi Limited' },
    pmtTyCd: '01',
    receipt: { trdeNm: 'Mfano Traders', adrs: 'Barabara ya Mfano, Nairobi', topMsg: 'Karibu', btmMsg: 'Asante' },
  } as const

  test('makes the full request of the specification from goods and a price (4.10)', () => {
    expect(buildSale(input)).toEqual(saleBody)
  })

  test('leaves the number to the client', () => {
    const { invcNo: _, ...open } = input
    expect(buildSale(open).invcNo).toBeUndefined()
  })

  test('dates the sale in Nairobi (7.4)', () => {
    const sale = buildSale({ ...input, at: Date.parse('2026-01-05T21:30:00Z') })
    expect([sale.salesDt, sale.cfmDt]).toEqual(['20260106', '20260106003000'])
  })

  test('without goods, or with a price that is not exact, there is no sale', () => {
    expect(() => buildSale({ ...input, items: [] })).toThrow(invalid)
    expect(() => buildSale({ ...input, items: [{ ...cup, qty: 1, prc: 1.005 }] })).toThrow(invalid)
  })

  test('whatever is sold, live has nothing to say about it (7.1, 7.2)', () => {
    const goods = fc.record({
      qty: fc.integer({ min: 1, max: 100_000 }).map((n) => n / 100),
      prc: fc.integer({ min: 100, max: 10_000_000 }).map((n) => n / 100),
      taxTyCd: fc.constantFrom('A', 'B', 'C', 'D', 'E'),
      dcRt: fc.integer({ min: 0, max: 5000 }).map((n) => n / 100),
    })
    fc.assert(
      fc.property(fc.array(goods, { minLength: 1, maxLength: 20 }), (list) => {
        const sale = buildSale({ ...input, items: list.map((line) => ({ ...cup, ...line })) })
        expect(issues('saveSale', sale)).toEqual([])
        const note = buildCreditNote({ original: { ...sale, invcNo: 1 }, trdInvcNo: 'CN-1', at, audit, invcNo: 2 })
        expect(issues('saveSale', note)).toEqual([])
        expect([note.totAmt, note.totTaxAmt]).toEqual([sale.totAmt, sale.totTaxAmt])
        expect(
          issues('saveStockIO', buildStockIO({ sarTyCd: '11', items: sale.itemList, at, audit, sarNo: 1 })),
        ).toEqual([])
      }),
      { numRuns: 50 },
    )
  })
})

describe('buildCreditNote (7.8)', () => {
  const items = [
    { ...cup, qty: 10, prc: 100, dcAmt: 50 },
    { ...cup, qty: 2, prc: 216, taxTyCd: 'E' as const },
  ]
  const original = { ...buildSale({ items, trdInvcNo: 'INV-7', at, audit, customer: { name: 'Mnunuzi' } }), invcNo: 7 }
  const input = { original, trdInvcNo: 'CN-7', at, audit, invcNo: 8 }

  test('names the original by its fiscal number, with the same customer and positive amounts', () => {
    expect(buildCreditNote(input)).toMatchObject({
      ...{ rcptTyCd: 'R', salesTyCd: 'N', salesSttsCd: '02', orgInvcNo: 7, invcNo: 8, custNm: 'Mnunuzi' },
      ...{ rfdRsnCd: '06', rfdDt: '20260105101500', totItemCnt: 2, totAmt: 1382, taxRtE: 8 },
    })
    expect(issues('saveSale', buildCreditNote(input))).toEqual([])
  })

  test('a part of a line takes its part of the discount', () => {
    const note = buildCreditNote({ ...input, lines: [{ itemSeq: 1, qty: 4 }], rfdRsnCd: '03' })
    expect(note).toMatchObject({ rfdRsnCd: '03', totItemCnt: 1, totAmt: 380, taxRtE: 0 })
    expect(note.itemList).toEqual([
      expect.objectContaining({
        itemSeq: 1,
        qty: 4,
        dcAmt: 20,
        dcRt: 5,
        splyAmt: 380,
        taxblAmt: 327.59,
        taxAmt: 52.41,
      }),
    ])
    expect(issues('saveSale', note)).toEqual([])
  })

  test('lines are counted anew', () => {
    expect(buildCreditNote({ ...input, lines: [{ itemSeq: 2 }] }).itemList[0]).toMatchObject({
      itemSeq: 1,
      totAmt: 432,
    })
  })

  test.each([
    ['more than was sold', [{ itemSeq: 1, qty: 10.01 }]],
    ['nothing of a line', [{ itemSeq: 1, qty: 0 }]],
    ['a line that is not in it', [{ itemSeq: 3 }]],
    [
      'a line twice',
      [
        { itemSeq: 1, qty: 5 },
        { itemSeq: 1, qty: 6 },
      ],
    ],
    ['no line', []],
  ])('%s cannot be taken back', (_what, lines) => {
    expect(() => buildCreditNote({ ...input, lines })).toThrow(invalid)
  })

  test('a credit note, and a sale without its number, cannot be credited', () => {
    expect(() => buildCreditNote({ ...input, original: { ...original, rcptTyCd: 'R' } })).toThrow(invalid)
    expect(() => buildCreditNote({ ...input, original: { ...original, invcNo: 0 } })).toThrow(invalid)
  })
})

describe('buildPurchase (4.11)', () => {
  const feed: PurchaseFeedRow = {
    ...{ spplrTin: 'P000000002B', spplrNm: 'Mnunuzi Limited', spplrBhfId: '00', spplrInvcNo: 7, rcptTyCd: 'S' },
    ...{ pmtTyCd: '02', cfmDt: '2026-01-04 10:00:00', salesDt: '20260104', stockRlsDt: null, totItemCnt: 1 },
    ...{ taxblAmtA: 0, taxblAmtB: 998, taxblAmtC: 0, taxblAmtD: 0, taxblAmtE: 0 },
    ...{ taxRtA: 0, taxRtB: 16, taxRtC: 0, taxRtD: 0, taxRtE: 0 },
    ...{ taxAmtA: 0, taxAmtB: 159.11, taxAmtC: 0, taxAmtD: 0, taxAmtE: 0 },
    ...{ totTaxblAmt: 998, totTaxAmt: 159.11, totAmt: 1157.11, remark: null },
    itemList: [
      {
        ...{ itemSeq: 1, itemCd: 'KE2NTNO0000099', itemClsCd: '5022110801', itemNm: 'Sahani', bcd: null },
        ...{ pkgUnitCd: 'NT', pkg: 1, qtyUnitCd: 'NO', qty: 1, prc: 1157.11, splyAmt: 998, dcRt: 0, dcAmt: 0 },
        ...{ taxTyCd: 'B', taxblAmt: 998, taxAmt: 159.11, totAmt: 1157.11 },
      },
    ],
  }
  const input = { feed, items: { 1: cup }, at, audit, invcNo: 3 }

  test('recomputes the net and rounded amounts of the feed, and uses your own item (9, trap 36)', () => {
    const purchase = buildPurchase(input)
    expect(purchase).toMatchObject({
      ...{ invcNo: 3, spplrTin: 'P000000002B', spplrInvcNo: 7, rcptTyCd: 'P', pmtTyCd: '02', pchsDt: '20260104' },
      ...{ taxblAmtB: 997.51, taxAmtB: 159.6, totAmt: 1157.11 },
    })
    expect(purchase.itemList[0]).toMatchObject({
      ...{
        itemCd: 'KE2NTNO0000001',
        itemNm: 'Kikombe cha udongo',
        spplrItemCd: 'KE2NTNO0000099',
        spplrItemNm: 'Sahani',
      },
      ...{ splyAmt: 1157.11, taxblAmt: 997.51, taxAmt: 159.6, totAmt: 1157.11 },
    })
    expect(issues('savePurchase', purchase)).toEqual([])
  })

  test("a supplier's credit note stays one", () => {
    expect(buildPurchase({ ...input, feed: { ...feed, rcptTyCd: 'R' } }).rcptTyCd).toBe('R')
  })

  test('a line without an item of your own is refused, as is a missing payment method', () => {
    expect(() => buildPurchase({ ...input, items: {} })).toThrow(invalid)
    expect(() => buildPurchase({ ...input, feed: { ...feed, pmtTyCd: null } })).toThrow(invalid)
    expect(buildPurchase({ ...input, feed: { ...feed, pmtTyCd: null }, pmtTyCd: '01' }).pmtTyCd).toBe('01')
  })
})

describe('buildStockIO (4.12)', () => {
  test('makes the request of the specification', () => {
    const items = [{ ...cup, qty: 10, prc: 1160 }]
    expect(buildStockIO({ sarTyCd: '06', items, at, audit, sarNo: 1, remark: 'Opening stock' })).toEqual(stockBody)
  })

  test('goods without a class, and no goods, are refused', () => {
    const { itemClsCd: _, ...unclassed } = cup
    expect(() => buildStockIO({ sarTyCd: '06', items: [{ ...unclassed, qty: 1, prc: 1 }], at, audit })).toThrow(invalid)
    expect(() => buildStockIO({ sarTyCd: '06', items: [], at, audit })).toThrow(invalid)
  })
})

describe('buildItem (4.8)', () => {
  const input = { ...cup, itemCd: undefined, itemTyCd: '2', orgnNatCd: 'KE', dftPrc: '1160.00', audit } as const

  test('makes the request of the specification, with its code', () => {
    expect(buildItem({ ...input, seq: 1 })).toEqual(itemBody)
  })

  test('leaves the code to the client, or takes that of an item which is updated', () => {
    expect(buildItem(input).itemCd).toBeUndefined()
    expect(buildItem({ ...input, itemCd: 'KE2NTXU0000001' }).itemCd).toBe('KE2NTXU0000001')
    expect(() => buildItem({ ...input, itemCd: 'KE2NTNO0000001', seq: 1 })).toThrow(invalid)
  })
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { calculateLine } from '../../src/values/line.ts'
import type { TaxType } from '../../src/values/code-lists/goods.ts'
import { buildTotals } from '../../src/values/totals.ts'

const cents = (amount: number) => Math.round(amount * 100)
const invalid: unknown = expect.objectContaining({ name: 'TypeError', code: 'ERR_INVALID_ARG' })

describe('calculateLine backs the tax out of an inclusive price (7.1, worked values)', () => {
  test.each([
    ['B', 100, 86.21, 13.79],
    ['B', 1000, 862.07, 137.93],
    ['B', 1302.07, 1122.47, 179.6],
    ['B', 104_400, 90_000, 14_400],
    ['E', 216, 200, 16],
    ['B', 5000, 4310.34, 689.66],
    ['A', 60_000, 60_000, 0],
    ['C', 60_000, 60_000, 0],
    ['D', 0.01, 0.01, 0],
  ] as const)('%s %d is %d and %d tax', (taxTyCd, prc, taxblAmt, taxAmt) => {
    const amounts = { splyAmt: prc, dcRt: 0, dcAmt: 0, taxblAmt, taxAmt, totAmt: prc }
    expect(calculateLine({ qty: 1, prc, taxTyCd })).toEqual(amounts)
    expect(calculateLine({ qty: '1.00', prc: prc.toFixed(2), taxTyCd })).toEqual(amounts)
  })

  test('quantity times price is rounded half up, where binary fractions round down (7.3)', () => {
    expect(calculateLine({ qty: 0.5, prc: 2.01, taxTyCd: 'A' }).totAmt).toBe(1.01) // 1.005
    expect(calculateLine({ qty: 1.15, prc: 1.5, taxTyCd: 'A' }).totAmt).toBe(1.73) // 1.725
  })

  test('a discount comes off before the tax is backed out (7.1)', () => {
    const amounts = { splyAmt: 81_000, dcRt: 10, dcAmt: 9000, taxblAmt: 69_827.59, taxAmt: 11_172.41, totAmt: 81_000 }
    expect(calculateLine({ qty: 90, prc: 1000, taxTyCd: 'B', dcAmt: 9000 })).toEqual(amounts)
    expect(calculateLine({ qty: 90, prc: 1000, taxTyCd: 'B', dcRt: 10 })).toEqual(amounts)
    expect(calculateLine({ qty: 90, prc: 1000, taxTyCd: 'B', dcAmt: 9000, dcRt: 99 })).toEqual(amounts)
    expect(calculateLine({ qty: 3, prc: 10, taxTyCd: 'A', dcAmt: 1 }).dcRt).toBe(3.33)
    expect(calculateLine({ qty: 1, prc: 10, taxTyCd: 'A', dcAmt: 10 }).totAmt).toBe(0)
  })

  test.each([
    ['a third decimal', { qty: 1.005, prc: 1, taxTyCd: 'B' }],
    ['a sum of binary fractions', { qty: 0.1 + 0.2, prc: 1, taxTyCd: 'B' }],
    ['a negative quantity', { qty: -1, prc: 1, taxTyCd: 'B' }],
    ['no number', { qty: 'one', prc: 1, taxTyCd: 'B' }],
    ['NaN', { qty: Number.NaN, prc: 1, taxTyCd: 'B' }],
    ['cents beyond 2^53', { qty: 1, prc: '90071992547409.92', taxTyCd: 'B' }],
    ['a product beyond 2^53 cents', { qty: 2, prc: '90071992547409.91', taxTyCd: 'B' }],
    ['a discount beyond the line', { qty: 1, prc: 1, taxTyCd: 'B', dcAmt: 1.01 }],
    ['a discount beyond 100 %', { qty: 1, prc: 1, taxTyCd: 'B', dcRt: 100.01 }],
    ['an unknown tax type', { qty: 1, prc: 1, taxTyCd: 'F' as TaxType }],
  ] as const)('%s is refused and never rounded away (7.3)', (_what, line) => {
    expect(() => calculateLine(line)).toThrow(invalid)
  })

  test('the largest exact amount passes (7.3)', () => {
    expect(calculateLine({ qty: 1, prc: '90071992547409.91', taxTyCd: 'A' }).totAmt).toBe(90_071_992_547_409.91)
  })
})

const amountCents = fc.integer({ min: 1, max: 100_000_000 })
const lines = fc.record({
  qty: fc.integer({ min: 1, max: 100_000 }).map((n) => n / 100),
  prc: amountCents.map((n) => n / 100),
  taxTyCd: fc.constantFrom('A', 'B', 'C', 'D', 'E'),
  dcRt: fc.integer({ min: 0, max: 10_000 }).map((n) => n / 100),
})

describe('properties', () => {
  test('gross is always net plus tax, to the cent, and every amount has two decimals (7.1)', () => {
    fc.assert(
      fc.property(lines, (line) => {
        const { splyAmt, dcAmt, taxblAmt, taxAmt, totAmt } = calculateLine(line)
        expect(cents(taxblAmt) + cents(taxAmt)).toBe(cents(totAmt))
        expect(splyAmt).toBe(totAmt)
        for (const amount of [dcAmt, taxblAmt, taxAmt, totAmt]) expect(cents(amount) / 100).toBe(amount)
      }),
    )
  })

  test('the net base is within half a cent of the exact quotient (7.1)', () => {
    fc.assert(
      fc.property(amountCents, fc.constantFrom('B', 'E'), (gross, taxTyCd) => {
        const rate = taxTyCd === 'B' ? 116n : 108n
        const net = BigInt(cents(calculateLine({ qty: 1, prc: gross / 100, taxTyCd }).taxblAmt))
        const error = 2n * (BigInt(gross) * 100n - net * rate)
        expect(error >= -rate && error < rate).toBe(true) // Half up: an exact half goes to the larger cent.
      }),
    )
  })

  test('header sums always agree with the lines and with each other (7.2)', () => {
    fc.assert(
      fc.property(fc.array(lines, { minLength: 1, maxLength: 30 }), (inputs) => {
        const list = inputs.map((line) => ({ taxTyCd: line.taxTyCd, ...calculateLine(line) }))
        const totals = buildTotals(list)
        const { totTaxblAmt, totTaxAmt, totAmt } = totals
        expect(cents(totTaxblAmt) + cents(totTaxAmt)).toBe(cents(totAmt))
        const bases = [totals.taxblAmtA, totals.taxblAmtB, totals.taxblAmtC, totals.taxblAmtD, totals.taxblAmtE]
        const taxes = [totals.taxAmtA, totals.taxAmtB, totals.taxAmtC, totals.taxAmtD, totals.taxAmtE]
        expect(bases.reduce((sum, base) => sum + cents(base), 0)).toBe(cents(totTaxblAmt))
        expect(taxes.reduce((sum, tax) => sum + cents(tax), 0)).toBe(cents(totTaxAmt))
        expect(list.reduce((sum, line) => sum + cents(line.totAmt), 0)).toBe(cents(totAmt))
      }),
    )
  })
})

describe('buildTotals (7.2)', () => {
  const line = (taxTyCd: TaxType, prc: number) => ({ taxTyCd, ...calculateLine({ qty: 1, prc, taxTyCd }) })

  test('does not drift over 1 000 lines of 0.10', () => {
    const { totAmt, totItemCnt } = buildTotals(Array.from({ length: 1000 }, () => line('A', 0.1)))
    expect([totAmt, totItemCnt]).toEqual([100, 1000])
  })

  test('sums rounded lines and never recomputes tax from the sum', () => {
    const totals = buildTotals([line('B', 100), line('B', 100), line('B', 100)])
    expect(totals.taxblAmtB).toBe(258.63) // 300 / 1.16 would be 258.62.
    expect(totals.taxAmtB).toBe(41.37)
  })

  test('has all fifteen band fields, zero where a band is not used, and no rate for E', () => {
    expect(buildTotals([line('B', 1160)])).toEqual({
      totItemCnt: 1,
      ...{ taxblAmtA: 0, taxblAmtB: 1000, taxblAmtC: 0, taxblAmtD: 0, taxblAmtE: 0 },
      ...{ taxRtA: 0, taxRtB: 16, taxRtC: 0, taxRtD: 0, taxRtE: 0 },
      ...{ taxAmtA: 0, taxAmtB: 160, taxAmtC: 0, taxAmtD: 0, taxAmtE: 0 },
      ...{ totTaxblAmt: 1000, totTaxAmt: 160, totAmt: 1160 },
    })
  })

  test('states 8 % for E where a line has it', () => {
    expect(buildTotals([line('E', 216)])).toMatchObject({ taxRtE: 8, taxblAmtE: 200, taxAmtE: 16 })
  })

  test('refuses a sum that is not exact', () => {
    const large = { taxTyCd: 'A', taxblAmt: 90_071_992_547_409.91, taxAmt: 0, totAmt: 90_071_992_547_409.91 } as const
    expect(() => buildTotals([large, large])).toThrow(invalid)
    expect(() => buildTotals([{ taxTyCd: 'A', taxblAmt: 0.001, taxAmt: 0, totAmt: 0.001 }])).toThrow(invalid)
  })
})

/**
 * The amounts of an invoice's header: sums of lines that are already rounded. Tax is never worked out again from a
 * sum, because a difference of a cent is refused.
 *
 * @see spec/etims.md section 7.2
 * @module
 */
import { taxRates } from './code-lists/goods.ts'
import type { LooseCode } from './code-lists/code-list.ts'
import type { TaxType } from './code-lists/goods.ts'
import type { LineAmounts } from './line.ts'
import { sumAmounts } from './money.ts'

/** The fifteen band fields: taxable base, rate in percent and tax of each of A to E. Zero where a band is not used. */
export type BandFields = { readonly [Field in `taxblAmt${TaxType}` | `taxRt${TaxType}` | `taxAmt${TaxType}`]: number }

export interface DocumentTotals {
  /** The number of lines. */
  readonly totItemCnt: number
  /** Σ `taxblAmt`; exempt and non-VAT lines count. */
  readonly totTaxblAmt: number
  readonly totTaxAmt: number
  /** `totTaxblAmt + totTaxAmt`. */
  readonly totAmt: number
}

/** A line, as far as totals are concerned. */
export type TotalledLine = Pick<LineAmounts, 'taxblAmt' | 'taxAmt' | 'totAmt'> & {
  readonly taxTyCd: LooseCode<TaxType>
}

/**
 * Sums the lines of a sale or a purchase.
 *
 * `taxRtE` is 8 only where the document has an E line: with a rate and no line the server refuses the document.
 *
 * @throws {TypeError} `ERR_INVALID_ARG`: a line has more than two decimals, or a sum is too large to be exact.
 */
export function buildTotals(lines: readonly TotalledLine[]): BandFields & DocumentTotals {
  const band = (taxType: TaxType) => lines.filter((line) => line.taxTyCd === taxType)
  const [a, b, c, d, e] = [band('A'), band('B'), band('C'), band('D'), band('E')]
  return {
    totItemCnt: lines.length,
    taxblAmtA: sumOf(a, 'taxblAmt'),
    taxblAmtB: sumOf(b, 'taxblAmt'),
    taxblAmtC: sumOf(c, 'taxblAmt'),
    taxblAmtD: sumOf(d, 'taxblAmt'),
    taxblAmtE: sumOf(e, 'taxblAmt'),
    taxRtA: taxRates.A,
    taxRtB: taxRates.B,
    taxRtC: taxRates.C,
    taxRtD: taxRates.D,
    taxRtE: e.length === 0 ? 0 : taxRates.E,
    taxAmtA: sumOf(a, 'taxAmt'),
    taxAmtB: sumOf(b, 'taxAmt'),
    taxAmtC: sumOf(c, 'taxAmt'),
    taxAmtD: sumOf(d, 'taxAmt'),
    taxAmtE: sumOf(e, 'taxAmt'),
    totTaxblAmt: sumOf(lines, 'taxblAmt'),
    totTaxAmt: sumOf(lines, 'taxAmt'),
    totAmt: sumOf(lines, 'totAmt'),
  }
}

/** The exact sum of one amount over the lines. */
export function sumOf(
  lines: readonly Omit<TotalledLine, 'taxTyCd'>[],
  field: 'taxblAmt' | 'taxAmt' | 'totAmt',
): number {
  return sumAmounts(
    lines.map((line) => line[field]),
    field,
  )
}

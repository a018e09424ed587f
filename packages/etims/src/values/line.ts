/**
 * The amounts of one invoice line. Prices include tax: the base is backed out of the gross amount, and the tax is the
 * remainder, so that the two always add up.
 *
 * @see spec/etims.md section 7.1
 * @module
 */
import { invalidArgument } from '@latchkey/core'
import type { Big } from 'big.js'
import { isCode } from './code-lists/code-list.ts'
import { taxRates, taxTypes } from './code-lists/goods.ts'
import type { LooseCode } from './code-lists/code-list.ts'
import type { TaxType } from './code-lists/goods.ts'
import { parseDecimal, percentOf, product, share, toAmount, withoutTax } from './money.ts'
import type { Decimal } from './decimal.ts'

/** What is sold, in numbers. */
export interface LineInput {
  /** Quantity, at most two decimals. */
  readonly qty: Decimal
  /** Unit price with tax, at most two decimals. */
  readonly prc: Decimal
  readonly taxTyCd: LooseCode<TaxType>
  /** Discount on the whole line, with tax. */
  readonly dcAmt?: Decimal | null | undefined
  /** Discount in percent; read only where `dcAmt` is absent. */
  readonly dcRt?: Decimal | null | undefined
}

/** The amounts of a line, in shillings, rounded half up to the cent. */
export interface LineAmounts {
  /** Gross, after the discount. */
  readonly splyAmt: number
  /** Percent, two decimals; 0 without a discount. */
  readonly dcRt: number
  readonly dcAmt: number
  /** Net base. */
  readonly taxblAmt: number
  readonly taxAmt: number
  /** Gross, after the discount: `taxblAmt + taxAmt`. */
  readonly totAmt: number
}

/**
 * Calculates the amounts of one line.
 *
 * @throws {TypeError} `ERR_INVALID_ARG`: a number is negative, inexact or too large, the discount exceeds the line, or
 *   the tax type is none of A to E.
 *
 * @example
 * calculateLine({ qty: 1, prc: 100, taxTyCd: 'B' }) // taxblAmt 86.21, taxAmt 13.79, totAmt 100
 */
export function calculateLine(line: LineInput): LineAmounts {
  if (!isCode(taxTypes, line.taxTyCd)) throw invalidArgument('taxTyCd must be A, B, C, D or E')
  const full = product(parseDecimal(line.qty, 'qty'), parseDecimal(line.prc, 'prc'))
  const { dcAmt, dcRt } = discountOf(line, full)
  if (dcAmt.gt(full)) throw invalidArgument('the discount must not exceed qty × prc')
  const gross = full.minus(dcAmt)
  const net = withoutTax(gross, taxRates[line.taxTyCd])
  const totAmt = toAmount(gross, 'totAmt')
  return {
    splyAmt: totAmt,
    dcRt: toAmount(dcRt, 'dcRt'),
    dcAmt: toAmount(dcAmt, 'dcAmt'),
    taxblAmt: toAmount(net, 'taxblAmt'),
    taxAmt: toAmount(gross.minus(net), 'taxAmt'),
    totAmt,
  }
}

function discountOf(line: LineInput, full: Big): { readonly dcAmt: Big; readonly dcRt: Big } {
  if (line.dcAmt !== undefined && line.dcAmt !== null) {
    const dcAmt = parseDecimal(line.dcAmt, 'dcAmt')
    return { dcAmt, dcRt: percentOf(dcAmt, full) }
  }
  const dcRt = parseDecimal(line.dcRt ?? 0, 'dcRt')
  if (dcRt.gt(100)) throw invalidArgument('dcRt must be 0 to 100')
  return { dcAmt: share(full, dcRt), dcRt }
}

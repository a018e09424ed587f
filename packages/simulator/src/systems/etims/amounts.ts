/**
 * The arithmetic of invoices: what a line's amounts may be, and what the header must add up to. All in whole cents.
 *
 * @see spec/etims.md sections 7.1 and 7.2
 * @module
 */
import type { Fields } from './data.ts'
import { amountText, divide, hundredths, product } from './decimals.ts'
import { linesOf, numberOf, textOf } from './fields.ts'
import { type Refusal, refused } from './outcomes.ts'
import type { Checks } from './presets.ts'

/** The rate of each band, in percent. */
const rates: Readonly<Record<string, bigint>> = { A: 0n, B: 16n, C: 0n, D: 0n, E: 8n }
const bands = Object.keys(rates)

/** The rate that samples of another country's system have for band B. */
const oldRate = 18n

const cents = (fields: Fields, name: string): bigint => hundredths(numberOf(fields, name))

/** Checks lines and header of a sale or purchase; undefined when they are right. */
export function refuseAmounts(fields: Fields, checks: Checks): Refusal | undefined {
  for (const [index, line] of linesOf(fields).entries()) {
    const refusal = checks.tax === 'none' ? undefined : refuseLine(line, index + 1, checks.tax)
    if (refusal !== undefined) return refusal
  }
  return refuseTotals(fields, checks) ?? (checks.tax === 'inclusive' ? refuseRates(fields) : undefined)
}

/** Checks the count and the three totals; and, where there are any, the bands. */
export function refuseTotals(fields: Fields, { totalsTolerance }: Checks): Refusal | undefined {
  if (totalsTolerance === null) return undefined
  const lines = linesOf(fields)
  const count = numberOf(fields, 'totItemCnt')
  if (count !== lines.length) {
    return refused('910', `Invalid totItemCnt. Expected: ${String(lines.length)}, But Found: ${String(count)}`)
  }
  const misplaced = lines.findIndex((line, index) => numberOf(line, 'itemSeq') !== index + 1)
  if (misplaced !== -1) return refused('910', `Invalid itemSeq on item: ${String(misplaced + 1)}`)
  const sum = (name: string, band?: string): bigint =>
    lines
      .filter((line) => band === undefined || textOf(line, 'taxTyCd') === band)
      .reduce((total, line) => total + cents(line, name), 0n)
  const ofBands = bands.flatMap((band): [string, bigint][] => [
    [`taxblAmt${band}`, sum('taxblAmt', band)],
    [`taxAmt${band}`, sum('taxAmt', band)],
  ])
  const totals: [string, bigint][] = [
    ['totTaxblAmt', sum('taxblAmt')],
    ['totTaxAmt', sum('taxAmt')],
    ['totAmt', sum('totAmt')],
  ]
  for (const [name, expected] of [...('taxblAmtA' in fields ? ofBands : []), ...totals]) {
    const actual = cents(fields, name)
    if (distance(actual, expected) > totalsTolerance) {
      return refused('910', `Invalid ${name}. Expected: ${amountText(expected)}, But Found: ${amountText(actual)}`)
    }
  }
  return undefined
}

/** What a line must be when prices include tax. */
function inclusive(line: Fields): { gross: bigint; base: bigint; tax: bigint; discount: bigint } {
  const discount = cents(line, 'dcAmt')
  const gross = product(numberOf(line, 'qty'), numberOf(line, 'prc')) - discount
  const base = divide(gross * 100n, 100n + (rates[textOf(line, 'taxTyCd') ?? ''] ?? 0n))
  return { gross, base, tax: gross - base, discount }
}

function refuseLine(line: Fields, item: number, tax: 'any' | 'inclusive'): Refusal | undefined {
  const { gross, base, tax: expectedTax, discount } = inclusive(line)
  const supply = cents(line, 'splyAmt')
  // With a discount, both positions are in use: after it, and before it (section 7.1).
  const expectedSupply = supply === gross + discount ? supply : gross
  const expected: [string, string, bigint][] = [
    ['splyAmt', 'splyAmnt', expectedSupply], // The live text spells it so.
    ['taxblAmt', 'taxblAmt', base],
    ['taxAmt', 'taxAmt', expectedTax],
    ['totAmt', 'totAmt', gross],
  ]
  const wrong = expected.find(([name, , value]) => cents(line, name) !== value)
  if (wrong === undefined || (tax === 'any' && isOtherConvention(line))) return undefined
  const [name, written, value] = wrong
  const texts = `Expected: ${amountText(value)}, But Found: ${amountText(cents(line, name))}`
  return refused('910', `Invalid ${written} on item: ${String(item)}. ${texts}`)
}

/** The conventions besides the live one; amounts may be a cent off. */
function isOtherConvention(line: Fields): boolean {
  const [supply, base, tax, total] = ['splyAmt', 'taxblAmt', 'taxAmt', 'totAmt'].map((name) => cents(line, name))
  if (supply === undefined || base === undefined || tax === undefined || total === undefined) return false
  const { gross, base: netBase, tax: netTax, discount } = inclusive(line)
  const band = textOf(line, 'taxTyCd') ?? ''
  const possible = [rates[band] ?? 0n, ...(band === 'B' ? [oldRate] : [])]
  const near = (left: bigint, right: bigint): boolean => distance(left, right) <= 1n
  const isWithin = possible.some((rate) => near(tax, divide(base * rate, 100n + rate)))
  const isOnTop = possible.some((rate) => near(tax, divide(base * rate, 100n)))
  const isInclusive = near(total, gross) && near(base, netBase) && near(tax, netTax)
  const isGross = near(base, total) && near(total, gross) && isWithin // KRA's samples.
  const isNet = isOnTop && (near(total, supply - discount + tax) || near(total, base + tax)) // Odoo and the Python SDK.
  return isInclusive || isGross || isNet
}

/** Rates: band E has one only when the invoice has such a line; band B may have 0 without one (section 7.2). */
function refuseRates(fields: Fields): Refusal | undefined {
  const used = new Set(linesOf(fields).map((line) => textOf(line, 'taxTyCd')))
  for (const band of bands) {
    const found = numberOf(fields, `taxRt${band}`)
    const full = Number(rates[band] ?? 0n)
    const expected = band === 'E' && !used.has('E') ? 0 : full
    if (found === expected || (band === 'B' && found === 0 && !used.has('B'))) continue
    const texts = `Expected: ${expected.toFixed(2)}, Found: ${String(found)}`
    return refused('910', `Rule taxRt${band} failed: Tax rate mismatch. ${texts}`)
  }
  return undefined
}

function distance(left: bigint, right: bigint): bigint {
  return left > right ? left - right : right - left
}

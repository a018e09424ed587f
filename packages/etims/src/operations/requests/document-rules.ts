/**
 * What must agree between the header and the lines of a sale, a purchase or a stock document, and within a line.
 *
 * @see spec/etims.md sections 7.1 and 7.2
 * @module
 */
import type { Issue } from '@latchkey/http'
import { taxRates } from '../../values/code-lists/goods.ts'
import type { LooseCode } from '../../values/code-lists/code-list.ts'
import type { TaxType } from '../../values/code-lists/goods.ts'
import { calculateLine } from '../../values/line.ts'
import { centsOf } from '../../values/money.ts'
import type { BandFields, DocumentTotals } from '../../values/totals.ts'

/** A line, as far as these rules look at it. */
export interface RuledLine {
  readonly itemSeq: number
  readonly qty: number
  readonly prc: number
  readonly splyAmt: number
  readonly taxTyCd: LooseCode<TaxType>
  readonly taxblAmt: number
  readonly taxAmt: number
  readonly totAmt: number
}

interface RuledDocument<Line extends RuledLine> extends DocumentTotals {
  readonly itemList: readonly Line[]
}

const bands = ['A', 'B', 'C', 'D', 'E'] as const satisfies readonly TaxType[]

/** Header sums and the count. @param toleranceCents 1 by the specification, 0 live. */
export function sumRule(toleranceCents: 0 | 1) {
  return (body: RuledDocument<RuledLine>): readonly Issue[] => {
    const lines = body.itemList
    const sums = (['taxblAmt', 'taxAmt', 'totAmt'] as const).map((field) => [field, cents(lines, field)] as const)
    const issues = sums.flatMap(([field, sum]) => {
      const path = field === 'totAmt' ? field : field === 'taxAmt' ? 'totTaxAmt' : 'totTaxblAmt'
      return differs(path, body[path], sum, toleranceCents, 'the sum of the lines')
    })
    if (body.totItemCnt === lines.length) return issues
    return [...issues, { path: 'totItemCnt', message: `must be the number of lines, ${lines.length}` }]
  }
}

/** Band by band, the sums of the lines. */
export function bandRule(toleranceCents: 0 | 1) {
  return (body: RuledDocument<RuledLine> & BandFields): readonly Issue[] =>
    bands.flatMap((band) => {
      const lines = body.itemList.filter((line) => line.taxTyCd === band)
      const because = `the sum of the lines with tax type ${band}`
      return [
        ...differs(`taxblAmt${band}`, body[`taxblAmt${band}`], cents(lines, 'taxblAmt'), toleranceCents, because),
        ...differs(`taxAmt${band}`, body[`taxAmt${band}`], cents(lines, 'taxAmt'), toleranceCents, because),
      ]
    })
}

/** Rates: those of the bands, with 0 for E unless a line has it. B may be 0 where no line has it. */
export function rateRule(body: RuledDocument<RuledLine> & BandFields): readonly Issue[] {
  return bands.flatMap((band) => {
    const used = body.itemList.some((line) => line.taxTyCd === band)
    const allowed = used ? [taxRates[band]] : band === 'B' ? [taxRates.B, 0] : [0]
    const field = `taxRt${band}` as const
    if (allowed.some((rate) => rate === body[field])) return []
    return [{ path: field, message: `must be ${allowed.join(' or ')}, not ${body[field]}` }]
  })
}

/** `itemSeq` counts from 1 without gaps. */
export function sequenceRule(body: RuledDocument<RuledLine>): readonly Issue[] {
  return body.itemList.flatMap((line, index) =>
    line.itemSeq === index + 1 ? [] : [{ path: linePath(index, 'itemSeq'), message: `must be ${index + 1}` }],
  )
}

/** The amounts of every line follow from quantity, price, discount and tax type, tax included. */
export function arithmeticRule<Line extends RuledLine>(discountField: keyof Line & string) {
  return (body: RuledDocument<Line>): readonly Issue[] =>
    body.itemList.flatMap((line, index) =>
      lineIssues(line, Number(line[discountField])).map(({ path, message }) => ({
        path: linePath(index, path === 'dcAmt' ? discountField : path),
        message,
      })),
    )
}

/** The path of a line's field in the SDK's spelling. */
export function linePath(index: number, field: string): string {
  return `itemList.[${index}].${field}`
}

function lineIssues(line: RuledLine, dcAmt: number): readonly Issue[] {
  const negative = Object.entries({ qty: line.qty, prc: line.prc, dcAmt }).filter(([, value]) => value < 0)
  if (negative.length > 0) return negative.map(([path]) => ({ path, message: 'must be 0 or more' }))
  const expected = expectedAmounts(line, dcAmt)
  if (expected === undefined) return [{ path: 'dcAmt', message: 'must not exceed qty × prc, which must be exact' }]
  if (line.totAmt === 0) return [{ path: 'totAmt', message: 'must not be 0' }]
  const wrong = (['taxblAmt', 'taxAmt', 'totAmt'] as const).filter((field) => line[field] !== expected[field])
  const issues = wrong.map((field) => ({ path: field, message: `must be ${expected[field]}, not ${line[field]}` }))
  // Before or after the discount: the sources differ, and the net base follows from the amount after it (7.1).
  const supply = centsOf(line.splyAmt)
  const after = centsOf(expected.totAmt) ?? Number.NaN
  if (supply === after || supply === after + (centsOf(dcAmt) ?? 0)) return issues
  return [...issues, { path: 'splyAmt', message: `must be ${expected.splyAmt}, not ${line.splyAmt}` }]
}

function expectedAmounts({ qty, prc, taxTyCd }: RuledLine, dcAmt: number) {
  try {
    return calculateLine({ qty, prc, taxTyCd, dcAmt })
  } catch {
    return undefined // The fields are in order, so the discount exceeds the line, or the product is too large.
  }
}

function cents(lines: readonly RuledLine[], field: 'taxblAmt' | 'taxAmt' | 'totAmt'): number {
  return lines.reduce((sum, line) => sum + (centsOf(line[field]) ?? Number.NaN), 0)
}

// `NaN` and sums beyond 2^53 differ from everything.
function differs(path: string, found: number, sum: number, tolerance: number, because: string): readonly Issue[] {
  const gap = Math.abs((centsOf(found) ?? Number.NaN) - sum)
  if (Number.isSafeInteger(sum) && gap <= tolerance) return []
  return [{ path, message: `must be ${because}, ${sum / 100}, not ${found}` }]
}

/**
 * Builds a credit note from the sale that it takes back, wholly or in part.
 *
 * @see spec/etims.md section 7.8
 * @module
 */
import { invalidArgument } from '@latchkey/core'
import type { Maybe } from '../operations/requests/form.ts'
import type { SaleLine, SaleReceipt, SaleRequest } from '../operations/requests/sale.ts'
import { auditFields } from './build-parts.ts'
import type { Auditor, Unnumbered } from './build-parts.ts'
import type { CreditNoteReason } from './code-lists/trade.ts'
import { calculateLine } from './line.ts'
import { parseDecimal, toAmount } from './money.ts'
import type { Decimal } from './decimal.ts'
import { formatDate, formatDateTime } from './nairobi.ts'
import { buildTotals } from './totals.ts'

/** The sale that is taken back: as it was sent, or as KRA lists it. */
export interface CreditedSale {
  readonly invcNo: number
  readonly rcptTyCd: SaleRequest['rcptTyCd']
  readonly custTin?: Maybe<string>
  readonly custNm?: Maybe<string>
  readonly pmtTyCd?: Maybe<string>
  readonly receipt: Pick<SaleReceipt, 'custMblNo' | 'trdeNm' | 'adrs' | 'topMsg' | 'btmMsg'>
  readonly itemList: readonly SaleLine[]
}

/** A line that is taken back. */
export interface CreditedLine {
  /** The line's `itemSeq` in the original. */
  readonly itemSeq: number
  /** How much of it. @default all */
  readonly qty?: Decimal
}

export interface CreditNoteInput {
  readonly original: CreditedSale
  /** @default every line, wholly */
  readonly lines?: readonly CreditedLine[]
  /** The trader's own number of the credit note. */
  readonly trdInvcNo: string
  /** When, in epoch milliseconds. */
  readonly at: number
  readonly audit: Auditor
  /** The next number of the sales counter. @default left open for the client */
  readonly invcNo?: number | undefined
  /** @default '06', refund */
  readonly rfdRsnCd?: CreditNoteReason
  readonly remark?: Maybe<string>
}

/**
 * Builds a credit note. Its amounts are positive, as the wire wants them; receipts print them as negative.
 *
 * A line that is taken back wholly keeps its amounts. Of a part the amounts are calculated again, with the same part of
 * the discount.
 *
 * @throws {TypeError} `ERR_INVALID_ARG`: the original is a credit note or has no number, a line is not in it or is named
 *   twice, or more is taken back than was sold.
 */
export function buildCreditNote(input: CreditNoteInput): Unnumbered<SaleRequest, 'invcNo'> {
  const { original, trdInvcNo, at, audit, invcNo, rfdRsnCd = '06', remark = null } = input
  if (original.rcptTyCd !== 'S') throw invalidArgument('original must be a sale')
  if (!Number.isSafeInteger(original.invcNo) || original.invcNo < 1)
    throw invalidArgument('original must have its invcNo')
  const itemList = creditedLines(original, input.lines)
  const now = formatDateTime(at)
  return {
    trdInvcNo,
    invcNo,
    orgInvcNo: original.invcNo,
    custTin: original.custTin ?? null,
    custNm: original.custNm ?? null, // Another name than the original's is refused.
    salesTyCd: 'N',
    rcptTyCd: 'R',
    pmtTyCd: original.pmtTyCd ?? null,
    salesSttsCd: '02',
    cfmDt: now,
    salesDt: formatDate(at),
    stockRlsDt: null,
    cnclReqDt: null,
    cnclDt: null,
    rfdDt: now,
    rfdRsnCd,
    ...buildTotals(itemList),
    prchrAcptcYn: 'N',
    remark,
    ...auditFields(audit),
    receipt: {
      custTin: original.custTin ?? null,
      custMblNo: original.receipt.custMblNo ?? null,
      rptNo: 1,
      rcptPbctDt: now,
      trdeNm: original.receipt.trdeNm ?? null,
      adrs: original.receipt.adrs ?? null,
      topMsg: original.receipt.topMsg ?? null,
      btmMsg: original.receipt.btmMsg ?? null,
      prchrAcptcYn: 'N',
    },
    itemList,
  }
}

function creditedLines({ itemList }: CreditedSale, wanted: readonly CreditedLine[] = itemList): readonly SaleLine[] {
  if (wanted.length === 0) throw invalidArgument('lines must have at least one line')
  if (new Set(wanted.map(({ itemSeq }) => itemSeq)).size < wanted.length) {
    throw invalidArgument('lines must name each line once')
  }
  return wanted.map(({ itemSeq, qty }, index) => {
    const line = itemList.find((candidate) => candidate.itemSeq === itemSeq)
    if (line === undefined) throw invalidArgument(`lines: the original has no line ${itemSeq}`)
    return { ...part(line, qty ?? line.qty), itemSeq: index + 1 }
  })
}

function part(line: SaleLine, wanted: Decimal): SaleLine {
  const qty = parseDecimal(wanted, 'qty')
  const sold = parseDecimal(line.qty, 'qty')
  if (qty.eq(0) || qty.gt(sold))
    throw invalidArgument(`lines: of line ${line.itemSeq} at most ${line.qty} can be taken back`)
  if (qty.eq(sold)) return line
  const { prc, taxTyCd } = line
  const discount = parseDecimal(line.dcAmt, 'dcAmt').times(qty).div(sold)
  return {
    ...line,
    qty: toAmount(qty, 'qty'),
    ...calculateLine({ qty: qty.toFixed(), prc, taxTyCd, dcAmt: discount.toFixed() }),
  }
}

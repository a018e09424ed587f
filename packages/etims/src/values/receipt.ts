/**
 * The text of a printed receipt: what the rules for trader invoicing systems make mandatory, in lines of one width.
 *
 * The layout is ours. Certification looks at printed receipts, so what a printer adds (logo, QR code) goes around it.
 *
 * @see spec/etims.md section 7.10
 * @module
 */
import { invalidArgument } from '@latchkey/core'
import type { Maybe } from '../operations/requests/form.ts'
import type { DeviceInfo, SaleAnswer } from '../operations/rows.ts'
import { codeName } from './code-lists/code-list.ts'
import type { LooseCode } from './code-lists/code-list.ts'
import type { TaxType } from './code-lists/goods.ts'
import { paymentTypes } from './code-lists/trade.ts'
import type { SalesReceiptType, TransactionType } from './code-lists/trade.ts'
import { formatDateTime, parseDateTime } from './nairobi.ts'
import { centered, rightOf, rule, wrapped } from './receipt-layout.ts'
import type { BandFields, DocumentTotals } from './totals.ts'

/** A sale or credit note as it was sent, or as KRA lists it. */
export interface ReceiptSale extends BandFields, DocumentTotals {
  readonly rcptTyCd: LooseCode<SalesReceiptType>
  readonly trdInvcNo?: Maybe<string>
  readonly custTin?: Maybe<string>
  readonly custNm?: Maybe<string>
  readonly pmtTyCd?: Maybe<string>
  readonly receipt: {
    readonly trdeNm?: Maybe<string>
    readonly adrs?: Maybe<string>
    readonly topMsg?: Maybe<string>
    readonly btmMsg?: Maybe<string>
  }
  readonly itemList: readonly {
    readonly itemNm: string
    readonly qty: number
    readonly prc: number
    readonly dcAmt: number
    readonly taxTyCd: LooseCode<TaxType>
    readonly totAmt: number
  }[]
}

export interface ReceiptInput {
  readonly sale: ReceiptSale
  /** What KRA signed it with. */
  readonly answer: SaleAnswer
  readonly device: Pick<DeviceInfo, 'tin' | 'taxprNm' | 'sdcId' | 'mrcNo'>
  /** Normal, copy (every reprint), training or proforma. @default 'N' */
  readonly transaction?: TransactionType
  /** `curRcptNo` of the sale that a credit note belongs to; required for one. */
  readonly originalCurRcptNo?: number
  /** Characters in a line, 36 to 120. @default 42 */
  readonly width?: number
}

/**
 * The label of a receipt: `NS` normal sale, `NC` normal credit note, `CS` and `CC` copies, `TS` and `TC` training, `PS`
 * proforma.
 *
 * @throws {TypeError} `ERR_INVALID_ARG`: a credit note is never proforma.
 */
export function receiptLabel(rcptTyCd: LooseCode<SalesReceiptType>, transaction: TransactionType = 'N'): string {
  if (rcptTyCd !== 'S' && rcptTyCd !== 'R') throw invalidArgument('rcptTyCd must be S or R')
  if (rcptTyCd === 'R' && transaction === 'P') throw invalidArgument('a credit note is never proforma')
  return `${transaction}${rcptTyCd === 'S' ? 'S' : 'C'}`
}

/** Internal data or a signature as receipts print it: a dash after every fourth character. */
export function dashed(base32: string): string {
  return base32.match(/.{1,4}/g)?.join('-') ?? ''
}

/** The control unit's number of an invoice, `sdcId/curRcptNo`. */
export function cuInvoiceNumber(sdcId: string, curRcptNo: number): string {
  return `${sdcId}/${curRcptNo}`
}

/**
 * The lines of a receipt. Amounts of a credit note are negative here, whatever travelled.
 *
 * @returns Lines of at most `width` characters.
 * @throws {TypeError} `ERR_INVALID_ARG`: `width` is out of its limits, `sdcDateTime` is no moment, or a credit note has
 *   no `originalCurRcptNo`.
 */
export function receiptLines(input: ReceiptInput): readonly string[] {
  const { sale, device, width = 42 } = input
  if (!Number.isInteger(width) || width < 36 || width > 120) throw invalidArgument('width must be 36 to 120')
  return [
    ...heading(input, width),
    rule(width),
    ...items(sale, width),
    rule(width),
    ...amounts(sale, width),
    rule(width),
    ...controlUnit(input, width),
    rule(width),
    ...invoicingSystem(sale, device.mrcNo, width),
    ...lines(sale.receipt.btmMsg, (text) => centered(text, width)),
  ]
}

/** The lines as one text, each ended with a line feed. */
export function receiptText(input: ReceiptInput): string {
  return receiptLines(input)
    .map((line) => `${line}\n`)
    .join('')
}

const transactionWords: Readonly<Record<TransactionType, string | undefined>> = {
  N: undefined,
  C: 'COPY',
  T: 'TRAINING',
  P: 'PROFORMA',
}

function heading({ sale, device, transaction = 'N', originalCurRcptNo }: ReceiptInput, width: number): string[] {
  const { custTin, custNm, receipt, rcptTyCd } = sale
  return [
    ...lines(receipt.trdeNm ?? device.taxprNm, (text) => centered(text, width)),
    ...lines(receipt.adrs, (text) => centered(text, width)),
    ...centered(`PIN: ${device.tin}`, width),
    ...lines(receipt.topMsg, (text) => centered(text, width)),
    rule(width),
    ...centered(rcptTyCd === 'S' ? 'TAX INVOICE' : 'CREDIT NOTE', width),
    ...lines(transactionWords[transaction], (text) => centered(text, width)),
    ...(rcptTyCd === 'R' ? original(device.sdcId, originalCurRcptNo, width) : []),
    ...lines(custTin, (text) => wrapped(`BUYER PIN: ${text}`, width)),
    ...lines(custNm, (text) => wrapped(`BUYER: ${text}`, width)),
  ]
}

function original(sdcId: string, curRcptNo: number | undefined, width: number): string[] {
  if (curRcptNo === undefined) throw invalidArgument('a credit note needs originalCurRcptNo')
  return [
    ...wrapped(`ORIGINAL CU INVOICE NO.: ${cuInvoiceNumber(sdcId, curRcptNo)}`, width),
    ...wrapped('CREDIT NOTE IS APPROVED ONLY FOR ORIGINAL SALES RECEIPT', width),
  ]
}

function items(sale: ReceiptSale, width: number): string[] {
  return sale.itemList.flatMap(({ itemNm, qty, prc, dcAmt, taxTyCd, totAmt }) => [
    ...wrapped(itemNm, width),
    ...rightOf(`${qty} x ${money(prc)}`, `${signed(sale, totAmt)} ${taxTyCd}`, width),
    ...(dcAmt === 0 ? [] : rightOf('DISCOUNT INCLUDED', money(dcAmt), width)),
  ])
}

/** How receipts name the bands. All five rows are printed, used or not. */
const bandLabels = { A: 'A-EX', B: 'B-16%', C: 'C-0%', D: 'D-NON VAT', E: 'E-8%' } as const satisfies Record<
  TaxType,
  string
>

function amounts(sale: ReceiptSale, width: number): string[] {
  const bands = (['A', 'B', 'C', 'D', 'E'] as const).flatMap((band) => [
    ...rightOf(`TAXABLE ${bandLabels[band]}`, signed(sale, sale[`taxblAmt${band}`]), width),
    ...rightOf(`TAX ${bandLabels[band]}`, signed(sale, sale[`taxAmt${band}`]), width),
  ])
  return [
    ...rightOf('TOTAL', signed(sale, sale.totAmt), width),
    ...bands,
    ...rightOf('TOTAL TAX', signed(sale, sale.totTaxAmt), width),
    ...lines(sale.pmtTyCd, (code) => rightOf('PAYMENT', codeName(paymentTypes, code) ?? code, width)),
    ...rightOf('ITEM COUNT', String(sale.totItemCnt), width),
  ]
}

function controlUnit({ sale, answer, device, transaction }: ReceiptInput, width: number): string[] {
  const label = receiptLabel(sale.rcptTyCd, transaction)
  const { date, time } = printedMoment(answer.sdcDateTime)
  return [
    ...centered('SCU INFORMATION', width),
    ...rightOf(`DATE: ${date}`, `TIME: ${time}`, width),
    ...wrapped(`SCU ID: ${device.sdcId}`, width),
    ...wrapped(`CU INVOICE NO.: ${cuInvoiceNumber(device.sdcId, answer.curRcptNo)} ${label}`, width),
    ...wrapped(`RECEIPT NUMBER: ${answer.curRcptNo}/${answer.totRcptNo} ${label}`, width),
    'INTERNAL DATA:',
    ...centered(dashed(answer.intrlData), width),
    'RECEIPT SIGNATURE:',
    ...centered(dashed(answer.rcptSign), width),
  ]
}

function invoicingSystem({ trdInvcNo }: ReceiptSale, mrcNo: string, width: number): string[] {
  return [
    ...centered('TIS INFORMATION', width),
    ...lines(trdInvcNo, (text) => wrapped(`INVOICE NO.: ${text}`, width)),
    ...wrapped(`MRC: ${mrcNo}`, width),
  ]
}

/** `dd/MM/yyyy` and `HH:mm:ss`: of the control unit's clock, not of the trader's. */
function printedMoment(sdcDateTime: string): { readonly date: string; readonly time: string } {
  const at = parseDateTime(sdcDateTime)
  if (at === undefined) throw invalidArgument('sdcDateTime must be a moment')
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(formatDateTime(at)) ?? []
  return { date: `${day}/${month}/${year}`, time: `${hour}:${minute}:${second}` }
}

function lines(text: Maybe<string>, print: (text: string) => string[]): string[] {
  return text === undefined || text === null || text === '' ? [] : print(text)
}

function signed({ rcptTyCd }: ReceiptSale, amount: number): string {
  return money(rcptTyCd === 'R' && amount !== 0 ? -Math.abs(amount) : amount)
}

function money(amount: number): string {
  return amount.toFixed(2)
}

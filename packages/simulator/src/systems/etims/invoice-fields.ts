/**
 * The fields of sales and purchases.
 *
 * @see spec/etims.md sections 4.10 and 4.11
 * @module
 */
import {
  always,
  amount,
  audit,
  checked,
  code,
  counter,
  date,
  dateOrTime,
  type FieldTable,
  list,
  number,
  object,
  optional,
  quantity,
  text,
  time,
  yesNo,
} from './fields.ts'

const percent = number(7, 2)

/** Base, rate and tax of each of the five bands. All fifteen are needed. */
const bands: FieldTable = Object.fromEntries([
  ...['A', 'B', 'C', 'D', 'E'].map((band) => [`taxblAmt${band}`, always(amount)] as const),
  ...['A', 'B', 'C', 'D', 'E'].map((band) => [`taxRt${band}`, always(percent)] as const),
  ...['A', 'B', 'C', 'D', 'E'].map((band) => [`taxAmt${band}`, always(amount)] as const),
])

const totals = {
  totTaxblAmt: always(amount),
  totTaxAmt: always(amount),
  totAmt: always(amount),
} satisfies FieldTable

/** A sale or a credit note. */
export const saleFields = {
  trdInvcNo: always(text(50)),
  invcNo: always(counter),
  orgInvcNo: always(counter),
  custTin: optional(text(11)),
  custNm: optional(text(60)),
  salesTyCd: optional(code('transaction')),
  rcptTyCd: always(code('salesReceipt')),
  pmtTyCd: optional(code('payment')),
  salesSttsCd: always(code('progress')),
  cfmDt: always(time),
  salesDt: always(date),
  stockRlsDt: optional(time),
  cnclReqDt: optional(time),
  cnclDt: optional(time),
  rfdDt: optional(time),
  rfdRsnCd: optional(code('creditNoteReason')),
  totItemCnt: always(number(10, 0)),
  ...bands,
  ...totals,
  prchrAcptcYn: always(yesNo),
  remark: optional(text(400)),
  ...audit,
  receipt: always(
    object({
      custTin: optional(text(11)),
      custMblNo: optional(text(20)),
      rptNo: optional(number(10, 0)),
      rcptPbctDt: always(time),
      trdeNm: optional(text(20)),
      adrs: optional(text(200)),
      topMsg: optional(text(20)),
      btmMsg: optional(text(20)),
      prchrAcptcYn: always(yesNo),
    }),
  ),
  itemList: always(
    list({
      itemSeq: always(number(3, 0)),
      itemCd: always(text(20)),
      itemClsCd: optional(text(10)),
      itemNm: always(text(200)),
      bcd: optional(text(20)),
      pkgUnitCd: always(code('packagingUnit')),
      pkg: always(quantity),
      qtyUnitCd: always(code('quantityUnit')),
      qty: always(quantity),
      prc: always(amount),
      splyAmt: always(amount),
      dcRt: always(number(5, 2)),
      dcAmt: always(amount),
      isrccCd: optional(text(10)),
      isrccNm: optional(text(100)),
      isrcRt: optional(number(3, 0)),
      isrcAmt: optional(amount),
      taxTyCd: always(code('taxType')),
      taxblAmt: always(amount),
      taxAmt: always(amount),
      totAmt: always(amount),
    }),
  ),
} satisfies FieldTable

/** A purchase: the confirmation of a supplier's invoice, or one that is entered by hand. */
export const purchaseFields = {
  invcNo: always(counter),
  orgInvcNo: always(counter),
  spplrTin: optional(text(11)),
  spplrBhfId: optional(text(2)),
  spplrNm: optional(text(60)),
  spplrInvcNo: optional(counter),
  regTyCd: always(code('registration')),
  pchsTyCd: always(code('transaction')),
  rcptTyCd: always(code('purchaseReceipt')),
  pmtTyCd: always(code('payment')),
  pchsSttsCd: always(code('progress')),
  cfmDt: optional(dateOrTime),
  pchsDt: checked(date),
  wrhsDt: optional(dateOrTime),
  cnclReqDt: optional(dateOrTime),
  cnclDt: optional(dateOrTime),
  rfdDt: optional(dateOrTime),
  totItemCnt: always(number(10, 0)),
  ...bands,
  ...totals,
  remark: optional(text(400)),
  ...audit,
  itemList: always(
    list({
      itemSeq: always(number(3, 0)),
      itemCd: optional(text(20)),
      itemClsCd: always(text(10)),
      itemNm: always(text(200)),
      bcd: optional(text(20)),
      spplrItemClsCd: optional(text(10)),
      spplrItemCd: optional(text(20)),
      spplrItemNm: optional(text(200)),
      pkgUnitCd: optional(code('packagingUnit')),
      pkg: always(quantity),
      qtyUnitCd: always(code('quantityUnit')),
      qty: always(quantity),
      prc: always(amount),
      splyAmt: always(amount),
      dcRt: always(number(5, 2)),
      dcAmt: always(amount),
      taxTyCd: always(code('taxType')),
      taxblAmt: always(amount),
      taxAmt: always(amount),
      totAmt: always(amount),
      itemExprDt: optional(date),
    }),
  ),
} satisfies FieldTable

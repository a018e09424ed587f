/**
 * A sale or a credit note: the one request whose answer is a signed receipt.
 *
 * @see spec/etims.md sections 4.10 and 7.8
 * @module
 */
import type { TaxType } from '../../values/code-lists/goods.ts'
import { taxTypes } from '../../values/code-lists/goods.ts'
import {
  creditNoteReasons,
  paymentTypes,
  salesReceiptTypes,
  transactionStatuses,
  transactionTypes,
} from '../../values/code-lists/trade.ts'
import type {
  CreditNoteReason,
  SalesReceiptType,
  TransactionStatus,
  TransactionType,
} from '../../values/code-lists/trade.ts'
import { packagingUnits, quantityUnits } from '../../values/code-lists/units.ts'
import type { BandFields, DocumentTotals } from '../../values/totals.ts'
import {
  amount,
  audit,
  branch,
  char,
  code,
  day,
  decimal,
  extra,
  list,
  object,
  optional,
  orNumber,
  pin,
  stamp,
  whole,
  yn,
} from '../fields.ts'
import type { AuditFields, BodyIdentity } from './audit.ts'
import { headerAmounts } from './bands.ts'
import { arithmeticRule, bandRule, rateRule, sequenceRule, sumRule } from './document-rules.ts'
import { requestForm } from './form.ts'
import type { Maybe } from './form.ts'
import type { LooseCode } from '../../values/code-lists/code-list.ts'
import { creditNoteRule, packageRule, saleDateRule } from './sale-rules.ts'

/** A sale (`rcptTyCd` `S`) or a credit note (`R`). Amounts are positive in both, and include tax. */
export interface SaleRequest extends AuditFields, BodyIdentity, BandFields, DocumentTotals {
  /** Only for callers that send it in the body as the JavaScript SDK demands; the header carries it. */
  readonly cmcKey?: string | undefined
  /** The trader's own invoice number, at most 50 characters. */
  readonly trdInvcNo: string
  /** The fiscal number: the server's counter of sales and credit notes, per PIN and branch. */
  readonly invcNo: number
  /** 0 for a sale; the original's `invcNo` for a credit note. Never `null`. */
  readonly orgInvcNo: number
  /** The buyer's PIN. */
  readonly custTin?: Maybe<string>
  /** The buyer's name, at most 60 characters. */
  readonly custNm?: Maybe<string>
  /** `N`. In KRA's samples and not in its table. */
  readonly salesTyCd?: Maybe<LooseCode<TransactionType>>
  readonly rcptTyCd: LooseCode<SalesReceiptType>
  /** A code of class 07; the live list may know more than ours. */
  readonly pmtTyCd?: Maybe<string>
  /** `02` for a final invoice. */
  readonly salesSttsCd: LooseCode<TransactionStatus>
  /** Validation time, `yyyyMMddHHmmss`. */
  readonly cfmDt: string
  /** Sale date, `yyyyMMdd`. */
  readonly salesDt: string
  /** Stock release, `yyyyMMddHHmmss`. */
  readonly stockRlsDt?: Maybe<string>
  /** When cancelling was asked for, `yyyyMMddHHmmss`. */
  readonly cnclReqDt?: Maybe<string>
  /** When it was cancelled, `yyyyMMddHHmmss`. */
  readonly cnclDt?: Maybe<string>
  /** Credit note date, `yyyyMMddHHmmss`. */
  readonly rfdDt?: Maybe<string>
  readonly rfdRsnCd?: Maybe<LooseCode<CreditNoteReason>>
  /** Whether the buyer accepted. */
  readonly prchrAcptcYn: LooseCode<'Y' | 'N'>
  /** At most 400 characters. */
  readonly remark?: Maybe<string>
  readonly receipt: SaleReceipt
  /** One line or more. */
  readonly itemList: readonly SaleLine[]
}

/** What KRA's verification page shows for ever: it is a snapshot and cannot be edited. */
export interface SaleReceipt {
  readonly custTin?: Maybe<string>
  /** The buyer's phone, at most 20 characters. */
  readonly custMblNo?: Maybe<string>
  /** 1 in KRA's samples; its meaning is unconfirmed. */
  readonly rptNo?: Maybe<number>
  /** Publication time, `yyyyMMddHHmmss`. */
  readonly rcptPbctDt: string
  /** Trade name, at most 20 characters. */
  readonly trdeNm?: Maybe<string>
  /** Address, at most 200 characters. */
  readonly adrs?: Maybe<string>
  /** First printed line, at most 20 characters. */
  readonly topMsg?: Maybe<string>
  /** Last printed line, at most 20 characters. */
  readonly btmMsg?: Maybe<string>
  readonly prchrAcptcYn: LooseCode<'Y' | 'N'>
}

/** One line; `calculateLine` works its amounts out. */
export interface SaleLine {
  /** 1, 2, 3 and so on. */
  readonly itemSeq: number
  /** A registered item. */
  readonly itemCd: string
  readonly itemClsCd?: Maybe<string>
  /** At most 200 characters. */
  readonly itemNm: string
  /** Barcode, at most 20 characters. */
  readonly bcd?: Maybe<string>
  readonly pkgUnitCd: string
  /** Packages. With `NT` exactly 1, whatever the quantity. */
  readonly pkg: number
  readonly qtyUnitCd: string
  readonly qty: number
  /** Unit price with tax. */
  readonly prc: number
  /** Gross, after the discount. */
  readonly splyAmt: number
  /** Discount in percent. */
  readonly dcRt: number
  readonly dcAmt: number
  /** Insurance company code, name, percent and amount, for pharmacies. */
  readonly isrccCd?: Maybe<string>
  readonly isrccNm?: Maybe<string>
  readonly isrcRt?: Maybe<number>
  readonly isrcAmt?: Maybe<number>
  readonly taxTyCd: LooseCode<TaxType>
  /** Net base. */
  readonly taxblAmt: number
  /** KRA's table calls it `totTaxAmt`; on the wire it is `taxAmt`. */
  readonly taxAmt: number
  /** Gross. */
  readonly totAmt: number
}

const receipt = {
  custTin: optional(pin()),
  custMblNo: optional(char(20, [1, 20])),
  rptNo: extra(whole(38)),
  rcptPbctDt: stamp(),
  trdeNm: optional(char(20, [1, 20])),
  adrs: optional(char(200, [1, 200])),
  topMsg: optional(char(20, [1, 20])),
  btmMsg: optional(char(20, [1, 20])),
  prchrAcptcYn: yn(),
} satisfies Record<keyof SaleReceipt, unknown>

const line = {
  itemSeq: whole(3, 1),
  itemCd: char(20, [1, 20]),
  itemClsCd: optional(char(10, [1, 10])),
  itemNm: char(200, [1, 200]),
  bcd: optional(char(20, [1, 20])),
  pkgUnitCd: code(packagingUnits, 5),
  pkg: decimal(13, 2),
  qtyUnitCd: code(quantityUnits, 5),
  qty: decimal(13, 2),
  prc: amount(),
  splyAmt: amount(),
  dcRt: decimal(5, 2),
  dcAmt: amount(),
  isrccCd: optional(char(10, [1, 10])),
  isrccNm: optional(char(100, [1, 100])),
  isrcRt: optional(decimal(3, 0)),
  isrcAmt: optional(amount()),
  taxTyCd: code(taxTypes, 5),
  taxblAmt: amount(),
  taxAmt: amount(),
  totAmt: amount(),
} satisfies Record<keyof SaleLine, unknown>

export const saleRequest = requestForm<SaleRequest>(
  {
    tin: extra(pin()),
    bhfId: extra(branch()),
    cmcKey: extra(char(255, [1, 255])),
    trdInvcNo: orNumber(char(50, [1, 50])),
    invcNo: whole(38),
    orgInvcNo: whole(38),
    custTin: optional(pin()),
    custNm: optional(char(60, [1, 60])),
    salesTyCd: extra(code(transactionTypes, 5)),
    rcptTyCd: code(salesReceiptTypes, 5),
    pmtTyCd: optional(code(paymentTypes, 5)),
    salesSttsCd: code(transactionStatuses, 5),
    cfmDt: stamp(),
    salesDt: day(),
    stockRlsDt: optional(stamp()),
    cnclReqDt: optional(stamp()),
    cnclDt: optional(stamp()),
    rfdDt: optional(stamp()),
    rfdRsnCd: optional(code(creditNoteReasons, 5)),
    totItemCnt: whole(10, 1),
    ...headerAmounts,
    prchrAcptcYn: yn(),
    remark: optional(char(400, [1, 400])),
    ...audit([1, 20], [1, 60]),
    receipt: object(receipt),
    itemList: list(line),
  } satisfies Record<keyof SaleRequest, unknown>,
  {
    spec: [sumRule(1), bandRule(1)],
    live: [
      sequenceRule,
      arithmeticRule<SaleLine>('dcAmt'),
      sumRule(0),
      bandRule(0),
      rateRule,
      packageRule,
      saleDateRule,
      creditNoteRule,
    ],
  },
)

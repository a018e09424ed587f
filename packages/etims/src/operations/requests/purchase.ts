/**
 * Confirms a purchase that a supplier's sale announced, or registers one by hand.
 *
 * @see spec/etims.md section 4.11
 * @module
 */
import type { Issue } from '@latchkey/http'
import { taxTypes } from '../../values/code-lists/goods.ts'
import type { TaxType } from '../../values/code-lists/goods.ts'
import {
  paymentTypes,
  purchaseReceiptTypes,
  registrationTypes,
  transactionStatuses,
  transactionTypes,
} from '../../values/code-lists/trade.ts'
import type {
  PurchaseReceiptType,
  RegistrationType,
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
  list,
  optional,
  optionalJs,
  pin,
  requiredJs,
  stamp,
  whole,
} from '../fields.ts'
import type { AuditFields } from './audit.ts'
import { headerAmounts } from './bands.ts'
import { futureIssues } from './date-rules.ts'
import { arithmeticRule, bandRule, linePath, rateRule, sequenceRule, sumRule } from './document-rules.ts'
import { requestForm } from './form.ts'
import type { Maybe } from './form.ts'
import type { LooseCode } from '../../values/code-lists/code-list.ts'

/** A purchase. Its amounts are worked out again from quantity and price: those of the feed are net and rounded. */
export interface PurchaseRequest extends AuditFields, BandFields, DocumentTotals {
  /** The buyer's own purchase counter, apart from sales. */
  readonly invcNo: number
  /** 0 where there is no original. */
  readonly orgInvcNo: number
  /** The supplier's PIN. */
  readonly spplrTin?: Maybe<string>
  readonly spplrBhfId?: Maybe<string>
  /** At most 60 characters. */
  readonly spplrNm?: Maybe<string>
  /** The supplier's fiscal invoice number. */
  readonly spplrInvcNo?: Maybe<number>
  readonly regTyCd: LooseCode<RegistrationType>
  /** `N`. */
  readonly pchsTyCd: LooseCode<TransactionType>
  readonly rcptTyCd: LooseCode<PurchaseReceiptType>
  /** A code of class 07; the live list may know more than ours. */
  readonly pmtTyCd: string
  /** `02` for approved. */
  readonly pchsSttsCd: LooseCode<TransactionStatus>
  /** Validation time, `yyyyMMddHHmmss`. */
  readonly cfmDt?: Maybe<string>
  /** Purchase date, `yyyyMMdd`. */
  readonly pchsDt: string
  /** When the goods entered the warehouse, `yyyyMMddHHmmss`. */
  readonly wrhsDt?: Maybe<string>
  readonly cnclReqDt?: Maybe<string>
  readonly cnclDt?: Maybe<string>
  readonly rfdDt?: Maybe<string>
  /** At most 400 characters. */
  readonly remark?: Maybe<string>
  readonly itemList: readonly PurchaseLine[]
}

export interface PurchaseLine {
  readonly itemSeq: number
  /** Your own registered item; the server looks it up. */
  readonly itemCd?: Maybe<string>
  readonly itemClsCd: string
  readonly itemNm: string
  readonly bcd?: Maybe<string>
  /** The supplier's classification, code and name of the item. */
  readonly spplrItemClsCd?: Maybe<string>
  readonly spplrItemCd?: Maybe<string>
  readonly spplrItemNm?: Maybe<string>
  readonly pkgUnitCd?: Maybe<string>
  readonly pkg: number
  readonly qtyUnitCd: string
  readonly qty: number
  /** Unit price with tax. */
  readonly prc: number
  /** Gross, after the discount. */
  readonly splyAmt: number
  readonly dcRt: number
  readonly dcAmt: number
  /** Net base. */
  readonly taxblAmt: number
  readonly taxTyCd: LooseCode<TaxType>
  readonly taxAmt: number
  /** Gross. */
  readonly totAmt: number
  /** Expiry date, `yyyyMMdd`. */
  readonly itemExprDt?: Maybe<string>
}

const line = {
  itemSeq: whole(3, 1),
  itemCd: requiredJs(char(20)),
  itemClsCd: char(10),
  itemNm: char(200),
  bcd: optional(char(20)),
  spplrItemClsCd: optional(char(10)),
  spplrItemCd: optional(char(20)),
  spplrItemNm: optional(char(200)),
  pkgUnitCd: optional(code(packagingUnits)),
  // The SDK takes whole packages and quantities only; the specification has two decimals, and goods are weighed.
  pkg: decimal(13, 2),
  qtyUnitCd: code(quantityUnits),
  qty: decimal(13, 2),
  prc: amount(),
  splyAmt: amount(),
  dcRt: decimal(5, 2),
  dcAmt: amount(),
  taxblAmt: amount(),
  taxTyCd: code(taxTypes),
  taxAmt: amount(),
  totAmt: amount(),
  itemExprDt: optional(day('8 or 14')),
} satisfies Record<keyof PurchaseLine, unknown>

export const purchaseRequest = requestForm<PurchaseRequest>(
  {
    invcNo: whole(38),
    orgInvcNo: whole(38),
    spplrTin: optional(pin()),
    spplrBhfId: optional(branch()),
    spplrNm: optional(char(60, [1, 60])),
    spplrInvcNo: optional(whole(38)),
    regTyCd: code(registrationTypes, 5),
    pchsTyCd: code(transactionTypes, 5),
    rcptTyCd: code(purchaseReceiptTypes, 5),
    pmtTyCd: code(paymentTypes, 5),
    pchsSttsCd: code(transactionStatuses, 5),
    cfmDt: optional(stamp('loose')),
    pchsDt: optionalJs(day('8 or 14')),
    wrhsDt: optional(stamp('loose')),
    cnclReqDt: optional(stamp('loose')),
    cnclDt: optional(stamp('loose')),
    rfdDt: optional(stamp('loose')),
    totItemCnt: whole(10),
    ...headerAmounts,
    remark: optional(char(400, [1, 400])),
    ...audit([1, 20], [1, 60]),
    itemList: list(line),
  } satisfies Record<keyof PurchaseRequest, unknown>,
  {
    spec: [sumRule(1), bandRule(1)],
    live: [
      sequenceRule,
      arithmeticRule<PurchaseLine>('dcAmt'),
      sumRule(0),
      bandRule(0),
      rateRule,
      ownItemRule,
      ({ cfmDt, pchsDt, wrhsDt }, now) => futureIssues({ cfmDt, pchsDt, wrhsDt }, now),
    ],
  },
)

function ownItemRule({ itemList }: PurchaseRequest): readonly Issue[] {
  return itemList.flatMap(({ itemCd }, index) =>
    typeof itemCd === 'string' ? [] : [{ path: linePath(index, 'itemCd'), message: 'must be an item of your own' }],
  )
}

/**
 * Stock: documents that move goods, and the balance that is left of an item.
 *
 * @see spec/etims.md section 4.12
 * @module
 */
import { stockTypes, taxTypes } from '../../values/code-lists/goods.ts'
import type { StockType, TaxType } from '../../values/code-lists/goods.ts'
import { registrationTypes } from '../../values/code-lists/trade.ts'
import type { RegistrationType } from '../../values/code-lists/trade.ts'
import { packagingUnits, quantityUnits } from '../../values/code-lists/units.ts'
import type { DocumentTotals } from '../../values/totals.ts'
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
  optional,
  pin,
  requiredJs,
  whole,
} from '../fields.ts'
import type { AuditFields, BodyIdentity } from './audit.ts'
import { futureIssues } from './date-rules.ts'
import { arithmeticRule, sequenceRule, sumRule } from './document-rules.ts'
import { requestForm } from './form.ts'
import type { Maybe } from './form.ts'
import type { LooseCode } from '../../values/code-lists/code-list.ts'

/** Moves goods in or out. A movement that stems from a sale comes after the sale. */
export interface StockIoRequest extends AuditFields, BodyIdentity, DocumentTotals {
  /** The stock document's number: the server's counter per PIN and branch. */
  readonly sarNo: number
  /** The original document, 0 where there is none. `null` makes the server fail. */
  readonly orgSarNo: number
  readonly regTyCd: LooseCode<RegistrationType>
  /** The counterparty's PIN. */
  readonly custTin?: Maybe<string>
  /** At most 100 characters. */
  readonly custNm?: Maybe<string>
  /** The other branch of a transfer. */
  readonly custBhfId?: Maybe<string>
  /** Why the goods move; `stockDirection` says whether in or out. */
  readonly sarTyCd: LooseCode<StockType>
  /** When, `yyyyMMdd`; not in the future by KRA's clock. */
  readonly ocrnDt: string
  /** At most 400 characters. */
  readonly remark?: Maybe<string>
  readonly itemList: readonly StockLine[]
}

export interface StockLine {
  readonly itemSeq: number
  readonly itemCd?: Maybe<string>
  readonly itemClsCd: string
  readonly itemNm: string
  readonly bcd?: Maybe<string>
  readonly pkgUnitCd: string
  readonly pkg: number
  readonly qtyUnitCd: string
  readonly qty: number
  /** Expiry date, `yyyyMMdd`. */
  readonly itemExprDt?: Maybe<string>
  /** Unit price with tax. */
  readonly prc: number
  /** Gross, after the discount. */
  readonly splyAmt: number
  /** Discount. */
  readonly totDcAmt: number
  /** Net base. */
  readonly taxblAmt: number
  readonly taxTyCd: LooseCode<TaxType>
  readonly taxAmt: number
  /** Gross. */
  readonly totAmt: number
}

/** Reports the balance of one item, after the movement that led to it. */
export interface StockMasterRequest extends AuditFields {
  readonly itemCd: string
  /** What is left: the balance and not the change. */
  readonly rsdQty: number
}

const line = {
  itemSeq: whole(3, 1),
  itemCd: requiredJs(char(20)),
  itemClsCd: char(10),
  itemNm: char(200),
  bcd: optional(char(20)),
  pkgUnitCd: code(packagingUnits),
  pkg: decimal(13, 2),
  qtyUnitCd: code(quantityUnits),
  qty: decimal(13, 2),
  itemExprDt: optional(day('8')),
  prc: decimal(15, 2),
  splyAmt: amount(),
  totDcAmt: amount(),
  taxblAmt: amount(),
  taxTyCd: code(taxTypes),
  taxAmt: amount(),
  totAmt: amount(),
} satisfies Record<keyof StockLine, unknown>

export const stockIoRequest = requestForm<StockIoRequest>(
  {
    tin: extra(pin()),
    bhfId: extra(branch()),
    sarNo: whole(38),
    orgSarNo: whole(38),
    regTyCd: code(registrationTypes, 5),
    custTin: optional(pin()),
    custNm: optional(char(100, [1, 100])),
    custBhfId: optional(branch()),
    sarTyCd: code(stockTypes, 5),
    ocrnDt: day('8'),
    totItemCnt: whole(10),
    totTaxblAmt: amount(),
    totTaxAmt: amount(),
    totAmt: amount(),
    remark: optional(char(400, [1, 400])),
    ...audit([1, 20], [1, 60]),
    itemList: list(line),
  } satisfies Record<keyof StockIoRequest, unknown>,
  {
    spec: [sumRule(1)],
    live: [
      sequenceRule,
      arithmeticRule<StockLine>('totDcAmt'),
      sumRule(0),
      ({ ocrnDt }, now) => futureIssues({ ocrnDt }, now),
    ],
  },
)

export const stockMasterRequest = requestForm<StockMasterRequest>({
  itemCd: char(20, [1, 20]),
  rsdQty: decimal(13, 2, 0),
  ...audit(),
})

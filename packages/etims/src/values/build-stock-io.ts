/**
 * Builds a stock document from goods and the reason why they move.
 *
 * @see spec/etims.md section 4.12
 * @module
 */
import { invalidArgument } from '@latchkey/core'
import type { Maybe } from '../operations/requests/form.ts'
import type { StockIoRequest, StockLine } from '../operations/requests/stock.ts'
import { auditFields, toNumber } from './build-parts.ts'
import type { Auditor, Goods, Unnumbered } from './build-parts.ts'
import type { StockType } from './code-lists/goods.ts'
import type { RegistrationType } from './code-lists/trade.ts'
import { calculateLine } from './line.ts'
import { formatDate } from './nairobi.ts'
import { buildTotals } from './totals.ts'

/** Goods that move. The lines of a sale fit, so that what was sold can be moved out. `pkg` defaults to the quantity. */
export interface StockGoods extends Goods {
  /** Expiry date, `yyyyMMdd`. */
  readonly itemExprDt?: Maybe<string>
}

export interface StockIoInput {
  /** Why: `06` opening stock, `11` after a sale, `03` after a credit note, and so on. */
  readonly sarTyCd: StockType
  /** One or more. */
  readonly items: readonly StockGoods[]
  /** When, in epoch milliseconds. */
  readonly at: number
  readonly audit: Auditor
  /** The next number of the stock counter. @default left open for the client */
  readonly sarNo?: number | undefined
  /** The document that this one corrects. @default 0, none */
  readonly orgSarNo?: number
  /** @default 'M', manual */
  readonly regTyCd?: RegistrationType
  /** The counterparty, or the other branch of a transfer. */
  readonly counterparty?: {
    readonly tin?: Maybe<string>
    readonly name?: Maybe<string>
    readonly bhfId?: Maybe<string>
  }
  readonly remark?: Maybe<string>
}

/**
 * Builds a stock document with all its amounts.
 *
 * @throws {TypeError} `ERR_INVALID_ARG`: there are no goods, some have no `itemClsCd`, or an amount cannot be calculated.
 */
export function buildStockIO(input: StockIoInput): Unnumbered<StockIoRequest, 'sarNo'> {
  const { sarTyCd, items, at, audit, sarNo, orgSarNo = 0, regTyCd = 'M', counterparty, remark = null } = input
  if (items.length === 0) throw invalidArgument('items must have at least one line')
  const itemList = items.map(stockLine)
  const { totItemCnt, totTaxblAmt, totTaxAmt, totAmt } = buildTotals(itemList)
  return {
    sarNo,
    orgSarNo,
    regTyCd,
    custTin: counterparty?.tin ?? null,
    custNm: counterparty?.name ?? null,
    custBhfId: counterparty?.bhfId ?? null,
    sarTyCd,
    ocrnDt: formatDate(at),
    totItemCnt,
    totTaxblAmt,
    totTaxAmt,
    totAmt,
    remark,
    ...auditFields(audit),
    itemList,
  }
}

function stockLine(goods: StockGoods, index: number): StockLine {
  const { itemCd, itemClsCd, itemNm, pkgUnitCd, qtyUnitCd, taxTyCd } = goods
  if (itemClsCd === undefined || itemClsCd === null) throw invalidArgument(`items: ${itemCd} has no itemClsCd`)
  const { splyAmt, dcAmt, taxblAmt, taxAmt, totAmt } = calculateLine(goods)
  return {
    itemSeq: index + 1,
    itemCd,
    itemClsCd,
    itemNm,
    bcd: goods.bcd ?? null,
    pkgUnitCd,
    pkg: toNumber(goods.pkg ?? goods.qty, 'pkg'),
    qtyUnitCd,
    qty: toNumber(goods.qty, 'qty'),
    itemExprDt: goods.itemExprDt ?? null,
    prc: toNumber(goods.prc, 'prc'),
    splyAmt,
    totDcAmt: dcAmt,
    taxblAmt,
    taxTyCd,
    taxAmt,
    totAmt,
  }
}

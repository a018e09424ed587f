/**
 * Builds the confirmation of a purchase from the record that announces it.
 *
 * @see spec/etims.md section 4.11
 * @module
 */
import { invalidArgument } from '@latchkey/core'
import type { Maybe } from '../operations/requests/form.ts'
import type { PurchaseLine, PurchaseRequest } from '../operations/requests/purchase.ts'
import type { PurchaseFeedLine, PurchaseFeedRow } from '../operations/rows.ts'
import { auditFields } from './build-parts.ts'
import type { Auditor, Unnumbered } from './build-parts.ts'
import type { RegistrationType } from './code-lists/trade.ts'
import { calculateLine } from './line.ts'
import { formatDateTime } from './nairobi.ts'
import { buildTotals } from './totals.ts'

/** What a supplier's line is in your own catalogue. Rows of the item list fit. */
export interface OwnItem {
  readonly itemCd: string
  readonly itemClsCd: string
  /** @default the supplier's name of it */
  readonly itemNm?: string
}

export interface PurchaseInput {
  /** One record of the purchase feed. */
  readonly feed: PurchaseFeedRow
  /** Your item for each `itemSeq` of the record: the server looks your code up, not the supplier's. */
  readonly items: Readonly<Record<number, OwnItem>>
  /** When it is confirmed, in epoch milliseconds. */
  readonly at: number
  readonly audit: Auditor
  /** The next number of the purchase counter. @default left open for the client */
  readonly invcNo?: number | undefined
  /** @default 'M', manual */
  readonly regTyCd?: RegistrationType
  /** @default the record's */
  readonly pmtTyCd?: string
  /** When the goods entered the warehouse, in epoch milliseconds. @default left open */
  readonly warehousedAt?: number
  readonly remark?: Maybe<string>
}

/**
 * Builds the confirmation. Every amount is calculated again from quantity, price and discount, because those of the feed
 * are net and rounded to whole shillings, and are refused.
 *
 * @throws {TypeError} `ERR_INVALID_ARG`: a line has no item of your own, there is no payment method, or an amount cannot
 *   be calculated.
 */
export function buildPurchase(input: PurchaseInput): Unnumbered<PurchaseRequest, 'invcNo'> {
  const { feed, items, at, audit, invcNo, regTyCd = 'M', pmtTyCd = feed.pmtTyCd, warehousedAt, remark = null } = input
  if (pmtTyCd === null) throw invalidArgument('pmtTyCd is required, because the record has none')
  const itemList = feed.itemList.map((line, index) => purchaseLine(line, items[line.itemSeq], index))
  const { spplrTin, spplrBhfId, spplrNm, spplrInvcNo } = feed
  return {
    invcNo,
    orgInvcNo: 0,
    spplrTin,
    spplrBhfId,
    spplrNm,
    spplrInvcNo,
    regTyCd,
    pchsTyCd: 'N',
    rcptTyCd: feed.rcptTyCd === 'R' ? 'R' : 'P',
    pmtTyCd,
    pchsSttsCd: '02',
    cfmDt: formatDateTime(at),
    pchsDt: feed.salesDt,
    wrhsDt: warehousedAt === undefined ? null : formatDateTime(warehousedAt),
    cnclReqDt: null,
    cnclDt: null,
    rfdDt: null,
    ...buildTotals(itemList),
    remark,
    ...auditFields(audit),
    itemList,
  }
}

function purchaseLine(line: PurchaseFeedLine, own: OwnItem | undefined, index: number): PurchaseLine {
  if (own === undefined) throw invalidArgument(`items must name your own item of line ${line.itemSeq}`)
  const { qty, prc, taxTyCd, dcAmt, dcRt } = line
  return {
    itemSeq: index + 1,
    itemCd: own.itemCd,
    itemClsCd: own.itemClsCd,
    itemNm: own.itemNm ?? line.itemNm,
    bcd: line.bcd ?? null,
    spplrItemClsCd: line.itemClsCd ?? null,
    spplrItemCd: line.itemCd,
    spplrItemNm: line.itemNm,
    pkgUnitCd: line.pkgUnitCd,
    pkg: line.pkg,
    qtyUnitCd: line.qtyUnitCd,
    qty,
    prc,
    taxTyCd,
    ...calculateLine({ qty, prc, taxTyCd, dcAmt, dcRt }),
    itemExprDt: null,
  }
}

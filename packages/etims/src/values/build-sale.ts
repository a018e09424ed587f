/**
 * Builds a sale from goods, prices and tax types.
 *
 * @see spec/etims.md sections 4.10, 7.1 and 7.2
 * @module
 */
import { invalidArgument } from '@latchkey/core'
import type { Maybe } from '../operations/requests/form.ts'
import type { SaleLine, SaleReceipt, SaleRequest } from '../operations/requests/sale.ts'
import { auditFields, toNumber } from './build-parts.ts'
import type { Auditor, Goods, Unnumbered } from './build-parts.ts'
import { calculateLine } from './line.ts'
import { formatDate, formatDateTime } from './nairobi.ts'
import { buildTotals } from './totals.ts'

/** Goods that are sold. With packaging unit `NT` the server wants exactly one package, which is the default. */
export interface SaleGoods extends Goods {
  readonly isrccCd?: Maybe<string>
  readonly isrccNm?: Maybe<string>
  readonly isrcRt?: Maybe<number>
  readonly isrcAmt?: Maybe<number>
}

export interface SaleInput {
  /** One or more. */
  readonly items: readonly SaleGoods[]
  /** The trader's own invoice number. */
  readonly trdInvcNo: string
  /** When, in epoch milliseconds: becomes every date of the sale. */
  readonly at: number
  readonly audit: Auditor
  /** The fiscal number. @default left open for the client */
  readonly invcNo?: number | undefined
  readonly customer?: { readonly tin?: Maybe<string>; readonly name?: Maybe<string>; readonly phone?: Maybe<string> }
  /** A code of class 07. @default null */
  readonly pmtTyCd?: Maybe<string>
  /** Whether the buyer accepted. @default 'N' */
  readonly prchrAcptcYn?: 'Y' | 'N'
  readonly remark?: Maybe<string>
  /** What stands on the receipt for ever: trade name, address, first and last line. */
  readonly receipt?: Pick<SaleReceipt, 'trdeNm' | 'adrs' | 'topMsg' | 'btmMsg'>
}

/**
 * Builds a normal, approved sale with all its amounts.
 *
 * @throws {TypeError} `ERR_INVALID_ARG`: there are no goods, or an amount of theirs cannot be calculated; see
 *   `calculateLine`.
 *
 * @example
 * buildSale({ items: [{ ...item, qty: 1, prc: 1160 }], trdInvcNo: 'INV-0001', at: clock.now(), audit })
 */
export function buildSale(input: SaleInput): Unnumbered<SaleRequest, 'invcNo'> {
  const { items, trdInvcNo, at, audit, invcNo, customer, pmtTyCd = null, prchrAcptcYn = 'N', remark = null } = input
  if (items.length === 0) throw invalidArgument('items must have at least one line')
  const itemList = items.map(saleLine)
  const now = formatDateTime(at)
  return {
    trdInvcNo,
    invcNo,
    orgInvcNo: 0,
    custTin: customer?.tin ?? null,
    custNm: customer?.name ?? null,
    salesTyCd: 'N',
    rcptTyCd: 'S',
    pmtTyCd,
    salesSttsCd: '02',
    cfmDt: now,
    salesDt: formatDate(at),
    stockRlsDt: now,
    cnclReqDt: null,
    cnclDt: null,
    rfdDt: null,
    rfdRsnCd: null,
    ...buildTotals(itemList),
    prchrAcptcYn,
    remark,
    ...auditFields(audit),
    receipt: {
      custTin: customer?.tin ?? null,
      custMblNo: customer?.phone ?? null,
      rptNo: 1,
      rcptPbctDt: now,
      trdeNm: input.receipt?.trdeNm ?? null,
      adrs: input.receipt?.adrs ?? null,
      topMsg: input.receipt?.topMsg ?? null,
      btmMsg: input.receipt?.btmMsg ?? null,
      prchrAcptcYn,
    },
    itemList,
  }
}

/** One line of a sale, with its amounts. */
export function saleLine(goods: SaleGoods, index: number): SaleLine {
  return {
    itemSeq: index + 1,
    itemCd: goods.itemCd,
    itemClsCd: goods.itemClsCd ?? null,
    itemNm: goods.itemNm,
    bcd: goods.bcd ?? null,
    pkgUnitCd: goods.pkgUnitCd,
    pkg: toNumber(goods.pkg ?? 1, 'pkg'),
    qtyUnitCd: goods.qtyUnitCd,
    qty: toNumber(goods.qty, 'qty'),
    prc: toNumber(goods.prc, 'prc'),
    isrccCd: goods.isrccCd ?? null,
    isrccNm: goods.isrccNm ?? null,
    isrcRt: goods.isrcRt ?? null,
    isrcAmt: goods.isrcAmt ?? null,
    taxTyCd: goods.taxTyCd,
    ...calculateLine(goods),
  }
}

/**
 * What KRA's answers hold, row by row, in the wire's own names. The types say what the specification declares and what
 * recordings show; nothing is checked, and what a server leaves out is left out here too. Numbers that arrive as text
 * are numbers here.
 *
 * @see spec/etims.md sections 3.2 and 4
 * @module
 */
import type { ImportUpdateRequest } from './requests/import.ts'
import type { BranchCustomerRequest } from './requests/branch.ts'
import type { ItemRequest } from './requests/item.ts'
import type { SaleLine, SaleReceipt, SaleRequest } from './requests/sale.ts'
import type { StockLine } from './requests/stock.ts'
import type { TaxType } from '../values/code-lists/goods.ts'
import type { BandFields, DocumentTotals } from '../values/totals.ts'

/** A device after initialization. Keep the whole block: the key is not given out again. */
export interface DeviceInfo {
  readonly tin: string
  /** Taxpayer name. */
  readonly taxprNm: string
  /** Business activity. */
  readonly bsnsActv: string
  readonly bhfId: string
  /** Branch name. */
  readonly bhfNm: string
  /** Branch registration date, `yyyyMMdd`. */
  readonly bhfOpenDt: string
  /** County, sub-county, tax locality and location. */
  readonly prvncNm: string
  readonly dstrtNm: string
  readonly sctrNm: string
  readonly locDesc: string | null
  /** Whether this is the head office. */
  readonly hqYn: string
  /** The manager's name, phone and mail address. */
  readonly mgrNm: string
  readonly mgrTelNo: string
  readonly mgrEmail: string
  /** Device id. */
  readonly dvcId: string
  /** Control unit id, printed on every receipt. */
  readonly sdcId: string
  /** Machine registration number. */
  readonly mrcNo: string
  /** Communication key: a secret. */
  readonly cmcKey: string
}

/** One class of codes. */
export interface CodeClassRow {
  readonly cdCls: string
  readonly cdClsNm: string
  readonly cdClsDesc: string | null
  readonly useYn: string
  /** Labels of the user-defined columns; class 04 has "Tax Rate". */
  readonly userDfnNm1: string | null
  readonly userDfnNm2: string | null
  readonly userDfnNm3: string | null
  readonly dtlList: readonly CodeDetailRow[]
}

export interface CodeDetailRow {
  readonly cd: string
  readonly cdNm: string
  readonly cdDesc: string | null
  readonly useYn: string
  readonly srtOrd: number
  /** In class 04 the rate in percent, as text. */
  readonly userDfnCd1: string | null
  readonly userDfnCd2: string | null
  readonly userDfnCd3: string | null
}

export interface ItemClassRow {
  /** 8 digits, or 10 on the fifth level, the only one that may be assigned. */
  readonly itemClsCd: string
  readonly itemClsNm: string
  /** 1 to 5. */
  readonly itemClsLvl: number
  readonly taxTyCd: TaxType | null
  readonly mjrTgYn: string | null
  readonly useYn: string
}

/** A taxpayer found by PIN. */
export interface CustomerRow {
  readonly tin: string
  readonly taxprNm: string
  /** `A` active, `D` inactive. */
  readonly taxprSttsCd: string
  readonly prvncNm: string | null
  readonly dstrtNm: string | null
  readonly sctrNm: string | null
  readonly locDesc: string | null
}

export interface BranchRow {
  readonly tin: string
  readonly bhfId: string
  readonly bhfNm: string
  /** `01`: operating. */
  readonly bhfSttsCd: string
  readonly prvncNm: string | null
  readonly dstrtNm: string | null
  readonly sctrNm: string | null
  readonly locDesc: string | null
  readonly mgrNm: string | null
  readonly mgrTelNo: string | null
  readonly mgrEmail: string | null
  /** More than one row can say `Y`: it does not tell which branch a device belongs to. */
  readonly hqYn: string
}

export interface NoticeRow {
  readonly noticeNo: number
  readonly title: string
  readonly cont: string
  readonly dtlUrl: string | null
  readonly regrNm: string | null
  /** `yyyyMMddHHmmss`. */
  readonly regDt: string
}

export interface TaxpayerInfo {
  readonly taxprNm: string
  readonly vatTyCd: string
}

/** A customer that the branch saved, with the keys that were saved. */
export type SavedCustomerRow = Wire<BranchCustomerRequest>

/** An item of the catalogue: what was saved, without its audit fields. Unset numbers come back as 0. */
export interface ItemRow extends Omit<Wire<ItemRequest>, 'regrId' | 'regrNm' | 'modrId' | 'modrNm'> {
  readonly tin: string
  readonly regBhfId: string
  /** Whether the authority modified it. */
  readonly rraModYn: string
}

/** An item of an import declaration. The first three fields are its key. */
export interface ImportRow {
  readonly taskCd: string
  /** Opaque; live it is day first. Echo it. */
  readonly dclDe: string
  readonly itemSeq: number
  readonly dclNo: string | null
  readonly hsCd: string
  readonly itemNm: string
  /** Spelled with a small s here, and with a capital one in the update. */
  readonly imptItemsttsCd: ImportUpdateRequest['imptItemSttsCd']
  readonly orgnNatCd: string | null
  readonly exptNatCd: string | null
  readonly pkg: number
  /** May be a customs unit such as `KGM`, which no list of ours has. */
  readonly pkgUnitCd: string | null
  readonly qty: number
  readonly qtyUnitCd: string | null
  readonly totWt: number
  readonly netWt: number
  readonly spplrNm: string | null
  readonly agntNm: string | null
  readonly invcFcurAmt: number
  readonly invcFcurCd: string | null
  readonly invcFcurExcrt: number
}

/** What signs a sale. */
export interface SaleAnswer {
  readonly curRcptNo: number
  readonly totRcptNo: number
  /** 26 characters of base32: opaque. */
  readonly intrlData: string
  /** 16 characters of base32: opaque, and part of the verification URL. */
  readonly rcptSign: string
  /** The control unit's time, `yyyyMMddHHmmss`: what receipts print. */
  readonly sdcDateTime: string
}

/**
 * A sale as KRA keeps it. `cfmDt`, `stockRlsDt` and `rfdDt` are `YYYY-MM-DD HH:mm:ss` here, `salesDt` is `yyyyMMdd`.
 */
export interface SaleRow extends Omit<
  Wire<SaleRequest>,
  'trdInvcNo' | 'salesTyCd' | 'receipt' | 'itemList' | 'tin' | 'bhfId' | 'cmcKey' | 'modrId' | 'modrNm'
> {
  readonly modrId: string | null
  readonly modrNm: string | null
  /** The receipt as sent, and as signed. Its times are `YYYY-MM-DD HH:mm:ss.0`. */
  readonly receipt: Wire<SaleReceipt> & SaleAnswer
  readonly itemList: readonly Wire<SaleLine>[]
}

/** A sale that another taxpayer addressed to this one. Its net amounts are rounded: see `buildPurchase`. */
export interface PurchaseFeedRow extends BandFields, DocumentTotals {
  readonly spplrTin: string
  readonly spplrNm: string
  readonly spplrBhfId: string
  /** The supplier's fiscal invoice number. */
  readonly spplrInvcNo: number
  readonly spplrSdcId?: string | null
  readonly spplrMrcNo?: string | null
  /** `S` or `R`. */
  readonly rcptTyCd: string
  readonly pmtTyCd: string | null
  /** `YYYY-MM-DD HH:mm:ss`. */
  readonly cfmDt: string
  /** `yyyyMMdd`. */
  readonly salesDt: string
  /** `YYYY-MM-DD HH:mm:ss`. */
  readonly stockRlsDt: string | null
  readonly remark: string | null
  readonly itemList: readonly PurchaseFeedLine[]
}

export type PurchaseFeedLine = Omit<Wire<SaleLine>, 'isrccCd' | 'isrccNm' | 'isrcRt' | 'isrcAmt'>

/** A movement between branches. */
export interface StockMovementRow extends DocumentTotals {
  readonly custTin: string
  readonly custBhfId: string
  readonly sarNo: number
  /** `yyyyMMdd`. */
  readonly ocrnDt: string
  readonly remark: string | null
  readonly itemList: readonly Wire<StockLine>[]
}

/** A record as it comes back: what a request may leave out is `null` there. */
export type Wire<Sent> = {
  readonly [Field in keyof Sent]-?: undefined extends Sent[Field] ? Exclude<Sent[Field], undefined> | null : Sent[Field]
}

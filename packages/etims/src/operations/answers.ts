/**
 * What each operation answers, and how its `data` is read: clean keys, numbers as numbers, everything else as it came.
 *
 * @see spec/etims.md sections 0.2 (facts 6 and 19) and 4
 * @module
 */
import { isObject, listOf, member } from '@latchkey/http'
import { resultCodeRow } from '../values/result-codes.ts'
import type { Envelope } from './envelope.ts'
import type {
  BranchRow,
  CodeClassRow,
  CustomerRow,
  DeviceInfo,
  ImportRow,
  ItemClassRow,
  ItemRow,
  NoticeRow,
  PurchaseFeedRow,
  SaleAnswer,
  SaleRow,
  SavedCustomerRow,
  StockMovementRow,
  TaxpayerInfo,
} from './rows.ts'
import type { EtimsOperation, OperationName } from './table.ts'

/** `data` of each operation's answer. Writes other than the sale answer `null`. */
export interface EtimsAnswers extends Record<OperationName, unknown> {
  readonly initializeDevice: { readonly info: DeviceInfo }
  readonly codeList: { readonly clsList: readonly CodeClassRow[] }
  readonly itemClasses: { readonly itemClsList: readonly ItemClassRow[] }
  readonly customerLookup: { readonly custList: readonly CustomerRow[] }
  readonly branchList: { readonly bhfList: readonly BranchRow[] }
  readonly notices: { readonly noticeList: readonly NoticeRow[] }
  readonly taxpayerInfo: { readonly info: TaxpayerInfo }
  readonly customerList: { readonly custList: readonly SavedCustomerRow[] }
  readonly saveBranchCustomer: null
  readonly saveBranchUser: null
  readonly saveBranchInsurance: null
  readonly saveItem: null
  readonly itemList: { readonly itemList: readonly ItemRow[] }
  readonly saveItemComposition: null
  readonly importList: { readonly itemList: readonly ImportRow[] }
  readonly updateImport: null
  readonly saveSale: SaleAnswer
  readonly salesList: { readonly salesList: readonly SaleRow[] }
  readonly invoiceDetails: { readonly salesList: readonly SaleRow[] }
  readonly purchaseFeed: { readonly saleList: readonly PurchaseFeedRow[] }
  readonly savePurchase: null
  readonly stockMovements: { readonly stockList: readonly StockMovementRow[] }
  readonly saveStockIO: null
  readonly saveStockMaster: null
}

/** The row type of each operation that reads a list. */
export interface EtimsRows {
  readonly codeList: CodeClassRow
  readonly itemClasses: ItemClassRow
  readonly customerLookup: CustomerRow
  readonly branchList: BranchRow
  readonly notices: NoticeRow
  readonly customerList: SavedCustomerRow
  readonly itemList: ItemRow
  readonly importList: ImportRow
  readonly salesList: SaleRow
  readonly invoiceDetails: SaleRow
  readonly purchaseFeed: PurchaseFeedRow
  readonly stockMovements: StockMovementRow
}

/**
 * Reads the `data` of an answer: keys without the spaces that KRA's own sample has around them, declared numbers as
 * numbers. Missing fields stay missing, unknown ones stay.
 *
 * @returns `null` for no data.
 */
export function readData<Name extends OperationName>(
  operation: EtimsOperation & { readonly name: Name },
  data: unknown,
): EtimsAnswers[Name] | null
export function readData(operation: EtimsOperation, data: unknown): unknown
export function readData(_operation: EtimsOperation, data: unknown): unknown {
  return isObject(data) ? clean(data, 0) : null
}

/** The list that an operation reads, from its envelope; empty for `001` and wherever there is none. */
export function readList<Name extends keyof EtimsRows>(
  operation: EtimsOperation & { readonly name: Name; readonly list: string },
  envelope: Envelope,
): readonly EtimsRows[Name][] {
  if (resultCodeRow(envelope.resultCd).class === 'no_data') return []
  const found = member(readData(operation, envelope.data), operation.list)
  return (Array.isArray(found) ? listOf(found) : []) as readonly unknown[] as readonly EtimsRows[Name][] // As declared.
}

const depthMax = 6 // `data`, its list, a row, the row's list, its rows, and one to spare.

// Rows are copied only where something is wrong with them: a list of item classes is long, and its rows are clean.
function clean(value: unknown, depth: number): unknown {
  if (depth > depthMax) return value
  if (Array.isArray(value)) return value.map((item) => clean(item, depth + 1))
  if (!isObject(value)) return value
  const entries = Object.entries(value)
  const cleaned = entries.map(([key, found]) => {
    const name = key.trim()
    return [name, numberFields.has(name) ? toNumber(found) : clean(found, depth + 1)] as const
  })
  const changed = cleaned.some(([name, found], index) => name !== entries[index]?.[0] || found !== entries[index][1])
  return changed ? Object.fromEntries(cleaned) : value
}

function toNumber(value: unknown): unknown {
  if (typeof value !== 'string' || value.length > 40 || !/^\s*-?\d+(?:\.\d+)?\s*$/.test(value)) return value
  const number = Number(value)
  return Math.abs(number) <= Number.MAX_SAFE_INTEGER ? number : value
}

/** Every field that the specification declares as NUMBER. `taxTyCd` is declared so in one table; it is a letter. */
const numberFields = new Set(
  [
    'curRcptNo totRcptNo rptNo invcNo orgInvcNo spplrInvcNo sarNo orgSarNo noticeNo itemSeq srtOrd itemClsLvl totItemCnt',
    'dftPrc grpPrcL1 grpPrcL2 grpPrcL3 grpPrcL4 grpPrcL5 sftyQty pkg qty prc splyAmt dcRt dcAmt totDcAmt taxblAmt taxAmt',
    'totAmt totTaxblAmt totTaxAmt isrcRt isrcAmt totWt netWt invcFcurAmt invcFcurExcrt rsdQty cpstQty',
    ...['A', 'B', 'C', 'D', 'E'].map((band) => `taxblAmt${band} taxRt${band} taxAmt${band}`),
  ].flatMap((names) => names.split(' ')),
)

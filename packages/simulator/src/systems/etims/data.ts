/**
 * What the tax authority remembers: plain rows, each with the instant of its last change, so that incremental reads,
 * snapshots and resets need no code per kind.
 *
 * @see spec/etims.md section 10, "State"
 * @module
 */
import { createTable, type Table } from './table.ts'

/** Fields as the wire names them, coerced to their types. */
export type Fields = Readonly<Record<string, unknown>>

/** A branch of a taxpayer: whose device speaks. */
export interface Unit {
  readonly tin: string
  readonly bhfId: string
}

/** Something that changed at an instant, epoch milliseconds. */
interface Changed {
  changedAt: number
}

export interface Device extends Unit {
  readonly dvcSrlNo: string
  readonly type: 'OSCU' | 'VSCU'
  state: 'approved' | 'initialized'
  /** Empty until it is initialized. */
  cmcKey: string
  readonly dvcId: string
  readonly sdcId: string
  readonly mrcNo: string
}

export interface Taxpayer {
  readonly tin: string
  readonly taxprNm: string
  readonly bsnsActv: string
  readonly taxprSttsCd: string
}

export interface Branch extends Unit, Changed {
  readonly bhfNm: string
  readonly hqYn: string
}

/** An item of a taxpayer's catalogue, which all branches share. */
export interface Item extends Unit, Changed {
  readonly itemCd: string
  fields: Fields
}

/** A saved customer, user or insurance of a branch. */
export interface BranchRecord extends Unit, Changed {
  readonly kind: 'customer' | 'user' | 'insurance'
  readonly id: string
  fields: Fields
}

/** The stock of one item in one branch. Quantities in hundredths. */
export interface Stock extends Unit {
  readonly itemCd: string
  balance: number
  /** By accepted sales, and taken out by movements of type 11. */
  sold: number
  released: number
  /** What the last stock master reported; null before the first. */
  master: number | null
  /** A movement of the item was accepted. */
  hasMoved: boolean
}

/** A stock movement. */
export interface StockDocument extends Unit, Changed {
  readonly sarNo: number
  readonly fields: Fields
}

/** A sale or credit note with its receipt. */
export interface Sale extends Unit, Changed {
  readonly invcNo: number
  readonly fields: Fields
  readonly curRcptNo: number
  readonly totRcptNo: number
  readonly intrlData: string
  readonly rcptSign: string
  readonly sdcDateTime: string
  /** When its buyer confirmed it as a purchase. */
  confirmedAt: number | null
}

/** A supplier's invoice that is in a feed from the start. `tin` is the buyer's. */
export interface SupplierInvoice extends Changed {
  readonly tin: string
  readonly fields: Fields
  confirmedAt: number | null
}

export interface Purchase extends Unit, Changed {
  readonly invcNo: number
  readonly fields: Fields
}

/** A line of an import declaration. */
export interface ImportItem extends Changed {
  readonly tin: string
  readonly taskCd: string
  readonly dclDe: string
  readonly itemSeq: number
  fields: Fields
}

/** The counters of a branch, each the highest number that was accepted, and what its device has done. */
export interface Progress extends Unit {
  invcNo: number
  purchaseInvcNo: number
  sarNo: number
  receipts: number
  saleReceipts: number
  creditNoteReceipts: number
  hasFetchedClasses: boolean
}

/** The highest item number of a taxpayer. */
export interface ItemSequence {
  readonly tin: string
  last: number
}

/** A certification case that a taxpayer passed. */
export interface PassedCase {
  readonly tin: string
  readonly number: number
  readonly at: number
}

/** Every table, by name. */
export interface Data {
  readonly devices: Table<Device>
  readonly taxpayers: Table<Taxpayer>
  readonly branches: Table<Branch>
  readonly items: Table<Item>
  readonly records: Table<BranchRecord>
  readonly stock: Table<Stock>
  readonly documents: Table<StockDocument>
  readonly sales: Table<Sale>
  readonly invoices: Table<SupplierInvoice>
  readonly purchases: Table<Purchase>
  readonly imports: Table<ImportItem>
  readonly progress: Table<Progress>
  readonly itemSequences: Table<ItemSequence>
  readonly passed: Table<PassedCase>
}

/** The rows of every table. */
export type Rows = { readonly [Name in keyof Data]: readonly RowOf<Data[Name]>[] }
type RowOf<T> = T extends Table<infer Row> ? Row : never

/** The key of a row in its table. */
export const key = (...parts: readonly (string | number)[]): string => parts.join('/')

/** Makes the tables of rows. */
export function createData(rows: Rows): Data {
  return {
    devices: createTable((row) => key(row.tin, row.bhfId, row.dvcSrlNo), rows.devices),
    taxpayers: createTable((row) => row.tin, rows.taxpayers),
    branches: createTable((row) => key(row.tin, row.bhfId), rows.branches),
    items: createTable((row) => key(row.tin, row.itemCd), rows.items),
    records: createTable((row) => key(row.tin, row.bhfId, row.kind, row.id), rows.records),
    stock: createTable((row) => key(row.tin, row.bhfId, row.itemCd), rows.stock),
    documents: createTable((row) => key(row.tin, row.bhfId, row.sarNo), rows.documents),
    sales: createTable((row) => key(row.tin, row.bhfId, row.invcNo), rows.sales),
    invoices: createTable(
      ({ tin, fields }) => key(tin, String(fields['spplrTin']), String(fields['spplrInvcNo'])),
      rows.invoices,
    ),
    purchases: createTable((row) => key(row.tin, row.bhfId, row.invcNo), rows.purchases),
    imports: createTable((row) => key(row.tin, row.taskCd, row.dclDe, row.itemSeq), rows.imports),
    progress: createTable((row) => key(row.tin, row.bhfId), rows.progress),
    itemSequences: createTable((row) => row.tin, rows.itemSequences),
    passed: createTable((row) => key(row.tin, row.number), rows.passed),
  }
}

/** Takes the rows. They are the live ones: write them out before anything changes. */
export function rowsOf(data: Data): Rows {
  return Object.fromEntries(Object.entries(data).map(([name, { rows }]) => [name, rows])) as unknown as Rows // By name.
}

/** The counters of a branch; the first call makes them. */
export function progressOf(data: Data, { tin, bhfId }: Unit): Progress {
  const known = data.progress.get(key(tin, bhfId))
  if (known !== undefined) return known
  const counts = { invcNo: 0, purchaseInvcNo: 0, sarNo: 0, receipts: 0, saleReceipts: 0, creditNoteReceipts: 0 }
  const made = { tin, bhfId, ...counts, hasFetchedClasses: false }
  data.progress.add(made)
  return made
}

/** The stock of an item in a branch; the first call makes it. */
export function stockOf(data: Data, { tin, bhfId }: Unit, itemCd: string): Stock {
  const known = data.stock.get(key(tin, bhfId, itemCd))
  if (known !== undefined) return known
  const made = { tin, bhfId, itemCd, balance: 0, sold: 0, released: 0, master: null, hasMoved: false }
  data.stock.add(made)
  return made
}

/** True for rows of a branch. */
export const isOf =
  ({ tin, bhfId }: Unit) =>
  (row: Unit): boolean =>
    row.tin === tin && row.bhfId === bhfId

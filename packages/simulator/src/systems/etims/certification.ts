/**
 * The 23 cases of KRA's certification, and which of them each taxpayer has passed here.
 *
 * @see spec/etims.md section 7.9
 * @module
 */
import { key } from './data.ts'
import type { OperationName } from './operation-names.ts'
import type { Outcome } from './outcomes.ts'
import type { World } from './world.ts'

/** The cases in the dashboard's order. For four of them an empty result counts. */
const cases: readonly { readonly name: string; readonly operation: OperationName; readonly mayBeEmpty?: true }[] = [
  { name: 'OSCU initialization', operation: 'selectInitOsdcInfo' },
  { name: 'code list', operation: 'selectCodeList' },
  { name: 'item classification', operation: 'selectItemClsList' },
  { name: 'branch list', operation: 'selectBhfList' },
  { name: 'notices', operation: 'selectNoticeList' },
  { name: 'save customer branch', operation: 'saveBhfCustomer' },
  { name: 'save branch user', operation: 'saveBhfUser' },
  { name: 'save branch insurance', operation: 'saveBhfInsurance' },
  { name: 'product list', operation: 'selectItemList' },
  { name: 'save item', operation: 'saveItem' },
  { name: 'save item composition', operation: 'saveItemComposition' },
  { name: 'imported item list', operation: 'selectImportItemList' },
  { name: 'update imported items', operation: 'updateImportItem' },
  { name: 'save sales transaction', operation: 'saveTrnsSalesOsdc' },
  { name: 'purchases-sales list', operation: 'selectTrnsPurchaseSalesList', mayBeEmpty: true },
  { name: 'save purchases', operation: 'insertTrnsPurchase' },
  { name: 'save stock master', operation: 'saveStockMaster' },
  { name: 'stock movement', operation: 'selectStockMoveList', mayBeEmpty: true },
  { name: 'save stock in/out', operation: 'insertStockIO' },
  { name: 'invoice details', operation: 'selectInvoiceDetails' },
  { name: 'transaction sales list', operation: 'selectTrnsSalesList', mayBeEmpty: true },
  { name: 'customer list', operation: 'selectCustomerList', mayBeEmpty: true },
  { name: 'taxpayer info', operation: 'selectTaxpayerInfo' },
]

/** One taxpayer's certification. */
export interface Certification {
  readonly tin: string
  readonly passed: number
  readonly cases: readonly {
    readonly number: number
    readonly name: string
    readonly operation: OperationName
    /** By the simulator's clock, ISO 8601. */
    readonly passedAt: string | null
  }[]
}

/** Notes what a call has passed. Once passed, a case stays so. */
export function notePassed(world: World, tin: string, operation: OperationName, outcome: Outcome): void {
  if (outcome.is === 'refused') return
  const index = cases.findIndex((row) => row.operation === operation)
  const row = cases[index]
  if (row === undefined || (outcome.is === 'nothing found' && row.mayBeEmpty !== true)) return
  const { passed } = world.data
  if (passed.get(key(tin, index + 1)) === undefined) passed.add({ tin, number: index + 1, at: world.clock.now() })
}

/** Every taxpayer that has passed something. */
export function certifications({ data }: World): readonly Certification[] {
  const tins = [...new Set(data.passed.rows.map(({ tin }) => tin))]
  return tins.map((tin) => {
    const rows = cases.map(({ name, operation }, index) => {
      const at = data.passed.get(key(tin, index + 1))?.at
      return { number: index + 1, name, operation, passedAt: at === undefined ? null : new Date(at).toISOString() }
    })
    return { tin, passed: rows.filter(({ passedAt }) => passedAt !== null).length, cases: rows }
  })
}

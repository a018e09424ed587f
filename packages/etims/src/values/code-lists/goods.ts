/**
 * Codes that describe goods: their tax, their kind, where an import stands and why stock moves.
 *
 * @see spec/etims.md sections 6.1, 6.3, 6.11 and 6.15
 * @module
 */
import { codeList } from './code-list.ts'
import type { CodeOf } from './code-list.ts'

/** Class 04: tax types, the five bands of every invoice. */
export const taxTypes = codeList('04', 'Tax type', [
  ['A', 'Exempt'],
  ['B', 'VAT 16 %'],
  ['C', 'Zero-rated'],
  ['D', 'Non-VAT'],
  ['E', 'VAT 8 %'],
])

export type TaxType = CodeOf<typeof taxTypes>

/** Percent by tax type. Amounts that state 18 % are leftovers of another country's samples. */
export const taxRates = { A: 0, B: 16, C: 0, D: 0, E: 8 } as const satisfies Record<TaxType, number>

/** Class 24: product types. A service needs no stock. */
export const productTypes = codeList('24', 'Product type', [
  ['1', 'Raw material'],
  ['2', 'Finished product'],
  ['3', 'Service'],
])

export type ProductType = CodeOf<typeof productTypes>

/** Class 26: import item status. */
export const importStatuses = codeList('26', 'Import item status', [
  ['1', 'Unsent'],
  ['2', 'Waiting'],
  ['3', 'Approved'],
  ['4', 'Cancelled'],
])

/** Class 12: stock in and out. */
export const stockTypes = codeList('12', 'Stock in/out', [
  ['01', 'Import'],
  ['02', 'Purchase'],
  ['03', 'Return'],
  ['04', 'Stock movement'],
  ['05', 'Processing'],
  ['06', 'Adjustment'],
  ['11', 'Sale'],
  ['12', 'Return'],
  ['13', 'Stock movement'],
  ['14', 'Processing'],
  ['15', 'Discarding'],
  ['16', 'Adjustment'],
])

export type StockType = CodeOf<typeof stockTypes>

/** Whether a kind of movement adds to the stock or takes from it. The server looks at nothing else. */
export function stockDirection(code: StockType): 'in' | 'out' {
  return code.startsWith('0') ? 'in' : 'out'
}

/**
 * The bound of what test data can be stored: what is there is never dropped for something new.
 *
 * @module
 */
import { statusOnly } from '../refusal.ts'
import type { Table } from '../tables.ts'

/** @throws {Refusal} 507: there is no room for a row of this key. */
export function checkRoom<Row>(table: Table<Row>, key: string): void {
  if (table.size >= table.max && table.get(key) === undefined) throw statusOnly(507)
}

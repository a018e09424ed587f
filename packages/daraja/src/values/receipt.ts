/**
 * M-PESA receipt numbers. Their structure is inferred from samples, so nothing here refuses a receipt that does
 * not fit: these functions help to search, never to reject.
 *
 * @see spec/daraja.md section 1.6
 * @module
 */
import { eatDay } from './eat.ts'

const days = '123456789ABCDEFGHIJKLMNOPQRSTUV'

/**
 * The three characters with which receipts of a day begin (East Africa Time): year from A = 2006, month from
 * A = January, day 1–9 and then from A = 10.
 *
 * @returns `undefined` before 2006 and after 2031, where the year has no letter.
 */
export function receiptDatePrefix(at: Date | number): string | undefined {
  const { year, month, day } = eatDay(at)
  if (!(year >= 2006 && year <= 2031)) return undefined
  return String.fromCharCode(65 + year - 2006, 64 + month) + days.charAt(day - 1)
}

/** True where a transaction id has the generic form (`OAK0000000`): no money moved. */
export function isGenericReceipt(transactionId: string): boolean {
  return /^[A-Z0-9]{3}0{7}$/.test(transactionId)
}

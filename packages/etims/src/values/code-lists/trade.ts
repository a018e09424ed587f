/**
 * Codes that describe sales and purchases.
 *
 * @see spec/etims.md sections 6.2, 6.7 to 6.10 and 6.12 to 6.14
 * @module
 */
import { codeList } from './code-list.ts'
import type { CodeOf } from './code-list.ts'

/** Class 15: taxpayer status. */
export const taxpayerStatuses = codeList('15', 'Taxpayer status', [
  ['A', 'Active'],
  ['D', 'Inactive'],
])

/** Class 07: payment methods of 2023. The live list may differ from `05` on; read it with `selectCodeList`. */
export const paymentTypes = codeList('07', 'Payment method', [
  ['01', 'CASH'],
  ['02', 'CREDIT'],
  ['03', 'CASH/CREDIT'],
  ['04', 'BANK CHECK'],
  ['05', 'DEBIT&CREDIT CARD'],
  ['06', 'MOBILE MONEY'],
  ['07', 'OTHER'],
])

export type PaymentType = CodeOf<typeof paymentTypes>

/** Class 14: transaction type of sales and purchases. */
export const transactionTypes = codeList('14', 'Transaction type', [
  ['C', 'Copy'],
  ['N', 'Normal'],
  ['P', 'Proforma'],
  ['T', 'Training'],
])

export type TransactionType = CodeOf<typeof transactionTypes>

/** Class 37: sales receipt type. */
export const salesReceiptTypes = codeList(
  '37',
  'Sales receipt type',
  [
    ['S', 'Sale'],
    ['R', 'Credit note after sale'],
  ],
  10,
)

export type SalesReceiptType = CodeOf<typeof salesReceiptTypes>

/** Class 11: transaction progress, the status of sales and purchases. */
export const transactionStatuses = codeList('11', 'Transaction progress', [
  ['01', 'Wait for approval'],
  ['02', 'Approved'],
  ['03', 'Cancel requested'],
  ['04', 'Canceled'],
  ['05', 'Credit note generated'],
  ['06', 'Transferred'],
])

export type TransactionStatus = CodeOf<typeof transactionStatuses>

/** Class 32: reasons for a credit note. */
export const creditNoteReasons = codeList('32', 'Credit note reason', [
  ['01', 'Missing quantity'],
  ['02', 'Missing data'],
  ['03', 'Damaged'],
  ['04', 'Wasted'],
  ['05', 'Raw material shortage'],
  ['06', 'Refund'],
])

export type CreditNoteReason = CodeOf<typeof creditNoteReasons>

/** Class 31: registration type. */
export const registrationTypes = codeList('31', 'Registration type', [
  ['A', 'Automatic'],
  ['M', 'Manual'],
])

export type RegistrationType = CodeOf<typeof registrationTypes>

/** Class 38: purchase receipt type. */
export const purchaseReceiptTypes = codeList('38', 'Purchase receipt type', [
  ['P', 'Purchase'],
  ['R', 'Credit note after purchase'],
])

export type PurchaseReceiptType = CodeOf<typeof purchaseReceiptTypes>

/**
 * The operations by the names that faults, switches and the log use: those of the specification, or of the
 * certification dashboard where the specification has none.
 *
 * @see spec/etims.md section 1.3
 * @module
 */

/** The 24 operations, in the order of section 1.3. */
export const operationNames = [
  'selectInitOsdcInfo',
  'selectCodeList',
  'selectItemClsList',
  'selectCustomer',
  'selectBhfList',
  'selectNoticeList',
  'selectTaxpayerInfo',
  'selectCustomerList',
  'saveBhfCustomer',
  'saveBhfUser',
  'saveBhfInsurance',
  'saveItem',
  'selectItemList',
  'saveItemComposition',
  'selectImportItemList',
  'updateImportItem',
  'saveTrnsSalesOsdc',
  'selectTrnsSalesList',
  'selectInvoiceDetails',
  'selectTrnsPurchaseSalesList',
  'insertTrnsPurchase',
  'selectStockMoveList',
  'insertStockIO',
  'saveStockMaster',
] as const

/** One of them. */
export type OperationName = (typeof operationNames)[number]

/** What else is served: the token endpoint, the page behind a receipt's QR code, the plain GET on a base URL. */
export const otherNames = ['token', 'receiptPage', 'liveness'] as const

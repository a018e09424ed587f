/**
 * KRA eTIMS OSCU: tokens, operations, what a device must remember, and the values that requests are made of.
 *
 * @module
 */
export type { Issue } from '@latchkey/http'
export { environments, resolveAddresses } from './auth/addresses.ts'
export type { Addresses, AddressOptions, Environment, EnvironmentName, Face } from './auth/addresses.ts'
export { AuthClient, AuthClient as AuthOClient } from './auth/auth-client.ts'
export { classifyEtims } from './auth/classifier.ts'
export type { ConsumerCredentials, DeviceConfig, KraEtimsConfig, OscuConfig, ServiceOptions } from './auth/config.ts'
export { etimsGrant, etimsTraits } from './auth/grant.ts'
export type { CounterKind } from './counters/counters.ts'
export type { StoredDevice } from './device/device-record.ts'
export { ApiException, AuthenticationException, etimsErrorCodes, ValidationException } from './errors.ts'
export type { ApiFacts, AuthenticationFacts, ErrorDetails, EtimsErrorCode, FailureKind } from './errors.ts'
export { EtimsClient, EtimsClient as EtimsOClient } from './etims-client.ts'
export { readList } from './operations/answers.ts'
export type { EtimsAnswers, EtimsRows } from './operations/answers.ts'
export type { StoredCode, StoredCodeLists } from './operations/code-lists.ts'
export type { Envelope } from './operations/envelope.ts'
export type { Strictness } from './operations/fields.ts'
export type { InitializeOptions } from './operations/initialize-device.ts'
export type { AuditFields, BodyIdentity } from './operations/requests/audit.ts'
export type { BranchCustomerRequest, BranchInsuranceRequest, BranchUserRequest } from './operations/requests/branch.ts'
export { checkRequest } from './operations/requests/check.ts'
export type { CheckedRequest } from './operations/requests/check.ts'
export type { Maybe } from './operations/requests/form.ts'
export type { ImportUpdateRequest } from './operations/requests/import.ts'
export type { ItemCompositionRequest, ItemRequest } from './operations/requests/item.ts'
export type { PurchaseLine, PurchaseRequest } from './operations/requests/purchase.ts'
export type {
  CustomerRequest,
  IdentifiedIncrementalRequest,
  IncrementalRequest,
  InitializeRequest,
  InvoiceDetailsRequest,
} from './operations/requests/reads.ts'
export type { SaleLine, SaleReceipt, SaleRequest } from './operations/requests/sale.ts'
export type { StockIoRequest, StockLine, StockMasterRequest } from './operations/requests/stock.ts'
export type { Sale, SignedReceipt } from './operations/resolve-sale.ts'
export type {
  BranchRow,
  CodeClassRow,
  CodeDetailRow,
  CustomerRow,
  DeviceInfo,
  ImportRow,
  ItemClassRow,
  ItemRow,
  NoticeRow,
  PurchaseFeedLine,
  PurchaseFeedRow,
  SaleAnswer,
  SaleRow,
  SavedCustomerRow,
  StockMovementRow,
  TaxpayerInfo,
} from './operations/rows.ts'
export type { SavedItem } from './operations/save-item.ts'
export type { DocumentOptions } from './operations/save-numbered.ts'
export type { SaleDocument, SavedSale } from './operations/save-sale.ts'
export { operations } from './operations/table.ts'
export type { EtimsOperation, OperationName } from './operations/table.ts'
export { Validator } from './operations/validator.ts'
export { buildCreditNote } from './values/build-credit-note.ts'
export type { CreditedLine, CreditedSale, CreditNoteInput } from './values/build-credit-note.ts'
export { buildItem } from './values/build-item.ts'
export type { ItemInput } from './values/build-item.ts'
export type { Auditor, Goods, Unnumbered } from './values/build-parts.ts'
export { buildPurchase } from './values/build-purchase.ts'
export type { OwnItem, PurchaseInput } from './values/build-purchase.ts'
export { buildSale } from './values/build-sale.ts'
export type { SaleGoods, SaleInput } from './values/build-sale.ts'
export { buildStockIO } from './values/build-stock-io.ts'
export type { StockGoods, StockIoInput } from './values/build-stock-io.ts'
export { codeLists } from './values/code-lists/all.ts'
export { codeName, isCode } from './values/code-lists/code-list.ts'
export type { CodeList, CodeListRow, CodeOf, LooseCode } from './values/code-lists/code-list.ts'
export { countries } from './values/code-lists/countries.ts'
export { currencies } from './values/code-lists/currencies.ts'
export {
  importStatuses,
  productTypes,
  stockDirection,
  stockTypes,
  taxRates,
  taxTypes,
} from './values/code-lists/goods.ts'
export type { ProductType, StockType, TaxType } from './values/code-lists/goods.ts'
export {
  creditNoteReasons,
  paymentTypes,
  purchaseReceiptTypes,
  registrationTypes,
  salesReceiptTypes,
  taxpayerStatuses,
  transactionStatuses,
  transactionTypes,
} from './values/code-lists/trade.ts'
export type {
  CreditNoteReason,
  PaymentType,
  PurchaseReceiptType,
  RegistrationType,
  SalesReceiptType,
  TransactionStatus,
  TransactionType,
} from './values/code-lists/trade.ts'
export { packagingUnits, quantityUnits } from './values/code-lists/units.ts'
export { buildItemCode, parseItemCode } from './values/item-code.ts'
export type { ItemCodeParts } from './values/item-code.ts'
export { calculateLine } from './values/line.ts'
export type { LineAmounts, LineInput } from './values/line.ts'
export type { Decimal } from './values/decimal.ts'
export { formatDate, formatDateTime, parseDateTime } from './values/nairobi.ts'
export { isPin } from './values/pin.ts'
export { qrPng, qrSvg, verificationText, verificationUrl } from './values/qr.ts'
export type { QrOptions, VerificationInput } from './values/qr.ts'
export { cuInvoiceNumber, dashed, receiptLabel, receiptLines, receiptText } from './values/receipt.ts'
export type { ReceiptInput, ReceiptSale } from './values/receipt.ts'
export { resultCodeRow, resultCodes } from './values/result-codes.ts'
export type { ResultClass, ResultCode, ResultCodeRow } from './values/result-codes.ts'
export { buildTotals } from './values/totals.ts'
export type { BandFields, DocumentTotals, TotalledLine } from './values/totals.ts'

/**
 * The operations as data. The pipeline, the drop-in's methods, the command's flags and the reference pages are driven
 * by this table.
 *
 * @see DESIGN "Operations are data", spec/etims.md sections 1.3 and 8.1
 * @module
 */
import type { Operation } from '@latchkey/http'
import { branchCustomerRequest, branchInsuranceRequest, branchUserRequest } from './requests/branch.ts'
import type { RequestForm } from './requests/form.ts'
import { importUpdateRequest } from './requests/import.ts'
import { itemCompositionRequest, itemRequest } from './requests/item.ts'
import { purchaseRequest } from './requests/purchase.ts'
import {
  customerRequest,
  identifiedIncrementalRequest,
  incrementalRequest,
  initializeRequest,
  invoiceDetailsRequest,
} from './requests/reads.ts'
import { saleRequest } from './requests/sale.ts'
import { stockIoRequest, stockMasterRequest } from './requests/stock.ts'

/** One row. `path` is that of the direct face. */
export interface EtimsOperation extends Operation {
  readonly method: 'POST'
  /** The method of the drop-in client. */
  readonly call: string
  /** Below the gateway's base URL. */
  readonly gatewayPath: string
  /** Keys of the `endpoints` map of older configurations that mean this row, besides its `name` and `call`. */
  readonly endpointKeys: readonly string[]
  /** What it does, in one sentence. */
  readonly summary: string
  /** True where the gateway wants `tin` and `bhfId` in the body as well as in the headers (section 3.1). */
  readonly bodyIdentity: boolean
  /** The member of `data` that holds the list which it reads. */
  readonly list?: string
  readonly request: RequestForm
}

const read = { method: 'POST', effect: 'read', bodyIdentity: false } as const
const once = { method: 'POST', effect: 'once', bodyIdentity: false } as const

/** Every operation, by our name. Those without a direct path of their own use the gateway's on both faces. */
export const operations = {
  initializeDevice: {
    ...once,
    name: 'initializeDevice',
    call: 'selectInitOsdcInfo',
    path: '/selectInitOsdcInfo',
    gatewayPath: '/initialize',
    endpointKeys: ['initialize'],
    summary: 'Initializes the device and issues its communication key, once.',
    bodyIdentity: true,
    request: initializeRequest,
  },
  codeList: {
    ...read,
    name: 'codeList',
    call: 'selectCodeList',
    path: '/selectCodeList',
    gatewayPath: '/selectCodeList',
    endpointKeys: [],
    summary: 'Lists the codes of every class.',
    list: 'clsList',
    request: incrementalRequest,
  },
  itemClasses: {
    ...read,
    name: 'itemClasses',
    call: 'selectItemClasses',
    path: '/selectItemClsList',
    gatewayPath: '/selectItemClass',
    endpointKeys: ['selectItemClass', 'selectItemClsList'],
    summary: 'Lists the item classes; in production this takes many minutes.',
    timeoutMs: 30 * 60 * 1000, // The whole list is that slow (section 4.6).
    list: 'itemClsList',
    request: incrementalRequest,
  },
  customerLookup: {
    ...read,
    name: 'customerLookup',
    call: 'selectCustomer',
    path: '/selectCustomer',
    gatewayPath: '/customerPinInfo',
    endpointKeys: ['customerPinInfo'],
    summary: 'Looks a taxpayer up by PIN.',
    list: 'custList',
    request: customerRequest,
  },
  branchList: {
    ...read,
    name: 'branchList',
    call: 'selectBranches',
    path: '/selectBhfList',
    gatewayPath: '/branchList',
    endpointKeys: ['selectBhfList'],
    summary: "Lists the taxpayer's branches.",
    list: 'bhfList',
    request: incrementalRequest,
  },
  notices: {
    ...read,
    name: 'notices',
    call: 'selectNoticeList',
    path: '/selectNoticeList',
    gatewayPath: '/selectNoticeList',
    endpointKeys: [],
    summary: "Lists KRA's notices.",
    list: 'noticeList',
    request: incrementalRequest,
  },
  taxpayerInfo: {
    ...read,
    name: 'taxpayerInfo',
    call: 'selectTaxpayerInfo',
    path: '/selectTaxpayerInfo',
    gatewayPath: '/selectTaxpayerInfo',
    endpointKeys: [],
    summary: 'Reads the name and VAT type of the taxpayer.',
    bodyIdentity: true,
    request: identifiedIncrementalRequest,
  },
  customerList: {
    ...read,
    name: 'customerList',
    call: 'selectCustomerList',
    path: '/selectCustomerList',
    gatewayPath: '/selectCustomerList',
    endpointKeys: [],
    summary: 'Lists the customers that the branch saved.',
    bodyIdentity: true,
    list: 'custList',
    request: identifiedIncrementalRequest,
  },
  saveBranchCustomer: {
    ...once,
    name: 'saveBranchCustomer',
    call: 'saveBranchCustomer',
    path: '/saveBhfCustomer',
    gatewayPath: '/branchSendCustomerInfo',
    endpointKeys: ['branchSendCustomerInfo'],
    summary: 'Saves a customer of the branch.',
    request: branchCustomerRequest,
  },
  saveBranchUser: {
    ...once,
    name: 'saveBranchUser',
    call: 'saveBranchUser',
    path: '/saveBhfUser',
    gatewayPath: '/branchUserAccount',
    endpointKeys: ['branchUserAccount'],
    summary: 'Saves a user of the branch.',
    request: branchUserRequest,
  },
  saveBranchInsurance: {
    ...once,
    name: 'saveBranchInsurance',
    call: 'saveBranchInsurance',
    path: '/saveBhfInsurance',
    gatewayPath: '/branchInsuranceInfo',
    endpointKeys: ['branchInsuranceInfo'],
    summary: 'Saves an insurance of the branch.',
    request: branchInsuranceRequest,
  },
  saveItem: {
    ...once,
    name: 'saveItem',
    call: 'saveItem',
    path: '/saveItem',
    gatewayPath: '/saveItem',
    endpointKeys: [],
    summary: 'Registers an item of the catalogue, or updates it.',
    request: itemRequest,
  },
  itemList: {
    ...read,
    name: 'itemList',
    call: 'selectItems',
    path: '/selectItemList',
    gatewayPath: '/itemInfo',
    endpointKeys: ['itemInfo'],
    summary: 'Lists the items of the catalogue.',
    list: 'itemList',
    request: incrementalRequest,
  },
  saveItemComposition: {
    ...once,
    name: 'saveItemComposition',
    call: 'saveItemComposition',
    path: '/saveItemComposition',
    gatewayPath: '/saveItemComposition',
    endpointKeys: [],
    summary: 'Says what an item is made of, one component at a time.',
    request: itemCompositionRequest,
  },
  importList: {
    ...read,
    name: 'importList',
    call: 'selectImportedItems',
    path: '/selectImportItemList',
    gatewayPath: '/importedItemInfo',
    endpointKeys: ['importedItemInfo'],
    summary: 'Lists the items of import declarations.',
    list: 'itemList',
    request: incrementalRequest,
  },
  updateImport: {
    ...once,
    name: 'updateImport',
    call: 'updateImportedItem',
    path: '/updateImportItem',
    // Not /importedItemConvertedInfo, which answers 000 and keeps nothing.
    gatewayPath: '/updateImportItem',
    endpointKeys: ['updateImportItem'],
    summary: 'Approves or cancels an imported item.',
    request: importUpdateRequest,
  },
  saveSale: {
    ...once,
    name: 'saveSale',
    call: 'saveSalesTransaction',
    path: '/saveTrnsSalesOsdc',
    gatewayPath: '/sendSalesTransaction',
    endpointKeys: ['sendSalesTransaction', 'sendSalesTrns'],
    summary: 'Signs a sale or a credit note.',
    request: saleRequest,
  },
  salesList: {
    ...read,
    name: 'salesList',
    call: 'selectSalesTransactions',
    path: '/selectTrnsSalesList',
    gatewayPath: '/selectTrnsSalesList',
    endpointKeys: ['selectSalesTrns'],
    summary: 'Lists sales and credit notes with their receipts.',
    bodyIdentity: true,
    list: 'salesList',
    request: identifiedIncrementalRequest,
  },
  invoiceDetails: {
    ...read,
    name: 'invoiceDetails',
    call: 'selectInvoiceDetails',
    path: '/selectInvoiceDetail',
    gatewayPath: '/selectInvoiceDetail',
    endpointKeys: ['selectInvoiceDetail'],
    summary: 'Reads one sale or credit note by its fiscal number.',
    bodyIdentity: true,
    list: 'salesList',
    request: invoiceDetailsRequest,
  },
  purchaseFeed: {
    ...read,
    name: 'purchaseFeed',
    call: 'selectPurchases',
    path: '/selectTrnsPurchaseSalesList',
    gatewayPath: '/getPurchaseTransactionInfo',
    endpointKeys: ['getPurchaseTransactionInfo', 'selectPurchaseTrns'],
    summary: 'Lists sales that others addressed to the taxpayer and that are not confirmed.',
    bodyIdentity: true,
    list: 'saleList',
    request: identifiedIncrementalRequest,
  },
  savePurchase: {
    ...once,
    name: 'savePurchase',
    call: 'savePurchase',
    path: '/insertTrnsPurchase',
    gatewayPath: '/sendPurchaseTransactionInfo',
    endpointKeys: ['sendPurchaseTransactionInfo'],
    summary: 'Confirms a purchase.',
    request: purchaseRequest,
  },
  stockMovements: {
    ...read,
    name: 'stockMovements',
    call: 'selectStockMovement',
    path: '/selectStockMoveList',
    gatewayPath: '/selectStockMoveLists',
    endpointKeys: ['selectStockMoveLists', 'selectMoveList'],
    summary: 'Lists movements between branches that are addressed to this one.',
    bodyIdentity: true,
    list: 'stockList',
    request: identifiedIncrementalRequest,
  },
  saveStockIO: {
    ...once,
    name: 'saveStockIO',
    call: 'saveStockIO',
    path: '/insertStockIO',
    gatewayPath: '/insert/stockIO',
    endpointKeys: ['insertStockIO'],
    summary: 'Moves goods into or out of the stock.',
    request: stockIoRequest,
  },
  saveStockMaster: {
    ...once,
    name: 'saveStockMaster',
    call: 'saveStockMaster',
    path: '/saveStockMaster',
    gatewayPath: '/save/stockMaster',
    endpointKeys: [],
    summary: "Reports the balance of an item's stock.",
    request: stockMasterRequest,
  },
} as const satisfies Record<string, EtimsOperation>

/** The names of the operations. */
export type OperationName = keyof typeof operations

import { describe, expect, test } from 'vitest'
import { operations } from '../../../src/operations/table.ts'
import type { EtimsOperation } from '../../../src/operations/table.ts'

const rows = Object.values(operations)

test('the table has the 24 rows of section 1.3, under their own names', () => {
  expect(rows).toHaveLength(24)
  for (const [name, row] of Object.entries(operations)) expect(row.name).toBe(name)
  expect(new Set(rows.map(({ call }) => call)).size).toBe(24)
})

// Method of the drop-in (8.1), direct path and gateway path (1.3), effect.
test.each([
  ['selectInitOsdcInfo', '/selectInitOsdcInfo', '/initialize', 'once'],
  ['selectCodeList', '/selectCodeList', '/selectCodeList', 'read'],
  ['selectItemClasses', '/selectItemClsList', '/selectItemClass', 'read'],
  ['selectCustomer', '/selectCustomer', '/customerPinInfo', 'read'],
  ['selectBranches', '/selectBhfList', '/branchList', 'read'],
  ['selectNoticeList', '/selectNoticeList', '/selectNoticeList', 'read'],
  ['selectTaxpayerInfo', '/selectTaxpayerInfo', '/selectTaxpayerInfo', 'read'],
  ['selectCustomerList', '/selectCustomerList', '/selectCustomerList', 'read'],
  ['saveBranchCustomer', '/saveBhfCustomer', '/branchSendCustomerInfo', 'once'],
  ['saveBranchUser', '/saveBhfUser', '/branchUserAccount', 'once'],
  ['saveBranchInsurance', '/saveBhfInsurance', '/branchInsuranceInfo', 'once'],
  ['saveItem', '/saveItem', '/saveItem', 'once'],
  ['selectItems', '/selectItemList', '/itemInfo', 'read'],
  ['saveItemComposition', '/saveItemComposition', '/saveItemComposition', 'once'],
  ['selectImportedItems', '/selectImportItemList', '/importedItemInfo', 'read'],
  ['updateImportedItem', '/updateImportItem', '/updateImportItem', 'once'],
  ['saveSalesTransaction', '/saveTrnsSalesOsdc', '/sendSalesTransaction', 'once'],
  ['selectSalesTransactions', '/selectTrnsSalesList', '/selectTrnsSalesList', 'read'],
  ['selectInvoiceDetails', '/selectInvoiceDetail', '/selectInvoiceDetail', 'read'],
  ['selectPurchases', '/selectTrnsPurchaseSalesList', '/getPurchaseTransactionInfo', 'read'],
  ['savePurchase', '/insertTrnsPurchase', '/sendPurchaseTransactionInfo', 'once'],
  ['selectStockMovement', '/selectStockMoveList', '/selectStockMoveLists', 'read'],
  ['saveStockIO', '/insertStockIO', '/insert/stockIO', 'once'],
  ['saveStockMaster', '/saveStockMaster', '/save/stockMaster', 'once'],
])('%s posts to %s, on the gateway to %s, with effect %s', (call, path, gatewayPath, effect) => {
  expect(rows.find((row) => row.call === call)).toMatchObject({ method: 'POST', path, gatewayPath, effect })
})

test('the gateway wants the identity in the body of initialization, two feeds and the four of 4.13 (3.1)', () => {
  const names = rows.filter(({ bodyIdentity }) => bodyIdentity).map(({ name }) => name)
  expect(names).toEqual([
    ...['initializeDevice', 'taxpayerInfo', 'customerList', 'salesList', 'invoiceDetails', 'purchaseFeed'],
    'stockMovements',
  ])
})

test('item classes alone have a time limit of their own, half an hour (4.6)', () => {
  expect(rows.filter((row) => 'timeoutMs' in row).map((row) => [row.name, row.timeoutMs])).toEqual([
    ['itemClasses', 1_800_000],
  ])
})

describe('keys of older endpoint maps (8.2)', () => {
  test('each means one row', () => {
    const keys = rows.flatMap(({ name, call, endpointKeys }) => [...new Set([name, call, ...endpointKeys])])
    expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([])
  })

  test.each([
    ...['initialize', 'branchInsuranceInfo', 'branchUserAccount', 'branchSendCustomerInfo', 'selectCodeList'],
    ...['selectItemClass', 'branchList', 'customerPinInfo', 'selectTaxpayerInfo', 'selectNoticeList'],
    ...['selectCustomerList', 'importedItemInfo', 'itemInfo', 'saveItem', 'saveItemComposition'],
    ...['getPurchaseTransactionInfo', 'sendPurchaseTransactionInfo', 'sendSalesTransaction'],
    ...['selectSalesTransactions', 'selectInvoiceDetail', 'insertStockIO', 'saveStockMaster', 'selectStockMoveLists'],
    ...[
      'selectItemClsList',
      'selectBhfList',
      'selectPurchaseTrns',
      'sendSalesTrns',
      'selectSalesTrns',
      'selectMoveList',
    ],
  ])('%s is known', (key) => {
    const known = (row: EtimsOperation) => [row.name, row.call, ...row.endpointKeys].includes(key)
    expect(rows.filter(known)).toHaveLength(1)
  })
})

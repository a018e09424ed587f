/**
 * Every class of KRA's code list, with its codes.
 *
 * @see spec/etims.md section 6
 * @module
 */
import { countries } from './countries.ts'
import { currencies } from './currencies.ts'
import { packagingUnits } from './packaging-units.ts'
import { quantityUnits } from './quantity-units.ts'
import type { CodeClass } from './rows.ts'

/** By name, in the order of their numbers. */
export const codeClasses = {
  taxType: {
    cdCls: '04',
    cdClsNm: 'Taxation Type',
    customNames: ['Tax Rate', 'Tax Code'],
    rows: [
      ['A', 'A-Exempt', { custom: ['0', 'A-EX'], sortOrder: 1 }],
      ['B', 'B-VAT 16%', { custom: ['16', 'B-16%'], sortOrder: 2 }],
      ['C', 'C-Zero Rated', { custom: ['0', 'TAX C'], sortOrder: 3 }],
      ['E', 'E-VAT 8%', { custom: ['8', 'E-8%'], sortOrder: 4 }], // The live list has E before D (section 4.3).
      ['D', 'D-Non VAT', { custom: ['0', 'TAX D'], sortOrder: 5 }],
    ],
  },
  country: { cdCls: '05', cdClsNm: 'Country', rows: countries },
  payment: {
    cdCls: '07',
    cdClsNm: 'Payment Type',
    rows: [
      ['01', 'CASH', { description: 'CASH' }],
      ['02', 'CREDIT', { description: 'CREDIT' }],
      ['03', 'CASH/CREDIT', { description: 'CASH/CREDIT' }],
      ['04', 'BANK CHECK', { description: 'BANK CHECK PAYMENT' }],
      ['05', 'DEBIT&CREDIT CARD', { description: 'PAYMENT USING CARD' }],
      ['06', 'MOBILE MONEY', { description: 'ANY TRANSACTION USING MOBILE MONEY SYSTEM' }],
      ['07', 'OTHER', { description: 'OTHER MEANS OF PAYMENT' }],
    ],
  },
  quantityUnit: { cdCls: '10', cdClsNm: 'Quantity Unit', rows: quantityUnits },
  progress: {
    cdCls: '11',
    cdClsNm: 'Transaction Progress',
    rows: [
      ['01', 'Wait for Approval'],
      ['02', 'Approved'],
      ['03', 'Cancel Requested'],
      ['04', 'Canceled'],
      ['05', 'Credit Note Generated'],
      ['06', 'Transferred'],
    ],
  },
  stockMovement: {
    cdCls: '12',
    cdClsNm: 'Stock I/O Type',
    rows: [
      ['01', 'Import'],
      ['02', 'Purchase'],
      ['03', 'Return'],
      ['04', 'Stock Movement'],
      ['05', 'Processing'],
      ['06', 'Adjustment'],
      ['11', 'Sale'],
      ['12', 'Return'],
      ['13', 'Stock Movement'],
      ['14', 'Processing'],
      ['15', 'Discarding'],
      ['16', 'Adjustment'],
    ],
  },
  transaction: {
    cdCls: '14',
    cdClsNm: 'Transaction Type',
    rows: [
      ['C', 'Copy'],
      ['N', 'Normal'],
      ['P', 'Proforma'],
      ['T', 'Training'],
    ],
  },
  taxpayerStatus: {
    cdCls: '15',
    cdClsNm: 'Taxpayer Status',
    rows: [
      ['A', 'Active'],
      ['D', 'Inactive'],
    ],
  },
  packagingUnit: { cdCls: '17', cdClsNm: 'Packing Unit', rows: packagingUnits },
  itemType: {
    cdCls: '24',
    cdClsNm: 'Item Type',
    rows: [
      ['1', 'Raw Material'],
      ['2', 'Finished Product'],
      ['3', 'Service'],
    ],
  },
  importStatus: {
    cdCls: '26',
    cdClsNm: 'Import Item Status',
    rows: [
      ['1', 'Unsent'],
      ['2', 'Waiting'],
      ['3', 'Approved'],
      ['4', 'Cancelled'],
    ],
  },
  registration: {
    cdCls: '31',
    cdClsNm: 'Registration Type',
    rows: [
      ['A', 'Automatic'],
      ['M', 'Manual'],
    ],
  },
  creditNoteReason: {
    cdCls: '32',
    cdClsNm: 'Credit Note Reason',
    rows: [
      ['01', 'Missing Quantity'],
      ['02', 'Missing Data'],
      ['03', 'Damaged'],
      ['04', 'Wasted'],
      ['05', 'Raw Material Shortage'],
      ['06', 'Refund'],
    ],
  },
  currency: { cdCls: '33', cdClsNm: 'Currency', rows: currencies },
  salesReceipt: {
    cdCls: '37',
    cdClsNm: 'Sales Receipt Type',
    rows: [
      ['S', 'Sale', { sortOrder: 10 }],
      ['R', 'Credit Note after Sale', { sortOrder: 11 }],
    ],
  },
  purchaseReceipt: {
    cdCls: '38',
    cdClsNm: 'Purchase Receipt Type',
    rows: [
      ['P', 'Purchase'],
      ['R', 'Credit Note after Purchase'],
    ],
  },
} as const satisfies Record<string, CodeClass>

/** The name of a class. */
export type CodeClassName = keyof typeof codeClasses

const codes = new Map(
  Object.entries<CodeClass>(codeClasses).map(([name, { rows }]) => [name, new Set(rows.map(([code]) => code))]),
)

/** True when the class has the code. */
export function isCode(name: CodeClassName, code: string): boolean {
  return codes.get(name)?.has(code) ?? false
}

/** The lists as the wire has them (spec/etims.md 4.3). */
export function codeListRows(): readonly object[] {
  return Object.values<CodeClass>(codeClasses).map((codeClass) => ({
    cdCls: codeClass.cdCls,
    cdClsNm: codeClass.cdClsNm,
    cdClsDesc: null,
    useYn: 'Y',
    userDfnNm1: codeClass.customNames?.[0] ?? null,
    userDfnNm2: codeClass.customNames?.[1] ?? null,
    userDfnNm3: codeClass.customNames?.[2] ?? null,
    dtlList: codeClass.rows.map(([cd, cdNm, more], index) => ({
      cd,
      cdNm,
      cdDesc: more?.description ?? cdNm,
      useYn: 'Y',
      srtOrd: more?.sortOrder ?? index + 1,
      userDfnCd1: more?.custom?.[0] ?? null,
      userDfnCd2: more?.custom?.[1] ?? null,
      userDfnCd3: more?.custom?.[2] ?? null,
    })),
  }))
}

/**
 * Every published code list, by class number.
 *
 * @see spec/etims.md section 6
 * @module
 */
import type { CodeList } from './code-list.ts'
import { countries } from './countries.ts'
import { currencies } from './currencies.ts'
import { importStatuses, productTypes, stockTypes, taxTypes } from './goods.ts'
import {
  creditNoteReasons,
  paymentTypes,
  purchaseReceiptTypes,
  registrationTypes,
  salesReceiptTypes,
  taxpayerStatuses,
  transactionStatuses,
  transactionTypes,
} from './trade.ts'
import { packagingUnits, quantityUnits } from './units.ts'

/**
 * The lists of 2023 by `cdCls`. KRA changes them: what an installation uses should come from `selectCodeList`, and
 * these serve as types, as defaults and where there is no network.
 */
export const codeLists = {
  '04': taxTypes,
  '05': countries,
  '07': paymentTypes,
  '10': quantityUnits,
  '11': transactionStatuses,
  '12': stockTypes,
  '14': transactionTypes,
  '15': taxpayerStatuses,
  '17': packagingUnits,
  '24': productTypes,
  '26': importStatuses,
  '31': registrationTypes,
  '32': creditNoteReasons,
  '33': currencies,
  '37': salesReceiptTypes,
  '38': purchaseReceiptTypes,
} as const satisfies Record<string, CodeList>

/**
 * The replaced SDKs' class of this name: one method, and a name for each schema. The client needs none of it.
 *
 * @see spec/etims.md section 8.1
 * @module
 */
import { invalidArgument, nearest } from '@latchkey/core'
import { invalidRequest } from '../errors.ts'
import type { Strictness } from './fields.ts'
import { checkRequest } from './requests/check.ts'
import { operations } from './table.ts'
import type { OperationName } from './table.ts'

/** Names of schemas in the generations 3 and 2. */
const schemas: Readonly<Record<string, OperationName>> = {
  initialization: 'initializeDevice',
  lastReqOnly: 'codeList',
  selectCustomer: 'customerLookup',
  custSearchReq: 'customerLookup',
  saveBhfCustomer: 'saveBranchCustomer',
  branchCustomer: 'saveBranchCustomer',
  saveBhfUser: 'saveBranchUser',
  branchUser: 'saveBranchUser',
  saveBhfInsurance: 'saveBranchInsurance',
  branchInsurance: 'saveBranchInsurance',
  saveItem: 'saveItem',
  saveItemComposition: 'saveItemComposition',
  itemComposition: 'saveItemComposition',
  updateImportItem: 'updateImport',
  importItemUpdate: 'updateImport',
  insertTrnsPurchase: 'savePurchase',
  saveTrnsSalesOsdc: 'saveSale',
  insertStockIO: 'saveStockIO',
  saveStockIO: 'saveStockIO',
  saveStockMaster: 'saveStockMaster',
  stockMaster: 'saveStockMaster',
}

export class Validator {
  readonly #strictness: Strictness

  constructor(strictness: Strictness = 'js-compat') {
    this.#strictness = strictness
  }

  /**
   * Checks a request and returns the body to send.
   *
   * @throws {ValidationException} Everything that is wrong, at once.
   * @throws {TypeError} `ERR_INVALID_ARG`: there is no schema of that name.
   */
  validate(data: unknown, schema: string): object {
    const name = Object.hasOwn(schemas, schema) ? schemas[schema] : undefined
    if (name === undefined) {
      const near = nearest(schema, Object.keys(schemas))
      throw invalidArgument(`validate: there is no schema of that name${near ? `; did you mean "${near}"?` : ''}`)
    }
    const checked = checkRequest(operations[name], data, this.#strictness)
    if (checked.issues.length > 0) throw invalidRequest(schema, checked.issues)
    return checked.data
  }
}

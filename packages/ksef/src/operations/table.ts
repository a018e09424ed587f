/**
 * The operations as data. The pipeline, the command's flags and the reference pages are driven by this table; a row's
 * name is the method of the client that calls it.
 *
 * @see DESIGN "Operations are data", spec/ksef.md sections 3.1 to 3.8 and 3.14 to 3.16
 * @module
 */
import { authenticationRows } from './rows/authentication.ts'
import { certificateRows } from './rows/certificates.ts'
import { grantRows } from './rows/grants.ts'
import { ksefTokenRows } from './rows/ksef-tokens.ts'
import { limitRows } from './rows/limits.ts'
import { permissionQueryRows } from './rows/permission-queries.ts'
import { sessionRows } from './rows/sessions.ts'
import { testdataRows } from './rows/testdata.ts'
import type { KsefOperation } from './table-row.ts'

/** Every operation of the client, by name. */
export const operations = {
  ...authenticationRows,
  ...sessionRows,
  ...ksefTokenRows,
  ...certificateRows,
  ...grantRows,
  ...permissionQueryRows,
  ...limitRows,
  ...testdataRows,
} as const satisfies Record<string, KsefOperation>

/** The name of a row. */
export type OperationName = keyof typeof operations

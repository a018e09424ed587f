/**
 * What the many operations take that need a reference number or nothing.
 *
 * @see spec/ksef.md section 1.8
 * @module
 */
import { object, referenceNumber } from '../fields.ts'

export const nothing = object({})
export const byReferenceNumber = object({ referenceNumber })

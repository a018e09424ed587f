/**
 * The rows of test data that are nobody else's.
 *
 * @see spec/ksef.md section 3.16
 * @module
 */
import { z } from 'zod'

/** A consent to invoices with attachments. `until`: null while it was not withdrawn. */
export const attachmentConsentRow = z.strictObject({
  nip: z.string(),
  from: z.number(),
  until: z.number().nullable(),
})

/**
 * What the operations that override limits take, and the search for Peppol providers.
 *
 * @see spec/ksef.md sections 3.8 and 3.14
 * @module
 */
import { object, whole, word } from '../fields.ts'
import { byOffset } from './pages.ts'

const most = 2 ** 31 - 1

const session = object({
  maxInvoiceSizeInMB: whole(0, 5),
  maxInvoiceWithAttachmentSizeInMB: whole(0, 10),
  maxInvoices: whole(0, 100_000),
})

export const setSessionLimits = object({
  onlineSession: session,
  batchSession: session,
  collectiveIdentifier: object({ maxInvoices: whole(0, most) }).optional(), // From API 2.7.1.
})

export const setSubjectLimits = object({
  subjectIdentifierType: word('Nip', 'Pesel', 'Fingerprint').optional(),
  enrollment: object({ maxEnrollments: whole(0, most).optional() }).optional(),
  certificate: object({ maxCertificates: whole(0, most).optional() }).optional(),
})

// KSeF checks each value against a range of its group, which no document gives.
const rate = object({ perSecond: whole(1, most), perMinute: whole(1, most), perHour: whole(1, most) })

export const setRateLimits = object({
  onlineSession: rate,
  onlineSessionClose: rate.optional(), // From API 2.8, as the one for batches.
  batchSession: rate,
  batchSessionClose: rate.optional(),
  invoiceSend: rate,
  invoiceStatus: rate,
  sessionList: rate,
  sessionInvoiceList: rate,
  sessionMisc: rate,
  invoiceMetadata: rate,
  invoiceExport: rate,
  invoiceExportStatus: rate,
  invoiceDownload: rate,
  collectiveIdentifier: rate,
  other: rate,
})

export const queryPeppolProviders = object(byOffset(100))

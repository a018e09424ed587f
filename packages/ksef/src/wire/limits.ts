/**
 * Answers about limits, and the register of Peppol providers.
 *
 * @see spec/ksef.md sections 3.8 and 3.14
 * @module
 */
import { z } from 'zod'
import type { ContextLimits, RateLimits, SubjectLimits } from '../values/limits.ts'
import type { PeppolProvider } from '../values/peppol-provider.ts'
import { instant, object, offsetPage, optional, text } from './schema.ts'

const session = object({
  maxInvoiceSizeInMB: z.int(),
  maxInvoiceWithAttachmentSizeInMB: z.int(),
  maxInvoices: z.int(),
})

export const contextLimits: z.ZodType<ContextLimits> = object({
  onlineSession: session,
  batchSession: session,
  collectiveIdentifier: optional(object({ maxInvoices: z.int() })),
})

export const subjectLimits: z.ZodType<SubjectLimits> = object({
  enrollment: optional(object({ maxEnrollments: optional(z.int()) })),
  certificate: optional(object({ maxCertificates: optional(z.int()) })),
})

const rate = object({ perSecond: z.int(), perMinute: z.int(), perHour: z.int() })

export const rateLimits: z.ZodType<RateLimits> = object({
  onlineSession: rate,
  onlineSessionClose: optional(rate),
  batchSession: rate,
  batchSessionClose: optional(rate),
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
  anonymous: optional(rate),
  global: optional(rate),
})

const provider: z.ZodType<PeppolProvider> = object({ id: text, name: text, dateCreated: instant })

export const peppolProviderPage = offsetPage('peppolProviders', provider)

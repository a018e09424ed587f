/**
 * Limits of a context, of a subject and of the API.
 *
 * @see spec/ksef.md sections 1.10, 1.11 and 3.8
 * @module
 */

/** Megabytes of 1 000 000 bytes. */
export interface SessionLimits {
  readonly maxInvoiceSizeInMB: number
  readonly maxInvoiceWithAttachmentSizeInMB: number
  readonly maxInvoices: number
}

/** What one session of the current context may hold. */
export interface ContextLimits {
  readonly onlineSession: SessionLimits
  readonly batchSession: SessionLimits
  /** From API 2.7.1. */
  readonly collectiveIdentifier?: { readonly maxInvoices: number }
}

/** How many certificates the current subject may ask for and have. */
export interface SubjectLimits {
  readonly enrollment?: { readonly maxEnrollments?: number }
  readonly certificate?: { readonly maxCertificates?: number }
}

/** Requests of one group; -1: no limit. */
export interface RateLimitValues {
  readonly perSecond: number
  readonly perMinute: number
  readonly perHour: number
}

/** The groups of API 2.7. */
export type RateLimitGroup =
  | 'onlineSession'
  | 'batchSession'
  | 'invoiceSend'
  | 'invoiceStatus'
  | 'sessionList'
  | 'sessionInvoiceList'
  | 'sessionMisc'
  | 'invoiceMetadata'
  | 'invoiceExport'
  | 'invoiceExportStatus'
  | 'invoiceDownload'
  | 'collectiveIdentifier'
  | 'other'

/** Groups that API 2.8 adds and that can be set. */
export type LaterRateLimitGroup = 'onlineSessionClose' | 'batchSessionClose'

/** The limits in force, by group. */
export type RateLimits = Readonly<Record<RateLimitGroup, RateLimitValues>> &
  Readonly<Partial<Record<LaterRateLimitGroup | 'anonymous' | 'global', RateLimitValues>>>

/**
 * The rate limits of production, which are those of TEST, too.
 *
 * @see spec/ksef.md sections 1.3, 1.10
 * @module
 */

/** Requests in any second, minute and hour. */
export interface RateLimit {
  readonly perSecond: number
  readonly perMinute: number
  readonly perHour: number
}

/** By group. In `other` every operation has a counter of its own. */
export const rateLimits = {
  onlineSession: { perSecond: 10, perMinute: 30, perHour: 120 },
  onlineSessionClose: { perSecond: 20, perMinute: 60, perHour: 240 },
  batchSession: { perSecond: 10, perMinute: 20, perHour: 60 },
  batchSessionClose: { perSecond: 20, perMinute: 40, perHour: 120 },
  invoiceSend: { perSecond: 10, perMinute: 30, perHour: 180 },
  invoiceStatus: { perSecond: 30, perMinute: 120, perHour: 1200 },
  sessionList: { perSecond: 5, perMinute: 10, perHour: 60 },
  sessionInvoiceList: { perSecond: 10, perMinute: 20, perHour: 200 },
  sessionMisc: { perSecond: 10, perMinute: 120, perHour: 1200 },
  invoiceMetadata: { perSecond: 8, perMinute: 16, perHour: 20 },
  invoiceExport: { perSecond: 8, perMinute: 16, perHour: 20 },
  invoiceExportStatus: { perSecond: 10, perMinute: 60, perHour: 600 },
  invoiceDownload: { perSecond: 8, perMinute: 16, perHour: 64 },
  collectiveIdentifier: { perSecond: 10, perMinute: 60, perHour: 120 },
  other: { perSecond: 10, perMinute: 30, perHour: 120 },
} as const satisfies Record<string, RateLimit>

/** A name in {@link rateLimits}. */
export type RateGroup = keyof typeof rateLimits

/** Of public operations, all together and per IP address. */
export const publicRateLimit: RateLimit = { perSecond: 60, perMinute: Infinity, perHour: Infinity }

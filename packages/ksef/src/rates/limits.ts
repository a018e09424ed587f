/**
 * How many requests KSeF takes, as data: the groups in which it counts, and the figures of each.
 *
 * @see spec/ksef.md section 1.10
 * @module
 */
import { invalidArgument } from '@latchkey/core'
import { isObject } from '@latchkey/http'
import type { RateGroup } from '../operations/table-row.ts'
import type { RateLimitValues } from '../values/limits.ts'

/** What a client keeps to: requests in any second, 60 seconds and 60 minutes, by group. */
export type ClientRateLimits = Readonly<Record<RateGroup, RateLimitValues>>

/** The production values, which TEST has had since 2.5.0; `GET /rate-limits` tells the effective ones. */
export const defaultRateLimits: ClientRateLimits = {
  onlineSession: limit(10, 30, 120),
  onlineSessionClose: limit(20, 60, 240), // From 2.8.0; until then KSeF counts it as `onlineSession`.
  batchSession: limit(10, 20, 60),
  batchSessionClose: limit(20, 40, 120), // From 2.8.0, as above.
  invoiceSend: limit(10, 30, 180),
  invoiceStatus: limit(30, 120, 1200),
  sessionList: limit(5, 10, 60),
  sessionInvoiceList: limit(10, 20, 200),
  sessionMisc: limit(10, 120, 1200),
  invoiceMetadata: limit(8, 16, 20),
  invoiceExport: limit(8, 16, 20),
  invoiceExportStatus: limit(10, 60, 600),
  invoiceDownload: limit(8, 16, 64),
  collectiveIdentifier: limit(10, 60, 120),
  other: limit(10, 30, 120),
  public: limit(60, -1, -1),
}

const groups = Object.keys(defaultRateLimits) as RateGroup[] // The keys of a record that is written above.
const windows = ['perSecond', 'perMinute', 'perHour'] as const

/**
 * Checks limits that a program sets. Groups that are left out keep the defaults.
 *
 * @throws {TypeError} `ERR_INVALID_ARG`: an unknown group, or a figure that is neither −1 nor a whole number above 0.
 */
export function parseRateLimits(value: Partial<ClientRateLimits>): ClientRateLimits {
  if (!isObject(value)) throw invalidArgument('rateLimits: must be an object of groups, or false')
  for (const [group, figures] of Object.entries<unknown>(value)) {
    if (!groups.some((known) => known === group)) throw invalidArgument(`rateLimits: no group "${group.slice(0, 40)}"`)
    for (const name of windows) {
      if (isObject(figures) && isFigure(figures[name])) continue
      throw invalidArgument(`rateLimits.${group}.${name}: must be a whole number above 0, or -1 for no limit`)
    }
  }
  return { ...defaultRateLimits, ...value }
}

/**
 * Takes over what `GET /rate-limits` said. Groups and figures that are missing or cannot be read keep what they were,
 * groups that nobody knows are passed over. `anonymous` is KSeF's name for `public`.
 */
export function effectiveRateLimits(limits: ClientRateLimits, answer: unknown): ClientRateLimits {
  if (!isObject(answer)) return limits
  const named: Readonly<Record<string, unknown>> = { public: answer['anonymous'], ...answer }
  const heard = groups.map((group) => [group, merged(limits[group], named[group])] as const)
  return Object.fromEntries(heard) as unknown as ClientRateLimits // One entry for each group.
}

function merged(limits: RateLimitValues, said: unknown): RateLimitValues {
  if (!isObject(said)) return limits
  const known = windows.map((name) => [name, isFigure(said[name]) ? said[name] : limits[name]] as const)
  return Object.fromEntries(known) as unknown as RateLimitValues // One entry for each window.
}

function isFigure(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value === -1 || Number(value) > 0)
}

function limit(perSecond: number, perMinute: number, perHour: number): RateLimitValues {
  return Object.freeze({ perSecond, perMinute, perHour })
}

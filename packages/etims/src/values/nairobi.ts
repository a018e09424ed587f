/**
 * KRA's local times: Africa/Nairobi, UTC+03:00 all year, written without a zone. Requests and lists write them
 * differently; every form is read by one function.
 *
 * @see spec/etims.md section 7.4
 * @module
 */
import { invalidArgument } from '@latchkey/core'

const offsetMs = 3 * 60 * 60 * 1000

/**
 * Writes an instant as `yyyyMMddHHmmss` in Nairobi, the form of requests.
 *
 * @param at - Epoch milliseconds, between the years 1970 and 9999.
 * @throws {TypeError} `ERR_INVALID_ARG`: not an instant.
 */
export function formatDateTime(at: number): string {
  return localText(at).replace(/[-T:]/g, '')
}

/** Writes the day of an instant as `yyyyMMdd` in Nairobi. Throws as {@link formatDateTime}. */
export function formatDate(at: number): string {
  return formatDateTime(at).slice(0, 8)
}

/** Writes an instant as `YYYY-MM-DD HH:mm:ss` in Nairobi, the form of list answers. Throws as {@link formatDateTime}. */
export function formatListDateTime(at: number): string {
  return localText(at).replace('T', ' ')
}

/**
 * Reads `yyyyMMddHHmmss`, `yyyyMMdd` (its first moment in Nairobi), `YYYY-MM-DD HH:mm:ss` and the same with `.0`.
 *
 * Not for `dclDe`, which is day first and is echoed as it came.
 *
 * @returns Epoch milliseconds, or `undefined` where the value is not a moment of the calendar.
 */
export function parseDateTime(value: unknown): number | undefined {
  if (typeof value !== 'string') return undefined
  const parts =
    /^(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2}))?$/.exec(value) ??
    /^(\d{4})-(\d{2})-(\d{2}) (\d{2}):(\d{2}):(\d{2})(?:\.\d{1,3})?$/.exec(value)
  if (parts === null) return undefined
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts
    .slice(1)
    .map((part) => Number(part ?? 0))
  const local = Date.UTC(year, month - 1, day, hour, minute, second)
  // `Date.UTC` rolls 31 February over to March, so the fields are written again and compared.
  const written = `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}T${pad(hour, 2)}:${pad(minute, 2)}:${pad(second, 2)}`
  if (year < 1970 || new Date(local).toISOString().slice(0, 19) !== written) return undefined
  return local - offsetMs
}

function localText(at: number): string {
  const local = new Date(at + offsetMs)
  if (Number.isNaN(local.getTime()) || local.getTime() < offsetMs || local.getUTCFullYear() > 9999) {
    throw invalidArgument('at must be an instant in epoch milliseconds')
  }
  return local.toISOString().slice(0, 19)
}

function pad(value: number, digits: number): string {
  return String(value).padStart(digits, '0')
}

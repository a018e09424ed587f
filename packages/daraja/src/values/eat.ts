/**
 * Daraja's local times: East Africa Time (UTC+03:00, no daylight saving), written without a zone. Apart from its
 * readers because a server in UTC that formats its own local time is the classic mistake.
 *
 * @see spec/daraja.md section 1.5
 * @module
 */

const offsetMs = 3 * 60 * 60 * 1000

/**
 * Writes an instant as `YYYYMMDDHHmmss` in East Africa Time.
 *
 * @param at - Epoch milliseconds or a `Date`, between the years 1970 and 9999.
 * @throws {TypeError} `ERR_INVALID_ARG`: not an instant.
 */
export function formatEatTimestamp(at: Date | number): string {
  const local = new Date(Number(at) + offsetMs)
  if (Number.isNaN(local.getTime()) || local.getTime() < offsetMs || local.getUTCFullYear() > 9999) {
    throw Object.assign(new TypeError('formatEatTimestamp: not an instant'), { code: 'ERR_INVALID_ARG' })
  }
  return local.toISOString().slice(0, 19).replace(/[-T:]/g, '')
}

/** Reads `YYYYMMDDHHmmss` (string or JSON number); `undefined` where it is not a moment of the calendar. */
export function parseEatTimestamp(value: unknown): Date | undefined {
  return instant(/^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})$/.exec(textOf(value))?.slice(1))
}

/** Reads `dd.MM.yyyy HH:mm:ss`, the form of B2C results; `undefined` where it is not a moment of the calendar. */
export function parseEatDateTime(value: unknown): Date | undefined {
  const parts = /^(\d{2})\.(\d{2})\.(\d{4}) (\d{2}):(\d{2}):(\d{2})$/.exec(textOf(value))
  return parts === null ? undefined : instant([parts[3], parts[2], parts[1], parts[4], parts[5], parts[6]])
}

/** The calendar day of an instant in East Africa Time. */
export function eatDay(at: Date | number): { readonly year: number; readonly month: number; readonly day: number } {
  const local = new Date(Number(at) + offsetMs)
  return { year: local.getUTCFullYear(), month: local.getUTCMonth() + 1, day: local.getUTCDate() }
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}

// `Date.UTC` rolls 31 February over to March, so the fields are read back and compared.
function instant(parts: readonly (string | undefined)[] | undefined): Date | undefined {
  if (parts === undefined) return undefined
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.map(Number)
  if (year < 1970) return undefined
  const local = new Date(Date.UTC(year, month - 1, day, hour, minute, second))
  const same =
    local.getUTCMonth() === month - 1 &&
    local.getUTCDate() === day &&
    local.getUTCHours() === hour &&
    local.getUTCMinutes() === minute &&
    local.getUTCSeconds() === second
  return same ? new Date(local.getTime() - offsetMs) : undefined
}

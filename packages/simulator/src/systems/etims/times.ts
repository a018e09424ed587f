/**
 * Nairobi time as eTIMS writes it: UTC+03:00, no daylight saving, no zone marker.
 *
 * @see spec/etims.md section 7.4
 * @module
 */

const offsetMs = 3 * 3_600_000

/** `yyyyMMddHHmmss`; its first eight characters are the date. */
export function compactTime(at: number): string {
  return new Date(at + offsetMs).toISOString().replaceAll(/\D/g, '').slice(0, 14)
}

/** The instant of `yyyyMMddHHmmss` or `yyyyMMdd`, epoch milliseconds; NaN when the calendar has no such instant. */
export function instantOf(text: string): number {
  const parts = /^(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d))?$/.exec(text)
  if (parts === null) return Number.NaN
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts
    .slice(1)
    .map((part) => Number(part || 0))
  const at = Date.UTC(year, month - 1, day, hour, minute, second) - offsetMs
  return compactTime(at).startsWith(text) ? at : Number.NaN
}

/** `YYYY-MM-DD HH:mm:ss`, as lists write what requests write as `yyyyMMddHHmmss`. Anything else stays as it is. */
export function listTime(value: unknown): unknown {
  const parts = typeof value === 'string' ? /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(value) : null
  if (parts === null) return value
  const [, year, month, day, hour, minute, second] = parts.map(String)
  return `${String(year)}-${String(month)}-${String(day)} ${String(hour)}:${String(minute)}:${String(second)}`
}

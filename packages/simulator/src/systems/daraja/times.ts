/**
 * East Africa Time as Daraja writes it: UTC+03:00, no daylight saving, no zone marker.
 *
 * @see spec/daraja.md section 1.5
 * @module
 */

const offsetMs = 3 * 3_600_000

/** `YYYYMMDDHHmmss`. */
export function compactTime(at: number): string {
  return new Date(at + offsetMs).toISOString().replaceAll(/\D/g, '').slice(0, 14)
}

/** Day, month (1 to 12), year and the rest of an instant in Nairobi. */
export function nairobi(at: number): { year: number; month: number; day: number; millisecond: number } {
  const local = new Date(at + offsetMs)
  return {
    year: local.getUTCFullYear(),
    month: local.getUTCMonth() + 1,
    day: local.getUTCDate(),
    millisecond: local.getUTCMilliseconds(),
  }
}

/** True for fourteen digits that are an instant of the calendar. */
export function isCompactTime(text: string): boolean {
  const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(text)
  if (parts === null) return false
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.slice(1).map(Number)
  const at = new Date(Date.UTC(year, month - 1, day, hour, minute, second))
  return at.toISOString().replaceAll(/\D/g, '').slice(0, 14) === text
}

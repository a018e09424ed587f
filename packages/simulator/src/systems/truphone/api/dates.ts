/**
 * Dates as the API reads and writes them.
 *
 * @see spec/truphone.md section 2.3
 * @module
 */

const pattern = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:?\d\d)$/

/** Epoch milliseconds of a date; null of what is none. */
export function parseDate(text: string): number | null {
  const [, time, fraction = '', zone = ''] = pattern.exec(text) ?? []
  if (time === undefined) return null
  const wall = Date.parse(`${time}Z`)
  // Days that no month has would roll over into the next one.
  if (Number.isNaN(wall) || !new Date(wall).toISOString().startsWith(time)) return null
  return wall + Number(fraction.padEnd(3, '0').slice(0, 3)) - offsetMs(zone)
}

/** `2019-09-13T12:00:00Z`. */
export function formatDate(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`
}

function offsetMs(zone: string): number {
  if (zone === 'Z') return 0
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2))
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000
}

/**
 * Instants as KSeF writes and reads them.
 *
 * @see spec/ksef.md section 1.5
 * @module
 */

/**
 * An instant as the service writes it: UTC as `+00:00`, seven fractional digits. The simulator's clock knows
 * milliseconds; the four digits behind them follow from these, so that one instant is always the same text.
 */
export function formatInstant(at: number): string {
  return `${fraction(at)}+00:00`
}

/** The same with `Z`, as in error bodies. */
export function formatErrorInstant(at: number): string {
  return `${fraction(at)}Z`
}

/** Reads a date-time of a request; null of anything else. Without an offset it is the time in Warsaw. */
export function parseInstant(text: string): number | null {
  const parts = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d(?::\d\d)?)(\.\d{1,9})?(Z|[+-]\d\d:\d\d)?$/i.exec(text)
  if (parts === null) return null
  const [, day = '', time = '', digits = '', offset] = parts
  const milliseconds = digits === '' ? '' : `.${digits.slice(1, 4).padEnd(3, '0')}`
  const at = Date.parse(`${day}T${time}${milliseconds}${(offset ?? 'Z').toUpperCase()}`)
  // `Date` takes 31 February for 3 March.
  if (Number.isNaN(at) || new Date(`${day}T00:00:00Z`).toISOString().slice(0, 10) !== day) return null
  return offset === undefined ? fromWarsaw(at) : at
}

/** A date-time that begins at an instant's digits, but in Warsaw. */
function fromWarsaw(digitsAsUtc: number): number {
  const first = digitsAsUtc - offsetInWarsaw(digitsAsUtc)
  return digitsAsUtc - offsetInWarsaw(first) // Again, for the hours around a change of the clocks.
}

const warsaw = new Intl.DateTimeFormat('en-US', {
  timeZone: 'Europe/Warsaw',
  hourCycle: 'h23',
  ...{ year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' },
})

function offsetInWarsaw(at: number): number {
  const parts = Object.fromEntries(warsaw.formatToParts(at).map(({ type, value }) => [type, Number(value)]))
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at / 1000) * 1000
}

function fraction(at: number): string {
  return `${new Date(at).toISOString().slice(0, -1)}${String((at * 7919) % 10_000).padStart(4, '0')}`
}

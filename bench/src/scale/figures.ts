/**
 * Numbers as readers get them, in tables and charts alike.
 *
 * @module
 */

/** Two digits after the point below ten, thousands apart: `1 074`, `82.1`, `0.21`. */
export function figure(value: number): string {
  const digits = Number.isInteger(value) || value >= 100 ? 0 : value >= 10 ? 1 : 2
  const [whole = '', part] = value.toFixed(digits).split('.')
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ' ')
  return part === undefined ? grouped : `${grouped}.${part}`
}

/** Milliseconds, or seconds from one second on. */
export function duration(ms: number): string {
  return ms < 1_000 ? `${figure(Math.round(ms))} ms` : `${figure(ms / 1_000)} s`
}

/**
 * Mistakes in how the command was called, and the readers of flag values that find them.
 *
 * @module
 */

/** The command was called wrongly or is not set up: exit code 2, nothing was sent. */
export class UsageError extends Error {
  readonly code: 'LATCHKEY_USAGE' | 'LATCHKEY_CONFIG_INVALID' = 'LATCHKEY_USAGE'
  /** Facts for `--json`. */
  readonly details: Readonly<Record<string, string | number>> = {}
  /** Further lines for people. */
  readonly excerpt: string | undefined = undefined
}

/** An option as it is typed: `euEntities` is `--eu-entities`. */
export function flagNamed(option: string): string {
  return `--${option.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
}

/** A whole number within bounds. */
export function wholeNumber(name: string, text: string, min: number, max: number): number {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : NaN
  if (value >= min && value <= max && Number.isSafeInteger(value)) return value
  throw new UsageError(`${name} takes a whole number from ${min} to ${max}.`)
}

const unitsMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

/** A duration such as `60s`, `5m` or `250ms`; milliseconds. */
export function duration(name: string, text: string): number {
  const [, amount, unit = ''] = /^(\d{1,9})(ms|s|m|h)$/.exec(text) ?? []
  const unitMs = unitsMs[unit]
  if (amount !== undefined && unitMs !== undefined) return Number(amount) * unitMs
  throw new UsageError(`${name} takes a duration such as 60s, 5m or 250ms.`)
}

/** The address of a running simulator: http on this machine, without a query. */
export function simulatorUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol !== 'http:' || url.username !== '' || url.search !== '') {
    throw new UsageError(
      '--simulator takes the address that `latchkey simulator` printed, such as http://127.0.0.1:4010.',
    )
  }
  return url
}

/**
 * How long an answer asks to be left alone.
 *
 * @see RFC 9110 section 10.2.3, engine.md section 11
 * @module
 */

const retryAfterMaxMs = 3_600_000 // Engine.md section 11: at most an hour, whatever a header claims.

/**
 * Milliseconds to wait, from 0 to one hour; `undefined` where the header is absent or makes no sense.
 *
 * A date is read against the answer's own `Date`, so that this host's clock does not matter; without one, against
 * `now`. A date that has passed asks for nothing: 0.
 *
 * @param now - Epoch milliseconds by this process' wall clock.
 */
export function parseRetryAfter(headers: Headers, now: number): number | undefined {
  const value = headers.get('retry-after')?.trim()
  if (value === undefined || value === '' || value.length > 64) return undefined
  if (/^\d+(\.\d+)?$/.test(value)) return Math.min(Number(value) * 1000, retryAfterMaxMs)
  if (!/^[A-Za-z]{3}/.test(value)) return undefined // `Date.parse` takes `-5` for a year.
  const at = Date.parse(value)
  if (Number.isNaN(at)) return undefined
  const sentAt = Date.parse(headers.get('date') ?? '')
  return Math.min(Math.max(at - (Number.isNaN(sentAt) ? now : sentAt), 0), retryAfterMaxMs)
}

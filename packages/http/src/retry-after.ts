/**
 * How long an answer asks to be left alone.
 *
 * @see RFC 9110 section 10.2.3, engine.md section 11
 * @module
 */
import { retryAfterMs } from '@latchkey/core'

/**
 * Milliseconds to wait, from 0 to one hour; `undefined` where the header is absent, absurd or a date that has passed.
 *
 * A date is read against the answer's own `Date`, so that this host's clock does not matter; without one, against
 * `now`.
 *
 * @param now - Epoch milliseconds by this process' wall clock.
 */
export function parseRetryAfter(headers: Headers, now: number): number | undefined {
  const sentAt = Date.parse(headers.get('date') ?? '')
  return retryAfterMs(headers, Number.isNaN(sentAt) ? now : sentAt)
}

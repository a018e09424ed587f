/**
 * Lifetimes and waiting times as providers state them, read without trusting them.
 *
 * @see engine.md sections 3.2, 3.7 and 11
 * @module
 */
import type { Lifetime } from './grant.ts'

const tenYearsMs = 10 * 365.25 * 86_400_000
const retryAfterMaxMs = 3_600_000

/**
 * A stated lifetime in milliseconds, or `undefined` where it is missing, not finite, negative or above ten years.
 *
 * @param providerNow - The provider's clock, for an instant that came without its own.
 */
export function lifetimeMs(lifetime: Lifetime | undefined, providerNow: number): number | undefined {
  if (typeof lifetime !== 'object' || lifetime === null) return undefined // Callers in JavaScript.
  const ms = 'at' in lifetime ? instant(lifetime.at) - (lifetime.now ?? providerNow) : numeric(lifetime.seconds) * 1000
  return ms >= 0 && ms <= tenYearsMs ? ms : undefined
}

/**
 * `Retry-After` in milliseconds, at most an hour: seconds, or a date read with the answer's own `Date`. `undefined`
 * where it is absent or absurd.
 */
export function retryAfterMs(headers: Headers, now: number): number | undefined {
  const text = headers.get('retry-after')?.trim() ?? ''
  const ms = /^\d+(\.\d+)?$/.test(text)
    ? Number(text) * 1000
    : /^[a-z]{3,9},? .*\d\d:\d\d:\d\d/i.test(text)
      ? Date.parse(text) - now
      : NaN
  return ms >= 0 ? Math.min(ms, retryAfterMaxMs) : undefined
}

function numeric(value: unknown): number {
  if (typeof value === 'string' && value.trim() !== '') return Number(value)
  return typeof value === 'number' ? value : NaN
}

function instant(value: number | string): number {
  return typeof value === 'number' ? value : Date.parse(value)
}

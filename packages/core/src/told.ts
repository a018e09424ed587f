/**
 * What the callers of a key are told: errors that say whose they are and when to try again.
 *
 * @see engine.md sections 6.4 and 11
 * @module
 */
import type { ErrorFacts } from './errors.ts'
import { TokenError } from './errors.ts'
import type { Cool } from './protocol.ts'
import type { Slot } from './slot.ts'

export function storeSilent(slot: Slot, ms: number): TokenError {
  const retryAt = Math.ceil(slot.services.clock.wall() + ms)
  const text = 'The shared store does not answer, and a token obtained alone was tried a moment ago. Check the store.'
  return new TokenError('LATCHKEY_STORE_UNAVAILABLE', text, { ...facts(slot), retryAt })
}

export function coolError(slot: Slot, cool: Cool, now: number): TokenError {
  noteCool(slot, cool, now)
  const { code, providerCode, status } = cool
  const ms = Math.max(0, Math.ceil(cool.until - now))
  const text =
    cool.class === 'refused'
      ? `The resource refuses fresh tokens of ${slot.options.keyLabel}. A new one would not help: check what the credential may do.`
      : `The token endpoint failed a moment ago (${code}), so nobody asks it for another ${ms} ms.`
  return told(
    slot,
    new TokenError(code, text, {
      providerCode,
      status,
      retryable: cool.class === 'transient' || cool.class === 'throttled',
      reason: cool.class,
    } as ErrorFacts),
    ms,
  )
}

export function noteCool(slot: Slot, cool: Cool | undefined, now: number): void {
  const retryAt = Math.ceil(slot.services.clock.wall() + (cool ? cool.until - now : 0))
  slot.coolDown = cool && { class: cool.class, code: cool.code, step: cool.step, retryAt }
}

/** The error as callers of this key get it: whose it is, and when to try again. */
export function told(slot: Slot, error: TokenError, waitMs: number | undefined): TokenError {
  const { code, message, details, retryable, failure, cause } = error
  const retryAt = waitMs === undefined ? undefined : Math.ceil(slot.services.clock.wall() + waitMs)
  return new TokenError(code, message, {
    ...details,
    ...facts(slot),
    retryable,
    ...(failure && { failure }),
    ...(retryAt !== undefined && { retryAt }),
    ...(cause !== undefined && { cause }),
  })
}

export function facts(slot: Slot): { provider: string; keyLabel: string } {
  const { provider, keyLabel } = slot.options
  return { provider, keyLabel }
}

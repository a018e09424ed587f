/**
 * What the callers of a key are told: errors that say whose they are and when to try again.
 *
 * @see engine.md sections 6.4 and 11
 * @module
 */
import type { ErrorFacts } from './errors.ts'
import { StoreError, TokenError } from './errors.ts'
import type { Cool } from './protocol.ts'
import type { Slot } from './slot.ts'
import type { Description } from './source.ts'

/** Why a process that is alone with the provider does not ask for another exclusive token yet (engine.md 9.7). */
export function alone(slot: Slot, silent: boolean, ms: number): TokenError | StoreError {
  const retryAt = Math.ceil(slot.services.clock.wall() + ms)
  if (!silent) return sealedElsewhere({ ...facts(slot), retryAt })
  const text = 'The shared store does not answer, and a token obtained alone was tried a moment ago. Check the store.'
  return new TokenError('LATCHKEY_STORE_UNAVAILABLE', text, { ...facts(slot), retryAt })
}

export function sealedElsewhere(more: ErrorFacts = {}): StoreError {
  const text = 'The stored token cannot be opened with this key ring. Give every process the same keys.'
  return new StoreError('LATCHKEY_SEALED_BY_UNKNOWN_KEY', text, more)
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
  slot.coolDown = cool && coolFacts(slot, cool, now)
}

/** A cool-down as support sees it. `retryAt`: epoch milliseconds by this process' wall clock. */
export function coolFacts(slot: Slot, cool: Cool, now: number): NonNullable<Description['coolDown']> {
  const retryAt = Math.ceil(slot.services.clock.wall() + cool.until - now)
  return { class: cool.class, code: cool.code, step: cool.step, retryAt }
}

export function corrupt(more: ErrorFacts = {}): StoreError {
  const text =
    'The stored record cannot be read. It is left as it is: a new token replaces it, and so does forgetting the key.'
  return new StoreError('LATCHKEY_STORE_CORRUPT', text, more)
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

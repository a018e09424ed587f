/**
 * Whether a try that ended is followed by another: one pure function, one commented rule per branch. Apart because a
 * wrong yes pays somebody twice.
 *
 * @see DESIGN "Operations are data", spec/daraja.md 1.10
 * @module
 */
import type { Effect } from './operation.ts'

/** How a try ended, as far as trying again is concerned. */
export type Finding =
  /** The dialect judged the answer good. */
  | { readonly kind: 'done' }
  /** The token was refused: nothing was processed. */
  | { readonly kind: 'refused' }
  /** No token could be had or the turn never came, so nothing was sent. */
  | { readonly kind: 'unready' }
  /** The connection was never made, or the total deadline had passed. */
  | { readonly kind: 'notSent' }
  /** No answer in time, or the connection broke: the request may have been processed. */
  | { readonly kind: 'timeout' | 'lost' }
  /** An answer longer than is read. */
  | { readonly kind: 'tooLarge' }
  /** An answer that the dialect judged a failure, or a redirect. */
  | {
      readonly kind: 'failed'
      readonly status: number
      readonly retryable: boolean
      readonly processed: 'no' | 'unknown'
      readonly retryAfterMs?: number | undefined
    }

/** What the decision rests on. Durations are milliseconds. */
export interface RetryFacts {
  readonly effect: Effect
  readonly finding: Finding
  /** An earlier try of this call may have been processed. */
  readonly mayHaveHappened: boolean
  /** The one repeat after a refused token has been made. */
  readonly refusalRepeated: boolean
  /** Tries so far, this one included, the repeat after a refused token left out. */
  readonly attempt: number
  readonly attemptsMax: number
  readonly spacingMs: number
  /** What is left of the total deadline. */
  readonly remainingMs: number
  /** In [0, 1). */
  readonly random: number
}

/** `fail`: it did not happen, or changes nothing. `unknown`: it may have happened. */
export type Decision =
  { readonly action: 'return' | 'fail' | 'unknown' } | { readonly action: 'again'; readonly waitMs: number }

const backoffBaseMs = 500
const backoffMaxMs = 10_000 // Two waits at most by default; longer ones are the provider's to ask for.

/** Decides. Total and pure: reads no clock and draws no number. */
export function decideRetry(facts: RetryFacts): Decision {
  const { finding, refusalRepeated, spacingMs, remainingMs } = facts
  // The dialect understood it: whatever the status, there is nothing to repeat.
  if (finding.kind === 'done') return { action: 'return' }
  // A refused token is proof that nothing was processed, so one repeat, at once, is right for every effect (engine.md
  // 7.3). The spacing is between questions that were answered; this one was not.
  if (finding.kind === 'refused') {
    return refusalRepeated || remainingMs <= 0 ? end(facts) : { action: 'again', waitMs: 0 }
  }
  if (!mayRepeat(facts.effect, finding)) return end(facts)
  // Every loop has a bound.
  if (facts.attempt >= facts.attemptsMax) return end(facts)
  const waitMs = Math.max(wait(facts), spacingMs)
  // A wait that the total deadline would cut short is not begun; the error says when to come back.
  return waitMs >= remainingMs ? end(facts) : { action: 'again', waitMs }
}

function mayRepeat(effect: Effect, finding: Exclude<Finding, { kind: 'done' | 'refused' }>): boolean {
  switch (finding.kind) {
    // The engine has its own back-off, shared by the fleet, and who keeps the turns knows the next; their word is final.
    case 'unready':
      return false
    // The request did not leave: harmless for every effect.
    case 'notSent':
      return true
    // It may have been processed: harmless only where a second time changes nothing more.
    case 'timeout':
    case 'lost':
      return effect !== 'once'
    // The next answer would be as long.
    case 'tooLarge':
      return false
    case 'failed':
      // Throttled before it was processed: harmless for every effect.
      if (finding.status === 429) return true
      // No other answer proves enough for a payment, not even a 5xx that the dialect believes to understand.
      if (effect === 'once') return false
      // The dialect says that asking again can help, or nobody understands the server's trouble.
      return finding.retryable || (finding.status >= 500 && finding.processed === 'unknown')
    default:
      return finding satisfies never
  }
}

// Exponential with full jitter, and never earlier than the provider asks for.
function wait({ attempt, finding, random }: RetryFacts): number {
  const backoff = random * Math.min(backoffBaseMs * 2 ** (attempt - 1), backoffMaxMs)
  return Math.max(backoff, finding.kind === 'failed' ? (finding.retryAfterMs ?? 0) : 0)
}

// How a call ends that is not repeated.
function end({ effect, finding, mayHaveHappened }: RetryFacts): Decision {
  // A read that failed has failed.
  if (effect === 'read') return { action: 'fail' }
  return { action: mayHaveHappened || maybeProcessed(finding) ? 'unknown' : 'fail' }
}

/** True unless the finding proves that this try was not processed. */
export function maybeProcessed(finding: Finding): boolean {
  switch (finding.kind) {
    case 'refused':
    case 'unready':
    case 'notSent':
      return false
    case 'failed':
      return finding.status !== 429 && finding.processed === 'unknown'
    case 'done':
    case 'timeout':
    case 'lost':
    case 'tooLarge':
      return true
    default:
      return finding satisfies never
  }
}

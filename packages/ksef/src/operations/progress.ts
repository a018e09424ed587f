/**
 * The ends of waiting for what KSeF works on: it failed, or it takes longer than the caller waits.
 *
 * @see spec/ksef.md sections 2.14, 2.15 and 3.18
 * @module
 */
import type { ProviderError } from '@latchkey/http'
import { KsefApiError, ksefError } from '../errors.ts'
import type { StatusInfo } from '../values/status.ts'

/** What was waited for. */
export interface Awaited {
  readonly operation: string
  /** `the grant`, for a sentence. */
  readonly what: string
  readonly referenceNumber: string
}

/** KSeF ended it as failed. Its own words are in `codes`; `reason` is the outcome. */
export function failedProgress(awaited: Awaited, status: StatusInfo, outcome: string): ProviderError {
  const { operation, what, referenceNumber } = awaited
  const { code, description, details = [] } = status
  const retryable = outcome === 'cancelled' // KSeF broke it off for reasons of its own.
  const advice = retryable
    ? 'KSeF broke it off: ask for it again later.'
    : '`codes` on this error has the words of KSeF.'
  return new KsefApiError(
    'KSEF_OPERATION_FAILED',
    `${operation}: ${what} ended with status ${code} (${outcome}), so nothing changed. ${advice}`,
    {
      provider: 'ksef',
      operation,
      retryable,
      providerCode: String(code),
      correlationId: referenceNumber,
      reason: outcome,
    },
    { status: 200, kind: 'json', exceptions: [{ code, description, details }] },
  )
}

/** Time is up; it goes on at KSeF. */
export function notFinished({ operation, what, referenceNumber }: Awaited, last: string | undefined): ProviderError {
  return ksefError(
    'KSEF_NOT_FINISHED',
    `${operation}: ${what} is not finished yet (${last ?? 'no answer came'}). It goes on at KSeF: wait again with its reference number, and do not repeat it.`,
    { operation, correlationId: referenceNumber },
  )
}

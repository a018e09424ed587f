/**
 * The two errors of an operation: it failed, or nobody knows whether it happened. Apart from their neighbours because
 * the clients throw and document them too; the codes are each client's own.
 *
 * @see DESIGN "Errors" and "Unknown is a value"
 * @module
 */
import { LatchkeyError } from '@latchkey/core'
import type { ErrorFacts } from '@latchkey/core'
import type { Answer } from './operation.ts'

/** An operation failed, and is known to have failed. `providerCode` says why, where the provider said so. */
export class ProviderError extends LatchkeyError {}

/**
 * What finding out brought. `askAgainAt` is epoch milliseconds by this process' wall clock; `unknown` without it
 * means that asking again will not help.
 */
export type Resolution<Result = unknown> =
  | { readonly state: 'settled'; readonly result: Result }
  | { readonly state: 'refused'; readonly reason: string; readonly providerCode?: string | undefined }
  | { readonly state: 'unknown'; readonly askAgainAt?: number | undefined }

/**
 * Finds out what became of an operation whose answer was lost. `evidence` is whatever the operation can use and the
 * caller has: a callback that arrived, a receipt number. It is input from outside: parse it.
 */
export type Resolve<Result = unknown> = (evidence?: unknown) => Promise<Resolution<Result>>

/**
 * An operation was sent and its answer was lost: it may have happened. Not a failure, so do not send it again
 * before {@link OutcomeUnknownError.resolve} or the provider says that it did not happen.
 */
export class OutcomeUnknownError<Result = unknown> extends LatchkeyError {
  readonly #resolve: Resolve<Result> | undefined

  constructor(code: string, message: string, facts: ErrorFacts = {}, resolve?: Resolve<Result>) {
    super(code, message, facts)
    this.#resolve = resolve
  }

  /**
   * Uses what the provider allows to find out. Answers `unknown` for ever where the operation offers no way.
   *
   * @throws {ProviderError | TokenError} The question itself failed; the outcome is as unknown as before.
   */
  async resolve(evidence?: unknown): Promise<Resolution<Result>> {
    return this.#resolve === undefined ? { state: 'unknown' } : this.#resolve(evidence)
  }
}

/**
 * The facts that an error may take from an answer: status, and the instant that `Retry-After` names. Bodies, header
 * values and URLs never get in; a dialect adds the provider's own code and correlation id by name.
 */
export function answerFacts(provider: string, operation: string, answer: Answer): ErrorFacts {
  const { status, retryAfterMs, receivedAt } = answer
  return {
    provider,
    operation,
    status,
    ...(retryAfterMs === undefined ? {} : { retryAt: Math.ceil(receivedAt + retryAfterMs) }),
  }
}

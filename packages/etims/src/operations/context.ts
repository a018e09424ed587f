/**
 * What every operation function is handed.
 *
 * @module
 */
import type { Clock } from '@latchkey/core'
import type { RunOptions, UnknownFacts } from '@latchkey/http'
import type { Envelope } from './envelope.ts'
import type { EtimsOperation } from './table.ts'
import type { Keeping } from '../counters/keeping.ts'

/** Whose device speaks, and in which of the two worlds. Sandbox and production devices are unrelated. */
export interface Identity {
  readonly environment: 'sandbox' | 'production'
  /** The taxpayer's PIN, 11 characters. */
  readonly tin: string
  /** The branch, 2 characters; `00` is the head office by convention. */
  readonly bhfId: string
}

export interface Context {
  readonly identity: Identity
  readonly clock: Clock
  /** Where device credentials, counters and code lists are kept; absent where the client has no store. */
  readonly keeping: Keeping | undefined
  /**
   * Sends one operation with a body that was checked, and resolves with the envelope of a success or an empty result
   * (`001`), whatever the face (spec/etims.md 4.1).
   *
   * @throws {ApiException} KRA refused it, or it certainly was not processed. {@link ApiException.kind} says why.
   * @throws {AuthenticationException} No token could be had, or a new one was refused too.
   * @throws {OutcomeUnknownError} `ETIMS_OUTCOME_UNKNOWN`: a write was sent and its answer was lost, or it was answered
   *   with `894`, `991`, `992`, `993`, `999` or a 5xx.
   */
  call(operation: EtimsOperation, body: object, run?: CallOptions): Promise<Envelope>
}

/** How one call runs, and what is known for finding out what became of it. */
export interface CallOptions extends RunOptions {
  readonly unknown?: UnknownFacts | undefined
}

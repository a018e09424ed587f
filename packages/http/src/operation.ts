/**
 * The words shared by the pipeline and the four clients: an operation as data, its answer, and the dialect that
 * says what a provider's answers mean.
 *
 * @see DESIGN "Operations are data"
 * @module
 */
import type { Clock, CodeRow, Generation, TokenSource } from '@latchkey/core'
import type { ProviderError, Resolve } from './errors.ts'
import type { Verdict } from './verdict.ts'

/**
 * `read`: changes nothing. `keyed`: changes something once per key that the provider honours. `once`: changes
 * something, and a repeat changes it again.
 */
export type Effect = 'read' | 'keyed' | 'once'

/** One row of a client's table of operations. */
export interface Operation {
  readonly name: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Below the base URL's own path, beginning with `/`; `{name}` is filled from {@link SendRequest.params}. */
  readonly path: string
  readonly effect: Effect
  /** For each try. @default the pipeline's `timeoutMs` */
  readonly timeoutMs?: number
  /** Least time between the end of one try and the start of the next. @default 0 */
  readonly spacingMs?: number
  /** Names the provider's quota that this operation counts against: for events, and for {@link PipelineOptions.pace}. */
  readonly rateGroup?: string
  /** Tries, not counting the one repeat after a refused token. @default 3 */
  readonly attemptsMax?: number
}

/** An answer, read to its end. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** `undefined` where the text is not JSON. */
  readonly json: unknown
  /** Of the token that it was asked with; 0 where there was none. */
  readonly generation: Generation
  /** What `Retry-After` asks for, bounded to an hour; see `parseRetryAfter`. */
  readonly retryAfterMs: number | undefined
  /** Epoch milliseconds by the pipeline's wall clock. */
  readonly receivedAt: number
}

/**
 * What an answer means for its operation. `processed: 'no'`: the provider certainly did nothing. `error.retryable`
 * says whether asking again can help, and makes the pipeline repeat a `read` or a `keyed` operation.
 */
export type Judgement =
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly error: ProviderError; readonly processed: 'no' | 'unknown' }

/** What is particular to a provider. */
export interface Dialect {
  readonly provider: string
  /** Whether the answer refuses the token. Asked first, and before a redirect is turned down. */
  classify(answer: Answer): Verdict
  /** Whether the operation succeeded. Not asked about a redirect (3xx), which is always a failure. */
  judge(operation: Operation, answer: Answer): Judgement
  /** The client's codes for what the pipeline itself finds. */
  readonly codes: {
    /** The outcome is unknown. */
    readonly unknown: string
    /** No connection, or a connection that broke. */
    readonly unreachable: string
    readonly timeout: string
    /** A redirect. Clients use it for their own malformed answers too. */
    readonly malformed: string
    /** The answer is longer than `bodyMaxBytes`. */
    readonly tooLarge: string
  }
  /** The client's table, in which the codes above have rows. */
  readonly errorCodes: Readonly<Record<string, CodeRow>>
}

/** What one call puts on the wire. */
export interface SendRequest {
  /** Sent as JSON. Absent: no body. */
  readonly body?: unknown
  readonly params?: Readonly<Record<string, string>>
  /** `undefined` values are left out; an array repeats its name. */
  readonly query?: Readonly<Record<string, QueryValue | readonly QueryValue[] | undefined>>
  /** Never `Authorization`, which is the pipeline's. */
  readonly headers?: Readonly<Record<string, string>>
  /** What an `OutcomeUnknownError` of this call will carry. */
  readonly unknown?: UnknownFacts
}

export type QueryValue = string | number | boolean

/** What is needed to find out what became of a call whose answer was lost. */
export interface UnknownFacts {
  readonly resolve?: Resolve
  /** The id by which the provider or the caller knows this call. */
  readonly correlationId?: string | undefined
  /** Further flat facts for `details`; no secrets and no personal data. */
  readonly more?: Readonly<Record<string, string | number | boolean>>
  /** A sentence that replaces the message's general advice. */
  readonly advice?: string
}

/** How one call runs. */
export interface RunOptions {
  /**
   * Ends the call, which rejects with the signal's own reason. A `once` or `keyed` operation that is aborted while
   * it runs may have happened nevertheless: nothing says so but this sentence.
   */
  readonly signal?: AbortSignal | undefined
  /** Total time, including waits for a token and between tries. @default the pipeline's `deadlineMs` */
  readonly deadlineMs?: number | undefined
}

/** Sends operations. Made by `createPipeline`. */
export interface Pipeline {
  /**
   * Sends an operation and resolves with an answer that the dialect judged `done`.
   *
   * @throws {TypeError} `ERR_INVALID_ARG`: the request cannot be written; nothing was sent.
   * @throws {TokenError} No token could be had. Unchanged from the engine.
   * @throws {ProviderError} The operation failed. For `once` and `keyed`: it certainly did not happen.
   * @throws {OutcomeUnknownError} A `once` or `keyed` operation was sent and may have happened.
   * @throws The signal's own reason, unchanged.
   */
  send(operation: Operation, request?: SendRequest, run?: RunOptions): Promise<Answer>
}

/** How a try ended, for a log. `refused` and `failed` are answers; the others brought none. */
export type TryOutcome = 'done' | 'refused' | 'failed' | 'notSent' | 'timeout' | 'lost' | 'tooLarge' | 'aborted'

/** One try of an operation ended. Without secrets: no URL, header or body. */
export interface RequestEvent {
  readonly type: 'request.end'
  readonly provider: string
  readonly operation: string
  readonly rateGroup?: string | undefined
  /** Counts every try, the repeat after a refused token included. */
  readonly attempt: number
  /** Of the token; 0 where there was none. */
  readonly generation: Generation
  readonly status?: number | undefined
  /** What the answer's `Retry-After` asked for. */
  readonly retryAfterMs?: number | undefined
  readonly durationMs: number
  readonly outcome: TryOutcome
}

/**
 * Holds a try back until its turn has come. What it rejects with ends the call, which did not happen in this try: nothing
 * of it was sent.
 */
export type Pace = (operation: Operation, run: PaceRun) => Promise<void>

/** What a turn may be waited for. */
export interface PaceRun {
  /** Aborted when the caller's is, or when the call's time has run out. */
  readonly signal: AbortSignal
  /** Milliseconds until then, so that a wait that is too long need not be begun. */
  readonly remainingMs: number
}

export interface PipelineOptions {
  /** Absent: requests carry no token, and an answer that refuses one is a failure like any other. */
  readonly source?: TokenSource | undefined
  /** `https`, or `http` on loopback. Without user, query and fragment; its path comes before every operation's. */
  readonly baseUrl: string | URL
  readonly dialect: Dialect
  /** @default the global `fetch` */
  readonly fetch?: typeof globalThis.fetch
  /** @default `systemClock` */
  readonly clock?: Clock
  /** For the jitter, in [0, 1). @default `Math.random` */
  readonly random?: () => number
  /** For each try, in milliseconds. @default 30 000 */
  readonly timeoutMs?: number
  /** For the whole call, in milliseconds. @default 90 000 */
  readonly deadlineMs?: number
  /** Longest answer that is read. @default 1 048 576 */
  readonly bodyMaxBytes?: number
  /** Sent with every request, `User-Agent` for one. */
  readonly headers?: Readonly<Record<string, string>>
  /** Hears of every try. What it throws is dropped. */
  readonly log?: (event: RequestEvent) => void
  /** Asked before each try, the repeat after a refused token included. @default every try goes at once */
  readonly pace?: Pace
}

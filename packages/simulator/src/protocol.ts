/**
 * The words of the control plane: what `/_simulator/` takes and gives, and the same in process. Types only, so
 * that a page or a script can use them without the simulator itself.
 *
 * @module
 */

/** What can go wrong on purpose. The README has a table of what each kind does. */
export type FaultKind =
  'latency' | 'status' | 'resetBefore' | 'resetAfter' | 'malformed' | 'drip' | 'throttle' | 'invalidateTokens'

/** One fault. It waits for the next requests that it fits; a request takes the first that fits, and only one. */
export interface Fault {
  /** For example `daraja` or `etims`. */
  readonly system: string
  /** For example `stkPush` or `saveItem`. Without it the fault fits every request to the system, also to unknown paths. */
  readonly operation?: string | undefined
  readonly kind: FaultKind
  /** How many requests it spoils, 1 to 1,000,000. @default 1 */
  readonly count?: number | undefined
  /** Milliseconds of real time, 0 to 600,000: `latency` (required) and `drip` (default 1000). */
  readonly ms?: number | undefined
  /** The HTTP status of kind `status` (required), 200 to 599. */
  readonly status?: number | undefined
  /** The body of kinds `status` and `malformed`: text is sent as it is, anything else as JSON. */
  readonly body?: unknown
  /** Seconds in the `Retry-After` header of kind `throttle`; without it there is no such header. */
  readonly retryAfter?: number | undefined
}

/** A fault that still waits, and for how many requests. */
export interface PendingFault extends Fault {
  readonly remaining: number
}

/** A request that the simulator saw. Secrets are masked. */
export interface SeenRequest {
  /** Counts up from 1 in order of arrival; a reset does not start it again. */
  readonly seq: number
  /** The simulator's clock, ISO 8601. */
  readonly time: string
  /** Null when the path lies below no system's prefix. */
  readonly system: string | null
  /** Null when the system has no operation at this path. */
  readonly operation: string | null
  readonly method: string
  /** The path below the system's prefix, with its query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** Parsed JSON; null when there was none; a short note in brackets when it was not JSON or too long to keep. */
  readonly body: unknown
  /** Null until the answer is decided, and for ever when the connection was reset or the client left. */
  readonly answer: { readonly status: number; readonly body: unknown } | null
  /** The fault that this request met. */
  readonly fault: FaultKind | null
  /** What was odd about it although it was answered, for example a header that differs from the body. */
  readonly notes: readonly string[]
}

/** What became of a callback. `delivered`: answered with 2xx. `refused`: answered otherwise. */
export type CallbackStatus = 'pending' | 'delivered' | 'refused' | 'failed' | 'not delivered'

/** One attempt to call back, or the reason why there was none. */
export interface CallbackAttempt {
  readonly seq: number
  readonly system: string
  /** For example `stkCallback`, `result` or `timeout`. */
  readonly kind: string
  /** The provider's id of what is reported, for example a `CheckoutRequestID`. */
  readonly reference: string
  readonly url: string
  readonly body: unknown
  readonly status: CallbackStatus
  /** What the receiver answered. */
  readonly httpStatus: number | null
  /** Why it was not delivered or failed. */
  readonly reason: string | null
  /** When it became due by the simulator's clock, ISO 8601. */
  readonly time: string
}

/** The answer to `GET /_simulator/state`. */
export interface SimulatorState<Systems = Readonly<Record<string, object>>> {
  readonly url: string
  readonly seed: number
  readonly clock: { readonly now: string; readonly epochMs: number; readonly advancedMs: number }
  /** `total` counts every request to a system since the start or the last reset, also those the log has dropped. */
  readonly requests: { readonly total: number; readonly kept: number }
  readonly faults: readonly PendingFault[]
  readonly callbacks: Readonly<Record<CallbackStatus, number>>
  readonly systems: Systems
}

/** Every refusal of the control plane. */
export interface ControlError {
  /** What was wrong and what to do. */
  readonly error: string
}

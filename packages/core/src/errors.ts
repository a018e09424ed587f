/**
 * The errors that every Latchkey package throws, and the table of the engine's own codes. Apart from their
 * neighbours because callers match `error.code` and nothing else: codes are never renamed and never reused.
 *
 * @see DESIGN "Errors", engine.md section 11
 * @module
 */

/** Exit codes of the command: 1 anything else, 2 usage, 3 credentials, 4 try later, 5 refused, 6 outcome unknown. */
export type ExitCode = 1 | 2 | 3 | 4 | 5 | 6

/** What a code means for a caller who asks "again?" and for the command's exit. */
export interface CodeRow {
  readonly retryable: boolean
  readonly exit: ExitCode
}

const later: CodeRow = { retryable: true, exit: 4 }
const denied: CodeRow = { retryable: false, exit: 3 }
const broken: CodeRow = { retryable: false, exit: 1 }
const misuse: CodeRow = { retryable: false, exit: 2 }

/** The engine's own codes. Provider packages have tables of the same shape. */
export const errorCodes = {
  LATCHKEY_COOLING_DOWN: later,
  LATCHKEY_ENDPOINT_UNREACHABLE: later,
  LATCHKEY_ENDPOINT_FAILED: later,
  LATCHKEY_ENDPOINT_THROTTLED: later,
  LATCHKEY_TIMEOUT: later,
  LATCHKEY_LEASE_CONTENDED: later,
  LATCHKEY_STORE_UNAVAILABLE: later,
  LATCHKEY_NO_TOKEN: later, // The token endpoint answered 200 without a token.
  LATCHKEY_BAD_TOKEN: later, // Not visible ASCII, or longer than 16 KiB.
  LATCHKEY_NOT_JSON: later,
  LATCHKEY_TOO_LARGE: later,
  LATCHKEY_CREDENTIALS_DENIED: denied,
  LATCHKEY_REAUTHORIZATION_REQUIRED: denied,
  LATCHKEY_TOKEN_REJECTED: denied, // A resource refuses tokens faster than the refusal budget allows.
  LATCHKEY_OUTCOME_UNKNOWN: { retryable: false, exit: 6 },
  LATCHKEY_NEED_UNMET: misuse, // No token of this provider lives as long as was asked for.
  LATCHKEY_INSECURE_URL: misuse,
  LATCHKEY_STORE_CORRUPT: broken,
  LATCHKEY_STORE_UNSUPPORTED: misuse,
  LATCHKEY_STORE_UNSAFE: misuse,
  LATCHKEY_SEALED_BY_UNKNOWN_KEY: misuse,
  LATCHKEY_CLOSED: broken,
} as const satisfies Record<string, CodeRow>

export type ErrorCode = keyof typeof errorCodes

/**
 * Facts that an error may carry: an allow-list of flat values for a log line. Bodies, headers, keys and URLs
 * with a query never belong here.
 */
export interface ErrorFacts {
  /** Overrides the code table's answer. */
  readonly retryable?: boolean
  /** Epoch milliseconds by this process' wall clock before which trying again is pointless. */
  readonly retryAt?: number
  readonly provider?: string
  /** The user's name for the key; never derived from a secret. */
  readonly keyLabel?: string
  readonly operation?: string
  readonly attempt?: number
  /** HTTP status. */
  readonly status?: number
  /** The provider's own code, as it spelled it. */
  readonly providerCode?: string
  /** The provider's id for this exchange. */
  readonly correlationId?: string
  /** What kind of failure it was, where the code alone does not say. */
  readonly reason?: string
  /** Further flat facts for `details` alone. */
  readonly more?: Readonly<Record<string, string | number | boolean>>
  /** Another error. A foreign one is reduced to its name and system code. */
  readonly cause?: unknown
}

const mark = Symbol.for('latchkey.error')

/** Base of every error that Latchkey throws, apart from `TypeError` for a caller's mistake and abort reasons. */
export class LatchkeyError extends Error {
  readonly code: string
  readonly retryable: boolean
  /** The facts below as one flat, frozen object, ready for a log line. */
  readonly details: Readonly<Record<string, string | number | boolean>>
  declare readonly retryAt?: number
  declare readonly provider?: string
  declare readonly keyLabel?: string
  declare readonly operation?: string
  declare readonly attempt?: number
  declare readonly status?: number
  declare readonly providerCode?: string
  declare readonly correlationId?: string
  declare readonly reason?: string

  constructor(code: string, message: string, facts: ErrorFacts = {}) {
    const { cause, retryable, more, ...rest } = facts
    super(message, cause === undefined ? undefined : { cause: sanitized(cause) })
    this.name = new.target.name
    this.code = code
    this.retryable = retryable ?? errorCodes[code as ErrorCode]?.retryable ?? false // An unknown code has no row.
    const known = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined))
    for (const name in known) Object.defineProperty(this, name, { value: known[name] })
    this.details = Object.freeze({ ...known, ...more })
    Object.defineProperty(this, mark, { value: true })
  }
}

/** A token could not be had. */
export class TokenError extends LatchkeyError {
  /** Engine.md section 11: decides the fleet's cool-down. Set by grants; the engine judges the answer where it is absent. */
  declare readonly failure?: FailureClass
  constructor(code: string, message: string, facts: ErrorFacts & { readonly failure?: FailureClass } = {}) {
    const { failure, ...rest } = facts
    super(code, message, rest)
    if (failure !== undefined) Object.defineProperty(this, 'failure', { value: failure })
  }
}

/** The shared store failed or holds something that cannot be used. */
export class StoreError extends LatchkeyError {}

/**
 * How a token attempt failed (engine.md section 11). `expired`: the login has ended and nothing is left to make
 * a new one.
 */
export type FailureClass = 'transient' | 'throttled' | 'denied' | 'spent' | 'expired'

/** True for errors of any copy of this package, which `instanceof` would miss. */
export function isLatchkeyError(error: unknown): error is LatchkeyError {
  return typeof error === 'object' && error !== null && mark in error
}

/** A mistake in the caller's program: thrown before anything is sent. */
export function invalidArgument(message: string): TypeError {
  return Object.assign(new TypeError(message), { code: 'ERR_INVALID_ARG' })
}

/** The first system or library code (`ECONNREFUSED`) found along an error's causes. */
export function systemCode(error: unknown): string | undefined {
  for (let at = error, depth = 0; typeof at === 'object' && at !== null && depth < 5; depth += 1) {
    const { code, cause } = at as { code?: unknown; cause?: unknown } // Foreign errors promise nothing.
    if (typeof code === 'string' && /^[A-Z][A-Z0-9_]{2,60}$/.test(code)) return code
    at = cause
  }
  return undefined
}

// A foreign error's message may quote what it choked on (a header, a URL), so only its name and code go on.
function sanitized(cause: unknown): Error {
  if (isLatchkeyError(cause)) return cause
  const name = cause instanceof Error && /^\w{1,40}$/.test(cause.name) ? cause.name : 'Error'
  const code = systemCode(cause)
  // The code stays readable when an error is wrapped a second time.
  return Object.assign(new Error(code ?? name), { name, ...(code && { code }) })
}

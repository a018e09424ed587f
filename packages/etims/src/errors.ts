/**
 * The exceptions that programs of the replaced SDKs catch, as subclasses of `LatchkeyError`, and the table of codes.
 *
 * @see spec/etims.md sections 5.3 and 8.1, DESIGN "Errors"
 * @module
 */
import { LatchkeyError } from '@latchkey/core'
import type { CodeRow, ErrorFacts } from '@latchkey/core'
import { OutcomeUnknownError, ProviderError } from '@latchkey/http'
import type { Issue } from '@latchkey/http'

const later: CodeRow = { retryable: true, exit: 4 }
const denied: CodeRow = { retryable: false, exit: 3 }
const refused: CodeRow = { retryable: false, exit: 5 }
const broken: CodeRow = { retryable: false, exit: 1 }
const misuse: CodeRow = { retryable: false, exit: 2 }

/** The client's codes. `retryable` says whether asking again, unchanged and later, can help. */
export const etimsErrorCodes = {
  AUTH_INVALID_CREDENTIALS: denied, // The token endpoint does not know this consumer key and secret.
  ETIMS_TOKEN_DENIED: denied, // The token endpoint refused in a way that no document names.
  ETIMS_TOKEN_REJECTED: denied, // An operation refused a token and then a newer one.
  ETIMS_NOT_CONFIGURED: misuse, // The configuration lacks what this call needs.
  ETIMS_INVALID_REQUEST: misuse, // Found by our own check; nothing was sent.
  ETIMS_DEVICE: denied, // 900 to 905: the device is unknown, or its key is wrong.
  ETIMS_DEVICE_UNKNOWN: misuse, // No device credential is known here.
  ETIMS_DEVICE_ALREADY_INITIALIZED: refused,
  ETIMS_DEVICE_INIT_UNRESOLVED: { retryable: false, exit: 6 }, // It was asked for once, and the answer was lost.
  ETIMS_STORE_NOT_DURABLE: misuse, // The store cannot promise to keep a key that is issued once.
  ETIMS_NUMBER_HELD: { retryable: false, exit: 6 }, // A number is held by a document whose outcome is unknown.
  ETIMS_REQUEST_REFUSED: refused, // 910 to 913, and refusals without a code.
  ETIMS_SEQUENCE: refused, // A counter or an order of operations.
  ETIMS_DUPLICATE: refused,
  ETIMS_REJECTED: refused, // A code that no document names.
  ETIMS_FORBIDDEN: refused,
  ETIMS_NOT_FOUND: refused,
  ETIMS_THROTTLED: later,
  ETIMS_UNAVAILABLE: later,
  ETIMS_UNREACHABLE: later,
  ETIMS_TIMEOUT: later,
  ETIMS_MALFORMED_ANSWER: later,
  ETIMS_ANSWER_TOO_LARGE: broken,
  ETIMS_OUTCOME_UNKNOWN: { retryable: false, exit: 6 }, // It may have happened: ask before you repeat.
} as const satisfies Record<string, CodeRow>

export type EtimsErrorCode = keyof typeof etimsErrorCodes

/**
 * What kind of failure it was: the classes of section 5.1, `http` for a status without a result code, and `rejected`
 * for a refusal of the gateway without one.
 */
export type FailureKind =
  | 'client'
  | 'transport'
  | 'request'
  | 'device'
  | 'sequence'
  | 'throttle'
  | 'server'
  | 'duplicate'
  | 'rejected'
  | 'http'
  | 'unknown'

const apiFields = Symbol('latchkey.etims.api')

/** What the SDKs put beside an error: the envelope, as it was answered. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean>>

export interface ApiFacts extends ErrorFacts {
  readonly code: EtimsErrorCode
  readonly kind: FailureKind
}

/**
 * KRA refused a call, or it failed. `statusCode`, `errorCode` and `details` are what the replaced SDKs set: 400 or 500
 * by the result code, the result code, and the envelope. The HTTP status is `status`.
 *
 * A write whose outcome is unknown is an `OutcomeUnknownError` and counts as an `ApiException` too, for programs that
 * catch nothing else.
 */
export class ApiException extends ProviderError {
  readonly statusCode: number
  readonly errorCode: string | undefined
  readonly kind: FailureKind
  declare readonly details: ErrorDetails

  constructor(message: string, statusCode = 400, errorCode?: string, details?: object, facts?: ApiFacts) {
    const { code = 'ETIMS_REJECTED', kind = 'unknown', ...rest } = facts ?? {}
    super(code, message, {
      provider: 'etims',
      retryable: etimsErrorCodes[code].retryable,
      ...(errorCode !== undefined && { providerCode: errorCode }),
      ...rest,
    })
    this.statusCode = statusCode
    this.errorCode = errorCode
    this.kind = kind
    if (details !== undefined) {
      Object.defineProperty(this, 'details', { value: Object.freeze({ ...details }), enumerable: true })
    }
  }
}

// Not a static member: one that names its own class gets another name when the package is bundled, and errors show it.
Object.defineProperty(ApiException, Symbol.hasInstance, {
  value(this: unknown, value: unknown) {
    if (Function.prototype[Symbol.hasInstance].call(this, value)) return true
    return this === ApiException && value instanceof OutcomeUnknownError && apiFields in value
  },
})

/** No token could be had, or a new one was refused too. `code` says why; `AUTH_INVALID_CREDENTIALS` for one. */
export class AuthenticationException extends ProviderError {
  readonly statusCode: number
  readonly errorCode: string | undefined

  constructor(message = 'Authentication failed', statusCode = 401, errorCode?: string, facts?: AuthenticationFacts) {
    const { code = 'ETIMS_TOKEN_REJECTED', ...rest } = facts ?? {}
    super(code, message, { provider: 'etims', ...rest })
    this.statusCode = statusCode
    this.errorCode = errorCode
  }

  /** True where the answer said that the token has run out. */
  isTokenExpired(): boolean {
    return this.statusCode === 401 && (this.errorCode === 'TOKEN_EXPIRED' || /token.*expired/i.test(this.message))
  }

  toJSON(): object {
    const { name, message, statusCode, errorCode } = this
    return { name, message, statusCode, errorCode }
  }
}

export interface AuthenticationFacts extends ErrorFacts {
  /** One of {@link etimsErrorCodes}, or the engine's own. */
  readonly code: string
}

/** A request was malformed; nothing was sent. */
export class ValidationException extends LatchkeyError {
  /** `path: text`, one for each thing that is wrong. */
  readonly errors: readonly string[]
  readonly issues: readonly Issue[]

  constructor(message = 'Validation failed', errors: readonly string[] = [], issues: readonly Issue[] = []) {
    super('ETIMS_INVALID_REQUEST', message, { provider: 'etims', retryable: false })
    this.errors = Object.freeze([...errors])
    this.issues = Object.freeze([...issues])
  }

  getErrors(): readonly string[] {
    return this.errors
  }

  toJSON(): object {
    const { name, message, errors } = this
    return { name, message, errors }
  }
}

/** The exception for issues that our own check found. */
export function invalidRequest(operation: string, issues: readonly Issue[]): ValidationException {
  const errors = issues.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`))
  return new ValidationException(`Validation failed: ${operation}: ${errors.join('; ')}`, errors, issues)
}

/** A failure of this client itself. */
export function etimsError(code: EtimsErrorCode, message: string, facts: ErrorFacts = {}): LatchkeyError {
  return new LatchkeyError(code, message, {
    provider: 'etims',
    retryable: etimsErrorCodes[code].retryable,
    ...facts,
  })
}

/** Gives an unknown outcome the fields that programs of the replaced SDKs read. */
export function asApiFailure(error: OutcomeUnknownError): OutcomeUnknownError {
  if (apiFields in error) return error
  const fields = { statusCode: 500, errorCode: error.providerCode, kind: 'transport', [apiFields]: true }
  for (const name of Reflect.ownKeys(fields)) {
    Object.defineProperty(error, name, { value: Reflect.get(fields, name) as unknown, enumerable: false }) // Its own fields.
  }
  return error
}

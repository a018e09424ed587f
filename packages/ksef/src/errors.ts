/**
 * How KSeF's answers become our codes: the table of codes, and the one function that judges a failed answer.
 *
 * The status decides, then the numeric exception code, of which new ones must break nothing. KSeF's texts are handed to
 * those who ask for them and never put into a message.
 *
 * @see spec/ksef.md sections 1.7 and 1.9, DESIGN "Errors"
 * @module
 */
import type { CodeRow, ErrorFacts } from '@latchkey/core'
import { ProviderError } from '@latchkey/http'

const later: CodeRow = { retryable: true, exit: 4 }
const denied: CodeRow = { retryable: false, exit: 3 }
const refused: CodeRow = { retryable: false, exit: 5 }
const broken: CodeRow = { retryable: false, exit: 1 }
const misuse: CodeRow = { retryable: false, exit: 2 }

/** KSeF's codes. `retryable` says whether asking again, unchanged and later, can help. */
export const ksefErrorCodes = {
  AUTH_INVALID_CREDENTIALS: denied, // KSeF does not accept the KSeF token; `reason` may say why.
  KSEF_TOKEN_INACTIVE: later, // The KSeF token is not active yet.
  KSEF_NO_PERMISSION: denied, // Status 415: the subject may do nothing in this context.
  KSEF_CERTIFICATE_REFUSED: denied, // 21115 or status 460; `reason` may say why.
  KSEF_SIGNATURE_REFUSED: denied, // The signed request or its signature is not as it must be.
  KSEF_IDENTITY_REFUSED: denied, // Whom the certificate names does not fit, or has died.
  KSEF_CONTEXT_BLOCKED: denied, // Status 480.
  KSEF_SIGN_IN_REFUSED: denied, // Any other refusal.
  KSEF_SIGN_IN_REVOKED: denied,
  KSEF_SIGN_IN_FAILED: later, // Status 500.
  KSEF_SIGN_IN_INTERRUPTED: later, // KSeF cancelled it, more than once.
  KSEF_SIGN_IN_TIMEOUT: later, // Still in progress when the time was up.
  KSEF_CHALLENGE_REFUSED: later, // Unknown, used, or older than ten minutes.
  KSEF_SIGNING_FAILED: denied, // The signer that was passed in did not sign.
  KSEF_REDEMPTION_UNKNOWN: { retryable: true, exit: 6 }, // Its answer was lost, and the tokens with it: sign in anew.
  KSEF_KEY_UNUSABLE: later, // No public key for this use, or one that must not be used.
  KSEF_TOKEN_REJECTED: denied, // An operation refused a token and then a newer one.
  KSEF_INVALID_REQUEST: refused, // 400 about the form of the request: 21405 and its like.
  KSEF_REJECTED: refused, // 400 with any other exception code, which `providerCode` names.
  KSEF_NOT_FOUND: refused, // 404, and the 400s that say the same.
  KSEF_ACCESS_DENIED: refused, // 403: `reasonCode` says why.
  KSEF_GONE: refused, // 410: the operation is older than KSeF remembers.
  KSEF_UNEXPECTED_ANSWER: refused, // A refusal that no document names.
  KSEF_OPERATION_FAILED: refused, // What KSeF worked on asynchronously ended as failed.
  KSEF_RATE_LIMITED: later, // 429, or our own budget is spent: `retryAt` says when.
  KSEF_UNAVAILABLE: later,
  KSEF_UNREACHABLE: later,
  KSEF_TIMEOUT: later,
  KSEF_MALFORMED_ANSWER: later,
  KSEF_NOT_FINISHED: later, // Waited long enough; it goes on at KSeF.
  KSEF_ANSWER_TOO_LARGE: broken,
  KSEF_TOO_MANY_PAGES: broken, // A list did not end, or its page token came again.
  KSEF_CLIENT_CLOSED: broken,
  KSEF_TEST_ONLY: misuse, // Only the environment TEST has it; nothing was sent.
  KSEF_NOT_SIGNED_IN: misuse, // The operation needs an authenticated client; nothing was sent.
  KSEF_OUTCOME_UNKNOWN: { retryable: false, exit: 6 }, // It may have happened: ask before you repeat.
} as const satisfies Record<string, CodeRow>

export type KsefErrorCode = keyof typeof ksefErrorCodes

/** One exception that KSeF names. Texts are KSeF's own, mostly Polish, and may quote what was sent. */
export interface KsefException {
  readonly code: number
  readonly description?: string
  readonly details: readonly string[]
}

/** What a refusal says beside its codes: which permission is missing, which address is not allowed. */
export type KsefSecurity = Readonly<Record<string, string | readonly string[]>>

/** An answer as `wire/read-answer.ts` reads it; members are absent where the answer has none. */
export interface ReadAnswer {
  readonly status: number
  readonly kind: 'json' | 'html' | 'text' | 'empty'
  /** The parsed body where `kind` is `json`. */
  readonly json?: unknown
  /** Empty where a failed answer names none. */
  readonly exceptions: readonly KsefException[]
  /** Why a 403 is one. The set is open. */
  readonly reasonCode?: string
  readonly security?: KsefSecurity
  readonly traceId?: string
  /** KSeF's sentence about the whole. */
  readonly detail?: string
}

/** What a failed answer is. `processed: 'no'`: KSeF certainly did nothing. */
export interface Failure {
  readonly code: KsefErrorCode
  readonly processed: 'no' | 'unknown'
  /** What to do next. */
  readonly text: string
}

/**
 * KSeF refused or failed an operation. Its own words are behind getters, so that a log line shows codes and ids alone.
 */
export class KsefApiError extends ProviderError {
  readonly #said: ReadAnswer

  constructor(code: KsefErrorCode, message: string, facts: ErrorFacts, said: ReadAnswer) {
    super(code, message, facts)
    this.#said = said
  }

  /** Every exception that the answer names, in its order. The first one's number is `providerCode`, too. */
  get codes(): readonly KsefException[] {
    return this.#said.exceptions
  }

  /** `missing-permissions`, `ip-not-allowed` and the like; the set is open. */
  get reasonCode(): string | undefined {
    return this.#said.reasonCode
  }

  /** What belongs to the reason: `requiredAnyOfPermissions`, `presentPermissions`, `clientIp` and the like. */
  get security(): KsefSecurity | undefined {
    return this.#said.security
  }

  /** Quote it when you report the trouble. */
  get traceId(): string | undefined {
    return this.#said.traceId
  }

  /** KSeF's sentence about the whole, mostly Polish. */
  get detail(): string | undefined {
    return this.#said.detail
  }
}

/** A `ProviderError` whose `retryable` is the table's. */
export function ksefError(code: KsefErrorCode, message: string, facts: ErrorFacts = {}): ProviderError {
  return new ProviderError(code, message, { provider: 'ksef', retryable: ksefErrorCodes[code].retryable, ...facts })
}

/** Judges an answer that no operation understood as success. Total: every answer is some failure. */
export function failureOf({ status, kind, exceptions, reasonCode }: ReadAnswer): Failure {
  if (status === 400) return badRequests[exceptions[0]?.code ?? 0] ?? (exceptions.length > 0 ? rejected : invalid)
  if (status === 403) return { ...forbidden, text: forbiddenText(kind, reasonCode) }
  const known = failures[status]
  if (known !== undefined) return known
  if (status >= 500) return unavailable
  if (status >= 200 && status < 300) return malformed
  return { code: 'KSEF_UNEXPECTED_ANSWER', processed: 'no', text: 'No document names such a refusal.' }
}

const invalid: Failure = {
  code: 'KSEF_INVALID_REQUEST',
  processed: 'no',
  text: 'The request was found invalid: the details of `codes` on this error say where.',
}

const rejected: Failure = {
  code: 'KSEF_REJECTED',
  processed: 'no',
  text: 'A rule of KSeF forbids it: `codes` on this error has its words.',
}

const notFound: Failure = {
  code: 'KSEF_NOT_FOUND',
  processed: 'no',
  text: 'There is no such thing in this environment and context. References of another environment mean nothing here.',
}

const unavailable: Failure = {
  code: 'KSEF_UNAVAILABLE',
  processed: 'unknown',
  text: 'Ask again later; quote the correlation id when you report it.',
}

const malformed: Failure = {
  code: 'KSEF_MALFORMED_ANSWER',
  processed: 'unknown',
  text: 'That is something else than was asked for.',
}

const forbidden: Failure = { code: 'KSEF_ACCESS_DENIED', processed: 'no', text: '' }

const failures: Readonly<Record<number, Failure>> = {
  401: {
    code: 'KSEF_TOKEN_REJECTED',
    processed: 'no',
    text: 'The access token was refused, and a newer one, too, where one could be had. Check environment and addresses.',
  },
  404: notFound,
  408: unavailable,
  410: {
    code: 'KSEF_GONE',
    processed: 'no',
    text: 'It is older than KSeF remembers: 7 days for signing in, 30 days for enrolments and grants.',
  },
  415: { ...invalid, text: 'The body has a type that the operation does not take.' },
  429: {
    code: 'KSEF_RATE_LIMITED',
    processed: 'no',
    text: 'There are too many requests: asking before `retryAt` makes the wait longer.',
  },
}

// The exception codes of section 1.9 that are not simply a rule of KSeF.
const badRequests: Readonly<Record<number, Failure>> = {
  21001: invalid,
  21164: notFound,
  21173: notFound,
  21175: notFound,
  21178: notFound,
  21217: invalid,
  21304: notFound,
  21401: invalid,
  21405: invalid,
  21418: invalid,
  25005: notFound,
  25008: notFound,
}

function forbiddenText(kind: ReadAnswer['kind'], reasonCode: string | undefined): string {
  const known = reasonCode === undefined ? undefined : reasons[reasonCode]
  if (known !== undefined) return known
  if (kind === 'html')
    return 'A protection system before KSeF turned the request away: ask again later or from elsewhere.'
  return 'The credential does not allow it. A new token does not help.'
}

const reasons: Readonly<Record<string, string>> = {
  'missing-permissions': 'A permission is missing in this context: `security` on this error says which would do.',
  'ip-not-allowed': 'The authorization policy of this sign-in does not allow this address.',
  'insufficient-resource-access': 'It belongs to somebody else.',
  'auth-method-not-allowed': 'It is not open to this way of signing in: sign in with a certificate.',
  'security-service-blocked': 'The protection systems of KSeF blocked it: `security` on this error has the incident.',
  'context-type-not-allowed': 'It does not exist for this type of context.',
}

/**
 * How Truphone's answers become our codes: the table of codes, and the one function that judges a failed answer.
 *
 * The status decides, then the provider's `type`, of which new ones must break nothing. Its free text is used to find
 * the field that it names and never travels further.
 *
 * @see spec/truphone.md section 3, DESIGN "Errors"
 * @module
 */
import type { CodeRow, ErrorFacts } from '@latchkey/core'
import { ProviderError } from '@latchkey/http'

const later: CodeRow = { retryable: true, exit: 4 }
const denied: CodeRow = { retryable: false, exit: 3 }
const refused: CodeRow = { retryable: false, exit: 5 }
const broken: CodeRow = { retryable: false, exit: 1 }

/** Truphone's codes. `retryable` says whether asking again, unchanged and later, can help. */
export const truphoneErrorCodes = {
  AUTH_INVALID_CREDENTIALS: denied, // The token endpoint does not know this client id and secret.
  TRUPHONE_TOKEN_REJECTED: denied, // An operation refused a token and then a newer one.
  TRUPHONE_ROLE_MISSING: refused, // The client's role does not have this operation; nothing was sent.
  TRUPHONE_INVALID_REQUEST: refused, // 400; `details.field` may name the field.
  TRUPHONE_ACCESS_DENIED: refused, // 403: another client's resource, or a role that is not entitled.
  TRUPHONE_NOT_FOUND: refused, // 404; in pre-production also what the nightly recycling took.
  TRUPHONE_REJECTED: refused, // 422: `providerCode` names the rule.
  TRUPHONE_QUOTA_EXHAUSTED: refused, // 406
  TRUPHONE_UNEXPECTED_ANSWER: refused, // A refusal that no document names.
  TRUPHONE_ORDER_FAILED: refused, // The order ended as FAILED: nothing was provisioned.
  TRUPHONE_THROTTLED: later,
  TRUPHONE_UNAVAILABLE: later,
  TRUPHONE_UNREACHABLE: later,
  TRUPHONE_TIMEOUT: later,
  TRUPHONE_MALFORMED_ANSWER: later,
  TRUPHONE_NOT_FINISHED: later, // Waited long enough; it goes on at Truphone, so never order again because of this.
  TRUPHONE_ANSWER_TOO_LARGE: broken,
  TRUPHONE_TOO_MANY_PAGES: broken,
  TRUPHONE_MALFORMED_DELIVERY: broken,
  TRUPHONE_OUTCOME_UNKNOWN: { retryable: false, exit: 6 }, // It may have happened: ask before you repeat.
} as const satisfies Record<string, CodeRow>

export type TruphoneErrorCode = keyof typeof truphoneErrorCodes

/** An answer as `wire/read-answer.ts` reads it; members are absent where the answer has none. */
export interface ReadAnswer {
  readonly status: number
  readonly kind: 'json' | 'html' | 'text' | 'empty'
  /** The parsed body where `kind` is `json`. */
  readonly json?: unknown
  /** The provider's error `type`, where it looks like one. */
  readonly type?: string
  /** The field that a message begins with, where it is one of the documented names. */
  readonly field?: string
}

/** What a failed answer is. `processed: 'no'`: Truphone certainly did nothing. */
export interface Failure {
  readonly code: TruphoneErrorCode
  readonly processed: 'no' | 'unknown'
  /** What to do next. */
  readonly text: string
}

/** A `ProviderError` whose `retryable` is the table's. */
export function truphoneError(code: TruphoneErrorCode, message: string, facts: ErrorFacts = {}): ProviderError {
  return new ProviderError(code, message, {
    provider: 'truphone',
    retryable: truphoneErrorCodes[code].retryable,
    ...facts,
  })
}

/** Judges an answer that no operation understood as success. Total: every answer is some failure. */
export function failureOf({ status, type }: ReadAnswer): Failure {
  const known = failures[status]
  if (known !== undefined) return type === 'PRODUCT_NOT_FOUND' ? { ...known, text: catalogueChanged } : known
  if (status >= 500) return unavailable
  if (status >= 200 && status < 300) return malformed
  return { code: 'TRUPHONE_UNEXPECTED_ANSWER', processed: 'no', text: 'No document names such a refusal.' }
}

const catalogueChanged = 'The catalogue changes, and so do product ids: list the products again and choose anew.'

const unavailable: Failure = {
  code: 'TRUPHONE_UNAVAILABLE',
  processed: 'unknown',
  text: 'Ask again later; quote the correlation id when you report it.',
}

const malformed: Failure = {
  code: 'TRUPHONE_MALFORMED_ANSWER',
  processed: 'unknown',
  text: 'That is something else than was asked for.',
}

const failures: Readonly<Record<number, Failure>> = {
  400: { code: 'TRUPHONE_INVALID_REQUEST', processed: 'no', text: 'The request was found invalid.' },
  401: {
    code: 'TRUPHONE_TOKEN_REJECTED',
    processed: 'no',
    text: 'The access token was refused, and a newer one, too, where one could be had. Check tokenUrl and apiBaseUrl.',
  },
  403: {
    code: 'TRUPHONE_ACCESS_DENIED',
    processed: 'no',
    text: 'The resource belongs to another API client, or the role of these credentials lacks this operation. A new token does not help.',
  },
  404: {
    code: 'TRUPHONE_NOT_FOUND',
    processed: 'no',
    text: 'There is no such resource in this environment. Ids of the other one mean nothing here, and pre-production drops what was not used for 72 hours.',
  },
  406: { code: 'TRUPHONE_QUOTA_EXHAUSTED', processed: 'no', text: 'The quota of eSIMs is used up.' },
  408: unavailable,
  422: { code: 'TRUPHONE_REJECTED', processed: 'no', text: 'A rule of the business forbids it.' },
  429: { code: 'TRUPHONE_THROTTLED', processed: 'no', text: 'There are too many requests: wait before asking again.' },
}

/**
 * How Daraja's answers become our codes: the table of codes, and the one function that judges a failed answer.
 *
 * The provider's own words are used to tell failures apart and never travel further, because `401.002.01` may echo
 * the access token. Errors carry our text, the provider's code and its request id.
 *
 * @see spec/daraja.md sections 1.7 to 1.10, DESIGN "Errors"
 * @module
 */
import type { CodeRow, ErrorFacts } from '@latchkey/core'
import { ProviderError } from '@latchkey/http'

const later: CodeRow = { retryable: true, exit: 4 }
const denied: CodeRow = { retryable: false, exit: 3 }
const refused: CodeRow = { retryable: false, exit: 5 }
const broken: CodeRow = { retryable: false, exit: 1 }

/** Daraja's codes. `retryable` says whether asking again, unchanged and later, can help. */
export const darajaErrorCodes = {
  AUTH_INVALID_CREDENTIALS: denied, // The token endpoint does not know this consumer key and secret.
  DARAJA_INVALID_AUTH_SCHEME: denied, // `400.008.01`; may also mean wrong credentials.
  DARAJA_INVALID_GRANT_TYPE: denied, // `400.008.02`
  DARAJA_TOKEN_DENIED: denied, // The token endpoint refused in a way that no document names.
  DARAJA_TOKEN_REJECTED: denied, // An operation refused a token and then a newer one.
  DARAJA_WRONG_PASSKEY: denied, // Shortcode, passkey and timestamp do not fit each other.
  DARAJA_PRODUCT_MISSING: refused, // The app lacks the API product; a new token does not help.
  DARAJA_MERCHANT_UNKNOWN: refused,
  DARAJA_FORBIDDEN: refused,
  DARAJA_INVALID_REQUEST: refused,
  DARAJA_NOT_FOUND: refused, // The path does not exist at this address.
  DARAJA_CONFLICT: refused, // A prompt is open, an id was used, URLs are registered: `reason` says which.
  DARAJA_REJECTED: refused, // An acknowledgement that is not one: `providerCode` says why.
  DARAJA_UNEXPECTED_ANSWER: refused, // A refusal that no document names.
  DARAJA_THROTTLED: later,
  DARAJA_BLOCKED: later, // The filter in front of Daraja answered with a web page.
  DARAJA_UNAVAILABLE: later,
  DARAJA_UNREACHABLE: later,
  DARAJA_TIMEOUT: later,
  DARAJA_MALFORMED_ANSWER: later,
  DARAJA_ANSWER_TOO_LARGE: broken,
  DARAJA_MALFORMED_CALLBACK: broken,
  DARAJA_OUTCOME_UNKNOWN: { retryable: false, exit: 6 }, // It may have happened: ask before you repeat.
} as const satisfies Record<string, CodeRow>

export type DarajaErrorCode = keyof typeof darajaErrorCodes

/** An answer as `wire/answer.ts` reads it; members are absent where the answer has none. */
export interface ReadAnswer {
  readonly status: number
  readonly kind: 'json' | 'html' | 'text' | 'empty'
  /** The parsed body where `kind` is `json`. */
  readonly json?: unknown
  /** Daraja's `errorCode`, a gateway's `errorcode` or an envelope's code: a plain word or absent. */
  readonly errorCode?: string
  /** The provider's own words, for telling failures apart. Never part of an error. */
  readonly message: string
  /** What Safaricom's support asks for. */
  readonly requestId?: string
}

/** What a failed answer is. `processed: 'no'`: Daraja certainly did nothing. */
export interface Failure {
  readonly code: DarajaErrorCode
  readonly processed: 'no' | 'unknown'
  /** What came back and what to do next. */
  readonly text: string
  readonly reason?: string
  /** The wire field that Daraja complains about. */
  readonly field?: string
}

/** A `ProviderError` whose `retryable` is the table's. */
export function darajaError(code: DarajaErrorCode, message: string, facts: ErrorFacts = {}): ProviderError {
  return new ProviderError(code, message, { provider: 'daraja', retryable: darajaErrorCodes[code].retryable, ...facts })
}

/** True where the answer says that the token is good and the app lacks the product: a new token will not help. */
export function lacksProduct(answer: ReadAnswer): boolean {
  return (
    has(answer, 'no apiproduct match found') || !!answer.errorCode?.endsWith('InvalidAPICallAsNoApiProductMatchFound')
  )
}

/** The client rule of section 1.9: whether an answer refuses the token itself. */
export function refusesToken(answer: ReadAnswer): boolean {
  if (lacksProduct(answer)) return false
  return answer.status === 401 || (answer.errorCode !== undefined && tokenCodes.has(answer.errorCode))
}

/** True where the answer is the gateway's or Daraja's "too many calls". */
export function throttles(answer: ReadAnswer): boolean {
  const code = answer.errorCode ?? ''
  return answer.status === 429 || throttleCodes.has(code) || /\.(SpikeArrest|Quota)Violation$/.test(code)
}

/** Judges an answer that no operation understood as success. Total: every answer is some failure. */
export function failureOf(answer: ReadAnswer): Failure {
  if (throttles(answer)) return throttled(answer)
  if (lacksProduct(answer)) return productMissing
  if (refusesToken(answer)) return tokenRejected
  const known = byMessage(answer) ?? byCode(answer)
  return known ?? byStatus(answer)
}

const tokenCodes = new Set([
  '404.001.03',
  '400.003.01',
  '401.001',
  '401.002.01',
  '401.003.01',
  '401',
  'keymanagement.service.invalid_access_token',
])

const throttleCodes = new Set(['500.003.02', '500.003.03', '100000002', '100000011'])

const productMissing: Failure = {
  code: 'DARAJA_PRODUCT_MISSING',
  processed: 'no',
  text: 'The token is good, but the app lacks this API product, or has another version of it. Add the product on the developer portal and forget the present token, which covers only what the app had when it was issued.',
}

const tokenRejected: Failure = {
  code: 'DARAJA_TOKEN_REJECTED',
  processed: 'no',
  text: 'Daraja refused the access token. If a new one does not help: the API product may not be approved on the app, the keys may belong to the other environment, or another program may be fetching tokens with the same consumer key.',
}

// "System is busy" does not prove that nothing happened; a spike arrest does (section 1.10).
function throttled(answer: ReadAnswer): Failure {
  const certain = answer.status === 429 || has(answer, 'spike arrest') || !!answer.errorCode?.includes('SpikeArrest')
  return {
    code: 'DARAJA_THROTTLED',
    processed: certain ? 'no' : 'unknown',
    text: 'Daraja answered that there are too many requests, or that it is busy. Wait at least several seconds.',
    reason: certain ? 'spike-arrest' : 'busy',
  }
}

// One code has many meanings, told apart by its text alone (section 1.8).
const messages: readonly (readonly [words: string, failure: Failure])[] = [
  [
    'merchant does not exist',
    {
      code: 'DARAJA_MERCHANT_UNKNOWN',
      processed: 'no',
      text: 'Daraja does not know this business shortcode. For a till, businessShortCode is the store or head-office number and partyB the till.',
    },
  ],
  [
    'wrong credentials',
    {
      code: 'DARAJA_WRONG_PASSKEY',
      processed: 'no',
      text: "The password does not fit: check the passkey, that it is this shortcode's and this environment's, and that password and timestamp were made together.",
    },
  ],
  [
    'unable to lock subscriber',
    {
      code: 'DARAJA_CONFLICT',
      processed: 'no',
      text: 'Another prompt or USSD session is open on that phone. Wait at least one minute before a new push.',
      reason: 'subscriber-locked',
    },
  ],
  [
    'duplicate originatorconversationid',
    {
      code: 'DARAJA_CONFLICT',
      processed: 'no',
      text: 'This originator conversation id was used before, so the first request may have been paid. Ask for its status; do not change the id and send again.',
      reason: 'duplicate-id',
    },
  ],
  [
    'urls are already registered',
    {
      code: 'DARAJA_CONFLICT',
      processed: 'no',
      text: 'The shortcode has URLs. Delete them on the portal before registering others.',
      reason: 'urls-registered',
    },
  ],
  [
    'duplicate notification info',
    {
      code: 'DARAJA_CONFLICT',
      processed: 'no',
      text: 'The shortcode has URLs on the older aggregator platform. Safaricom must delete them.',
      reason: 'urls-registered',
    },
  ],
]

function byMessage(answer: ReadAnswer): Failure | undefined {
  if (answer.kind !== 'json') return undefined
  return messages.find(([words]) => has(answer, words))?.[1]
}

const fields = new Set(
  (
    'BusinessShortCode Password Timestamp TransactionType Amount PartyA PartyB PhoneNumber CallBackURL AccountReference ' +
    'TransactionDesc CheckoutRequestID Initiator InitiatorName SecurityCredential CommandID IdentifierType Remarks ' +
    'ResultURL QueueTimeOutURL RecieverIdentifierType ShortCode ResponseType ConfirmationURL ValidationURL'
  ).split(' '),
)

function byCode(answer: ReadAnswer): Failure | undefined {
  switch (answer.errorCode) {
    case '400.002.02':
    case '400.002.05':
    case '400.003.02':
    case '400.001':
      return invalidRequest(answer)
    case '404.001.01':
    case '404.002.01':
    case '404.003.01':
      return notFound
    case '404.001.04':
    case '405.001':
      return {
        code: 'DARAJA_INVALID_REQUEST',
        processed: 'no',
        text: 'Daraja did not accept the method or the Authorization header.',
      }
    case '500.001.1001':
    case '500.002.1001':
    case '00.002.1001': // So printed in the documents.
    case '500.003.1001':
      return unavailable
    default:
      return undefined
  }
}

function invalidRequest(answer: ReadAnswer): Failure {
  const word = /\bInvalid ([A-Za-z]{1,40})\s*$/.exec(answer.message)?.[1]
  const field = word !== undefined && fields.has(word) ? word : undefined
  return {
    code: 'DARAJA_INVALID_REQUEST',
    processed: 'no',
    text:
      field === undefined
        ? 'Daraja found the request invalid and did not say where.'
        : `Daraja found the request invalid and names ${field}. BusinessShortCode may also stand for a body that it could not read.`,
    ...(field !== undefined && { field }),
  }
}

const notFound: Failure = {
  code: 'DARAJA_NOT_FOUND',
  processed: 'no',
  text: 'The path does not exist at this address. Check baseUrl or apiBaseUrl.',
}

const unavailable: Failure = {
  code: 'DARAJA_UNAVAILABLE',
  processed: 'unknown',
  text: 'Daraja failed or is under maintenance. Ask again later.',
}

function byStatus(answer: ReadAnswer): Failure {
  const { status, kind } = answer
  if (kind === 'html' && (status === 403 || has(answer, 'incapsula'))) {
    return {
      code: 'DARAJA_BLOCKED',
      processed: status === 403 ? 'no' : 'unknown',
      text: 'The filter in front of Daraja answered with a web page. The address of this host may be blocked: slow down, and ask Safaricom if it goes on.',
    }
  }
  if (status >= 500 || status === 408) return unavailable
  if (status >= 200 && status < 300) {
    return {
      code: 'DARAJA_MALFORMED_ANSWER',
      processed: 'unknown',
      text: 'Daraja answered with something else than was asked for.',
    }
  }
  if (status === 403)
    return { code: 'DARAJA_FORBIDDEN', processed: 'no', text: 'Daraja does not allow this to the app.' }
  if (status === 404) return notFound
  if (status === 405)
    return { code: 'DARAJA_INVALID_REQUEST', processed: 'no', text: 'Daraja does not take this method here.' }
  return {
    code: 'DARAJA_UNEXPECTED_ANSWER',
    processed: 'no',
    text: 'Daraja refused, with a code that no document names.',
  }
}

function has(answer: ReadAnswer, words: string): boolean {
  return answer.message.toLowerCase().includes(words)
}

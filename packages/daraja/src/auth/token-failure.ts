/**
 * What a refusal of the token endpoint means. Apart from `errors.ts`, which judges the operations: the same status
 * and code mean other things there.
 *
 * @see spec/daraja.md section 2.3
 * @module
 */
import { errorCodes, TokenError } from '@latchkey/core'
import type { FailureClass } from '@latchkey/core'
import { darajaErrorCodes, throttles } from '../errors.ts'
import type { ReadAnswer } from '../errors.ts'

/** Why a token could not be had: the `reason` of the `TokenError`s below. */
export type TokenFailureReason =
  | 'invalid_credentials'
  | 'invalid_auth_scheme'
  | 'invalid_grant_type'
  | 'blocked'
  | 'malformed_response'
  | 'unavailable'
  | 'throttled'
  | 'refused'

type Row = readonly [
  code: keyof typeof darajaErrorCodes | 'LATCHKEY_ENDPOINT_THROTTLED' | 'LATCHKEY_ENDPOINT_FAILED',
  failure: FailureClass,
  reason: TokenFailureReason,
  text: string,
]

const codes = { ...errorCodes, ...darajaErrorCodes }

const rows = {
  credentials: [
    'AUTH_INVALID_CREDENTIALS',
    'denied',
    'invalid_credentials',
    "Daraja does not accept the consumer key and secret. Check both, that they are this environment's, and that nothing was cut off or added when they were pasted.",
  ],
  scheme: [
    'DARAJA_INVALID_AUTH_SCHEME',
    'denied',
    'invalid_auth_scheme',
    'Daraja says that the authentication type is invalid (400.008.01). Basic was sent, so this probably means a wrong consumer key or secret: check both.',
  ],
  grantType: [
    'DARAJA_INVALID_GRANT_TYPE',
    'denied',
    'invalid_grant_type',
    'Daraja says that the grant type is invalid (400.008.02). Check a tokenUrl of your own: its query must be grant_type=client_credentials.',
  ],
  blocked: [
    'DARAJA_BLOCKED',
    'transient',
    'blocked',
    'The filter in front of Daraja answered with a web page instead of a token. The address of this host may be blocked; do not hammer, and ask Safaricom if it goes on.',
  ],
  throttled: [
    'LATCHKEY_ENDPOINT_THROTTLED',
    'throttled',
    'throttled',
    'Daraja answered that there are too many token requests, or that it is busy. Wait before asking again.',
  ],
  unavailable: [
    'LATCHKEY_ENDPOINT_FAILED',
    'transient',
    'unavailable',
    'The token endpoint of Daraja failed. Trying again later may help.',
  ],
  refused: [
    'DARAJA_TOKEN_DENIED',
    'denied',
    'refused',
    'The token endpoint refused in a way that no document names. Check tokenUrl or baseUrl, then the consumer key and secret.',
  ],
} as const satisfies Record<string, Row>

/** The error for an answer other than 200. Never quotes the answer. */
export function tokenFailure(answer: ReadAnswer): TokenError {
  const [code, failure, reason, message] = rows[rowOf(answer)]
  const { status, errorCode, requestId } = answer
  return new TokenError(code, message, {
    provider: 'daraja',
    status,
    reason,
    failure,
    retryable: codes[code].retryable,
    ...(errorCode !== undefined && { providerCode: errorCode }),
    ...(requestId !== undefined && { correlationId: requestId }),
  })
}

function rowOf(answer: ReadAnswer): keyof typeof rows {
  const { status, kind, errorCode } = answer
  if (throttles(answer)) return 'throttled'
  if (errorCode === '400.008.01') return 'scheme'
  if (errorCode === '400.008.02') return 'grantType'
  if (kind === 'html' && (status < 500 || /incapsula/i.test(answer.message))) return 'blocked'
  if (status === 401 || (status === 403 && kind === 'json') || (status === 400 && kind === 'empty'))
    return 'credentials'
  if (status === 403) return 'blocked'
  if (status >= 500 || status === 408 || status < 400) return 'unavailable'
  return 'refused'
}

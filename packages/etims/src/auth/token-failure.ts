/**
 * What a refusal of the token endpoint means. Apart from `errors.ts`, which judges the operations.
 *
 * @see spec/etims.md section 2.3
 * @module
 */
import { errorCodes, TokenError } from '@latchkey/core'
import type { FailureClass } from '@latchkey/core'
import { member, parseJson, textMember } from '@latchkey/http'
import { etimsErrorCodes } from '../errors.ts'
import { codeWord } from '../wire/words.ts'

type Row = readonly [
  code: 'AUTH_INVALID_CREDENTIALS' | 'ETIMS_TOKEN_DENIED' | 'LATCHKEY_ENDPOINT_THROTTLED' | 'LATCHKEY_ENDPOINT_FAILED',
  failure: FailureClass,
  reason: string,
  text: string,
]

const codes = { ...errorCodes, ...etimsErrorCodes }

const rows = {
  credentials: [
    'AUTH_INVALID_CREDENTIALS',
    'denied',
    'invalid_credentials',
    "KRA does not accept the consumer key and secret. Check both, that they are this environment's, and that the app is subscribed to the OSCU product.",
  ],
  throttled: [
    'LATCHKEY_ENDPOINT_THROTTLED',
    'throttled',
    'throttled',
    'KRA answered that there are too many token requests. Wait before asking again.',
  ],
  unavailable: [
    'LATCHKEY_ENDPOINT_FAILED',
    'transient',
    'unavailable',
    'The token endpoint of KRA failed. Trying again later may help.',
  ],
  refused: [
    'ETIMS_TOKEN_DENIED',
    'denied',
    'refused',
    'The token endpoint refused in a way that no document names. Check token_url or baseUrl, then the consumer key and secret.',
  ],
} as const satisfies Record<string, Row>

/** The error for an answer that brings no token. Never quotes the answer. */
export function tokenFailure(status: number, text: string): TokenError {
  const json = parseJson(text)
  const named = textMember(json, 'errorCode') ?? textMember(member(member(json, 'fault'), 'detail'), 'errorcode')
  const [code, failure, reason, message] = rows[rowOf(status, text, named)]
  const providerCode = codeWord(named)
  return new TokenError(code, message, {
    provider: 'etims',
    status,
    reason,
    failure,
    retryable: codes[code].retryable,
    ...(providerCode !== undefined && { providerCode }),
  })
}

function rowOf(status: number, text: string, named: string | undefined): keyof typeof rows {
  if (status === 429 || /SpikeArrest|Quota/i.test(named ?? '')) return 'throttled'
  if (status === 401 || (status === 400 && text.trim() === '')) return 'credentials'
  if (/invalid_?client|InvalidApiKey|invalid.?consumer/i.test(named ?? '')) return 'credentials'
  if (status >= 500 || status === 408 || (status >= 300 && status < 400)) return 'unavailable'
  return 'refused'
}

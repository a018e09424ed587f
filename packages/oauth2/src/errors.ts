/**
 * What a refusal of the token endpoint means, in our codes. The server's own words never travel: they may quote what
 * was sent.
 *
 * @see RFC 6749 section 5.2, spec/truphone.md section 12.6, engine.md section 11
 * @module
 */
import { TokenError } from '@latchkey/core'
import type { CodeRow, FailureClass } from '@latchkey/core'

/** The codes that this package adds to the engine's. */
export const oauth2ErrorCodes = {
  AUTH_INVALID_CREDENTIALS: { retryable: false, exit: 3 }, // The server does not know this client id and secret.
} as const satisfies Record<string, CodeRow>

/** A code of this package's table. */
export type OAuth2ErrorCode = keyof typeof oauth2ErrorCodes

/** What was asked of the server. */
export type Asked = 'obtain' | 'renew' | 'end'

/** The words of RFC 6749 and of servers in the field; only these are quoted as `providerCode`. */
const oauthWords = new Set(
  (
    'invalid_request invalid_client invalid_grant unauthorized_client unsupported_grant_type invalid_scope ' +
    'invalid_target access_denied invalid_token unsupported_token_type server_error temporarily_unavailable slow_down'
  ).split(' '),
)

/** Judges an answer that brought no token. `error`: the OAuth error word, where the answer has one. */
export function tokenFailure(provider: string, asked: Asked, status: number, error: string | undefined): TokenError {
  const word = error !== undefined && oauthWords.has(error) ? error : undefined
  const { code, failure, reason, advice } = rowOf(asked, status, word)
  const said = [`HTTP ${status}`, word].filter(Boolean).join(' ')
  return new TokenError(code, `${provider}: the authorization server answered ${said}. ${advice}`, {
    provider,
    status,
    reason,
    failure,
    ...(word !== undefined && { providerCode: word }),
  })
}

/** An answer with 200 that is none. Asking again later may help. */
export function malformedToken(
  provider: string,
  code: 'LATCHKEY_NOT_JSON' | 'LATCHKEY_NO_TOKEN' | 'LATCHKEY_BAD_TOKEN',
  what: string,
): TokenError {
  return new TokenError(code, `${provider}: the token endpoint answered 200 ${what}. Try again later.`, {
    provider,
    status: 200,
    reason: 'malformed_response',
    failure: 'transient',
  })
}

interface Row {
  readonly code: OAuth2ErrorCode | `LATCHKEY_${string}`
  readonly failure: FailureClass
  readonly reason: string
  readonly advice: string
}

const throttled: Row = {
  code: 'LATCHKEY_ENDPOINT_THROTTLED',
  failure: 'throttled',
  reason: 'throttled',
  advice: 'Wait before asking again.',
}

const unavailable: Row = {
  code: 'LATCHKEY_ENDPOINT_FAILED',
  failure: 'transient',
  reason: 'unavailable',
  advice: 'Trying again later may help.',
}

const credentials: Row = {
  code: 'AUTH_INVALID_CREDENTIALS',
  failure: 'denied',
  reason: 'invalid_credentials',
  advice: 'Check client id, client secret and the way of client authentication, and that the client is enabled.',
}

const spent: Row = {
  code: 'LATCHKEY_CREDENTIALS_DENIED',
  failure: 'spent',
  reason: 'refresh_refused',
  advice: 'The refresh token is over; a new login replaces it.',
}

const redirected: Row = {
  code: 'LATCHKEY_CREDENTIALS_DENIED',
  failure: 'denied',
  reason: 'redirect',
  advice: 'Credentials never follow a redirect: check the address of the token endpoint.',
}

const notFound: Row = {
  code: 'LATCHKEY_CREDENTIALS_DENIED',
  failure: 'denied',
  reason: 'not_found',
  advice: 'There is no such endpoint or realm: check the address of the token endpoint.',
}

const refused: Row = {
  code: 'LATCHKEY_CREDENTIALS_DENIED',
  failure: 'denied',
  reason: 'refused',
  advice: 'Repeating the request will not help: check the address, the scope and the settings of the client.',
}

// Decided by status and error word alone; descriptions are not part of any contract.
function rowOf(asked: Asked, status: number, word: string | undefined): Row {
  if (status === 429) return throttled
  if (status >= 500 || status === 408) return unavailable
  if (status < 400) return status >= 300 ? redirected : unavailable
  if (word === 'temporarily_unavailable' || word === 'server_error' || word === 'slow_down') return unavailable
  if (word === 'invalid_grant' && asked === 'renew') return spent
  if (word === 'invalid_client' || word === 'unauthorized_client') return credentials
  if (status === 401 && word === undefined) return credentials
  return status === 404 && word === undefined ? notFound : refused
}

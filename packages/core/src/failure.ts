/**
 * Judges a failed attempt: which class it is, how long the fleet backs off, and what the callers are told.
 *
 * @see engine.md section 11
 * @module
 */
import type { Attempt } from './attempt.ts'
import type { FailureClass } from './errors.ts'
import { TokenError } from './errors.ts'
import { retryAfterMs } from './lifetime.ts'
import type { Path } from './observer.ts'
import type { Cool } from './protocol.ts'

const deniedCodes = /^(invalid_client|unauthorized_client|unsupported_grant_type|invalid_scope|invalid_grant)$/
const throttledMs = 5000

export interface Failure {
  readonly class: FailureClass
  readonly error: TokenError
}

/** Reads the class off the grant's own error, or off the answer where the grant did not say. */
export function judgeFailure(thrown: unknown, attempt: Attempt, path: Path): Failure {
  const { last, unanswered } = attempt
  const answer = unanswered ? undefined : last
  const known = thrown instanceof TokenError ? thrown : undefined
  const oauth = answer && answer.status >= 400 && answer.status < 500 ? oauthError(answer.text) : undefined
  const throttled =
    answer !== undefined && answer.status >= 400 && retryAfterMs(answer.headers, answer.now) !== undefined
  let kind = known?.failure
  if (kind === undefined || kind === 'transient') {
    if (answer?.status === 429 || throttled) kind = 'throttled'
    else if (kind === undefined && oauth === 'invalid_grant' && path === 'renewal') kind = 'spent'
    else if (kind === undefined && oauth !== undefined) kind = 'denied'
    else kind = 'transient'
  }
  if (kind === 'spent' && path === 'primary') kind = 'denied'
  return { class: kind, error: known ?? describe(kind, thrown, answer?.status, oauth) }
}

/** The cool-down that a failure sets, by a store clock that reads `now`; `undefined` where the class has none. */
export function coolAfter(
  failure: Failure,
  attempt: Attempt,
  previous: Cool | undefined,
  now: number,
  random: () => number,
  denied: string | undefined,
): Cool | undefined {
  const { class: kind, error } = failure
  if (kind === 'spent' || kind === 'expired') return undefined
  const step = previous?.class === kind ? Math.min(previous.step + 1, 16) : 0
  const stated = attempt.last && !attempt.unanswered ? retryAfterMs(attempt.last.headers, attempt.last.now) : undefined
  const waits = {
    transient: () => random() * Math.min(60_000, 1000 * 2 ** step),
    throttled: () => stated ?? throttledMs,
    denied: () => Math.min(900_000, 60_000 * 2 ** step),
  }
  const until = Math.ceil(now + waits[kind]())
  const { code, providerCode, status } = error
  const passedAt = kind === 'denied' ? previous?.passedAt : undefined
  return {
    until,
    step,
    class: kind,
    code,
    providerCode,
    status,
    passedAt,
    denied: kind === 'denied' ? denied : undefined,
  }
}

function describe(
  kind: FailureClass,
  thrown: unknown,
  status: number | undefined,
  providerCode: string | undefined,
): TokenError {
  const said = status === undefined ? 'no answer' : `HTTP ${status}${providerCode ? ` ${providerCode}` : ''}`
  const facts = { failure: kind, cause: thrown, ...(status && { status }), ...(providerCode && { providerCode }) }
  if (kind === 'throttled') {
    return new TokenError('LATCHKEY_ENDPOINT_THROTTLED', `The token endpoint asks to slow down (${said}).`, facts)
  }
  if (kind === 'denied') {
    const text = `The authorization server denied the credentials (${said}). Check client id and secret.`
    return new TokenError('LATCHKEY_CREDENTIALS_DENIED', text, facts)
  }
  return new TokenError(
    'LATCHKEY_ENDPOINT_FAILED',
    `The token endpoint failed (${said}). Trying again later may help.`,
    facts,
  )
}

function oauthError(text: string): string | undefined {
  try {
    const { error } = JSON.parse(text) as { error?: unknown } // Compared with known words below.
    return typeof error === 'string' && deniedCodes.test(error) ? error : undefined
  } catch {
    return undefined
  }
}

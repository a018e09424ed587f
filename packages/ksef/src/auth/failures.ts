/**
 * What a refusal during signing in means, in our codes. KSeF's sentences never travel: they may quote what was sent.
 *
 * @see spec/ksef.md sections 1.9, 2.9 and 2.10, engine.md section 11
 * @module
 */
import { isLatchkeyError, TokenError } from '@latchkey/core'
import type { FailureClass, LatchkeyError } from '@latchkey/core'
import { ksefErrorCodes } from '../errors.ts'
import type { KsefErrorCode, ReadAnswer } from '../errors.ts'
import type { WireStatus } from '../wire/sign-in.ts'

/** The steps of signing in and staying in. */
export type Step = 'challenge' | 'submit' | 'poll' | 'redeem' | 'refresh' | 'end' | 'public keys'

interface Row {
  readonly code: KsefErrorCode | `LATCHKEY_${string}`
  readonly failure: FailureClass
  readonly advice: string
  readonly reason?: string
}

/** Judges an answer other than the promised one. */
export function answerFailure(step: Step, read: ReadAnswer): TokenError {
  const { status, exceptions, reasonCode, traceId } = read
  const code = exceptions[0]?.code
  const row = step === 'redeem' ? redeemRow(status, code) : rowOf(step, status, code)
  const providerCode = code?.toString() ?? reasonCode
  const said = [`HTTP ${status}`, providerCode].filter(Boolean).join(' ')
  return failed(row, `${asked[step]}: KSeF answered ${said}. ${row.advice}`, {
    status,
    ...(providerCode !== undefined && { providerCode }),
    ...(traceId !== undefined && { correlationId: traceId }),
  })
}

/** Our own budget let nothing go; nothing was sent. */
export function heldBack({ message, retryAt, reason }: LatchkeyError): TokenError {
  return new TokenError('LATCHKEY_ENDPOINT_THROTTLED', message, {
    provider: 'ksef',
    failure: 'throttled',
    ...(retryAt !== undefined && { retryAt }),
    ...(reason !== undefined && { reason }),
  })
}

/** Judges the final status of a sign-in that did not succeed. */
export function statusFailure({ code, details }: WireStatus): TokenError {
  const row = statusRow(code, details)
  const text = `Signing in to KSeF ended with status ${code}. ${row.advice}`
  return failed(row, text, { providerCode: String(code) })
}

/** No final status came in time. */
export function pollTimeout(timeoutMs: number, cause: unknown): TokenError {
  const row: Row = {
    code: 'KSEF_SIGN_IN_TIMEOUT',
    failure: 'transient',
    advice: 'A qualified certificate can take minutes, since its issuer is asked: raise timeoutMs, or try again.',
  }
  const text = `Signing in to KSeF was still in progress after ${Math.round(timeoutMs)} ms. ${row.advice}`
  return failed(row, text, cause === undefined ? {} : { cause })
}

/** Whoever signs took longer than a challenge lives. */
export function signingTimeout(): TokenError {
  return failed(stale, `Waited for the signature longer than a challenge lives. ${stale.advice}`, {})
}

/** The answer to the redemption was lost: KSeF gives the tokens once, so they are gone with it. */
export function redemptionUnknown(cause: unknown): TokenError {
  return failed(lostTokens, `Redeemed the sign-in, and no answer came back. ${lostTokens.advice}`, { cause })
}

/** The credential was for one sign-in, which is over. */
export function signAgain(): TokenError {
  const text = 'The sign-in has ended, and what it was made with was good for one alone. Sign in again.'
  return new TokenError('LATCHKEY_REAUTHORIZATION_REQUIRED', text, { provider: 'ksef', failure: 'expired' })
}

/** Whoever signs failed. Its own error is told as far as it is one of ours. */
export function signingFailed(cause: unknown): TokenError {
  const row: Row = { code: 'KSEF_SIGNING_FAILED', failure: 'transient', advice: 'Its cause says why, if it is known.' }
  return failed(row, `Had the request for a token signed, and the signer failed. ${row.advice}`, { cause })
}

/** One of our errors that is about something else than tokens, as the engine's callers expect it. */
export function asTokenError(error: unknown): unknown {
  if (!isLatchkeyError(error) || error instanceof TokenError) return error
  const { code, message, retryable, reason } = error
  const facts = { provider: 'ksef', retryable, failure: 'transient' as const, ...(reason !== undefined && { reason }) }
  return new TokenError(code, message, facts)
}

/** True where a new challenge may lead to a better end, and nothing was lost but time. */
export function beginsAnew(error: unknown): boolean {
  return error instanceof TokenError && anew.has(error.code)
}

const anew: ReadonlySet<string> = new Set<KsefErrorCode>([
  'KSEF_CHALLENGE_REFUSED',
  'KSEF_SIGN_IN_INTERRUPTED',
  'KSEF_REDEMPTION_UNKNOWN',
])

const asked: Readonly<Record<Step, string>> = {
  challenge: 'Asked for a challenge',
  submit: 'Submitted the sign-in',
  poll: 'Asked how the sign-in goes',
  redeem: 'Redeemed the sign-in',
  refresh: 'Refreshed the access token',
  end: 'Ended the session',
  'public keys': 'Asked for the public keys',
}

const throttled: Row = {
  code: 'LATCHKEY_ENDPOINT_THROTTLED',
  failure: 'throttled',
  advice: 'Wait before asking again.',
}

const unavailable: Row = {
  code: 'LATCHKEY_ENDPOINT_FAILED',
  failure: 'transient',
  advice: 'Trying again later may help.',
}

const malformed: Row = {
  code: 'KSEF_MALFORMED_ANSWER',
  failure: 'transient',
  advice: 'That is something else than was asked for: check baseUrl, or try again later.',
}

const refused: Row = {
  code: 'KSEF_SIGN_IN_REFUSED',
  failure: 'denied',
  advice: 'Repeating it unchanged will not help: check environment, addresses and credential.',
}

const over: Row = {
  code: 'KSEF_SIGN_IN_REVOKED',
  failure: 'spent',
  advice: 'The session has ended: a new sign-in replaces it.',
}

const stale: Row = {
  code: 'KSEF_CHALLENGE_REFUSED',
  failure: 'transient',
  advice: 'A challenge is good for one sign-in within ten minutes: sign in anew.',
}

const interrupted: Row = {
  code: 'KSEF_SIGN_IN_INTERRUPTED',
  failure: 'transient',
  advice: 'Nothing came of this sign-in: begin anew.',
}

const lostTokens: Row = {
  code: 'KSEF_REDEMPTION_UNKNOWN',
  failure: 'transient',
  advice: 'KSeF hands the tokens of a sign-in out once, so it must not be asked again: sign in anew.',
}

const badDocument: Row = {
  code: 'KSEF_SIGNATURE_REFUSED',
  failure: 'denied',
  advice: 'KSeF does not accept the signed request: send exactly the signed bytes, with one signature.',
}

const badCertificate: Row = {
  code: 'KSEF_CERTIFICATE_REFUSED',
  failure: 'denied',
  advice: 'KSeF does not accept the certificate: check its validity, and that this environment takes its kind.',
}

const badIdentity: Row = {
  code: 'KSEF_IDENTITY_REFUSED',
  failure: 'denied',
  advice: 'Whom the certificate names does not fit the context or the subject identifier type.',
}

const deceased: Row = {
  code: 'KSEF_IDENTITY_REFUSED',
  failure: 'denied',
  advice: 'The credential is that of a deceased person.',
}

const badToken: Row = {
  code: 'AUTH_INVALID_CREDENTIALS',
  failure: 'denied',
  advice: 'KSeF does not accept the KSeF token: check that it is whole, of this environment, and not revoked.',
}

// Exception codes of submitting (section 1.9).
const submitRows: Readonly<Record<number, Row>> = {
  9101: badDocument,
  9102: badDocument,
  9103: badDocument,
  9105: badDocument,
  21001: badDocument,
  21111: stale,
  21115: badCertificate,
  21117: badIdentity,
  21217: badDocument,
  21401: badDocument,
  21406: badIdentity,
  21470: { ...unavailable, code: 'KSEF_KEY_UNUSABLE', advice: 'KSeF withdrew the key that was used: try again.' },
}

function rowOf(step: Step, status: number, code: number | undefined): Row {
  if (status === 429) return throttled
  if (status >= 500 || status === 408) return unavailable
  if (status >= 200 && status < 300) return malformed
  // The authentication token has run out, or the sign-in is older than KSeF remembers.
  if (step === 'poll' && (status === 401 || status === 410 || code === 21304)) return interrupted
  if (step === 'refresh' && (status === 401 || status === 410)) return over
  if (step === 'refresh' && (code === 21301 || code === 21304 || code === 21308)) return over
  if (step === 'submit' && code !== undefined) return submitRows[code] ?? refused
  return refused
}

// Whether the tokens were handed out, no failure of the server tells.
function redeemRow(status: number, code: number | undefined): Row {
  if (status === 429) return throttled
  if (status >= 500 || status === 408 || (status >= 200 && status < 300)) return lostTokens
  if (code === 21308) return deceased
  // Handed out already, revoked meanwhile, unknown, or the authentication token has run out.
  if (code === 21301 || code === 21304 || status === 401 || status === 410) return interrupted
  return refused
}

function statusRow(code: number, details: readonly string[]): Row {
  const detail = details.join(' ')
  if (code === 450) return tokenRow(detail)
  if (code === 460) return { ...badCertificate, ...reasonIn(certificateReasons, detail) }
  return statusRows[code] ?? { ...refused, reason: 'unknown_status' }
}

const statusRows: Readonly<Record<number, Row>> = {
  // Nothing is wrong with the credential, and others put it right: whoever asks again soon is not held up for long.
  415: {
    code: 'KSEF_NO_PERMISSION',
    failure: 'transient',
    advice: 'The subject has no permission in this context: have one granted, or check the context.',
  },
  425: { ...over, failure: 'transient', advice: 'Somebody revoked this sign-in before it was complete.' },
  470: deceased,
  480: {
    code: 'KSEF_CONTEXT_BLOCKED',
    failure: 'transient',
    advice: 'KSeF suspects an incident and blocked the context: contact the Ministry of Finance.',
  },
  500: { code: 'KSEF_SIGN_IN_FAILED', failure: 'transient', advice: 'KSeF does not say why: try again later.' },
  550: interrupted,
}

// Status 450: the detail alone tells a wrong token from one that is too young (section 2.9).
function tokenRow(detail: string): Row {
  if (/wyzwanie/i.test(detail)) return stale
  if (/nieaktywny/i.test(detail)) {
    return {
      code: 'KSEF_TOKEN_INACTIVE',
      failure: 'transient',
      advice: 'The KSeF token is not active yet, or never became so: wait until its status is Active.',
    }
  }
  return { ...badToken, ...reasonIn(tokenReasons, detail) }
}

type Reasons = readonly (readonly [pattern: RegExp, reason: string, advice?: string])[]

const tokenReasons: Reasons = [
  [/czas/i, 'timestamp', 'The time beside the KSeF token is not the challenge’s.'],
  [/unieważniony/i, 'revoked', 'The KSeF token was revoked: use another.'],
  [/szyfrowanie/i, 'encryption', 'KSeF could not decrypt the KSeF token: the key was of another environment or usage.'],
  [/kodowanie/i, 'encoding', 'KSeF could not read the KSeF token: tokens of KSeF 1.0 are not valid any more.'],
  [/kontek/i, 'context', 'The KSeF token belongs to another context.'],
]

const certificateReasons: Reasons = [
  [/odwołany/i, 'revoked'],
  [/zawieszony/i, 'suspended'],
  [/niezaufany/i, 'untrusted', 'KSeF does not trust the issuer: self-signed certificates sign in on TEST alone.'],
  [/łańcucha/i, 'chain', 'KSeF could not verify the chain of the certificate.'],
  [/nieważny/i, 'invalid', 'The certificate is not valid now: KSeF refuses one that begins in this very hour, too.'],
  [/niepoprawny/i, 'incorrect'],
]

function reasonIn(reasons: Reasons, detail: string): { readonly reason?: string; readonly advice?: string } {
  const [, reason, advice] = reasons.find(([pattern]) => pattern.test(detail)) ?? []
  return { ...(reason !== undefined && { reason }), ...(advice !== undefined && { advice }) }
}

function failed(
  { code, failure, reason }: Row,
  message: string,
  facts: { readonly status?: number; readonly providerCode?: string; readonly correlationId?: string; cause?: unknown },
): TokenError {
  const known = ksefErrorCodes[code as KsefErrorCode] as { readonly retryable: boolean } | undefined // Engine's codes have no row here.
  return new TokenError(code, message, {
    provider: 'ksef',
    failure,
    ...(known !== undefined && { retryable: known.retryable }),
    ...(reason !== undefined && { reason }),
    ...facts,
  })
}

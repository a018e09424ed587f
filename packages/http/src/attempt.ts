/**
 * One try on the wire: sends, reads the answer to its end within the time limits, and says how it went.
 *
 * @module
 */
import { isNotSent, systemCode } from '@latchkey/core'
import type { Clock, ErrorFacts, Token } from '@latchkey/core'
import { DeadlineError, within } from './deadline.ts'
import { ProviderError } from './errors.ts'
import { parseJson } from './json.ts'
import type { Answer, Dialect, Operation } from './operation.ts'
import { readText, TooLargeError } from './read-text.ts'
import { parseRetryAfter } from './retry-after.ts'
import type { Follow } from './shared-signals.ts'
import type { WireRequest } from './wire-request.ts'

/** What a try brought: an answer of any status, or none and the error that would say so. */
export type Tried =
  | { readonly kind: 'answer'; readonly answer: Answer }
  | { readonly kind: 'notSent' | 'timeout' | 'lost' | 'tooLarge'; readonly error: ProviderError }

/** What a try needs to know. */
export interface TryContext {
  readonly clock: Clock
  readonly fetch: typeof globalThis.fetch
  readonly dialect: Dialect
  readonly operation: Operation
  readonly bodyMaxBytes: number
  /** Milliseconds for this try, already held within the total deadline. */
  readonly timeoutMs: number
  readonly attempt: number
  readonly signal: AbortSignal | undefined
  readonly follow: Follow
  readonly authorization: (token: Token) => string
}

/**
 * Sends once.
 *
 * @throws The caller's own abort reason, and nothing else.
 */
export async function attempt(context: TryContext, request: WireRequest, token: Token | undefined): Promise<Tried> {
  const { clock, timeoutMs, signal, follow, bodyMaxBytes } = context
  if (timeoutMs <= 0) return { kind: 'notSent', error: timeoutError(context, 'deadline') }
  const headers = new Headers(request.headers)
  if (token !== undefined) headers.set('authorization', context.authorization(token))
  const body = request.body === undefined ? {} : { body: request.body }
  try {
    const answer = await within({ clock, ms: timeoutMs, signal, follow }, async (ends) => {
      const init: RequestInit = { method: request.method, headers, ...body, redirect: 'manual', signal: ends }
      const response = await context.fetch(request.url, init)
      return toAnswer(response, await readText(response, bodyMaxBytes), token, clock)
    })
    return { kind: 'answer', answer }
  } catch (error) {
    if (signal?.aborted) throw signal.reason
    if (error instanceof DeadlineError) return { kind: 'timeout', error: timeoutError(context, 'timeout') }
    return failedTry(context, error)
  }
}

/** The error of a call whose time ran out. `reason`: `timeout` of a try, or the whole call's `deadline`. */
export function timeoutError(context: TryContext, reason: 'timeout' | 'deadline'): ProviderError {
  const what =
    reason === 'timeout' ? `no answer came within ${Math.round(context.timeoutMs)} ms` : 'the time for it ran out'
  return pipelineError(context, 'timeout', what, reason)
}

function failedTry(context: TryContext, error: unknown): Tried {
  const code = systemCode(error)
  const named = code === undefined ? '' : ` (${code})`
  if (error instanceof TooLargeError) {
    const what = `its answer is longer than ${context.bodyMaxBytes} bytes`
    return { kind: 'tooLarge', error: pipelineError(context, 'tooLarge', what, 'tooLarge') }
  }
  if (isNotSent(error)) {
    const what = `no connection could be made${named}, so nothing was sent`
    return { kind: 'notSent', error: pipelineError(context, 'unreachable', what, 'notSent', { cause: error }) }
  }
  const what = `the connection broke before the answer was complete${named}`
  return { kind: 'lost', error: pipelineError(context, 'unreachable', what, 'lost', { cause: error }) }
}

/** An error with one of the dialect's codes for what the pipeline itself finds. */
export function pipelineError(
  { dialect, operation, attempt }: Pick<TryContext, 'dialect' | 'operation' | 'attempt'>,
  kind: Exclude<keyof Dialect['codes'], 'unknown'>,
  what: string,
  reason: string,
  rest: Pick<ErrorFacts, 'cause' | 'status'> = {},
): ProviderError {
  const code = dialect.codes[kind]
  const retryable = dialect.errorCodes[code]?.retryable ?? false
  const advice = retryable ? 'Try again later.' : 'Trying again will not help.'
  return new ProviderError(code, `${dialect.provider} ${operation.name}: ${what}. ${advice}`, {
    provider: dialect.provider,
    operation: operation.name,
    attempt,
    reason,
    retryable,
    ...rest,
  })
}

function toAnswer(response: Response, text: string, token: Token | undefined, clock: Clock): Answer {
  const receivedAt = clock.wall()
  const { status, headers } = response
  const retryAfterMs = parseRetryAfter(headers, receivedAt)
  return { status, headers, text, json: parseJson(text), generation: token?.generation ?? 0, retryAfterMs, receivedAt }
}

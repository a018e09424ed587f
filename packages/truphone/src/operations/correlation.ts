/**
 * The correlation id: one for each HTTP attempt, all of a call's beginning alike, so that a repeat can be told from its
 * first try and a lost answer still has an id to quote.
 *
 * @see spec/truphone.md sections 2.1 and 4
 * @module
 */
import { invalidArgument } from '@latchkey/core'
import type { Clock } from '@latchkey/core'

export const correlationHeader = 'x-correlation-id'

/** The part that all attempts of one call share: the caller's own id, or a random one. */
export function callCorrelation(given: string | undefined): string {
  if (given === undefined) return crypto.randomUUID()
  if (typeof given === 'string' && /^[\x21-\x7e]{1,80}$/.test(given)) return given
  throw invalidArgument('correlationId: must be 1 to 80 visible ASCII characters')
}

/**
 * A `fetch` for the pipeline that completes the id of each attempt and notes on the answer what was sent, since Truphone
 * does not promise to echo it. It also reads the rate limit's own header where there is no `Retry-After`.
 */
export function correlatedFetch(fetch: typeof globalThis.fetch, clock: Clock): typeof globalThis.fetch {
  return async (input, init = {}) => {
    const headers = new Headers(init.headers)
    const id = `${headers.get(correlationHeader) ?? crypto.randomUUID()}.${crypto.randomUUID().slice(0, 8)}`
    headers.set(correlationHeader, id)
    const answer = await fetch(input, { ...init, headers })
    if (answer.status < 200) return answer // A browser's opaque answer cannot be copied, and holds nothing.
    const noted = new Headers(answer.headers)
    noted.set(correlationHeader, id)
    const retryAfter = rateLimitSeconds(answer, clock)
    if (retryAfter !== undefined) noted.set('retry-after', retryAfter)
    return new Response(answer.body, { status: answer.status, statusText: answer.statusText, headers: noted })
  }
}

// Milliseconds since the epoch, as the newest generation of the API sends it.
function rateLimitSeconds({ status, headers }: Response, clock: Clock): string | undefined {
  const reset = headers.get('x-rate-limit-reset') ?? ''
  if (status !== 429 || headers.has('retry-after') || !/^\d{10,16}$/.test(reset)) return undefined
  return String(Math.max(0, Math.ceil((Number(reset) - clock.wall()) / 1000)))
}

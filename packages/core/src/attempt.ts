/**
 * One attempt at the provider: the only door to the network that a grant has. Keeps the lease, the deadline, TLS,
 * size limits and redaction, and notes whether a request may have reached the provider.
 *
 * @see engine.md sections 6.7, 10.3 to 10.5 and 11
 * @module
 */
import type { Clock } from './clock.ts'
import { clockJumpMs, over } from './clock.ts'
import { TokenError } from './errors.ts'
import { isNotSent } from './not-sent.ts'
import type { GrantRun, TokenRequest, TokenResponse } from './grant.ts'

const answerMaxBytes = 262_144

export interface AttemptOptions {
  readonly clock: Clock
  readonly random: () => number
  readonly fetch: typeof globalThis.fetch
  /** Milliseconds that one step may take. */
  readonly longest: number
  /** Milliseconds that the lease lasts, counted from `since`. */
  readonly lease: number
  /** Both clocks before the acquiring swap. */
  readonly since: { readonly mono: number; readonly wall: number }
  /** Swaps in a longer lease; false where it was lost. */
  readonly extend: () => Promise<boolean>
  /** Told before a request goes out (true) and when it is known not to have left (false). */
  readonly sending: (may: boolean) => void
  /** True where nobody waits any more and nothing was sent. */
  readonly abandoned: () => boolean
}

export class Attempt implements GrantRun {
  readonly clock: Clock
  /** A request left, and no complete answer to it came back. */
  unanswered = false
  /** The lease no longer allows to send. */
  lost = false
  /** A refresh token may have been spent without a clear answer. */
  spent = false
  /** The answer read last. `dated`: it carried the provider's clock. */
  last: (TokenResponse & { readonly dated: boolean }) | undefined
  /** Both clocks just before the last request was sent. */
  sentAt: { mono: number; wall: number }
  readonly #options: AttemptOptions
  readonly #over = new AbortController()
  #reached = false
  #since: { mono: number; wall: number }

  constructor(options: AttemptOptions) {
    this.#options = options
    this.clock = options.clock
    this.#since = options.since
    this.sentAt = options.since
  }

  get signal(): AbortSignal {
    return this.#over.signal
  }

  end(): void {
    this.#over.abort()
  }

  async extend(): Promise<void> {
    const since = this.#now()
    if (!(await this.#options.extend())) this.#lose()
    this.#since = since
  }

  async send(request: TokenRequest): Promise<TokenResponse> {
    assertSafe(request.url)
    for (let again = false; ; again = true) {
      await this.#mayGo()
      try {
        return await this.#exchange(request)
      } catch (error) {
        if (!isNotSent(error)) throw error
        if (!this.#reached) this.#options.sending(false)
        if (again || !this.#leaseHolds()) {
          throw new TokenError(
            'LATCHKEY_ENDPOINT_UNREACHABLE',
            `Could not reach the token endpoint at ${request.url.host}. Nothing was sent; check the network and the address.`,
            { failure: 'transient', cause: error },
          )
        }
        await this.clock.sleep(100 + 200 * this.#options.random(), this.signal)
      }
    }
  }

  /** Holds a grant's work to the lease: a grant that waits for something of its own cannot keep its callers for ever. */
  async within<T>(given: Promise<T> | T): Promise<T> {
    const work = Promise.resolve(given) // Grants in JavaScript may answer without a promise.
    const done = new AbortController()
    const late = this.#leaseEnd(done.signal)
    try {
      return await Promise.race([work, late])
    } finally {
      work.catch(() => undefined) // What comes too late is of no use to anybody.
      late.catch(() => undefined) // Raced, or cancelled by the next line.
      done.abort(over)
    }
  }

  async #leaseEnd(done: AbortSignal): Promise<never> {
    for (;;) {
      const left = this.#since.mono + this.#options.lease - this.clock.mono()
      if (left > 0) await this.clock.sleep(left, done)
      else
        throw new TokenError('LATCHKEY_TIMEOUT', 'The grant did not end within the time that it states.', {
          failure: 'transient',
        })
    }
  }

  // The lease must outlast the step, by both clocks (engine.md 6.7).
  async #mayGo(): Promise<void> {
    if (this.#over.signal.aborted || (!this.#reached && this.#options.abandoned())) this.#lose()
    if (this.#leaseHolds()) return
    if (!this.#reached) this.#lose()
    await this.extend()
  }

  #lose(): never {
    this.lost = true
    throw new Error('The lease was lost.')
  }

  #leaseHolds(): boolean {
    const { lease, longest } = this.#options
    const now = this.#now()
    const elapsed = now.mono - this.#since.mono
    return Math.abs(now.wall - this.#since.wall - elapsed) <= clockJumpMs && elapsed + longest <= lease
  }

  async #exchange(request: TokenRequest): Promise<TokenResponse> {
    const { fetch, longest, sending } = this.#options
    const { url, method, headers, body = null, spendsRefreshToken } = request
    const timeout = new AbortController()
    const done = new AbortController()
    this.sentAt = this.#now()
    sending(true)
    const late = this.clock.sleep(longest, done.signal).then(() => {
      const text = `The token endpoint at ${url.host} did not answer within ${longest} ms. The request may have been processed.`
      const error = new TokenError('LATCHKEY_TIMEOUT', text, { failure: 'transient' })
      timeout.abort(error)
      throw error
    })
    this.unanswered = true
    const spentBefore = this.spent
    this.spent ||= spendsRefreshToken
    try {
      const init = { method, headers, body, redirect: 'manual' as const, signal: timeout.signal }
      const response = await Promise.race([fetch(url, init), late])
      this.#reached = true
      const text = await Promise.race([readText(response), late])
      const date = Date.parse(response.headers.get('date') ?? '')
      const { status } = response
      this.unanswered = false
      if (status >= 400 && status < 500) this.spent = spentBefore
      const now = Number.isNaN(date) ? this.clock.wall() : date
      this.last = { status, headers: response.headers, text, now, dated: !Number.isNaN(date) }
      return this.last
    } catch (error) {
      if (timeout.signal.aborted) throw timeout.signal.reason // Some fetches wrap it.
      if (error instanceof TokenError) throw error
      if (isNotSent(error)) {
        this.unanswered = false
        this.spent = spentBefore
        throw error
      }
      this.#reached = true
      throw new TokenError(
        'LATCHKEY_ENDPOINT_FAILED',
        `The connection to the token endpoint at ${url.host} broke before an answer came. The request may have been processed.`,
        { failure: 'transient', cause: error },
      )
    } finally {
      late.catch(() => undefined) // Either raced, or cancelled by the next line.
      done.abort(over)
    }
  }

  #now(): { mono: number; wall: number } {
    return { mono: this.clock.mono(), wall: this.clock.wall() }
  }
}

/** True for https, and for plain http to this machine. */
export function isSafeUrl(url: URL): boolean {
  return (
    url.protocol === 'https:' || (url.protocol === 'http:' && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname))
  )
}

function assertSafe(url: URL): void {
  if (isSafeUrl(url)) return
  throw new TokenError(
    'LATCHKEY_INSECURE_URL',
    `The token endpoint at ${url.host} is not https. Credentials go only over TLS, or to this machine.`,
    { failure: 'denied' },
  )
}

async function readText(response: Response): Promise<string> {
  const decoder = new TextDecoder()
  const reader = response.body?.getReader() as ReadableStreamDefaultReader<Uint8Array> | undefined // Bodies are bytes.
  let text = ''
  for (let size = 0; reader;) {
    const { done, value } = await reader.read()
    if (done) break
    size += value.byteLength
    if (size > answerMaxBytes) {
      reader.cancel().catch(() => undefined) // The connection is given up either way.
      throw new TokenError(
        'LATCHKEY_TOO_LARGE',
        `The token endpoint answered with more than ${answerMaxBytes} bytes.`,
        {
          failure: 'transient',
          status: response.status,
        },
      )
    }
    text += decoder.decode(value, { stream: true })
  }
  return text + decoder.decode()
}

/**
 * The caller's side of a request: hands events on to the caller's handler, and steers whichever try is under way on
 * its behalf. It stays the same when the request is repeated, and is there before anything is sent, so that an abort
 * works while a token is waited for.
 *
 * @module
 */
import type { AnswerHeaders, DispatchController, DispatchHandler } from './dispatch.ts'

/** What a relay steers: a try under way. */
export interface Steered {
  /** Gives the request up, as far as it got. */
  abort(reason: Error): void
  pause(): void
  /** More may be handed on. */
  resume(): void
}

export class Relay implements DispatchController {
  rawHeaders: unknown = null
  rawTrailers: unknown = null
  readonly #handler: DispatchHandler
  #stop: AbortController | undefined
  #attempt: Steered | undefined
  #paused = false
  #aborted = false
  #reason: Error | null = null
  #over = false

  constructor(handler: DispatchHandler) {
    this.#handler = handler
  }

  get aborted(): boolean {
    return this.#aborted
  }

  get paused(): boolean {
    return this.#paused
  }

  get reason(): Error | null {
    return this.#reason
  }

  /** The caller has got an end or an error: nothing more may be handed on. */
  get over(): boolean {
    return this.#over
  }

  /** Aborted when the request is. Made for those who wait for something else than an answer. */
  get signal(): AbortSignal {
    this.#stop ??= new AbortController()
    if (this.#aborted) this.#stop.abort(this.#reason)
    return this.#stop.signal
  }

  abort(reason?: Error): void {
    if (this.#aborted || this.#over) return
    this.#aborted = true
    this.#reason = reason ?? new DOMException('This operation was aborted', 'AbortError')
    this.#stop?.abort(this.#reason)
    this.#attempt?.abort(this.#reason)
    this.fail(this.#reason)
  }

  pause(): void {
    this.#paused = true
    this.#attempt?.pause()
  }

  resume(): void {
    if (!this.#paused) return
    this.#paused = false
    this.#attempt?.resume()
  }

  /** From now on this try is steered. */
  follow(attempt: Steered): void {
    this.#attempt = attempt
  }

  /** Gives the caller the reins. Several times: before anything is sent, and with every try. */
  begin(context: unknown): void {
    if (!this.#over) this.#handler.onRequestStart?.(this, context)
  }

  head(status: number, headers: AnswerHeaders, message: string | undefined): void {
    if (!this.#over) this.#handler.onResponseStart?.(this, status, headers, message)
  }

  data(chunk: Uint8Array): void {
    if (!this.#over) this.#handler.onResponseData?.(this, chunk)
  }

  end(trailers: AnswerHeaders): void {
    if (this.#over) return
    this.#handler.onResponseEnd?.(this, trailers)
    this.#over = true // Only now: a handler that throws is told of its own error.
  }

  fail(error: unknown): void {
    if (this.#over) return
    this.#over = true
    this.#handler.onResponseError?.(this, error as Error) // Whatever it is, it goes where errors go.
  }
}

/**
 * The shapes of undici's dispatch interface, as far as they are used here. Our own, so that nobody who reads our types
 * needs undici's.
 *
 * @see https://undici.nodejs.org, "Dispatcher.dispatch(options, handler)"; undici 7
 * @module
 */

/** A request on its way. */
export interface DispatchOptions {
  readonly origin?: string | URL
  readonly path: string
  readonly method: string
  readonly headers?: unknown
  readonly body?: unknown
  readonly upgrade?: boolean | string | null
}

/** How a handler steers its request. */
export interface DispatchController {
  readonly aborted: boolean
  readonly paused: boolean
  readonly reason: Error | null
  rawHeaders?: unknown
  rawTrailers?: unknown
  abort(reason: Error): void
  pause(): void
  resume(): void
}

/** Names in small letters; a name that occurred several times has a list. */
export type AnswerHeaders = Readonly<Record<string, string | string[] | undefined>>

/** Who hears of a request. `onRequestStart` may be called several times, and `onResponseStart` for 1xx answers too. */
export interface DispatchHandler {
  onRequestStart?(controller: DispatchController, context: unknown): void
  onRequestUpgrade?(controller: DispatchController, status: number, headers: AnswerHeaders, socket: unknown): void
  onResponseStart?(controller: DispatchController, status: number, headers: AnswerHeaders, message?: string): void
  onResponseData?(controller: DispatchController, chunk: Uint8Array): void
  onResponseEnd?(controller: DispatchController, trailers: AnswerHeaders): void
  onResponseError?(controller: DispatchController, error: Error): void
}

/** Sends a request. `false`: the dispatcher is busy; nothing here heeds it, and nor do undici's own interceptors. */
export type Dispatch<Options = DispatchOptions, Handler = DispatchHandler> = (
  options: Options,
  handler: Handler,
) => boolean

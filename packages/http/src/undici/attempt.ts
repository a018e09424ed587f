/**
 * One sending of a request and its answer: hands the answer on as it comes, or holds it back while it is judged and
 * while a newer token is asked for.
 *
 * @see engine.md 7.1, 7.3 and 7.5
 * @module
 */
import type { Classifier, JudgedAnswer, Verdict } from '../verdict.ts'
import { answerText, judgedMaxBytes } from './answer-text.ts'
import type { AnswerHeaders, DispatchController, DispatchHandler } from './dispatch.ts'
import type { Relay, Steered } from './relay.ts'

/** What an attempt tells whoever sent it, once: that an answer has begun, or that there will be none. */
export interface AttemptEnds {
  started(attempt: Attempt): void
  failed(error: unknown): void
}

interface Head {
  readonly status: number
  readonly headers: AnswerHeaders
  readonly message: string | undefined
}

export class Attempt implements DispatchHandler, Steered {
  /** What the classifier says of the answer. */
  verdict: Verdict | Promise<Verdict> = 'fine'
  readonly #relay: Relay
  readonly #classify: Classifier
  readonly #origin: string
  readonly #ends: AttemptEnds
  #controller: DispatchController | undefined
  #history: readonly URL[] = []
  #head: Head | undefined
  // sent: no answer yet. held: the caller has not seen it. passing: it goes to the caller as it comes. dropped: nobody
  // wants it any more.
  #state: 'sent' | 'held' | 'passing' | 'dropped' = 'sent'
  #handing = false
  #chunks: Uint8Array[] = []
  #bytes = 0
  #trailers: AnswerHeaders | undefined
  #error: { readonly error: Error } | undefined
  #wake: (() => void) | undefined

  /** @param origin - Where the token goes; an answer from elsewhere says nothing about it. */
  constructor(relay: Relay, classify: Classifier, origin: string, ends: AttemptEnds) {
    this.#relay = relay
    this.#classify = classify
    this.#origin = origin
    this.#ends = ends
  }

  get status(): number {
    return this.#head?.status ?? 0
  }

  /** A redirect was followed on the way to this answer, so the request itself was answered by another one. */
  get redirected(): boolean {
    return this.#history.length > 1
  }

  // What the caller's side asks for.

  abort(reason: Error): void {
    this.#controller?.abort(reason)
  }

  pause(): void {
    this.#controller?.pause()
  }

  resume(): void {
    this.#handOn()
  }

  /** Hands the answer to the caller, from its beginning. Nothing happens where it is on its way already. */
  deliver(): void {
    if (this.#state !== 'held' || this.#head === undefined) return
    this.#state = 'passing'
    this.#wake?.()
    this.#guard(() => this.#begin())
    this.#handOn()
  }

  /** Gives the answer up. What has not arrived yet is not waited for. */
  discard(): void {
    this.#state = 'dropped'
    this.#chunks = []
    this.#wake?.()
    if (!this.#isComplete) this.#controller?.abort(new Error('The token was refused and the request is repeated.'))
  }

  // What undici tells.

  onRequestStart(controller: DispatchController, context: unknown): void {
    this.#controller = controller
    this.#history = historyOf(context) ?? this.#history
    if (this.#relay.over) return controller.abort(this.#relay.reason ?? new Error('The request has ended.'))
    if (this.#relay.paused) controller.pause()
    this.#relay.begin(context)
  }

  onResponseStart(controller: DispatchController, status: number, headers: AnswerHeaders, message?: string): void {
    if (this.#state !== 'sent') return
    if (status < 200) return this.#relay.head(status, headers, message)
    this.#controller = controller
    this.#head = { status, headers, message }
    this.verdict = this.#asked ? this.#classify(new HeldAnswer(this.#head, () => this.#start())) : 'fine'
    // A verdict that is there and harmless lets the answer pass at once: nothing is held and nothing waits.
    this.#state = typeof this.verdict !== 'string' || this.verdict === 'refused' ? 'held' : 'passing'
    this.#ends.started(this)
    if (this.#state !== 'passing') return
    this.#wake?.()
    this.#begin()
  }

  onResponseData(controller: DispatchController, chunk: Uint8Array): void {
    if (this.#state === 'passing' && this.#chunks.length === 0) return this.#relay.data(chunk)
    if (this.#state === 'dropped') return
    this.#chunks.push(chunk)
    this.#bytes += chunk.byteLength
    if (this.#bytes < judgedMaxBytes) return
    controller.pause()
    this.#wake?.()
  }

  onResponseEnd(_: DispatchController, trailers: AnswerHeaders): void {
    this.#trailers = trailers
    this.#wake?.()
    if (this.#state === 'passing' && this.#chunks.length === 0) this.#finish()
  }

  // `controller` may be missing: a dispatcher that is closed never made one.
  onResponseError(_: DispatchController | undefined, error: Error): void {
    this.#error = { error }
    this.#wake?.()
    if (this.#state === 'sent') this.#ends.failed(error)
    else if (this.#state === 'passing' && this.#chunks.length === 0) this.#finish()
  }

  get #isComplete(): boolean {
    return this.#trailers !== undefined || this.#error !== undefined
  }

  // Whether this answer was asked for with the token. undici takes it off a redirect that leaves the origin, for good.
  get #asked(): boolean {
    return this.#history.every(({ origin }) => origin === this.#origin)
  }

  #begin(): void {
    if (this.#head === undefined) return
    this.#relay.rawHeaders = this.#controller?.rawHeaders ?? null
    this.#relay.head(this.#head.status, this.#head.headers, this.#head.message)
  }

  // Hands on what is held, as long as the caller takes it, and then lets the rest come.
  #handOn(): void {
    if (this.#state !== 'passing' || this.#handing) return
    this.#handing = true
    this.#guard(() => {
      while (!this.#relay.paused && !this.#relay.over) {
        const chunk = this.#chunks.shift()
        if (chunk === undefined) break
        this.#relay.data(chunk)
      }
    })
    this.#handing = false
    if (this.#relay.paused || this.#relay.over) return
    if (this.#isComplete) this.#guard(() => this.#finish())
    else this.#controller?.resume()
  }

  #finish(): void {
    if (this.#error !== undefined) return this.#relay.fail(this.#error.error)
    this.#relay.rawTrailers = this.#controller?.rawTrailers ?? null
    if (this.#trailers !== undefined) this.#relay.end(this.#trailers)
  }

  // undici catches what a handler throws and ends its request; what is handed on later is not below undici any more.
  #guard(hand: () => void): void {
    try {
      hand()
    } catch (error) {
      if (!this.#isComplete) this.#controller?.abort(error as Error) // It goes where errors go.
      this.#relay.fail(error)
    }
  }

  // The first bytes: as many as are judged, or all there are.
  async #start(): Promise<Uint8Array> {
    const enough = (): boolean => this.#state === 'dropped' || this.#isComplete || this.#bytes >= judgedMaxBytes
    if (!enough() && this.#state !== 'passing') await new Promise<void>((resolve) => (this.#wake = resolve))
    return Buffer.concat(this.#chunks)
  }
}

// A class, because every answer makes one: a getter in a literal would be another function, and another shape, each time.
class HeldAnswer implements JudgedAnswer {
  readonly #head: Head
  readonly #start: () => Promise<Uint8Array>
  #text: Promise<string> | undefined

  constructor(head: Head, start: () => Promise<Uint8Array>) {
    this.#head = head
    this.#start = start
  }

  get status(): number {
    return this.#head.status
  }

  get headers(): Headers {
    return listed(this.#head.headers)
  }

  text(): Promise<string> {
    this.#text ??= this.#start().then((bytes) => answerText(bytes, coding(this.#head.headers)))
    return this.#text
  }
}

// What undici's redirect interceptor tells: the addresses that were asked.
function historyOf(context: unknown): readonly URL[] | undefined {
  const history: unknown = typeof context === 'object' && context !== null ? Reflect.get(context, 'history') : undefined
  return Array.isArray(history) ? (history as readonly URL[]) : undefined // By undici's document.
}

function listed(headers: AnswerHeaders): Headers {
  const list = new Headers()
  for (const [name, value] of Object.entries(headers)) {
    for (const each of Array.isArray(value) ? value : [value]) if (each !== undefined) list.append(name, each)
  }
  return list
}

function coding(headers: AnswerHeaders): string | undefined {
  const value = headers['content-encoding']
  return Array.isArray(value) ? value.join(',') : value
}

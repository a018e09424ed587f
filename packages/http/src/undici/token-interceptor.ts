/**
 * An interceptor that carries a token: it gets one, attaches it, and when the resource refuses it sends the request
 * once more with a newer one.
 *
 * @see engine.md section 7
 * @module
 */
import { invalidArgument } from '@latchkey/core'
import type { Evidence, Generation, Token, TokenSource } from '@latchkey/core'
import { exchange } from '../exchange.ts'
import type { Exchange } from '../exchange.ts'
import { parseUrl } from '../origin.ts'
import { tokenFor } from '../token-for.ts'
import { parseTransport } from '../transport.ts'
import type { Transport, TransportOptions } from '../transport.ts'
import type { Verdict } from '../verdict.ts'
import { Attempt } from './attempt.ts'
import { isEmitter, isRepeatable } from './body.ts'
import type { Dispatch, DispatchHandler, DispatchOptions } from './dispatch.ts'
import { addAuthorization, bringsAuthorization, copyHeaders } from './headers.ts'
import type { SentHeaders } from './headers.ts'
import { Relay } from './relay.ts'

/** What `compose` of an undici dispatcher takes. */
export type TokenInterceptor = <Options extends DispatchOptions, Handler extends DispatchHandler>(
  dispatch: Dispatch<Options, Handler>,
) => Dispatch<Options, Handler>

/**
 * Makes an interceptor that authorizes requests.
 *
 * A refused request is repeated at most once, and only if its body can be produced again: none, text, bytes, `Blob` or
 * a form. A stream or an iterable is sent with a token that has some life left, and its refusal is recorded. Along a
 * redirect only `GET` and `HEAD` are repeated. Nothing else is retried.
 *
 * Untouched: a request to an origin that is not configured, one that brings its own `Authorization`, `CONNECT`, and an
 * upgrade. Compose it after `redirect`, `retry`, `dns`, `cache` and `decompress`, so that they see the token and keep
 * it on its origin, and before `responseError`, which would hide the refusal.
 *
 * Handlers hear of undici's own errors, of a `TokenError` where no token could be had, and of the reason of an abort. A
 * refusal for which there is no newer token is not an error: the caller gets the answer. A request without `origin` is
 * a `TypeError`, `ERR_INVALID_ARG`: nothing tells where a `Client` or `Pool` leads.
 *
 * @throws {TypeError} `ERR_INVALID_ARG`: an unknown option, no origin, or one that is neither https nor loopback.
 *
 * @example
 * const agent = new Agent().compose(tokenInterceptor(tokenSource, { origins: ['https://api.example.com'] }))
 * const { statusCode, body } = await request('https://api.example.com/v1/items', { dispatcher: agent })
 */
export function tokenInterceptor(source: TokenSource, options: TransportOptions): TokenInterceptor {
  const transport = parseTransport('tokenInterceptor', source, options)
  return (dispatch) => (options, handler) => {
    const origin = originOf(options.origin, transport.origins)
    if (isTunnel(options) || (origin !== undefined && !transport.origins.includes(origin))) {
      return dispatch(options, handler)
    }
    const headers = copyHeaders(options.headers)
    if (headers === undefined) return dispatch(options, handler)
    const copy = { headers, ...options } // Named before the spread, as in `../request-headers.ts`.
    copy.headers = headers
    if (bringsAuthorization(headers)) return dispatch(copy, handler)

    const relay = new Relay(handler)
    if (origin === undefined) {
      relay.fail(invalidArgument('A request needs its origin: nothing tells where a Client or a Pool leads.'))
      return true
    }
    // `Options` and `Handler` are undici's names for what these are.
    const send = (headers: SentHeaders, attempt: Attempt): boolean =>
      dispatch({ ...copy, headers }, attempt as DispatchHandler as typeof handler)
    void run(new Sending(transport, relay, origin, copy, send), relay)
    return true
  }
}

// Never rejects: whatever ends it goes to the handler.
async function run(sending: Sending, relay: Relay): Promise<void> {
  try {
    relay.begin(undefined)
    sending.guard()
    const reply = await exchange(sending)
    reply.deliver()
  } catch (error) {
    relay.fail(error)
  }
}

/** A request that is to be authorized. A class because every request makes one. */
class Sending implements Exchange<Attempt> {
  readonly source: TokenSource
  readonly #transport: Transport
  readonly #relay: Relay
  readonly #origin: string
  readonly #request: DispatchOptions & { readonly headers: SentHeaders }
  readonly #dispatch: (headers: SentHeaders, attempt: Attempt) => void
  readonly #bodyRepeats: boolean
  #unguard: (() => void) | undefined

  constructor(
    transport: Transport,
    relay: Relay,
    origin: string,
    request: DispatchOptions & { readonly headers: SentHeaders },
    dispatch: (headers: SentHeaders, attempt: Attempt) => void,
  ) {
    this.source = transport.source
    this.#transport = transport
    this.#relay = relay
    this.#origin = origin
    this.#request = request
    this.#dispatch = dispatch
    this.#bodyRepeats = isRepeatable(request.body)
  }

  /** A stream that fails while nobody reads it, since a token is waited for, would end the process. */
  guard(): void {
    const { body } = this.#request
    if (this.#bodyRepeats || !isEmitter(body)) return
    const failed = (error: Error): void => this.#relay.abort(error)
    body.on('error', failed)
    this.#unguard = () => void body.off('error', failed)
  }

  get(after: Generation | undefined): Promise<Token> {
    const { source } = this
    // A token in hand is had without a wait that a signal would have to end.
    const inHand = this.#bodyRepeats && after === undefined && source.peek() !== undefined
    return tokenFor(source, this.#bodyRepeats, after, inHand ? undefined : this.#relay.signal)
  }

  send(token: Token): Promise<Attempt> {
    const { authorization, classify } = this.#transport
    return new Promise((resolve, reject) => {
      if (this.#relay.over) return reject(this.#relay.reason ?? new Error('The request has ended.'))
      const attempt = new Attempt(this.#relay, classify, this.#origin, { started: resolve, failed: reject })
      this.#relay.follow(attempt)
      this.#unguard?.()
      this.#dispatch(addAuthorization(this.#request.headers, authorization(token)), attempt)
    })
  }

  judge({ verdict }: Attempt): Verdict | Promise<Verdict> {
    return typeof verdict === 'string' ? verdict : this.#judgedLater(verdict)
  }

  repeatable({ redirected }: Attempt): boolean {
    const { method } = this.#request
    // A redirect says that the request before it was processed.
    return this.#bodyRepeats && (!redirected || method === 'GET' || method === 'HEAD')
  }

  evidence({ status }: Attempt): Evidence {
    return { status }
  }

  discard(reply: Attempt): void {
    reply.discard()
  }

  async #judgedLater(pending: Promise<Verdict>): Promise<Verdict> {
    const verdict = await pending
    if (this.#relay.aborted) throw this.#relay.reason
    return verdict
  }
}

function isTunnel({ method, upgrade }: DispatchOptions): boolean {
  return method === 'CONNECT' || Boolean(upgrade)
}

function originOf(origin: string | URL | undefined, ours: readonly string[]): string | undefined {
  if (origin === undefined) return undefined
  if (typeof origin !== 'string') return origin.origin
  return ours.includes(origin) ? origin : (parseUrl(origin)?.origin ?? '') // One of ours as it stands needs no parsing.
}

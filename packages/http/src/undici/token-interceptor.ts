/**
 * An interceptor that carries a token: it gets one, attaches it, and when the resource refuses it sends the request
 * once more with a newer one.
 *
 * @see engine.md section 7
 * @module
 */
import { invalidArgument } from '@latchkey/core'
import type { Generation, Token, TokenSource } from '@latchkey/core'
import { exchange } from '../exchange.ts'
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
    const origin = originOf(options.origin)
    if (isTunnel(options) || (origin !== undefined && !transport.origins.includes(origin))) {
      return dispatch(options, handler)
    }
    const headers = copyHeaders(options.headers)
    if (headers === undefined) return dispatch(options, handler)
    const copy = { ...options, headers }
    if (bringsAuthorization(headers)) return dispatch(copy, handler)

    const relay = new Relay(handler)
    if (origin === undefined) {
      relay.fail(invalidArgument('A request needs its origin: nothing tells where a Client or a Pool leads.'))
      return true
    }
    const send = (headers: SentHeaders, attempt: Attempt): void => {
      // `Options` and `Handler` are undici's names for what these are.
      dispatch({ ...copy, headers }, attempt as DispatchHandler as typeof handler)
    }
    void run(transport, { origin, method: options.method, body: options.body, headers, send }, relay)
    return true
  }
}

/** A request that is to be authorized. */
interface Sending {
  readonly origin: string
  readonly method: string
  readonly body: unknown
  readonly headers: SentHeaders
  send(headers: SentHeaders, attempt: Attempt): void
}

// Never rejects: whatever ends it goes to the handler.
async function run(transport: Transport, sending: Sending, relay: Relay): Promise<void> {
  const { source, classify, authorization } = transport
  const { origin, method, body, headers } = sending
  const repeatable = isRepeatable(body)
  try {
    relay.begin(undefined)
    const unguard = repeatable ? undefined : guard(body, relay)
    const reply = await exchange<Attempt>({
      source,
      get: (after) => getToken(source, repeatable, after, relay),
      send: (token) =>
        new Promise((resolve, reject) => {
          if (relay.over) return reject(relay.reason ?? new Error('The request has ended.'))
          const attempt = new Attempt(relay, classify, origin, { started: resolve, failed: reject })
          relay.follow(attempt)
          unguard?.()
          sending.send(addAuthorization(headers, authorization(token)), attempt)
        }),
      judge: (attempt) => (typeof attempt.verdict === 'string' ? attempt.verdict : judgedLater(attempt.verdict, relay)),
      // A redirect says that the request before it was processed.
      repeatable: ({ redirected }) => repeatable && (!redirected || method === 'GET' || method === 'HEAD'),
      evidence: ({ status }) => ({ status }),
      discard: (attempt) => attempt.discard(),
    })
    reply.deliver()
  } catch (error) {
    relay.fail(error)
  }
}

async function judgedLater(pending: Promise<Verdict>, relay: Relay): Promise<Verdict> {
  const verdict = await pending
  if (relay.aborted) throw relay.reason
  return verdict
}

function getToken(
  source: TokenSource,
  repeatable: boolean,
  after: Generation | undefined,
  relay: Relay,
): Promise<Token> {
  // A token in hand is had without a wait that a signal would have to end.
  const inHand = repeatable && after === undefined && source.peek() !== undefined
  return tokenFor(source, repeatable, after, inHand ? undefined : relay.signal)
}

// A stream that fails while nobody reads it would end the process.
function guard(body: unknown, relay: Relay): (() => void) | undefined {
  if (!isEmitter(body)) return undefined
  const failed = (error: Error): void => relay.abort(error)
  body.on('error', failed)
  return () => void body.off('error', failed)
}

function isTunnel({ method, upgrade }: DispatchOptions): boolean {
  return method === 'CONNECT' || Boolean(upgrade)
}

function originOf(origin: string | URL | undefined): string | undefined {
  if (origin === undefined) return undefined
  return typeof origin === 'string' ? (parseUrl(origin)?.origin ?? '') : origin.origin
}

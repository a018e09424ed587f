/**
 * A `fetch` that carries a token: it gets one, attaches it, and when the resource refuses it sends the request once
 * more with a newer one.
 *
 * @see engine.md section 7
 * @module
 */
import type { Evidence, Generation, Token, TokenSource } from '@latchkey/core'
import { isRepeatable } from './body.ts'
import type { Body, BodyFactory } from './body.ts'
import { exchange } from './exchange.ts'
import type { Exchange } from './exchange.ts'
import { JudgedResponse } from './judged-response.ts'
import { isOurs } from './origin.ts'
import { isRedirect, nextHop, redirectsMax } from './redirect.ts'
import type { Hop } from './redirect.ts'
import { isAuthorized, readHeaders, withAuthorization } from './request-headers.ts'
import type { PlainHeaders } from './request-headers.ts'
import { tokenFor } from './token-for.ts'
import { parseTransport } from './transport.ts'
import type { Transport, TransportOptions } from './transport.ts'
import type { Verdict } from './verdict.ts'

export interface AuthorizedFetchOptions extends TransportOptions {
  /** @default the global `fetch`, looked up at construction */
  readonly fetch?: typeof globalThis.fetch
}

/** What `fetch` takes, and a body that is made anew for every try. */
export interface AuthorizedRequestInit extends Omit<RequestInit, 'body'> {
  readonly body?: Body | BodyFactory
}

/** Can stand wherever `typeof fetch` is asked for. */
export type AuthorizedFetch = (input: string | URL | Request, init?: AuthorizedRequestInit) => Promise<Response>

/**
 * Makes a function with `fetch`'s signature that authorizes its requests.
 *
 * A refused request is repeated at most once, and only if its body can be produced again; a stream or a `Request` with
 * a body is sent with a token that has some life left, and its refusal is recorded. Nothing else is retried.
 *
 * Untouched, as if `fetch` itself were called: a request to an origin that is not configured, and a request that
 * brings its own `Authorization`. Redirects are followed here and not by `fetch`, so that the token stays on its
 * origin; `response.url` is the last address, and `response.redirected` is always false.
 *
 * The function rejects with what `fetch` rejects with, with a `TokenError` where no token could be had, and with the
 * signal's own reason. A refusal for which there is no newer token is not an error: the caller gets the answer.
 *
 * @throws {TypeError} `ERR_INVALID_ARG`: an unknown option, no origin, or one that is neither https nor loopback.
 *
 * @example
 * const api = authorizedFetch(tokenSource, { origins: ['https://api.example.com'] })
 * const response = await api('https://api.example.com/v1/items')
 */
export function authorizedFetch(source: TokenSource, options: AuthorizedFetchOptions): AuthorizedFetch {
  const transport = parseTransport('authorizedFetch', source, options, ['fetch'])
  const { fetch = globalThis.fetch } = options
  return async (input, init = nothing) => {
    const request = typeof input === 'object' && 'headers' in input ? input : undefined
    const address = typeof input === 'string' ? input : 'headers' in input ? input.url : input.href
    const headers = readHeaders(init.headers ?? request?.headers)
    const given = { ...init }
    if (isAuthorized(headers) || !isOurs(address, transport.origins)) return fetch(input, await made(given))

    const signal = (init.signal === undefined ? request?.signal : init.signal) ?? undefined
    const redirect = init.redirect ?? request?.redirect ?? 'follow'
    const body = init.body ?? request?.body
    const call: Call = {
      transport,
      fetch,
      signal,
      redirect: redirect === 'follow' ? 'manual' : redirect,
      repeated: false,
    }
    let response = (await exchange(new Sending(call, input, given, headers, body))).release()
    if (redirect !== 'follow' || !isRedirect(response)) return response

    const method = (init.method ?? request?.method ?? 'GET').toUpperCase()
    let hop: Hop = { url: new URL(address), method, headers: new Headers(headers), body, authorized: true }
    for (let count = 0; isRedirect(response); count += 1) {
      if (count === redirectsMax) throw new TypeError(`More than ${redirectsMax} redirects.`)
      hop = nextHop(hop, response)
      response.body?.cancel().catch(() => {}) // Not awaited: a stream of the caller's making may never end.
      response = await sendHop(call, given, hop)
    }
    return response
  }
}

const nothing: AuthorizedRequestInit = Object.freeze({})

async function sendHop(call: Call, given: AuthorizedRequestInit, hop: Hop): Promise<Response> {
  const { url, method, headers, body } = hop
  const init: AuthorizedRequestInit = { ...given, method, body, ...(call.signal && { signal: call.signal }) }
  if (hop.authorized) return (await exchange(new Sending(call, url, init, headers, body))).release()
  return call.fetch(url, await made({ ...init, redirect: call.redirect, headers }))
}

/** One call of the function. */
interface Call {
  readonly transport: Transport
  readonly fetch: typeof globalThis.fetch
  readonly signal: AbortSignal | undefined
  /** How `fetch` is told to treat redirects. */
  readonly redirect: NonNullable<RequestInit['redirect']>
  /** The one repeat has been made. */
  repeated: boolean
}

/** One request of a call, which redirects may make several. A class because every request makes one. */
class Sending implements Exchange<JudgedResponse> {
  readonly source: TokenSource
  readonly call: Call
  readonly target: string | URL | Request
  readonly init: AuthorizedRequestInit
  readonly headers: PlainHeaders
  readonly bodyRepeats: boolean

  /** @param body - The one to judge by, which may be a `Request`'s own. */
  constructor(
    call: Call,
    target: string | URL | Request,
    init: AuthorizedRequestInit,
    headers: PlainHeaders,
    body: Body | BodyFactory,
  ) {
    this.source = call.transport.source
    this.call = call
    this.target = target
    this.init = init
    this.headers = headers
    this.bodyRepeats = isRepeatable(body)
  }

  get(after: Generation | undefined): Promise<Token> {
    return tokenFor(this.source, this.bodyRepeats, after, this.call.signal)
  }

  async send(token: Token): Promise<JudgedResponse> {
    const { transport, fetch, redirect } = this.call
    // Headers of its own for each try: what a wrapper kept of the first one stays as it was.
    const headers = withAuthorization(this.headers, transport.authorization(token))
    const wire: AuthorizedRequestInit = { redirect, headers, ...this.init } // As in `request-headers.ts`.
    wire.redirect = redirect
    wire.headers = headers
    return new JudgedResponse(await fetch(this.target, hasFactory(wire) ? await made(wire) : (wire as RequestInit))) // Its body is no function.
  }

  judge(reply: JudgedResponse): Verdict | Promise<Verdict> {
    const verdict = this.call.transport.classify(reply)
    return typeof verdict === 'string'
      ? this.#judged(reply, verdict)
      : verdict.then((each) => this.#judged(reply, each))
  }

  repeatable(): boolean {
    return this.bodyRepeats && !this.call.repeated
  }

  evidence({ status }: JudgedResponse): Evidence {
    return { status }
  }

  discard(reply: JudgedResponse): void {
    this.call.repeated = true
    reply.discard()
  }

  #judged(reply: JudgedResponse, verdict: Verdict): Verdict {
    this.call.signal?.throwIfAborted()
    // Read while the token is renewed, so that the connection is free again when it is needed.
    if (verdict === 'refused' && this.repeatable()) void reply.text()
    return verdict
  }
}

// A body from a factory is made for every try.
async function made(init: AuthorizedRequestInit): Promise<RequestInit> {
  if (!hasFactory(init)) return init as RequestInit // Its body is no function.
  return { ...init, body: (await init.body()) ?? null }
}

function hasFactory(init: AuthorizedRequestInit): init is AuthorizedRequestInit & { readonly body: BodyFactory } {
  return typeof init.body === 'function'
}

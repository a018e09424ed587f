/**
 * A `fetch` that carries a token: it gets one, attaches it, and when the resource refuses it sends the request once
 * more with a newer one.
 *
 * @see engine.md section 7
 * @module
 */
import { assertKnown, assertTypes, invalidArgument, isLatchkeyError, withMethods } from '@latchkey/core'
import type { Rule, Token, TokenSource } from '@latchkey/core'
import { isRepeatable } from './body.ts'
import type { Body, BodyFactory } from './body.ts'
import { authorize, exchange } from './exchange.ts'
import { judged } from './judged-response.ts'
import type { JudgedResponse } from './judged-response.ts'
import { parseTarget, parseUrl } from './origin.ts'
import { isRedirect, nextHop, redirectsMax } from './redirect.ts'
import type { Hop } from './redirect.ts'
import { classifyStatus } from './verdict.ts'
import type { Classifier } from './verdict.ts'

export interface AuthorizedFetchOptions {
  /** The only origins that get the token: `https://api.example.com`, or `http` on loopback. At least one. */
  readonly origins: readonly string[]
  /** @default `classifyStatus` */
  readonly classify?: Classifier
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
  const settings = normalize(options)
  assertTypes({ source: source ?? null }, rules)
  return async (input, init = {}) => {
    const request = typeof input === 'object' && 'headers' in input ? input : undefined
    const address = typeof input === 'string' ? input : 'headers' in input ? input.url : input.href
    const headers = new Headers(init.headers ?? request?.headers)
    const { body, ...rest } = init
    if (headers.has('authorization') || !isOurs(address, settings.origins)) {
      return settings.fetch(input, await withBody(rest, body))
    }
    const signal = (init.signal === undefined ? request?.signal : init.signal) ?? undefined
    const redirect = init.redirect ?? request?.redirect ?? 'follow'
    const wire: RequestInit = { ...rest, redirect: redirect === 'follow' ? 'manual' : redirect }
    const call: Call = { source, settings, signal, wire, repeated: false }

    const wholeBody = body ?? request?.body
    let response = await sendAuthorized(call, input, { ...wire, headers }, headers, wholeBody, body)
    if (redirect !== 'follow' || !isRedirect(response)) return response

    const method = (init.method ?? request?.method ?? 'GET').toUpperCase()
    let hop: Hop = { url: new URL(address), method, headers, body: wholeBody, authorized: true }
    for (let count = 0; isRedirect(response); count += 1) {
      if (count === redirectsMax) throw new TypeError(`More than ${redirectsMax} redirects.`)
      hop = nextHop(hop, response)
      drop(response)
      response = await sendHop(call, hop)
    }
    return response
  }
}

interface Settings {
  readonly origins: readonly string[]
  readonly classify: Classifier
  readonly fetch: typeof globalThis.fetch
}

const aFunction: Rule = { text: 'a function', holds: (value) => typeof value === 'function' }
const rules = { fetch: aFunction, classify: aFunction, source: withMethods('a token source', 'get', 'refuse') }

function normalize(options: AuthorizedFetchOptions): Settings {
  assertKnown(options, ['origins', 'classify', 'fetch'], 'authorizedFetch')
  assertTypes(options, rules)
  const { origins, classify = classifyStatus, fetch = globalThis.fetch } = options
  if (!Array.isArray(origins) || origins.length === 0) {
    throw invalidArgument('origins names the origins that get the token: give at least one.')
  }
  const parsed = origins.map((each: unknown) => {
    const url = parseTarget('origins', each)
    if (url.pathname !== '/')
      throw invalidArgument(`origins: '${url.origin}' has a path, and a token is not held to one.`)
    return url.origin
  })
  return { origins: parsed, classify, fetch }
}

// A string that begins with an origin and a slash cannot mean another one, which saves parsing it.
function isOurs(url: string, origins: readonly string[]): boolean {
  for (const origin of origins) if (url.startsWith(origin) && url[origin.length] === '/') return true
  const origin = parseUrl(url)?.origin
  return origin !== undefined && origins.includes(origin)
}

/** One call of the function. */
interface Call {
  readonly source: TokenSource
  readonly settings: Settings
  readonly signal: AbortSignal | undefined
  /** What every request of the chain is written with. */
  readonly wire: RequestInit
  /** The one repeat has been made. */
  repeated: boolean
}

async function sendHop(call: Call, hop: Hop): Promise<Response> {
  const { url, method, headers, body } = hop
  const init: RequestInit = { ...call.wire, method, headers, ...(call.signal && { signal: call.signal }) }
  if (hop.authorized) return sendAuthorized(call, url, init, headers, body, body)
  return call.settings.fetch(url, await withBody(init, body))
}

// `whole`: the body to judge by, which may be a `Request`'s own; `body`: what is passed beside the target.
async function sendAuthorized(
  call: Call,
  target: string | URL | Request,
  init: RequestInit,
  headers: Headers,
  whole: Body | BodyFactory,
  body: Body | BodyFactory,
): Promise<Response> {
  const { source, settings, signal } = call
  const repeatableBody = isRepeatable(whole)
  const repeatable = repeatableBody && !call.repeated
  let first = true
  const { reply, repeated } = await exchange<{ response: Response; judged: JudgedResponse }>({
    source,
    repeatable,
    get: (after) => (repeatableBody ? source.get({ after, signal }) : longLivedToken(source, signal)),
    async send(token) {
      // A copy for the repeat: what a wrapper kept of the first try stays as it was.
      const own = authorize(first ? headers : new Headers(headers), token)
      first = false
      const response = await settings.fetch(target, await withBody({ ...init, headers: own }, body))
      return { response, judged: judged(response) }
    },
    async judge({ response, judged }) {
      try {
        const verdict = await settings.classify(judged)
        signal?.throwIfAborted()
        // Read while the token is renewed, so that the connection is free again when it is needed.
        if (verdict === 'refused' && repeatable) judged.text().catch(() => {})
        else judged.release()
        return verdict
      } catch (error) {
        judged.release()
        drop(response)
        throw error
      }
    },
    evidence: ({ response }) => ({ status: response.status }),
    discard({ response, judged }) {
      judged.release()
      drop(response)
    },
  })
  if (repeated) call.repeated = true
  reply.judged.release()
  return reply.response
}

// Engine.md 7.4: what cannot be sent twice is not sent with a token that is about to end.
async function longLivedToken(source: TokenSource, signal: AbortSignal | undefined): Promise<Token> {
  const first = await source.get({ signal })
  const minRemaining = Math.min(60_000, first.lifetime / 2)
  const token = first.remaining() >= minRemaining ? first : await longer(source, first, minRemaining, signal)
  const held = source.peek()
  return held !== undefined && held.generation > token.generation ? held : token
}

// A new token may be born with less life than the one before it; then it is the best there is.
async function longer(
  source: TokenSource,
  token: Token,
  minRemaining: number,
  signal: AbortSignal | undefined,
): Promise<Token> {
  try {
    return await source.get({ signal, minRemaining })
  } catch (error) {
    if (isLatchkeyError(error) && error.code === 'LATCHKEY_NEED_UNMET') return token
    throw error
  }
}

async function withBody(init: RequestInit, body: Body | BodyFactory): Promise<RequestInit> {
  const made = typeof body === 'function' ? await body() : body
  return made === undefined ? init : { ...init, body: made }
}

// Not awaited: the connection is given up at once, and a stream of the caller's making may never say that it is done.
function drop(response: Response): void {
  response.body?.cancel().catch(() => {})
}

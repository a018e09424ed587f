/**
 * What can go wrong at an authorization server, as values: a test queues faults, each token request takes one.
 *
 * @see engine.md sections 11 and 15 ("Answers", "Provider")
 * @module
 */

/** A fault of the next token request that fits. Durations are milliseconds of the double's clock. */
export type Fault = FaultKind & {
  /** Which requests it meets. @default any token request */
  readonly on?: TokenOperation
  /** How many requests it meets. @default 1 */
  readonly count?: number
}

export type TokenOperation = 'obtain' | 'renew' | 'revoke'

export type FaultKind =
  /** Refused without being processed. */
  | { readonly kind: 'status'; readonly status: number; readonly body?: string; readonly retryAfter?: string | number }
  /** The connection is refused: provably not sent. On a real socket it is a reset. */
  | { readonly kind: 'unreachable' }
  /** The connection is reset before the request is processed; the client cannot know that. */
  | { readonly kind: 'dropBefore' }
  /** Processed, and then the connection is reset: the answer is lost. */
  | { readonly kind: 'dropAfter' }
  /** Neither processed nor answered; the client has to give up. */
  | { readonly kind: 'hang' }
  /** Processed at once, answered late. */
  | { readonly kind: 'slow'; readonly ms: number }
  /** Processed; the answer comes in twenty pieces, one per `ms`. */
  | { readonly kind: 'drip'; readonly ms: number }
  /** Processed; these fields of the answer are replaced, or left out where they are `undefined`. */
  | { readonly kind: 'fields'; readonly fields: Readonly<Record<string, unknown>> }
  /** Nothing new is issued: the living token is answered again with its remaining life. */
  | { readonly kind: 'sameToken' }
  /** Processed; the answer starts with a byte order mark. */
  | { readonly kind: 'bom' }
  /** Answers that are no token, and not processed: HTML, nothing, 204, an error object, 300 KiB, a redirect. */
  | { readonly kind: 'html' | 'empty' | 'noContent' | 'errorObject' | 'gigantic' | 'redirect' }

/** What the double does with one request, told by a fault. */
export interface FaultQueue {
  add(...faults: readonly Fault[]): void
  take(operation: TokenOperation): FaultKind | undefined
  clear(): void
  readonly pending: number
}

const faultsMax = 1_000

export function createFaultQueue(): FaultQueue {
  let queue: { readonly fault: Fault; left: number }[] = []
  return {
    add(...faults) {
      if (queue.length + faults.length > faultsMax) throw new RangeError(`More than ${faultsMax} faults are queued.`)
      queue.push(...faults.map((fault) => ({ fault, left: fault.count ?? 1 })))
    },
    take(operation) {
      const entry = queue.find(({ fault: { on } }) => (on === undefined ? operation !== 'revoke' : on === operation))
      if (entry === undefined) return undefined
      entry.left -= 1
      if (entry.left <= 0) queue = queue.filter((other) => other !== entry)
      return entry.fault
    },
    clear() {
      queue = []
    },
    get pending() {
      return queue.length
    },
  }
}

/** The answers that carry no token; undefined for every other fault. */
export function brokenAnswer(fault: FaultKind | undefined): Response | undefined {
  const json = { 'content-type': 'application/json' }
  switch (fault?.kind) {
    case 'status': {
      const wait = fault.retryAfter === undefined ? {} : { 'retry-after': String(fault.retryAfter) }
      return new Response(fault.body ?? '{}', { status: fault.status, headers: { ...json, ...wait } })
    }
    case 'html':
      return new Response('<!doctype html><title>Maintenance</title>', { headers: { 'content-type': 'text/html' } })
    case 'empty':
      return new Response('', { headers: json })
    case 'noContent':
      return new Response(null, { status: 204 })
    case 'errorObject':
      return new Response('{"error":"temporarily_unavailable"}', { headers: json })
    case 'gigantic':
      return new Response(`{"padding":"${'x'.repeat(300 * 1024)}"}`, { headers: json })
    case 'redirect':
      return new Response(null, { status: 302, headers: { location: 'https://elsewhere.test/token' } })
    default:
      return undefined
  }
}

/**
 * Delivers what a provider sends by itself: once, after the acknowledgement, without redirects, only to loopback
 * and to hosts that were named. Keeps a record of each attempt.
 *
 * @module
 */
import { setMaxListeners } from 'node:events'
import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { bareHost, isLoopbackHost } from './addresses.ts'
import { maskUserInfo } from './masking.ts'
import type { CallbackAttempt, CallbackStatus } from './protocol.ts'

/** How many attempts are kept, and how many may be waiting. */
export const callbacksMax = 10_000

const concurrentMax = 64
const timeoutMs = 10_000
const answerMaxBytes = 64 * 1024

/** What to deliver. */
export interface CallbackOrder {
  readonly system: string
  readonly kind: string
  readonly reference: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: unknown
  /** The body as it is sent, where JSON of `body` would lose something, such as a number of 19 digits. */
  readonly text?: string | undefined
  /** When it became due, epoch milliseconds of the simulator's clock. */
  readonly at: number
}

/** The queue. */
export interface Callbacks {
  /** Delivers once `after` has resolved. The promise resolves when the attempt is over, whatever came of it. */
  deliver(order: CallbackOrder, after?: Promise<void>): Promise<void>
  /** Records that something is deliberately not delivered. */
  skip(order: CallbackOrder, reason: string): void
  /** Resolves when every attempt that has begun by now is over. */
  settled(): Promise<void>
  list(): readonly CallbackAttempt[]
  counts(): Readonly<Record<CallbackStatus, number>>
  /** Ends the attempts that are under way and forgets all. */
  clear(): void
}

/** Makes an empty queue. `allowHosts` are hosts, or `host:port`, besides loopback. */
export function createCallbacks(allowHosts: readonly string[]): Callbacks {
  const allowed = new Set(allowHosts.map((host) => host.toLowerCase()))
  const attempts = new Map<number, CallbackAttempt>()
  let seq = 0
  let epoch = newEpoch()
  let free = concurrentMax
  const queue: (() => void)[] = []
  const underWay = new Set<Promise<void>>()

  const record = (order: CallbackOrder, status: CallbackStatus, reason: string | null): number => {
    seq += 1
    const { system, kind, reference, body } = order
    const url = maskUserInfo(order.url)
    const time = new Date(order.at).toISOString()
    attempts.set(seq, { seq, system, kind, reference, url, body, status, httpStatus: null, reason, time })
    const oldest = attempts.size > callbacksMax ? attempts.keys().next().value : undefined
    if (oldest !== undefined) attempts.delete(oldest)
    return seq
  }
  const finish = (id: number, status: CallbackStatus, httpStatus: number | null, reason: string | null): void => {
    const pending = attempts.get(id) // Gone after a reset, or when too many followed.
    if (pending !== undefined) attempts.set(id, { ...pending, status, httpStatus, reason })
  }

  const attempt = async (order: CallbackOrder, url: URL, id: number, after: Promise<void>): Promise<void> => {
    const { signal } = epoch
    await untilAborted(after, signal)
    if (free > 0) free -= 1
    else await new Promise<void>((resolve) => queue.push(resolve)) // The slot is handed over, not counted again.
    try {
      const httpStatus = await post(url, order, signal)
      finish(id, httpStatus >= 200 && httpStatus < 300 ? 'delivered' : 'refused', httpStatus, null)
    } catch (error) {
      finish(id, 'failed', null, error instanceof Error ? error.message : 'unknown')
    } finally {
      const next = queue.shift()
      if (next === undefined) free += 1
      else next()
    }
  }

  return {
    deliver(order, after = Promise.resolve()) {
      const url = URL.canParse(order.url) ? new URL(order.url) : null
      const refusal = underWay.size >= callbacksMax ? 'too many callbacks are waiting' : whyNot(url, allowed)
      if (refusal !== null || url === null) {
        record(order, 'not delivered', refusal)
        return Promise.resolve()
      }
      const run = attempt(order, url, record(order, 'pending', null), after)
      underWay.add(run)
      return run.finally(() => underWay.delete(run))
    },
    skip(order, reason) {
      record(order, 'not delivered', reason)
    },
    async settled() {
      await Promise.allSettled([...underWay])
    },
    list: () => [...attempts.values()],
    counts() {
      const counts = { pending: 0, delivered: 0, refused: 0, failed: 0, 'not delivered': 0 }
      for (const { status } of attempts.values()) counts[status] += 1
      return counts
    },
    clear() {
      epoch.abort(new Error('the simulator was reset or closed'))
      epoch = newEpoch()
      attempts.clear()
    },
  }
}

/** Ends together with a reset. As many listeners as callbacks are in order here; the default warns at eleven. */
function newEpoch(): AbortController {
  const epoch = new AbortController()
  setMaxListeners(0, epoch.signal)
  return epoch
}

function whyNot(url: URL | null, allowed: ReadonlySet<string>): string | null {
  if (url === null || !['http:', 'https:'].includes(url.protocol)) return 'the URL is not one of http or https'
  if (isLoopbackHost(url.hostname) || allowed.has(bareHost(url.hostname)) || allowed.has(url.host)) return null
  return `${url.hostname} is not on loopback and was not allowed (allowCallbacksTo)`
}

/** Resolves when the promise does, or at the latest when the signal is aborted; leaves no listener behind. */
function untilAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      signal.removeEventListener('abort', done)
      resolve()
    }
    signal.addEventListener('abort', done)
    void promise.then(done)
    if (signal.aborted) done()
  })
}

/** One POST on a connection of its own, so that nothing stays open behind it. Resolves with the status. */
function post(url: URL, order: CallbackOrder, signal: AbortSignal): Promise<number> {
  return new Promise((resolve, reject) => {
    const body = order.text ?? JSON.stringify(order.body)
    const headers = {
      'Content-Type': 'application/json;charset=UTF-8',
      ...order.headers,
      'Content-Length': String(Buffer.byteLength(body)),
    }
    const send = url.protocol === 'https:' ? requestHttps : requestHttp
    const request = send(url, { method: 'POST', agent: false, signal, headers }, (response) => {
      let bytes = 0
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length
        if (bytes > answerMaxBytes) response.destroy()
      })
      response.on('error', () => undefined) // The status counts; the rest of the answer is of no interest.
      response.once('close', () => resolve(response.statusCode ?? 0))
    })
    const timer = setTimeout(() => {
      request.destroy(new Error(`no answer within ${String(timeoutMs)} ms`))
    }, timeoutMs)
    request.once('error', (error: NodeJS.ErrnoException) => {
      reject(signal.aborted ? (signal.reason as Error) : new Error(error.code ?? error.message)) // Always ours.
    })
    request.once('close', () => clearTimeout(timer))
    request.end(body)
  })
}

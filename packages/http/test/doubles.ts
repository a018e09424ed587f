/**
 * Doubles for this package's tests: a scripted `fetch`, a scripted token source, a clock that is moved by hand, and a
 * local server that ends with its test.
 *
 * @module
 */
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Clock, Evidence, Need, Token, TokenSource } from '@latchkey/core'
import { expect, onTestFinished } from 'vitest'
import { ProviderError } from '../src/index.ts'
import type { Dialect, Operation } from '../src/index.ts'

export interface Sent {
  readonly url: string
  readonly method: string
  readonly headers: Headers
  readonly init: RequestInit
  /** The body as it arrived, streams excepted. */
  readonly text: string
}

export type Step = Response | Error | ((sent: Sent) => Response | Promise<Response>)

/** Answers each call with the next step. Fails the test on a call too many and on a step too many. */
export function scriptedFetch(...steps: readonly Step[]) {
  const calls: Sent[] = []
  onTestFinished(() => {
    expect(calls.map(({ method, url }) => `${method} ${url}`)).toHaveLength(steps.length)
  })
  const fetch: typeof globalThis.fetch = async (input, init = {}) => {
    const request = typeof input === 'object' && 'headers' in input ? input : undefined
    const { body } = init
    const text =
      body === undefined || body === null || body instanceof ReadableStream ? '' : await new Response(body).text()
    const sent: Sent = {
      url: typeof input === 'string' ? input : 'headers' in input ? input.url : input.href,
      method: init.method ?? request?.method ?? 'GET',
      headers: new Headers(init.headers ?? request?.headers),
      init,
      text,
    }
    calls.push(sent)
    const step = steps[calls.length - 1]
    if (step === undefined) throw new Error(`unscripted call ${calls.length}: ${sent.method} ${sent.url}`)
    if (step instanceof Error) throw step
    return typeof step === 'function' ? step(sent) : step
  }
  return { fetch, calls }
}

/** What the built-in `fetch` throws: the reason is in the cause. */
export function fetchFailed(code: string, syscall?: string): Error {
  const cause = Object.assign(new Error(`${syscall ?? ''} ${code} secret-in-message`), { code, syscall })
  return new TypeError('fetch failed', { cause })
}

export type TokenStep = Token | Error | ((need: Need) => Token | Promise<Token>)

export function tokenOf(generation: number, life: { remaining?: number; lifetime?: number } = {}): Token {
  const secret = `secret-token-${generation}`
  return {
    generation,
    scheme: 'Bearer',
    lifetime: life.lifetime ?? 3_600_000,
    remaining: () => life.remaining ?? 3_000_000,
    header: () => `Bearer ${secret}`,
    reveal: () => secret,
  }
}

/** Answers each `get` with the next step; a function may look at the need. Fails the test on a `get` too many or too few. */
export function scriptedSource(...steps: readonly TokenStep[]) {
  const needs: Need[] = []
  const refusals: { generation: number; evidence: Evidence | undefined }[] = []
  let held: Token | undefined
  onTestFinished(() => {
    expect(needs).toHaveLength(steps.length)
  })
  const source: TokenSource = {
    async get(need = {}) {
      needs.push(need)
      const step = steps[needs.length - 1]
      if (step === undefined) throw new Error(`unscripted get ${needs.length}`)
      if (step instanceof Error) throw step
      return typeof step === 'function' ? step(need) : step
    },
    peek: () => held,
    refuse: (generation, evidence) => void refusals.push({ generation, evidence }),
    forget: () => Promise.reject(new Error('unscripted forget')),
    revoke: () => Promise.reject(new Error('unscripted revoke')),
  }
  return { source, needs, refusals, hold: (token: Token) => void (held = token) }
}

/** Time that moves only in `run`, which jumps to the next timer whenever nothing else is left to do. */
export function manualClock(wallStart = 1_760_000_000_000) {
  let now = 0
  let timers: { at: number; fire: () => void }[] = []
  const sleeps: number[] = []
  const clock: Clock = {
    mono: () => now,
    wall: () => wallStart + now,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        sleeps.push(ms)
        const timer = { at: now + ms, fire: resolve }
        timers.push(timer)
        signal?.addEventListener('abort', () => {
          timers = timers.filter((other) => other !== timer)
          reject(signal.reason as Error) // The caller's own.
        })
      }),
  }
  const run = async <T>(work: Promise<T>): Promise<T> => {
    let settled = false
    const done = (): void => void (settled = true)
    work.then(done, done)
    for (let turns = 0; !settled; turns += 1) {
      expect(turns).toBeLessThan(1_000)
      for (let flush = 0; flush < 5; flush += 1) await new Promise((resolve) => setImmediate(resolve))
      if (settled) break
      const next = timers.sort((a, b) => a.at - b.at).shift()
      if (next === undefined) continue
      now = Math.max(now, next.at)
      next.fire()
    }
    return work
  }
  return { clock, run, sleeps, now: () => now, pending: () => timers.length }
}

/** A server on loopback that ends with the test. */
export async function serve(handle: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(handle)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  )
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}` // It listens on TCP.
}

export async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  return text
}

export const json = (status: number, body: unknown, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } })

/** What a promise rejects with; fails where it resolves. */
export async function rejection(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => Promise.reject(new Error('resolved where a rejection was expected')),
    (error: unknown) => error,
  )
}

export const operationOf = (effect: Operation['effect'], more: Partial<Operation> = {}): Operation => ({
  name: 'pay',
  method: 'POST',
  path: '/pay',
  effect,
  ...more,
})

/** An invented provider: `{ok: true}` is good, `{busy: true}` is a rejection that may pass, `{no: code}` one that will not. */
export const dialect: Dialect = {
  provider: 'acme',
  classify: ({ status }) => (status === 401 ? 'refused' : 'fine'),
  judge({ name: operation }, { status, json }) {
    const body = (typeof json === 'object' && json !== null ? json : {}) as Record<string, unknown> // Checked in this line.
    if (status === 200 && body['ok'] === true) return { kind: 'done' }
    const facts = { provider: 'acme', operation, status }
    const fail = (code: string, retryable: boolean, processed: 'no' | 'unknown', providerCode?: string) =>
      ({
        kind: 'failed',
        processed,
        error: new ProviderError(code, `acme ${operation}: ${code}.`, {
          ...facts,
          retryable,
          ...(providerCode === undefined ? {} : { providerCode }),
        }),
      }) as const
    if (status === 401) return fail('ACME_TOKEN_REFUSED', false, 'no')
    if (status === 429) return fail('ACME_THROTTLED', true, 'no')
    if (body['busy'] === true) return fail('ACME_BUSY', true, 'no', 'busy')
    if (typeof body['no'] === 'string') return fail('ACME_REJECTED', false, 'no', body['no'])
    if (status >= 500) return fail('ACME_FAILED', true, 'unknown')
    return fail('ACME_MALFORMED', true, 'unknown')
  },
  codes: {
    unknown: 'ACME_OUTCOME_UNKNOWN',
    unreachable: 'ACME_UNREACHABLE',
    timeout: 'ACME_TIMEOUT',
    malformed: 'ACME_MALFORMED',
    tooLarge: 'ACME_TOO_LARGE',
  },
  errorCodes: {
    ACME_OUTCOME_UNKNOWN: { retryable: false, exit: 6 },
    ACME_UNREACHABLE: { retryable: true, exit: 4 },
    ACME_TIMEOUT: { retryable: true, exit: 4 },
    ACME_MALFORMED: { retryable: true, exit: 1 },
    ACME_TOO_LARGE: { retryable: false, exit: 1 },
  },
}

/**
 * A `fetch` that answers from a script: an unscripted call fails the test, and so does a script that nobody called.
 *
 * @module
 */
import { expect } from 'vitest'

/** One request as it was made. */
export interface Seen {
  readonly method: string
  readonly url: string
  readonly authorization: string | null
  readonly headers: Headers
  readonly body: unknown
}

/** What to answer: status and body, an error to fail with, or silence until aborted. */
export type Reply =
  | { readonly status: number; readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> }
  | { readonly fail: Error }
  | 'silence'

export const token = (name: string, expiresIn: unknown = '3599'): Reply => ({
  status: 200,
  body: { access_token: name, expires_in: expiresIn },
})

/** What the built-in `fetch` rejects with when the connection breaks under a request. */
export const reset = (): Reply => ({ fail: networkError('ECONNRESET') })
export const refusedConnection = (): Reply => ({ fail: networkError('ECONNREFUSED') })

export function scriptedFetch(...script: readonly Reply[]) {
  const seen: Seen[] = []
  const left = [...script]
  const fetch = async (input: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    const headers = new Headers(init.headers)
    const text = typeof init.body === 'string' ? init.body : undefined
    seen.push({
      method: init.method ?? 'GET',
      url: String(input instanceof Request ? input.url : input),
      authorization: headers.get('authorization'),
      headers,
      body: text === undefined ? undefined : (JSON.parse(text) as unknown), // Tests look at it.
    })
    const reply = left.shift()
    if (reply === undefined) throw new Error(`Nobody scripted call ${seen.length} to ${seen.at(-1)?.url}`)
    if (reply === 'silence') return new Promise((_, reject) => waitForAbort(init.signal, reject))
    if ('fail' in reply) throw reply.fail
    const body = typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body)
    return new Response(body, { status: reply.status, headers: { ...reply.headers } })
  }
  return {
    fetch: fetch, // The few overloads that are used.
    seen,
    /** Fails unless exactly the script was called. */
    verify(): void {
      expect(seen.length).toBe(script.length)
    },
  }
}

function waitForAbort(signal: AbortSignal | null | undefined, reject: (reason: Error) => void): void {
  signal?.addEventListener('abort', () => reject(signal.reason as Error)) // The signal's own reason.
}

function networkError(code: string): Error {
  return Object.assign(new TypeError('fetch failed'), { cause: Object.assign(new Error(code), { code }) })
}

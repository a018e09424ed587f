/**
 * A `fetch` that knows in advance what it will be asked: a call that nobody scripted fails the test, and so does a
 * script that nobody called.
 *
 * @module
 */
import { AssertionError } from 'node:assert/strict'

/** One call that is to come. */
export interface Scripted {
  /** Method and URL: `POST https://provider.test/token`, or a pattern that such a text must match. */
  readonly request: string | RegExp
  /** An answer, an error to reject with, or a function of the request that makes either. */
  readonly answer: Answer | Error | ((call: ScriptedCall) => Response | Promise<Response>)
  /** @default 1 */
  readonly times?: number
}

export type Answer = { readonly status?: number; readonly headers?: Readonly<Record<string, string>> } & (
  { readonly json: unknown } | { readonly text?: string }
)

/** What was asked. It holds secrets, so print it with care. */
export interface ScriptedCall {
  readonly method: string
  readonly url: URL
  readonly headers: Headers
  readonly text: string
  readonly redirect: Request['redirect']
}

export interface ScriptedFetch {
  (input: string | URL | Request, init?: RequestInit): Promise<Response>
  /** The scripted calls so far. */
  readonly calls: readonly ScriptedCall[]
  /**
   * Ends the test's story.
   * @throws {AssertionError} A call was not scripted (even if the code under test swallowed it), or a script was not used.
   */
  done(): void
}

/** Calls must come in the order of the script. An aborted signal rejects with its own reason. */
export function scriptedFetch(script: readonly Scripted[]): ScriptedFetch {
  const left = script.flatMap((scripted) => Array.from({ length: scripted.times ?? 1 }, () => scripted))
  const calls: ScriptedCall[] = []
  const surprises: string[] = []

  const fetch = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const request = new Request(input, init)
    request.signal.throwIfAborted()
    const { method, headers, redirect } = request
    const asked = `${method} ${request.url}`
    const scripted = left[0]
    if (scripted === undefined || !fits(scripted.request, asked)) {
      const shown = asked.split(/[?#]/)[0] // A query may hold a secret.
      const expected = scripted === undefined ? 'nothing more' : `${scripted.request}`.split(/[?#]/)[0]
      surprises.push(`Nobody scripted ${shown}; the script expects ${expected}.`)
      throw new AssertionError({ message: surprises.at(-1) })
    }
    left.shift()
    const call: ScriptedCall = { method, url: new URL(request.url), headers, redirect, text: await request.text() }
    calls.push(call)
    const { answer } = scripted
    if (answer instanceof Error) throw answer
    return typeof answer === 'function' ? answer(call) : respond(answer)
  }

  const done = (): void => {
    if (surprises.length > 0) throw new AssertionError({ message: surprises.join('\n') })
    const unused = left.map(({ request }) => `${request}`.split(/[?#]/)[0]).join(', ')
    if (left.length > 0) throw new AssertionError({ message: `Nobody called ${unused}.` })
  }
  return Object.assign(fetch, { calls, done })
}

function fits(pattern: string | RegExp, asked: string): boolean {
  if (typeof pattern === 'string') return pattern === asked
  return new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, '')).test(asked) // Those flags remember positions.
}

function respond(answer: Answer): Response {
  const { status = 200, headers } = answer
  if (!('json' in answer)) return new Response(answer.text ?? null, { status, ...(headers && { headers }) })
  return new Response(JSON.stringify(answer.json), {
    status,
    headers: { 'content-type': 'application/json', ...headers },
  })
}

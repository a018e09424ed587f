/**
 * A real token source between a provider double and a chaos store, all on virtual time, and a record of everything
 * that came of it. The store keeps the world's time, as a server elsewhere does: steps of the process' wall clock do
 * not reach it.
 *
 * @module
 */
import { createTokenSource, errorCodes, isLatchkeyError, memoryStore } from '@latchkey/core'
import type { Generation, Key, ManagedTokenSource, Need, Token } from '@latchkey/core'
import { chaosStore, collectEvents, providerDouble, virtualClock } from '@latchkey/testkit'
import type { ProviderDoubleOptions } from '@latchkey/testkit'
import { canonicalKey, storedKey } from '../../src/key.ts'

export interface Call {
  readonly need: Need
  readonly calledAt: number
  readonly abort: AbortController
  settledAt?: number
  token?: Token
  error?: unknown
}

export const longestMs = 15_000
export const lifetimeMs = 300_000

export function setStage(options: ProviderDoubleOptions & { readonly seed: number; readonly random?: () => number }) {
  const { seed, random = generator(seed), ...habits } = options
  const clock = virtualClock()
  const world = { mono: clock.elapsed, wall: () => 1_800_000_000_000 + clock.elapsed(), sleep: clock.sleep }
  const store = chaosStore(memoryStore({ clock: world }), { clock, seed })
  const provider = providerDouble({ clock, lifetimeMs, longestMs, clientSecret: `marked/secret+${seed}`, ...habits })
  const events = collectEvents()
  const calls: Call[] = []
  const faults: string[] = []
  /** By the world's clock, the last instant at which each access token was certain to be alive. */
  const ends = new Map<string, number>()
  let issued = 0
  let newest: Token | undefined

  const fetch: typeof globalThis.fetch = async (input, init) => {
    const sentAt = clock.elapsed()
    const response = await provider.fetch(input, init)
    const text = await response.clone().text()
    const answer = (text.startsWith('{') ? JSON.parse(text) : {}) as { access_token?: string; expires_in?: number } // The double's.
    if (answer.access_token !== undefined) {
      issued += 1
      ends.set(answer.access_token, sentAt + (answer.expires_in ?? 0) * 1000)
    }
    return response
  }

  const source: ManagedTokenSource = createTokenSource({
    grant: provider.grant(),
    key: provider.key(),
    keyLabel: 'stage',
    store,
    clock,
    random,
    fetch,
    observer: events,
  })

  function judge(call: Call, token: Token): void {
    const { after = 0, minRemaining = 0 } = call.need
    const leeway = Math.min(10_000, token.lifetime / 20)
    const end = ends.get(token.reveal()) ?? -Infinity
    if (clock.elapsed() >= end) faults.push(`handed out ${clock.elapsed() - end} ms after the end`)
    if (token.remaining() < Math.max(leeway, minRemaining)) faults.push(`handed out with ${token.remaining()} ms left`)
    if (token.generation <= after) faults.push(`generation ${token.generation} is not above ${after}`)
    if (!newest || token.generation > newest.generation) newest = token
  }

  function get(need: Need = {}): Call {
    const abort = new AbortController()
    const call: Call = { need, calledAt: clock.elapsed(), abort }
    calls.push(call)
    void source.get({ ...need, signal: abort.signal }).then(
      (token) => {
        Object.assign(call, { token, settledAt: clock.elapsed() })
        judge(call, token)
      },
      (error: unknown) => {
        Object.assign(call, { error, settledAt: clock.elapsed() })
        const known = isLatchkeyError(error) && error.code in errorCodes
        if (!known && error !== abort.signal.reason) faults.push(`rejected with ${String(error)}`)
      },
    )
    return call
  }

  return {
    clock,
    store,
    provider,
    events,
    source,
    calls,
    /** What went against a guarantee. */
    faults,
    get,
    /** The token of the highest generation that anybody got. */
    newest: (): Token | undefined => newest,
    generation: (): Generation => newest?.generation ?? 0,
    /** Token requests that brought a token. */
    issued: () => issued,
    key: (): Promise<Key> => storedKey(canonicalKey({ ...provider.key(), grantId: 'double' }), 'latchkey:'),
  }
}

/** The same numbers in [0, 1) for the same seed. */
export function generator(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

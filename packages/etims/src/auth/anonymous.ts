/**
 * For a direct face without a portal app: requests that carry the device's credential and no bearer token.
 *
 * @see spec/etims.md section 12, question 1
 * @module
 */
import type { Token, TokenSource } from '@latchkey/core'

const nothing: Token = Object.freeze({
  generation: 0,
  scheme: 'None',
  lifetime: Infinity,
  remaining: () => Infinity,
  header: () => 'None',
  reveal: () => '',
})

/** A source of nothing, since a pipeline asks for a token. */
export const anonymousSource: TokenSource = Object.freeze({
  get: () => Promise.resolve(nothing),
  peek: () => nothing,
  refuse: () => undefined,
  forget: () => Promise.resolve(),
  revoke: () => Promise.resolve({ access: { fate: 'absent' }, refresh: { fate: 'absent' } } as const),
})

/** Sends what it is given without its `Authorization` header. */
export function withoutAuthorization(fetch: typeof globalThis.fetch): typeof globalThis.fetch {
  return (input, init) => {
    const headers = new Headers(init?.headers)
    headers.delete('authorization')
    return fetch(input, { ...init, headers })
  }
}

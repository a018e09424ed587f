/**
 * A source that has one token and no way to another: for a request that carries a token which the caller holds.
 *
 * @see spec/ksef.md section 2.10
 * @module
 */
import { TokenError } from '@latchkey/core'
import type { Token, TokenSource } from '@latchkey/core'

export function fixedSource(text: string): TokenSource {
  const token: Token = Object.freeze({
    generation: 1,
    scheme: 'Bearer',
    lifetime: Infinity,
    remaining: () => Infinity,
    header: () => `Bearer ${text}`,
    reveal: () => text,
  })
  return {
    async get({ after = 0, signal } = {}) {
      signal?.throwIfAborted()
      if (after < token.generation) return Promise.resolve(token)
      throw new TokenError('LATCHKEY_TOKEN_REJECTED', 'KSeF refused the token that was passed in.', {
        provider: 'ksef',
      })
    },
    peek: () => token,
    refuse: () => undefined,
    forget: () => Promise.resolve(),
    revoke: () => Promise.resolve({ access: { fate: 'notSupported' }, refresh: { fate: 'absent' } }),
  }
}

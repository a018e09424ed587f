/**
 * Which token a request needs, by whether it can be sent again. Both transports ask here.
 *
 * @see engine.md 7.3 and 7.4
 * @module
 */
import { isLatchkeyError } from '@latchkey/core'
import type { Generation, Token, TokenSource } from '@latchkey/core'

/**
 * Gets the token for one try.
 *
 * @param repeatable - The request can be sent again should the token be refused.
 * @param after - The generation that was refused, at the repeat.
 * @throws {TokenError} None could be had.
 * @throws The signal's own reason.
 */
export function tokenFor(
  source: TokenSource,
  repeatable: boolean,
  after: Generation | undefined,
  signal: AbortSignal | undefined,
): Promise<Token> {
  if (!repeatable) return longLivedToken(source, signal)
  // Asking for nothing special is what a source answers fastest.
  return after === undefined && signal === undefined ? source.get() : source.get({ after, signal })
}

// Engine.md 7.4: what cannot be sent twice is not sent with a token that is about to end, nor with one that was
// replaced while it was waited for.
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

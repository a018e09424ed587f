/**
 * The `getToken` of the SDKs that the clients replace, as a thin door to an engine.
 *
 * @see DESIGN section 3
 * @module
 */
import { assertKnown, invalidArgument } from '@latchkey/core'
import type { Generation, TokenSource } from '@latchkey/core'

/** What a door may be asked for. */
export interface GetTokenOptions {
  /** A token newer than the one that this door gave out last. @default false */
  readonly forceRefresh?: boolean | undefined
  readonly signal?: AbortSignal | undefined
}

/** Gives tokens as text. Callers that force at the same time share one renewal. */
export type TokenDoor = (options?: GetTokenOptions) => Promise<string>

/**
 * Makes a door, which remembers the generation that it gave out last.
 *
 * The door throws a `TypeError` (`ERR_INVALID_ARG`) for other options, and what the engine throws.
 */
export function tokenDoor(source: TokenSource): TokenDoor {
  let held: Generation | undefined
  return async (options = {}) => {
    if (typeof options !== 'object' || options === null) {
      throw invalidArgument('getToken: takes an object such as { forceRefresh: true }')
    }
    assertKnown(options, ['forceRefresh', 'signal'], 'getToken')
    const { forceRefresh = false, signal } = options
    if (typeof forceRefresh !== 'boolean') throw invalidArgument('getToken: forceRefresh must be true or false')
    const token = await source.get({ signal, after: forceRefresh ? held : undefined })
    held = Math.max(held ?? 0, token.generation)
    return token.reveal()
  }
}

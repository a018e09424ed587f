/**
 * Refuses option names that nobody reads, so that a misspelt option is an error and not a default.
 *
 * @see STYLE section 7
 * @module
 */
import { assertKnown, invalidArgument } from '@latchkey/core'

/**
 * Throws where `options` is no object or has a name that is not in `known`, and names the nearest one.
 *
 * @param owner - Who takes the options, for the message: `authorizedFetch`.
 * @throws {TypeError} `ERR_INVALID_ARG`
 */
export function refuseUnknownOptions(owner: string, options: object, known: readonly string[]): void {
  if (typeof options !== 'object' || options === null) throw invalidArgument(`${owner} takes one object of options.`) // Callers in JavaScript.
  assertKnown(options, known, owner)
}

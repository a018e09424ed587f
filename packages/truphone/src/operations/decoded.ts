/**
 * The end of an operation function: an answer that its row accepted can be decoded.
 *
 * @module
 */

/** The value itself. The table lets no other answer through, so its absence is a mistake of ours. */
export function decoded<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('An accepted answer could not be decoded.')
  return value
}

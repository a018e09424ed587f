/**
 * A set of words that may grow: the known ones are offered, others pass through.
 *
 * @see spec/truphone.md section 11
 * @module
 */

/** One of the known words, or one that Truphone added later. */
export type Open<Known extends string> = Known | (string & {})

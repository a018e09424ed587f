/**
 * A set of words that may grow: the known ones are offered, others pass through.
 *
 * @see spec/truphone.md section 11, spec/ksef.md section 1.3
 * @module
 */

/** One of the known words, or one that the provider added later. */
export type Open<Known extends string> = Known | (string & {})

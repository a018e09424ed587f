/**
 * How much of a list is asked for at once.
 *
 * @see spec/ksef.md section 1.6
 * @module
 */

const min = 10

/** No more than is shown, within what KSeF gives. @param max - The list's own. */
export function pageSizeFor(limit: number, max: number): number {
  return Math.min(Math.max(limit, min), max)
}

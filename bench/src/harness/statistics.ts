/**
 * Median and spread of repeated measurements. Medians, because one disturbed round must not move the result;
 * quartiles, because a spread that hides its middle hides the noise.
 *
 * @module
 */

export interface Summary {
  readonly median: number
  /** First and third quartile. */
  readonly low: number
  readonly high: number
  readonly rounds: number
}

/** Throws a `RangeError` for an empty list: a benchmark without rounds has no result. */
export function summarize(values: readonly number[]): Summary {
  if (values.length === 0) throw new RangeError('No round was measured.')
  const sorted = [...values].sort((a, b) => a - b)
  return {
    median: quantile(sorted, 0.5),
    low: quantile(sorted, 0.25),
    high: quantile(sorted, 0.75),
    rounds: sorted.length,
  }
}

/** True where the quartiles of two measurements reach into each other: the run does not tell them apart. */
export function overlap(one: Summary, other: Summary): boolean {
  return one.low <= other.high && other.low <= one.high
}

/** The same list from another start, so that over the rounds nobody always goes first or follows the same neighbour. */
export function rotated<Item>(items: readonly Item[], by: number): Item[] {
  const start = items.length === 0 ? 0 : by % items.length
  return [...items.slice(start), ...items.slice(0, start)]
}

/** The value that this share (0 to 1) of the list lies at or below, linear between the two nearest ranks. */
export function percentile(values: readonly number[], share: number): number {
  return quantile(
    [...values].sort((a, b) => a - b),
    share,
  )
}

function quantile(sorted: readonly number[], share: number): number {
  const position = (sorted.length - 1) * share
  const below = sorted[Math.floor(position)] ?? 0
  const above = sorted[Math.ceil(position)] ?? below
  return below + (above - below) * (position - Math.floor(position))
}

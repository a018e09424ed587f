/**
 * What is counted while the world runs: waiting times to the millisecond, and messages per tenth of a second, so that a
 * burst is not hidden in an hour's average.
 *
 * @module
 */

/** A distribution of durations, whole milliseconds. */
export interface Waits {
  add(ms: number): void
  /** The nearest rank: the least duration that this share of all did not exceed; 0 where there are none. */
  quantile(share: number): number
  readonly count: number
  readonly max: number
}

const waitMaxMs = 300_000

export function createWaits(): Waits {
  const bins = new Uint32Array(waitMaxMs + 1)
  let count = 0
  let max = 0
  return {
    add(ms) {
      const whole = Math.min(Math.round(ms), waitMaxMs)
      bins[whole] = (bins[whole] ?? 0) + 1
      count += 1
      max = Math.max(max, whole)
    },
    quantile(share) {
      let left = Math.ceil(share * count)
      for (let ms = 0; ms <= max; ms += 1) {
        left -= bins[ms] ?? 0
        if (left <= 0) return ms
      }
      return max
    },
    get count() {
      return count
    },
    get max() {
      return max
    },
  }
}

/** Counts over time, and the most within one second. */
export interface Rate {
  add(at: number): void
  /** In the span [from, to) of virtual milliseconds, to a tenth of a second. */
  count(from: number, to: number): number
  /** The most within any second that begins at a tenth of one. */
  peak(): number
}

const binMs = 100
const binsPerSecond = 1_000 / binMs

export function createRate(endMs: number): Rate {
  const bins = new Uint32Array(Math.ceil(endMs / binMs) + 1)
  return {
    add(at) {
      const bin = Math.min(Math.floor(at / binMs), bins.length - 1)
      bins[bin] = (bins[bin] ?? 0) + 1
    },
    count: (from, to) => bins.subarray(Math.floor(from / binMs), Math.floor(to / binMs)).reduce((sum, n) => sum + n, 0),
    peak() {
      let within = 0
      let most = 0
      for (let bin = 0; bin < bins.length; bin += 1) {
        within += (bins[bin] ?? 0) - (bins[bin - binsPerSecond] ?? 0)
        most = Math.max(most, within)
      }
      return most
    },
  }
}

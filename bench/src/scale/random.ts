/**
 * Seeded random numbers: one stream per purpose, so that drawing more from one does not shift the others and a run can
 * be repeated to the last event.
 *
 * @module
 */

export interface Random {
  /** In [0, 1). */
  next(): number
  /** In [from, to). */
  between(from: number, to: number): number
  /** A waiting time of a Poisson process with this mean. */
  exponential(mean: number): number
}

/** The stream of a seed and a purpose. */
export function createRandom(seed: number, purpose: string): Random {
  let state = seed | 0
  for (const letter of purpose) state = mix(state + (letter.codePointAt(0) ?? 0))

  // A Weyl sequence through a mixing function. Two draws make the 53 bits of a double.
  const word = (): number => mix((state = (state + 0x9e3779b9) | 0)) >>> 0
  const next = (): number => ((word() >>> 5) * 0x4000000 + (word() >>> 6)) / 0x20000000000000

  return {
    next,
    between: (from, to) => from + (to - from) * next(),
    exponential: (mean) => -mean * Math.log(1 - next()),
  }
}

// Every bit of the answer depends on every bit of the input.
function mix(input: number): number {
  let bits = input | 0
  bits = Math.imul(bits ^ (bits >>> 16), 0x7feb352d)
  bits = Math.imul(bits ^ (bits >>> 15), 0x846ca68b)
  return bits ^ (bits >>> 16)
}

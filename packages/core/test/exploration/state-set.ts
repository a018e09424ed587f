/**
 * A set of world rows that keeps 64 bits of each: room for tens of millions in a few hundred megabytes. Two rows that
 * share all 64 bits count as one; among fifty million that happens with a chance of about one in fifteen thousand.
 *
 * @module
 */
export class StateSet {
  size = 0
  #high: Uint32Array
  #low: Uint32Array
  #mask: number

  constructor(capacity = 1 << 16) {
    this.#high = new Uint32Array(capacity)
    this.#low = new Uint32Array(capacity)
    this.#mask = capacity - 1
  }

  /** True where the row was not there yet. */
  add(row: Int32Array): boolean {
    let a = 0x9e3779b9
    let b = 0x85ebca6b
    for (let at = 0; at < row.length; at += 1) {
      const value = row[at] ?? 0
      a = Math.imul(a ^ value, 0xcc9e2d51)
      a = ((a << 15) | (a >>> 17)) ^ (a >>> 7)
      b = Math.imul(b ^ (value + 0x7f4a7c15), 0x1b873593)
      b = ((b << 13) | (b >>> 19)) ^ (b >>> 11)
    }
    return this.#insert(mix(a), mix(b ^ 0x27d4eb2f) || 1)
  }

  #insert(high: number, low: number): boolean {
    let at = (high ^ low) & this.#mask
    for (;;) {
      const found = this.#low[at]
      if (found === 0) break
      if (found === low && this.#high[at] === high) return false
      at = (at + 1) & this.#mask
    }
    this.#low[at] = low
    this.#high[at] = high
    this.size += 1
    if (this.size * 3 > this.#mask * 2) this.#grow()
    return true
  }

  #grow(): void {
    const [high, low] = [this.#high, this.#low]
    this.#high = new Uint32Array(high.length * 2)
    this.#low = new Uint32Array(low.length * 2)
    this.#mask = this.#high.length - 1
    this.size = 0
    for (let at = 0; at < low.length; at += 1) if (low[at]) this.#insert(high[at] ?? 0, low[at] ?? 0)
  }
}

function mix(value: number): number {
  let mixed = value ^ (value >>> 16)
  mixed = Math.imul(mixed, 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}

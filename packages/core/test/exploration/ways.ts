/**
 * From where each world was found first, and by which of the steps there: six bytes a world, enough to tell its story.
 *
 * @module
 */
export class Ways {
  #from = new Int32Array(1 << 16)
  #ordinal = new Uint16Array(1 << 16)
  #length = 0

  /** Names a new world. */
  push(from: number, ordinal: number): number {
    const name = this.#length
    if (name === this.#from.length) {
      const [from, ordinal] = [this.#from, this.#ordinal]
      this.#from = new Int32Array(name * 2)
      this.#from.set(from)
      this.#ordinal = new Uint16Array(name * 2)
      this.#ordinal.set(ordinal)
    }
    this.#from[name] = from
    this.#ordinal[name] = ordinal
    this.#length += 1
    return name
  }

  /** The ordinals of the steps that lead there from the first world. */
  to(name: number): number[] {
    const way: number[] = []
    for (let at = name; at > 0; at = this.#from[at] ?? 0) way.push(this.#ordinal[at] ?? 0)
    return way.reverse()
  }
}

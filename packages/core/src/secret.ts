/**
 * A value that cannot be printed by accident: it comes out through `reveal()` alone, at the line that needs it.
 *
 * @see engine.md section 10
 * @module
 */

const hidden = '[secret]'

/** Holds a secret string. Printing, inspecting, serialising or concatenating it shows `[secret]`. */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  /** The only way to the value. */
  reveal(): string {
    return this.#value
  }

  toString(): string {
    return hidden
  }

  toJSON(): string {
    return hidden
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return hidden
  }
}

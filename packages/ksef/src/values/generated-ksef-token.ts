/**
 * A KSeF token at the one moment at which KSeF shows it.
 *
 * @see spec/ksef.md section 2.14
 * @module
 */

/** Printing, inspecting or serialising it shows the reference number alone. */
export class GeneratedKsefToken {
  /** Names the token from now on: for its status and its revocation. */
  readonly referenceNumber: string
  readonly #token: string

  constructor(referenceNumber: string, token: string) {
    this.referenceNumber = referenceNumber
    this.#token = token
  }

  /** The secret. Keep it now: KSeF shows it only in this answer. */
  get token(): string {
    return this.#token
  }
}

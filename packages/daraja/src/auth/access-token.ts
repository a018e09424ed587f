/**
 * A token in the words of the SDKs that people come from: a string with two dates.
 *
 * @see spec/daraja.md section 5.4, DESIGN section 3
 * @module
 */
import type { Clock, Token } from '@latchkey/core'

/** One access token. Printing or serialising it shows none of its members; ask for them by name. */
export class AccessToken {
  readonly #token: Token
  readonly #expiresAt: number

  constructor(token: Token, clock: Clock) {
    this.#token = token
    this.#expiresAt = clock.wall() + token.remaining()
  }

  /** The secret itself. */
  get token(): string {
    return this.#token.reveal()
  }

  /** Just before it was asked for, by this host's clock. */
  get creationDatetime(): Date {
    return new Date(this.#expiresAt - this.#token.lifetime)
  }

  /** When it ends, by this host's clock. */
  get expirationTime(): Date {
    return new Date(this.#expiresAt)
  }

  /** True once nothing of its life is left. It may be refused earlier: a newer token ends it. */
  isExpired(): boolean {
    return this.#token.remaining() <= 0
  }
}

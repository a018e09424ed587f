/**
 * The token that callers hold: immutable, and silent about its secret. It knows the refresh token that it came with, for
 * the one door that gives it away.
 *
 * @see engine.md sections 1 and 3.4
 * @module
 */
import type { Clock } from './clock.ts'
import type { Secret } from './secret.ts'
import type { Token } from './source.ts'

/** When a token ends, by each of the process' clocks, and its full lifetime; milliseconds. */
export interface Deadline {
  readonly mono: number
  readonly wall: number
  readonly life: number
}

/** The refresh token beside an access token. */
export interface HeldRefreshToken {
  readonly token: Secret
  /** When it ends, epoch milliseconds by this process' wall clock; absent where the provider did not say. */
  readonly until?: number
}

/**
 * The refresh token that belongs to a token, for clients whose users expect to be handed it. Whoever spends a rotating one
 * ends the login of everybody who shares it.
 *
 * @returns `undefined` where there is none, or where the token is of another maker.
 */
export function heldRefreshToken(token: Token): HeldRefreshToken | undefined {
  return token instanceof HeldToken ? HeldToken.refreshOf(token) : undefined
}

export class HeldToken implements Token {
  readonly generation: number
  readonly scheme: string
  declare readonly scopes?: readonly string[]
  readonly lifetime: number
  readonly #secret: Secret
  readonly #refresh: HeldRefreshToken | undefined
  readonly #deadline: Deadline
  readonly #clock: Clock

  constructor(
    generation: number,
    facts: { readonly scheme: string; readonly scopes?: readonly string[] | undefined },
    secret: Secret,
    deadline: Deadline,
    clock: Clock,
    refresh?: HeldRefreshToken,
  ) {
    this.generation = generation
    this.scheme = facts.scheme
    if (facts.scopes) this.scopes = Object.freeze([...facts.scopes])
    this.lifetime = deadline.life
    this.#secret = secret
    this.#deadline = deadline
    this.#clock = clock
    this.#refresh = refresh
    Object.freeze(this)
  }

  /** Not a method of the token, where a caller would find it by chance. */
  static refreshOf(token: HeldToken): HeldRefreshToken | undefined {
    return token.#refresh
  }

  remaining(): number {
    const { mono, wall, life } = this.#deadline
    return Math.max(0, Math.min(life, mono - this.#clock.mono(), wall - this.#clock.wall()))
  }

  header(): string {
    return `${this.scheme} ${this.#secret.reveal()}`
  }

  reveal(): string {
    return this.#secret.reveal()
  }
}

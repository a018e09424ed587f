/**
 * The token that callers hold: immutable, and silent about its secret.
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

export class HeldToken implements Token {
  readonly generation: number
  readonly scheme: string
  declare readonly scopes?: readonly string[]
  readonly lifetime: number
  readonly #secret: Secret
  readonly #deadline: Deadline
  readonly #clock: Clock

  constructor(
    generation: number,
    facts: { readonly scheme: string; readonly scopes?: readonly string[] | undefined },
    secret: Secret,
    deadline: Deadline,
    clock: Clock,
  ) {
    this.generation = generation
    this.scheme = facts.scheme
    if (facts.scopes) this.scopes = Object.freeze([...facts.scopes])
    this.lifetime = deadline.life
    this.#secret = secret
    this.#deadline = deadline
    this.#clock = clock
    Object.freeze(this)
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

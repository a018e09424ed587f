/**
 * What a simulated system is to the rest of the simulator. A system lives in `systems/<name>/` and is named once,
 * in `systems/index.ts`; prefixes, faults, log, control plane and start page follow from this interface.
 *
 * @module
 */
import type { Answer } from './answers.ts'
import type { Callbacks } from './callbacks.ts'
import type { SimulatorClock } from './clock.ts'
import type { MaskText } from './masking.ts'
import type { Random } from './random.ts'

/** What a system is given. */
export interface SystemContext {
  readonly clock: SimulatorClock
  readonly callbacks: Callbacks
  /** A seeded stream of its own, from the start or from where it was. */
  random(label: string, drawn?: number): Random
  /** Apply the provider's own rules for callback URLs. */
  readonly strictUrls: boolean
}

/** A request below a system's prefix. */
export interface SystemRequest {
  readonly method: string
  /** Below the prefix, without the query, single slashes, no slash at the end. */
  readonly path: string
  readonly query: URLSearchParams
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
  /** The body as it came; `body` is its text. */
  readonly bytes: Uint8Array
  /** The address of the connection's other end; an IPv4 address in its plain form. */
  readonly clientIp: string
  /** Resolves when the answer has left, or never will. */
  readonly answered: Promise<void>
}

/** A system before it runs. */
export interface SystemDefinition<Credentials extends object, Switches extends object, State extends object> {
  /** For people: `Safaricom Daraja (M-PESA)`. */
  readonly title: string
  /** The names by which faults and the log know the operations. */
  readonly operations: readonly string[]
  /** Checks switches, and fills in what is missing. @throws {InputError} */
  readSwitches(input: unknown, current?: Switches): Switches
  start(context: SystemContext, switches: Switches): Promise<System<Credentials, State>>
  /**
   * Starts where {@link System.snapshot} stood. `switches` are those that a reset goes back to.
   *
   * @throws {InputError} `saved` is not what a snapshot of this version holds.
   */
  restore(context: SystemContext, switches: Switches, saved: unknown): Promise<System<Credentials, State>>
}

/** A running system. */
export interface System<Credentials extends object, State extends object> {
  /** Ready-made, fictional. */
  readonly credentials: Credentials
  /** The operation at a path; a system may tell methods apart. */
  operationAt(path: string, method: string): string | null
  answer(request: SystemRequest): Answer | Promise<Answer>
  /** Called at arrival of every request, before any fault, for the exact counts. */
  arrived(operation: string | null): void
  /** The provider's way to say "too many requests". `retryAfter`: seconds, where a fault names them. */
  throttled(request: SystemRequest, retryAfter?: number): Answer
  /** How many tokens died of it. */
  invalidateTokens(): number
  /** Changes some switches and returns all. @throws {InputError} Nothing was changed. */
  set(input: unknown): object
  state(): State
  /** All that a restart must not lose, as JSON. What falls due later is part of it. */
  snapshot(): unknown
  /** Back to the start. Credentials stay. */
  reset(): void
  readonly maskText: MaskText
  /** Documents that the control plane offers under `/_simulator/<system>/<name>`. */
  readonly documents: Readonly<Record<string, Answer>>
  /** Values that make something happen, for the start page: value, then effect. */
  readonly magic: Readonly<Record<string, string>>
}

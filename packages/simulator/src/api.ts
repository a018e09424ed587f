/**
 * What a program sees of the simulator: how it is started, and what a running one offers.
 *
 * @module
 */
import type { CallbackAttempt, Fault, PendingFault, SeenRequest, SimulatorState } from './protocol.ts'
import type { RequestFilter } from './request-log.ts'
import type { CredentialsOf, StateOf, SwitchesOf, SystemName } from './systems/index.ts'

/** Some switches of some systems. */
export type SwitchChanges = { readonly [Name in SystemName]?: Partial<SwitchesOf<Name>> | undefined }

/** How to start; besides this, the switches of each system under its name. */
export interface SimulatorOptions extends SwitchChanges {
  /** The address to listen on. @default '127.0.0.1' */
  readonly host?: string | undefined
  /** 0: any free one. @default 0 */
  readonly port?: number | undefined
  /**
   * An integer. The same seed and the same requests give the same credentials, ids and tokens.
   * @default that of `data`, else 1
   */
  readonly seed?: number | undefined
  /** Applies the providers' own rules for callback URLs, which refuse loopback. @default false */
  readonly strictUrls?: boolean | undefined
  /** Hosts, or `host:port`, besides loopback to which callbacks may go. @default [] */
  readonly allowCallbacksTo?: readonly string[] | undefined
  /**
   * A file in which credentials, tokens, transactions, switches and the clock's advance outlive this process. Read at
   * the start, written within a quarter of a second of a change and at the end. One simulator at a time.
   */
  readonly data?: string | undefined
}

/** The state, with that of each system. */
export type State = SimulatorState<{ readonly [Name in SystemName]: StateOf<Name> }>

/** A running simulator. End it with {@link Simulator.close}. */
export interface Simulator extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`, without a slash at the end. */
  readonly url: string
  /** Where the control plane is: `${url}/_simulator`. */
  readonly control: string
  readonly systems: {
    readonly [Name in SystemName]: { readonly baseUrl: string; readonly credentials: CredentialsOf<Name> }
  }
  readonly clock: {
    /** Epoch milliseconds. */
    now(): number
    /**
     * Moves the clock forward and does what falls due. Resolves when the callbacks among it were attempted, so a
     * receiver must not wait for this from within a callback.
     *
     * @throws {InputError} `ms` is negative, or more than ten years.
     */
    advance(ms: number): Promise<void>
  }
  /** The requests that were seen, oldest first. */
  requests(filter?: RequestFilter): readonly SeenRequest[]
  readonly faults: {
    /** @throws {InputError} */
    add(faults: Fault | readonly Fault[]): void
    clear(): void
    list(): readonly PendingFault[]
  }
  /** Kills every token of one system or of all, and says how many they were. */
  invalidateTokens(system?: SystemName): number
  state(): State
  /** Back to the start: tokens, payments, faults, switches, log, callbacks, clock. Credentials stay. */
  reset(): void
  /** Changes switches of systems. @throws {InputError} */
  set(changes: SwitchChanges): void
  /** The callbacks, oldest first. */
  callbacks(): readonly CallbackAttempt[]
  /**
   * Ends everything: connections, timers, callbacks under way. May be called twice.
   *
   * @throws {InputError} The file of the option `data` could not be written.
   */
  close(): Promise<void>
}

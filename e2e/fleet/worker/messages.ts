/**
 * What a worker process and the harness say to each other: JSON lines on standard input and output. A worker that
 * reaches a step also waits for one byte on descriptor 3.
 *
 * @module
 */
import type { Traits } from '@latchkey/core'

/**
 * The points of an attempt at which a worker can be caught. `beforeSend`: under the lease, nothing written.
 * `afterSend`: the provider has acted, the answer is unread. `afterAnswer`: read, not committed. `duringCommit`:
 * inside the committing swap, which other processes can see already.
 */
export const steps = ['beforeSend', 'afterSend', 'afterAnswer', 'duringCommit'] as const
export type Step = (typeof steps)[number]

export type StoreChoice =
  | { readonly kind: 'file'; readonly directory: string }
  | { readonly kind: 'postgres'; readonly url: string }
  /** `replicas`: how many must confirm a durable swap; 0 = the single server's word is accepted. */
  | { readonly kind: 'redis'; readonly url: string; readonly replicas: number }

/** The first line to a worker. Durations are milliseconds. */
export interface Orders {
  readonly id: number
  readonly store: StoreChoice
  /** Prefix of stored keys: fleets that share a server do not meet. */
  readonly prefix: string
  readonly sealingKey: string
  readonly origin: string
  readonly clientId: string
  readonly clientSecret: string
  readonly traits: Traits
  /** How far this host's wall clock is ahead. */
  readonly skewMs: number
  /** A call starts every so often, whatever became of those before. */
  readonly everyMs: number
  readonly refusalBudget?: { readonly renewals: number; readonly per: number } | undefined
}

/** The lines after it. */
export type Command =
  | { readonly do: 'call' }
  | { readonly do: 'arm'; readonly step: Step | null }
  /** Answered with `settled` when the calls that are under way now have ended. */
  | { readonly do: 'settle' }
  | { readonly do: 'end' }

/** A call of the resource. `used`: the generations it was made with, the second after a refusal of the first. */
export interface CallReport {
  readonly said: 'call'
  readonly used: readonly number[]
  readonly ms: number
  /** Absent where the resource served it: an error's code, or `refused twice`. */
  readonly failed?: string
  readonly reason?: string
}

/** A swap that this worker's store said was done. `at`: the store's clock. */
export interface SwapReport {
  readonly said: 'swap'
  readonly at: number
  readonly gen: number
  readonly fence: number
  readonly epoch: number
}

/** An event of the engine, named without its prefix. */
export interface EventReport {
  readonly said: 'event'
  readonly name: string
  readonly generation?: number
  readonly fence?: number
  readonly outcome?: string
  readonly reason?: string
  readonly path?: string
  readonly code?: string
}

/** The last line. `skipped`: calls that were not started because too many were waiting; `dropped`: lines not said. */
export interface Bye {
  readonly said: 'bye'
  readonly skipped: number
  readonly dropped: number
}

export type Line =
  | CallReport
  | SwapReport
  | EventReport
  | Bye
  /** `wall`: what its `Date` says. */
  | { readonly said: 'ready'; readonly wall: number }
  | { readonly said: 'settled' }
  /** Blocks the whole process until a byte comes. */
  | { readonly said: 'at'; readonly step: Step }
  /** A token answer was read whole, while the attempt still wanted it. */
  | { readonly said: 'answered'; readonly status: number }
  /** The process stood still for so long, whoever was to blame. */
  | { readonly said: 'stalled'; readonly ms: number }
  /** Its store took so long for one answer. */
  | { readonly said: 'storeSlow'; readonly ms: number }
  | { readonly said: 'unhandled'; readonly reason: string }

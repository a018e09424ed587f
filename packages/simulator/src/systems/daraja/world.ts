/**
 * What the operations of Daraja share: the app's memory and the outside parts. Put together in `index.ts`.
 *
 * @module
 */
import type { Inquiry } from './account-balance.ts'
import type { Callbacks } from '../../callbacks.ts'
import type { SimulatorClock } from '../../clock.ts'
import type { DarajaCredentials } from './credentials.ts'
import type { Ids } from './ids.ts'
import type { InitiatorLock } from './initiator.ts'
import type { Ledger } from './ledger.ts'
import type { Payments } from './payments.ts'
import type { DarajaSwitches } from './switches.ts'
import type { Tokens } from './tokens.ts'

/** The state of the imitation. Operations change it only through its parts. */
export interface World {
  readonly clock: SimulatorClock
  readonly callbacks: Callbacks
  readonly credentials: DarajaCredentials
  readonly ids: Ids
  readonly tokens: Tokens
  readonly payments: Payments
  readonly ledger: Ledger
  readonly initiator: InitiatorLock
  /** Balance requests whose result is still to come. */
  readonly inquiries: Set<Inquiry>
  readonly strictUrls: boolean
  readonly counters: Counters
  switches: DarajaSwitches
}

/** Exact counts since the start or the last reset. */
export interface Counters {
  /** Requests that arrived at the token endpoint, whatever became of them. */
  tokenRequests: number
  /** Those of them that named the app's consumer key and were not spoiled by a fault. */
  appTokenRequests: number
  /** Refused calls by cause. */
  rejected: Record<string, number>
  /** When the last query was let through, for the rate limit; null when none was. */
  lastQueryAt: number | null
}

/**
 * What the parts of the imitation share. Put together in `index.ts`.
 *
 * @module
 */
import type { Callbacks } from '../../callbacks.ts'
import type { SimulatorClock } from '../../clock.ts'
import type { Ids } from './ids.ts'
import type { ForeignTokens } from './keycloak/foreign-tokens.ts'
import type { Keys } from './keycloak/keys.ts'
import type { Realm } from './keycloak/realm.ts'
import type { Environment, Store } from './rows.ts'
import type { TruphoneSwitches } from './switches.ts'

/** The environments, the live one first. */
export const environments = ['production', 'preproduction'] as const satisfies readonly Environment[]

/** How much text of accepted requests is kept as rows, in characters. A request past it is answered with 500. */
export const storedMax = 4 * 1024 * 1024

/** The state of the imitation. */
export interface World {
  readonly clock: SimulatorClock
  readonly callbacks: Callbacks
  readonly ids: Ids
  readonly keys: Keys
  /** Where the switch `verify` is set. */
  readonly foreignTokens: ForeignTokens
  readonly realm: Realm
  stores: Readonly<Record<Environment, Store>>
  readonly counters: Counters
  switches: TruphoneSwitches
  /** The instant for which the clock is to wake the imitation, or null. */
  wakesAt: number | null
  /** To be called after a change outside a request: what falls due is done, and the clock set for the rest. */
  readonly wakeUp: () => void
  /** When pre-production was last recycled, or the imitation started. */
  recycledAt: number
  /** The last webhook of each SIM, while it is under way: the next one waits for it. */
  readonly underWay: Map<string, Promise<void>>
  /** The API's rate limits: requests of a client in the present second and day. */
  readonly rates: Map<string, { second: number; inSecond: number; day: number; inDay: number }>
}

/** Counts of a client since the start or the last reset. */
export interface ClientCounts {
  /** Requests to the token endpoint that named it and reached the service. */
  tokenRequests: number
  /** Those of them that were answered with tokens, for `client_credentials`. */
  logins: number
  /** The same for `refresh_token`. */
  refreshes: number
  /** The rest. */
  refused: number
}

/** Exact counts since the start or the last reset. */
export interface Counters {
  /** Requests that arrived at the token endpoint, whatever became of them. */
  tokenRequests: number
  /** By client id; only of clients that exist. */
  clients: Record<string, ClientCounts>
  /** Calls of the API that were carried out, by operation. */
  accepted: Record<string, number>
  /** Refused calls by cause: an error type of the API, or an `error` of the token endpoint. */
  rejected: Record<string, number>
  /** Characters of bodies that became rows. */
  stored: number
}

/** Counts of nothing. */
export function noCounts(): Counters {
  return { tokenRequests: 0, clients: {}, accepted: {}, rejected: {}, stored: 0 }
}

/** Adds one to a count. */
export function countOne(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1
}

/** The counts of a client. */
export function countsOf(world: World, clientId: string): ClientCounts {
  return (world.counters.clients[clientId] ??= { tokenRequests: 0, logins: 0, refreshes: 0, refused: 0 })
}

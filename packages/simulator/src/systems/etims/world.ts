/**
 * What the operations of eTIMS share. Put together in `index.ts`.
 *
 * @module
 */
import type { SimulatorClock } from '../../clock.ts'
import type { EtimsCredentials } from './credentials.ts'
import type { Data } from './data.ts'
import type { Ids } from './ids.ts'
import type { EtimsSwitches } from './switches.ts'
import type { Tokens } from './tokens.ts'

/** The state of the imitation. */
export interface World {
  readonly clock: SimulatorClock
  readonly credentials: EtimsCredentials
  readonly ids: Ids
  /** Signs receipts. */
  readonly signingKey: string
  readonly tokens: Tokens
  data: Data
  readonly counters: Counters
  switches: EtimsSwitches
}

/** Exact counts since the start or the last reset. */
export interface Counters {
  /** Requests that arrived at the token endpoint, whatever became of them. */
  tokenRequests: number
  /** Those of them that named the app's consumer key and were not spoiled by a fault. */
  appTokenRequests: number
  /** Accepted calls by operation. */
  accepted: Record<string, number>
  /** Refused calls by cause: a `resultCd`, or what was wrong with the request. */
  rejected: Record<string, number>
  /** Characters of the requests that were accepted and stored. */
  stored: number
}

/** How much is stored, in characters of requests. Past it, writes are refused. */
export const storedMax = 16 * 1024 * 1024

/** Counts a refusal. */
export function countRefusal(world: World, cause: string): void {
  world.counters.rejected[cause] = (world.counters.rejected[cause] ?? 0) + 1
}

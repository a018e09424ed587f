/**
 * What the parts of the imitation share. Put together in `index.ts`.
 *
 * @module
 */
import type { Jwts } from './auth/jwt.ts'
import type { KeyMaterials } from './encryption/materials.ts'
import type { Ids } from './ids.ts'
import type { Rates } from './rates.ts'
import type { KsefSwitches } from './switches.ts'
import type { Tables } from './tables.ts'

/** The state of the imitation. */
export interface World {
  /** Epoch milliseconds by the service's own clock. */
  now(): number
  readonly ids: Ids
  readonly jwts: Jwts
  readonly keyMaterials: KeyMaterials
  tables: Tables
  counters: Counters
  switches: KsefSwitches
  readonly rates: Rates
}

/** Exact counts since the start or the last reset. */
export interface Counters {
  /** Submitted authentications that were taken, by way. */
  readonly signIns: Record<string, number>
  redeems: number
  refreshes: number
  /** Requests for tokens that arrived, whatever became of them: submissions, redeems, refreshes. */
  tokenRequests: number
  /** Calls that were carried out, by operation. */
  readonly accepted: Record<string, number>
  /** Refused calls: by code, reason or status. */
  readonly refused: Record<string, number>
  /** How often access tokens were voided; the key that signs them follows from it. */
  generation: number
}

/** Counts of nothing. */
export function noCounts(): Counters {
  return { signIns: {}, redeems: 0, refreshes: 0, tokenRequests: 0, accepted: {}, refused: {}, generation: 0 }
}

/** Adds one to a count. */
export function countOne(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1
}

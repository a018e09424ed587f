/**
 * What of KSeF outlives a restart, and the check of what is read back. The counters of rate limits do not.
 *
 * @module
 */
import { z } from 'zod'
import { InputError, parseInput } from '../../input-error.ts'
import { isPrivateKey, type KsefCredentials } from './credentials.ts'
import { type SavedMaterials, savedMaterials } from './encryption/materials.ts'
import { type KsefSwitches, readSwitches } from './switches.ts'
import { rowsOf, type SavedTables, savedTables } from './tables.ts'
import type { Counters, World } from './world.ts'

/** The parts as they are restored. */
export interface Saved {
  /** The key that signs tokens. */
  readonly secret: string
  readonly credentials: KsefCredentials
  readonly switches: KsefSwitches
  /** Of the random stream. */
  readonly drawn: number
  readonly materials: SavedMaterials
  readonly tables: SavedTables
  readonly counters: Counters
}

const text = z.string().max(10_000)
const count = z.int().min(0)
const counts = z.record(text, count)
const schema = z.strictObject({
  secret: text.min(32),
  credentials: z.strictObject({ nip: text, ksefToken: text, certificate: text, privateKey: text }),
  switches: z.unknown(),
  drawn: count,
  materials: savedMaterials,
  tables: savedTables,
  counters: z.strictObject({
    signIns: counts,
    redeems: count,
    refreshes: count,
    tokenRequests: count,
    accepted: counts,
    refused: counts,
    generation: count,
  }),
})

/** Takes the snapshot. Keys and credentials are in it. */
export function save(world: World, secret: string, credentials: KsefCredentials): object {
  return {
    secret,
    credentials,
    switches: { ...world.switches, actions: [] }, // Done is done.
    drawn: world.ids.drawn(),
    materials: world.keyMaterials.saved(),
    tables: rowsOf(world.tables),
    counters: structuredClone(world.counters),
  }
}

/** @throws {InputError} It is not what {@link save} gave. */
export function readSaved(input: unknown): Saved {
  const help = 'Start with another file, or move this one away to begin anew.'
  const { switches, ...rest } = parseInput(schema, input, 'the saved state of ksef', help)
  const authorities = rest.tables.certificateAuthority.map(({ privateKey }) => privateKey)
  const keys = [rest.credentials.privateKey, ...Object.values(rest.materials.pairs), ...authorities]
  if (!keys.every(isPrivateKey)) {
    throw new InputError(`Not understood: the saved state of ksef (a private key: no key). ${help}`)
  }
  return { ...rest, switches: readSwitches(switches) }
}

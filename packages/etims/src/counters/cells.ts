/**
 * Where one device's values stand in the store: a cell for each thing that is kept.
 *
 * @see engine.md sections 9.3 and 10, spec/etims.md sections 3.3 and 7.5
 * @module
 */
import type { Clock, Store } from '@latchkey/core'
import { createCell } from '@latchkey/core/cell'
import type { Cell } from '@latchkey/core/cell'
import type { Identity } from '../operations/context.ts'
import type { Keeping } from './keeping.ts'

/** Whose values they are. Two hosts are two worlds, a simulator's and KRA's for one. */
export interface Place extends Identity {
  /** The API's base address. */
  readonly apiBase: string
}

/** What a cell is, and whose: all of these make its name. */
interface CellName {
  readonly what: 'device' | 'counter' | 'codes'
  readonly place: Place
  /** Item codes are counted per taxpayer, everything else per branch. */
  readonly scope: 'branch' | 'taxpayer'
  readonly kind?: string
}

/** Opens the cell of one thing. */
export function openCell<Value>(
  { store, ring, plaintext }: Keeping,
  clock: Clock,
  { what, place, scope, kind }: CellName,
  parse: (input: unknown) => Value | undefined,
): Cell<Value> {
  const { origin, pathname } = new URL(place.apiBase)
  const base = origin + pathname.replace(/\/+$/, '')
  const branch = scope === 'branch' ? [place.bhfId] : []
  const name = [`etims.${what}`, place.environment, base, place.tin, ...branch, ...(kind === undefined ? [] : [kind])]
  return createCell({ store, ring, plaintext, clock, name, parse })
}

/** A store that ends with this process. */
export function ownKeeping(store: Store): Keeping {
  return { store, ring: undefined, plaintext: false }
}

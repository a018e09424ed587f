/**
 * What the parts of one flight share: where it stands, and the two ways in which each of them touches the record.
 *
 * @module
 */
import type { Ledger } from './ledger.ts'
import type { Step, TokenRecord } from './protocol.ts'
import { reduce } from './protocol.ts'
import type { Flight, Outcome, Slot } from './slot.ts'
import { sealedElsewhere } from './told.ts'
import type { Contents, Vault } from './vault.ts'

const stepTries = 16

/** What one turn of the loop brings: an outcome, or nothing yet. */
export type Turn = Outcome | undefined

export interface Cockpit {
  readonly slot: Slot
  readonly flight: Flight
  readonly ledger: Ledger
  readonly vault: Vault
  /** The store does not answer: a private record, and never the refresh token. */
  readonly solo: boolean
  /** The generation whose token cannot be opened. */
  readonly unopened: { gen: number }
}

/** Swaps in a step, as long as it applies. Returns what became of it; store trouble passes through. */
export async function take(ledger: Ledger, step: (record: TokenRecord) => Step): Promise<boolean> {
  for (let tries = 0; tries < stepTries; tries += 1) {
    const next = ledger.record && reduce(ledger.record, step(ledger.record))
    if (!next) return false
    const swap = await ledger.swap(next)
    if (swap === 'done' || swap === 'durable') return true
  }
  return false
}

/** Opens a record's token; one that no key of the ring opens is none (engine.md 9.8), or a failure where that is the policy. */
export async function open(slot: Slot, vault: Vault, record: TokenRecord): Promise<Contents | undefined> {
  const contents = record.token === undefined ? undefined : await vault.open(record.token, record)
  if (contents) return contents
  slot.emit('store.corrupt', { operation: 'open', reason: 'no key of the ring opens it' })
  if (slot.services.storeTrouble === 'degrade') return undefined
  throw sealedElsewhere()
}

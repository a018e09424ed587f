/**
 * Redacted pictures of one key, for support: from what this process knows, or from what the shared record says.
 *
 * @see engine.md section 13
 * @module
 */
import { freshness, windowMs } from './freshness.ts'
import type { TokenRecord } from './protocol.ts'
import { view } from './protocol.ts'
import type { Slot } from './slot.ts'
import type { Description } from './source.ts'
import { coolFacts } from './told.ts'

/** What this process knows. */
export function described(slot: Slot): Description {
  const { token, record, flight, closed, coolDown } = slot
  return {
    ...named(slot),
    state: closed ? 'closed' : token ? slot.look(0, 0) : 'none',
    generation: token?.generation ?? 0,
    remaining: token?.remaining() ?? 0,
    renewing: flight !== undefined,
    ...(record?.lease && { heldBy: holderOf(slot, record.lease) }),
    ...(coolDown && { coolDown }),
  }
}

/** What a record says at one instant of the store's clock. A token that was refused counts as spent. */
export function surveyed(slot: Slot, record: TokenRecord, now: number): Description {
  const { gen, token, life, lease, cool, refused } = record
  const { remaining, leased, cooling } = view(record, now)
  const held = gen > 0 && token !== undefined
  const window = windowMs(life, slot.options.grant.traits.exclusive, 0.5)
  const state = refused?.gen === gen ? 'spent' : freshness(remaining, life, window, 0)
  return {
    ...named(slot),
    state: held ? state : 'none',
    generation: gen,
    remaining,
    renewing: leased,
    ...(leased && lease && { heldBy: holderOf(slot, lease) }),
    ...(cooling && cool && { coolDown: coolFacts(slot, cool, now) }),
  }
}

function named({ options, pending }: Slot) {
  const { provider, environment, keyLabel } = options
  return { provider, environment, keyLabel, uncommitted: pending !== undefined }
}

function holderOf(slot: Slot, { holder }: { readonly holder: string }): string {
  return holder === slot.holder ? 'this process' : holder
}

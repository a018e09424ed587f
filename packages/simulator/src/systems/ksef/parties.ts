/**
 * The people whom the tax office knows: which PESEL belongs to which NIP, and who owns what by it.
 *
 * @see spec/ksef.md sections 2.1, 3.16, B.1
 * @module
 */
import { z } from 'zod'
import type { Context, Identity } from './identity.ts'
import type { World } from './world.ts'

/** A person of `POST /testdata/person`. */
export const personRow = z.strictObject({
  nip: z.string(),
  pesel: z.string(),
  isBailiff: z.boolean(),
  isDeceased: z.boolean(),
  description: z.string(),
  createdAt: z.number(),
})

/** A context in which nobody may authenticate, by {@link contextText}. */
export const blockedContextRow = z.strictObject({ context: z.string() })

/** True of one and the same person, also by PESEL here and NIP there. */
export function isSamePerson(world: World, left: Identity, right: Identity): boolean {
  if (left.kind === right.kind) return left.value === right.value
  const [nip, pesel] = left.kind === 'Nip' ? [left, right] : [right, left]
  return nip.kind === 'Nip' && pesel.kind === 'Pesel' && world.tables.people.get(nip.value)?.pesel === pesel.value
}

/** True of who owns a context by his own number. An owner has every permission except `VatUeManage`. */
export function isOwner(world: World, identity: Identity, context: Context): boolean {
  return context.type === 'Nip' && isSamePerson(world, identity, { kind: 'Nip', value: context.value })
}

/** True of a person who is known to have died. */
export function isDeceased(world: World, identity: Identity): boolean {
  return [...world.tables.people.values()].some(
    ({ isDeceased: died, nip }) => died && isSamePerson(world, identity, { kind: 'Nip', value: nip }),
  )
}

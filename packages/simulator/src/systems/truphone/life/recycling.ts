/**
 * The recycling of pre-production: every day at 04:00 GMT, what was not used for 72 hours is removed.
 *
 * @see spec/truphone.md sections 1, 14.6
 * @module
 */
import type { World } from '../world.ts'

/** A day. */
export const dayMs = 86_400_000

const hourOfDayMs = 4 * 3_600_000
const unusedMs = 72 * 3_600_000

/** When it happens next; null while there is nothing to remove, or it is switched off. */
export function recyclesAt(world: World): number | null {
  const { orders, sims, subscriptions, customers, paymentMethods } = world.stores.preproduction
  const rows = orders.size + sims.size + subscriptions.size + customers.size + paymentMethods.size
  if (!world.switches.recycling || rows === 0) return null
  return (Math.floor((world.recycledAt - hourOfDayMs) / dayMs) + 1) * dayMs + hourOfDayMs
}

/** Removes what was not used. A SIM takes its subscriptions along, a customer the payment methods. */
export function recycle(world: World, at: number): void {
  world.recycledAt = Math.max(world.recycledAt, at)
  const { orders, sims, subscriptions, customers, paymentMethods } = world.stores.preproduction
  const isOld = ({ usedAt }: { usedAt: number }): boolean => at - usedAt >= unusedMs
  removeWhere(orders, isOld)
  removeWhere(sims, isOld)
  removeWhere(subscriptions, (row) => isOld(row) || !sims.has(row.iccid))
  removeWhere(customers, isOld)
  removeWhere(paymentMethods, (row) => isOld(row) || !customers.has(row.customerId))
}

function removeWhere<Row>(map: Map<string, Row>, isGone: (row: Row) => boolean): void {
  for (const [key, row] of map) if (isGone(row)) map.delete(key)
}

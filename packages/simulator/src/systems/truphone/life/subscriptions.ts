/**
 * The life of a subscription: pending, active, depleted or expired; at 80 percent and at its end it notifies.
 *
 * @see spec/truphone.md sections 7.6, 14.5
 * @module
 */
import { soldProduct } from '../catalogue.ts'
import type { Store, Subscription } from '../rows.ts'
import type { World } from '../world.ts'
import { notify, thresholdPercent } from './notifications.ts'
import { dayMs } from './recycling.ts'

/** Takes the step that has fallen due. */
export function advanceSubscription(world: World, store: Store, subscription: Subscription, at: number): void {
  if (subscription.status === 'PENDING') {
    subscription.status = 'ACTIVE'
    subscription.dueAt = subscription.expiresAt
    return
  }
  subscription.status = 'EXPIRED'
  subscription.dueAt = null
  notify(world, store, subscription, ['SUBSCRIPTION_END'], at)
}

/** Activates a pending subscription: from now, and effective a little later. */
export function activate(world: World, subscription: Subscription, now: number): void {
  subscription.activationAt = now
  subscription.expiresAt = now + soldProduct(subscription.productId).days * dayMs
  subscription.dueAt = now + world.switches.activationDelayMs
}

/** Uses data of an active subscription. */
export function useData(world: World, store: Store, subscription: Subscription, bytes: number, now: number): void {
  if (subscription.status !== 'ACTIVE') return // Depleted by the same list of actions.
  subscription.spentBytes = Math.min(subscription.spentBytes + bytes, subscription.initialBytes)
  const { spentBytes, initialBytes } = subscription
  const passes = !subscription.hasPassedThreshold && spentBytes * 100 >= initialBytes * thresholdPercent
  const ends = spentBytes >= initialBytes
  if (passes) subscription.hasPassedThreshold = true
  if (ends) {
    subscription.status = 'DEPLETED'
    subscription.dueAt = null
  }
  const types = [...(passes ? ['USAGE_THRESHOLD' as const] : []), ...(ends ? ['SUBSCRIPTION_END' as const] : [])]
  notify(world, store, subscription, world.switches.webhookReversed ? types.reverse() : types, now)
}

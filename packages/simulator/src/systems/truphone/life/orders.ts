/**
 * The life of an order: accepted, fulfilling, completed or failed. Completion makes the SIM and its subscriptions.
 *
 * @see spec/truphone.md sections 7.2, 14.4
 * @module
 */
import { capacityBytes, soldProduct } from '../catalogue.ts'
import type { Order, Sim, Store } from '../rows.ts'
import type { TruphoneSwitches } from '../switches.ts'
import type { World } from '../world.ts'
import { dayMs } from './recycling.ts'
import { pushInstall } from './sims.ts'

/** How a subscription's `createdDate` follows its activation, as in the vendor's examples. */
const createdAfterMs = 3000

/** What becomes of an order, by its device. */
export function planOf(deviceId: string, { orderOutcome }: TruphoneSwitches): 'complete' | 'fail' | 'slow' {
  if (deviceId.startsWith('sim-fail')) return 'fail'
  return deviceId.startsWith('sim-slow') ? 'slow' : orderOutcome
}

/** Takes the step that has fallen due. */
export function advanceOrder(world: World, store: Store, order: Order, at: number): void {
  if (order.status === 'ACCEPTED') {
    order.status = 'FULFILLING'
    order.dueAt = order.plan === 'slow' ? null : at + world.switches.orderFulfillingMs
    return
  }
  releaseOrder(world, store, order, order.plan === 'fail' ? 'FAILED' : 'COMPLETED', at)
}

/** Ends an order that is being fulfilled. A top-up whose SIM is gone fails. */
export function releaseOrder(
  world: World,
  store: Store,
  order: Order,
  outcome: 'COMPLETED' | 'FAILED',
  at: number,
): void {
  order.dueAt = null
  const sim = outcome === 'FAILED' ? undefined : simOf(world, store, order, at)
  if (sim === undefined) {
    order.status = 'FAILED'
    return
  }
  const ids = order.items.map((item) => subscribe(world, store, order, sim, item, at))
  order.iccid = sim.iccid
  order.subscriptionId = ids[0] ?? null
  order.status = 'COMPLETED'
}

function simOf(world: World, store: Store, order: Order, at: number): Sim | undefined {
  if (order.kind === 'TOPUP') return store.sims.get(order.iccid ?? '')
  const sim: Sim = {
    iccid: world.ids.iccid((iccid) => Object.values(world.stores).some(({ sims }) => sims.has(iccid))),
    matchingId: world.ids.matchingId(),
    clientId: order.clientId,
    email: order.email,
    status: 'Released',
    eid: order.eid,
    modifiedAt: at,
    dueAt: null,
    hooks: { USAGE_THRESHOLD: null, SUBSCRIPTION_END: null },
    usedAt: at,
  }
  store.sims.set(sim.iccid, sim)
  if (sim.eid !== null) pushInstall(world, sim, at)
  return sim
}

function subscribe(
  world: World,
  store: Store,
  order: Order,
  sim: Sim,
  item: Order['items'][number],
  at: number,
): string {
  const product = soldProduct(item.productId)
  const isPending = item.activationAt !== null && item.activationAt > at
  const activationAt = isPending ? (item.activationAt ?? at) : at
  const expiresAt = activationAt + product.days * dayMs
  const id = world.ids.subscription()
  store.subscriptions.set(id, {
    id,
    clientId: order.clientId,
    iccid: sim.iccid,
    email: sim.email,
    deviceId: order.deviceId,
    productId: product.id,
    status: isPending ? 'PENDING' : 'ACTIVE',
    initialBytes: capacityBytes(product),
    spentBytes: 0,
    activationAt,
    expiresAt,
    dueAt: isPending ? activationAt : expiresAt,
    createdAt: at + createdAfterMs,
    hasPassedThreshold: false,
    usedAt: at,
  })
  return id
}

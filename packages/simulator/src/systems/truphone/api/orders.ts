/**
 * Orders: accepted at once, fulfilled later.
 *
 * Source: spec/truphone.md sections 7.2, 14.4. `POST /v1/order`, `GET /v1/order/{orderId}`
 * @module
 */
import { type Answer, jsonAnswer } from '../../../answers.ts'
import { productOf } from '../catalogue.ts'
import { planOf } from '../life/orders.ts'
import type { Order, Sim } from '../rows.ts'
import { type Call, findSim, owned, param } from './call.ts'
import { customerWithEmail } from './customers.ts'
import { type OrderInput, readOrder } from './order-input.ts'
import { Refusal, ruled } from './refusal.ts'

/** How many subscriptions of a SIM may be active. */
const activeMax = 15

/** The host from which handsets download profiles. */
export const smdpHost = 'rsp.truphone.com'

/** Accepts an order. */
export function createOrder(call: Call): Answer {
  const { world, store, client, now } = call
  const input = readOrder(call)
  if (input.iccid !== null && !store.sims.has(input.iccid)) {
    throw ruled(world, 'unknownSimInOrder', 'input.esim.iccid: SIM not found')
  }
  if (input.items.some(({ productId }) => productOf(client, productId) === undefined)) {
    throw new Refusal(422, 'PRODUCT_NOT_FOUND', 'input.subscriptions: product not found')
  }
  const sim = input.iccid === null ? null : findSim(call, input.iccid)
  checkActive(call, sim, input)

  if (input.customer !== null) addCustomer(call, input.customer)
  const order: Order = {
    id: world.ids.uuid(),
    clientId: client.clientId,
    kind: input.kind,
    status: 'ACCEPTED',
    dueAt: now + world.switches.orderAcceptedMs,
    plan: planOf(input.deviceId, world.switches),
    email: sim?.email ?? input.customer?.email ?? '',
    deviceId: input.deviceId,
    eid: input.eid,
    items: input.items,
    iccid: input.iccid,
    subscriptionId: null,
    usedAt: now,
  }
  store.orders.set(order.id, order)
  return jsonAnswer(201, describe(call, order))
}

/** The state of an order. */
export function getOrder(call: Call): Answer {
  const order = owned(
    call,
    call.store.orders.get(param(call)),
    () => new Refusal(404, 'ORDER_NOT_FOUND', 'Order not found'),
  )
  return jsonAnswer(200, describe(call, order))
}

function checkActive({ world, store }: Call, sim: Sim | null, { items }: OrderInput): void {
  const active = [...store.subscriptions.values()].filter(
    ({ iccid, status }) => iccid === sim?.iccid && status === 'ACTIVE',
  )
  if (active.length + items.length > activeMax) {
    throw ruled(world, 'tooManySubscriptions', `A SIM can have at most ${String(activeMax)} active subscriptions`)
  }
}

function addCustomer(call: Call, { email, fields }: NonNullable<OrderInput['customer']>): void {
  const known = customerWithEmail(call, email)
  if (known !== undefined) known.usedAt = call.now
  else {
    const id = call.world.ids.customer()
    call.store.customers.set(id, { id, clientId: call.client.clientId, usedAt: call.now, email, fields })
  }
}

function describe({ world, store }: Call, order: Order): object {
  const { id, status } = order
  const spelled = status === 'FULFILLING' ? world.switches.fulfillingSpelling : status
  const head = { id, externalId: id, status: spelled }
  if (status !== 'COMPLETED') return head
  const matchingId = order.kind === 'NEW_ESIM' ? store.sims.get(order.iccid ?? '')?.matchingId : undefined
  const ofNew = matchingId === undefined ? {} : { matchingId, lpa_url: lpa(matchingId, world.switches.malformedLpaUrl) }
  const output = { iccid: order.iccid, ...ofNew, smdpUrl: smdpHost, subscription_id: order.subscriptionId }
  return { ...head, output }
}

/** The content of the QR code; malformed, it has the percent signs of the vendor's example. */
export function lpa(matchingId: string, isMalformed = false): string {
  return isMalformed ? `LPA:1$%${smdpHost}$%${matchingId}` : `LPA:1$${smdpHost}$${matchingId}`
}

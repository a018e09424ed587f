/**
 * Orders: new eSIMs and top-ups. Fulfilment happens later, so an order is followed until it is final.
 *
 * @see spec/truphone.md sections 2.6, 7.2 and 8
 * @module
 */
import { assertKnown } from '@latchkey/core'
import { parseRequest, poll } from '@latchkey/http'
import type { WaitOptions } from '@latchkey/http'
import { truphoneError } from '../errors.ts'
import { isFinal } from '../values/order.ts'
import type { Order } from '../values/order.ts'
import { decodeOrder } from '../wire/entities.ts'
import { assertRole, callOptionNames, send } from './context.ts'
import type { CallOptions, Context } from './context.ts'
import { decoded } from './decoded.ts'
import { getOrder } from './get-order.ts'
import { resolveOrder, takeSnapshot } from './resolve-order.ts'
import type { Look } from './resolve-order.ts'
import type { newEsimRequest } from './requests.ts'
import { listRecent, listSubscriptionsBySim } from './subscriptions.ts'
import { operations } from './table.ts'

export type DeviceType = 'ios' | 'android' | 'iot'

/** A plan to buy. A selling price, net of sales tax, is given with its currency or not at all. */
export type OrderItem = {
  readonly productId: string
  /** Leave it out for "now": a moment that is just over is refused. Text needs its zone. */
  readonly activationDate?: Date | string | undefined
} & (
  { readonly price: number; readonly currency: string } | { readonly price?: undefined; readonly currency?: undefined }
)

/** Whom the eSIM is for. */
export interface OrderCustomer {
  /** An e-mail address or any identifier. */
  readonly email: string
  readonly firstName?: string | undefined
  readonly lastName?: string | undefined
  readonly countryOfResidence?: string | undefined
  readonly language?: string | undefined
}

/** A new eSIM. For push install give `device.type: 'ios'` and `device.eid`: without the former the latter is ignored. */
export interface NewEsimOrder {
  /** Country of the sale, ISO 3166-1 alpha-2. */
  readonly countryCode: string
  readonly customer: OrderCustomer
  readonly device: {
    readonly type: DeviceType
    readonly id: string
    readonly make?: string | undefined
    readonly model?: string | undefined
    /** 32 digits. */
    readonly eid?: string | undefined
  }
  readonly subscriptions: readonly [OrderItem, ...OrderItem[]]
}

/** Further plans for a SIM. */
export interface TopUpOrder {
  readonly esim: { readonly iccid: string }
  readonly device: {
    readonly id: string
    readonly type?: DeviceType | undefined
    readonly make?: string | undefined
    readonly model?: string | undefined
  }
  readonly subscriptions: readonly [OrderItem, ...OrderItem[]]
  /** Some partners must give it. */
  readonly countryCode?: string | undefined
  readonly customer?: OrderCustomer | undefined
}

/** How an order runs. */
export interface OrderOptions extends CallOptions {
  /**
   * Look at the subscriptions before ordering (one more request), so that `resolve()` can tell what is new. If that
   * look fails the order goes on without it. @default true
   */
  readonly snapshot?: boolean | undefined
}

/** `truphone.orders` */
export interface Orders {
  /**
   * Orders a new eSIM. Resolving means that Truphone took the order: keep its id before anything else, then follow it
   * with {@link Orders.waitForOrder}. Effect `once`: there is no key that would make a repeat harmless.
   *
   * @throws {TypeError} `ERR_INVALID_ARG` with `issues`: the order is malformed; nothing was sent.
   * @throws {ProviderError} Refused. `TRUPHONE_REJECTED` with `PRODUCT_NOT_FOUND`: list the products again.
   * @throws {OutcomeUnknownError} `TRUPHONE_OUTCOME_UNKNOWN`: the answer was lost; `resolve()` before ordering again.
   *
   * Source: spec/truphone.md section 7.2.1. `POST /v1/order`
   */
  newEsim(order: NewEsimOrder, run?: OrderOptions): Promise<Order>
  /**
   * Orders further plans for a SIM. As {@link Orders.newEsim}; a completed top-up has no matching id.
   *
   * Source: spec/truphone.md section 7.2.2. `POST /v1/order`
   */
  topUp(order: TopUpOrder, run?: OrderOptions): Promise<Order>
  /**
   * Reads how far an order is.
   *
   * Source: spec/truphone.md section 7.2.4. `GET /v1/order/{id}`
   */
  get(id: string, run?: CallOptions): Promise<Order>
  /**
   * Asks until the order is completed: after 1 s, then ever more rarely up to every 10 s.
   *
   * @throws {ProviderError} `TRUPHONE_ORDER_FAILED`: nothing was provisioned. `TRUPHONE_NOT_FINISHED`: time is up; the
   *   order goes on at Truphone, so never order again because of this. Both carry `details.orderId`.
   */
  waitForOrder(id: string, options?: WaitOptions): Promise<Order>
}

export function ordersOf(context: Context): Orders {
  const orders: Orders = {
    async newEsim(order, run = {}) {
      const input = parseRequest(operations['orders.newEsim'], order, [])
      const { email } = input.customer
      return place(context, 'orders.newEsim', 'NEW_ESIM', input, run, (since, look) =>
        listRecent(context, { email, after: since }, look),
      )
    },
    async topUp(order, run = {}) {
      const input = parseRequest(operations['orders.topUp'], order, [])
      const { iccid } = input.esim
      return place(context, 'orders.topUp', 'TOPUP', input, run, (_since, look) =>
        listSubscriptionsBySim(context, iccid, look, 1),
      )
    },
    async get(id, run) {
      return getOrder(context, id, run)
    },
    async waitForOrder(id, options = {}) {
      parseRequest(operations['orders.get'], { id }, [])
      const order = await poll(
        context,
        options,
        (run) => getOrder(context, id, run),
        ({ status }) => isFinal(status),
        (last) => notFinished(id, last),
      )
      if (order.status === 'FAILED') throw failed(order)
      return order
    },
  }
  return Object.freeze(orders)
}

interface OrderInput {
  readonly subscriptions: readonly ItemInput[]
}

type ItemInput = ReturnType<typeof newEsimRequest.parse>['subscriptions'][number]

async function place(
  context: Context,
  name: 'orders.newEsim' | 'orders.topUp',
  operationType: 'NEW_ESIM' | 'TOPUP',
  input: OrderInput,
  run: OrderOptions,
  look: Look,
): Promise<Order> {
  const operation = operations[name]
  assertKnown(run, [...callOptionNames, 'snapshot'], name)
  const { snapshot = true, ...call } = run
  assertRole(context, operation)
  const before = await takeSnapshot(context, look, snapshot, call)
  const subscriptions = input.subscriptions.map(({ productId, ...item }) => ({ product_id: productId, ...item }))
  const productIds = input.subscriptions.map(({ productId }) => productId)
  const sent = { productIds, before, look, sentAt: context.clock.wall() }
  const unknown = {
    resolve: (evidence: unknown) => resolveOrder(context, sent, evidence),
    advice:
      'Do not order again: resolve() compares the subscriptions before and after, and asks for the order where you ' +
      'pass its { orderId }. Fulfilment may take minutes, so ask more than once.',
  }
  const body = { input: { operationType, ...input, subscriptions } }
  const { json } = await send(context, operation, { body, unknown }, call)
  return decoded(decodeOrder(json))
}

function failed({ id }: Order): Error {
  return truphoneError(
    'TRUPHONE_ORDER_FAILED',
    'orders.waitForOrder: the order ended as FAILED, so nothing was provisioned. Charge nobody, and decide on a new one.',
    { operation: 'orders.waitForOrder', more: { orderId: id, orderStatus: 'FAILED' } },
  )
}

function notFinished(id: string, last: Order | undefined): Error {
  const status = last?.status ?? 'unknown'
  return truphoneError(
    'TRUPHONE_NOT_FINISHED',
    `orders.waitForOrder: the order is not final yet (${status.slice(0, 40)}). It goes on at Truphone: wait again with its id, and do not order again.`,
    { operation: 'orders.waitForOrder', more: { orderId: id, orderStatus: status.slice(0, 40) } },
  )
}

/**
 * Finds out what became of an order whose answer was lost. There is no list of orders, so new subscriptions tell.
 *
 * @see spec/truphone.md section 2.6, DESIGN "Unknown is a value"
 * @module
 */
import { isLatchkeyError } from '@latchkey/core'
import { member, ProviderError, textMember } from '@latchkey/http'
import type { Resolution } from '@latchkey/http'
import type { Order } from '../values/order.ts'
import type { Subscription } from '../values/subscription.ts'
import type { CallOptions, Context } from './context.ts'
import { getOrder } from './get-order.ts'

/** What a lost order was found by: the order itself, or the subscriptions that are new since. */
export interface OrderFound {
  readonly order?: Order
  readonly iccid?: string
  readonly subscriptions: readonly Subscription[]
}

/** Lists the subscriptions among which an order's would be. `since`: created after it. */
export type Look = (since: Date, run: CallOptions) => Promise<readonly Subscription[]>

/** What is known of an order when it is sent. */
export interface OrderSent {
  readonly productIds: readonly string[]
  /** Ids of subscriptions that were there before; absent where nobody looked. */
  readonly before: ReadonlySet<string> | undefined
  readonly look: Look
  /** Epoch milliseconds by this process' wall clock. */
  readonly sentAt: number
}

const snapshotMs = 10_000
const lookBackMs = 600_000 // More than two clocks differ, less than a day's orders of one customer.
const askAgainMs = 5_000
const giveUpMs = 900_000 // No document names the longest fulfilment.

/** The ids before an order. A look that fails must not stop a sale, so it only leaves the order without one. */
export async function takeSnapshot(
  context: Context,
  look: Look,
  wanted: boolean,
  { signal }: CallOptions,
): Promise<ReadonlySet<string> | undefined> {
  if (!wanted) return undefined
  try {
    const found = await look(since(context.clock.wall()), { signal, deadlineMs: snapshotMs })
    return new Set(found.map(({ id }) => id))
  } catch (error) {
    if (error instanceof ProviderError) return error.status === 404 ? new Set() : undefined
    throw error // No token, or an abort: the order would not fare better.
  }
}

/**
 * Uses `{ orderId }` where the caller has one, otherwise compares subscriptions. `{ before }`, a list of subscription
 * ids, stands in for a look that was not taken.
 */
export async function resolveOrder(
  context: Context,
  sent: OrderSent,
  evidence: unknown,
): Promise<Resolution<OrderFound>> {
  const orderId = textMember(evidence, 'orderId')
  if (orderId !== undefined) return fromOrder(context, orderId)
  const before = idsOf(member(evidence, 'before')) ?? sent.before
  if (before === undefined) return { state: 'unknown' }
  const found = (await sent.look(since(sent.sentAt), {}).catch(none)).filter(
    ({ id, product }) => !before.has(id) && sent.productIds.includes(product.id ?? ''),
  )
  if (found.length === 0) return stillUnknown(context, sent.sentAt)
  const iccid = found.find((subscription) => subscription.iccid !== undefined)?.iccid
  return { state: 'settled', result: { subscriptions: found, ...(iccid !== undefined && { iccid }) } }
}

async function fromOrder(context: Context, orderId: string): Promise<Resolution<OrderFound>> {
  try {
    const order = await getOrder(context, orderId)
    if (order.status === 'FAILED') {
      return { state: 'refused', reason: 'The order ended as FAILED, so nothing was provisioned.' }
    }
    const { iccid } = order.output ?? {}
    return { state: 'settled', result: { order, subscriptions: [], ...(iccid !== undefined && { iccid }) } }
  } catch (error) {
    if (isLatchkeyError(error) && error.status === 404) return { state: 'unknown' }
    throw error
  }
}

// Nobody promises that an order is visible by now, so its absence proves nothing.
function stillUnknown({ clock }: Context, sentAt: number): Resolution<OrderFound> {
  const now = clock.wall()
  return now < sentAt + giveUpMs ? { state: 'unknown', askAgainAt: now + askAgainMs } : { state: 'unknown' }
}

function none(error: unknown): readonly Subscription[] {
  if (isLatchkeyError(error) && error.status === 404) return []
  throw error
}

function idsOf(value: unknown): ReadonlySet<string> | undefined {
  return Array.isArray(value) ? new Set(value.filter((each) => typeof each === 'string')) : undefined
}

function since(at: number): Date {
  return new Date(at - lookBackMs)
}

/**
 * Reading one order, which following it and finding a lost one both need.
 *
 * @see spec/truphone.md section 7.2.4
 * @module
 */
import { parseRequest } from '@latchkey/http'
import type { Order } from '../values/order.ts'
import { decodeOrder } from '../wire/entities.ts'
import { send } from './context.ts'
import type { CallOptions, Context } from './context.ts'
import { decoded } from './decoded.ts'
import { operations } from './table.ts'

/** Reads one order. */
export async function getOrder(context: Context, id: string, run?: CallOptions): Promise<Order> {
  const operation = operations['orders.get']
  const params = parseRequest(operation, { id }, [])
  const { json } = await send(context, operation, { params }, run)
  return decoded(decodeOrder(json))
}

/**
 * The first line to a worker: a fleet worker's orders, with a real authorization server instead of the double.
 *
 * @module
 */
import type { Orders } from '../../fleet/worker/messages.ts'

/** `origin` is the authorization server's. */
export interface ServerOrders extends Orders {
  readonly tokenUrl: string
  readonly resourceUrl: string
}

/**
 * An order and what came of it.
 *
 * @see spec/truphone.md section 7.2
 * @module
 */
import type { Open } from '@latchkey/http'

/** `COMPLETED` and `FAILED` are final; everything else goes on, unknown words included. */
export type OrderStatus = Open<'ACCEPTED' | 'FULFILLING' | 'COMPLETED' | 'FAILED'>

/** What a completed order brought. Top-ups have no matching id: read it from the SIM. */
export interface OrderOutput {
  readonly iccid?: string
  /** The activation code: whoever has it can install the profile. */
  readonly matchingId?: string
  /** The SM-DP+ host, without scheme. */
  readonly smdpHost?: string
  /** As it came, which may be malformed: use `lpaString`. */
  readonly lpaUrl?: string
  /** One id, although an order may have several products. */
  readonly subscriptionId?: string
}

export interface Order {
  readonly id: string
  readonly status: OrderStatus
  readonly output?: OrderOutput
  /** The parsed object, unchanged. */
  readonly raw: unknown
}

/** True once nothing will change any more. */
export function isFinal(status: OrderStatus): boolean {
  return status === 'COMPLETED' || status === 'FAILED'
}

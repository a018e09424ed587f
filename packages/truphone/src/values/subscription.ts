/**
 * A data plan on a SIM, and what is left of it.
 *
 * @see spec/truphone.md section 7.6
 * @module
 */
import type { Open } from '@latchkey/http'

export type SubscriptionStatus = Open<'PENDING' | 'ACTIVE' | 'DEPLETED' | 'EXPIRED'>

/** One purchased plan. Derive its state from `status` alone. */
export interface Subscription {
  readonly id: string
  readonly status?: SubscriptionStatus
  /** Bytes as decimal digits; lists by filter have none. */
  readonly initialBalance?: string
  /** Bytes as decimal digits; lists by filter have none. */
  readonly spentBalance?: string
  readonly activationDate?: Date
  readonly expirationDate?: Date
  /** May be some seconds after the activation. */
  readonly createdDate?: Date
  /** As at purchase. Its period is 0 in practice, so it is left to `raw`. */
  readonly product: { readonly id?: string; readonly name?: string; readonly planId?: string }
  readonly iccid?: string
  readonly deviceId?: string
  readonly autoRenew?: boolean
  /** The parsed object, unchanged. */
  readonly raw: unknown
}

/** Bytes that are left, never below 0; `undefined` where a balance is missing or no number. */
export function remainingBytes(
  subscription: Pick<Subscription, 'initialBalance' | 'spentBalance'>,
): bigint | undefined {
  const { initialBalance, spentBalance } = subscription
  if (!isDigits(initialBalance) || !isDigits(spentBalance)) return undefined
  const left = BigInt(initialBalance) - BigInt(spentBalance)
  return left > 0n ? left : 0n
}

function isDigits(text: string | undefined): text is string {
  return text !== undefined && /^\d{1,30}$/.test(text)
}

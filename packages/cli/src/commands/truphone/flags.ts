/**
 * The flags of the commands for Truphone.
 *
 * @module
 */
import type { DeviceType } from '@latchkey/truphone'
import type { ProfileFlags } from '../../flags.ts'

export interface CurrencyFlags extends ProfileFlags {
  readonly currency?: string
}

export interface ProductListFlags extends CurrencyFlags {
  readonly plan?: string
}

export interface WaitFlags extends ProfileFlags {
  readonly wait: boolean
  /** Milliseconds. */
  readonly waitMax: number
}

export interface QrFlags {
  /** Implies that the order is waited for. */
  readonly qr?: string
}

interface OrderFlags extends WaitFlags {
  readonly file?: string
  readonly product: readonly string[]
  readonly deviceId?: string
}

export interface OrderNewFlags extends OrderFlags, QrFlags {
  readonly email?: string
  readonly country?: string
  readonly deviceType?: DeviceType
  readonly eid?: string
}

export interface OrderTopUpFlags extends OrderFlags {
  readonly iccid?: string
}

export interface OrderGetFlags extends WaitFlags, QrFlags {}

export interface SubscriptionListFlags extends ProfileFlags {
  readonly email?: string
  readonly iccid?: string
  readonly product?: string
  readonly after?: string
  readonly before?: string
  readonly limit: number
}

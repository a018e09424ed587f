/**
 * The flags of the commands for Daraja.
 *
 * @module
 */
import type { ProfileFlags } from '../../flags.ts'

export interface StkPushFlags extends ProfileFlags {
  readonly amount: number
  readonly phone?: string
  readonly reference: string
  readonly description: string
  readonly callbackUrl?: string
}

export interface BalanceFlags extends ProfileFlags {
  readonly remarks: string
  readonly resultUrl?: string
  readonly timeoutUrl?: string
  readonly wait: number
}

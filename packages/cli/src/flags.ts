/**
 * The flags of each command as records: what parsing gives and doing takes.
 *
 * @module
 */

/** Why nothing but a simulator can be asked yet. */
export const notYet =
  'configuration, profiles and status come with the shared stores. Without one, a token printed here for a real ' +
  'environment would end the token that a running service holds. Pass --simulator URL to work with a simulator.'

export interface TargetFlags {
  readonly simulator?: URL
}

export interface SimulatorFlags {
  readonly port: number
  readonly host: string
  readonly seed?: number
  readonly strictUrls: boolean
  readonly allowCallbacksTo: readonly string[]
}

export interface TokenFlags extends TargetFlags {
  readonly header: boolean
  readonly after?: number
  readonly minRemaining?: number
}

export interface StkPushFlags extends TargetFlags {
  readonly amount: number
  readonly phone?: string
  readonly reference: string
  readonly description: string
  readonly callbackUrl?: string
}

export interface BalanceFlags extends TargetFlags {
  readonly remarks: string
  readonly resultUrl?: string
  readonly timeoutUrl?: string
  readonly wait: number
}

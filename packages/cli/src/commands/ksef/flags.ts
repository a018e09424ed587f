/**
 * The flags of the commands for KSeF.
 *
 * @module
 */
import type { KsefTokenPermission, KsefTokenState } from '@latchkey/ksef'
import type { ProfileFlags } from '../../flags.ts'
import type { KsefProfile } from '../../providers/ksef-profile.ts'

/** Where, in whose name and with what; a profile says the same by its fields. */
export interface CredentialFlags {
  readonly test?: boolean
  readonly as?: string
  readonly cert?: string
  readonly key?: string
  readonly keyPassword?: string
  readonly p12?: string
  readonly p12Password?: string
  readonly ksefToken?: string
  readonly nip?: string
  readonly context?: string
  readonly env?: KsefProfile['environment']
}

export interface LoginFlags extends ProfileFlags, CredentialFlags {}

export interface ListFlags extends ProfileFlags {
  readonly limit: number
}

export interface WaitFlags extends ProfileFlags {
  readonly wait: boolean
  /** Milliseconds. */
  readonly waitMax: number
}

export interface SessionEndFlags extends ProfileFlags {
  readonly current?: boolean
}

export interface TokenListFlags extends ListFlags {
  readonly status: readonly KsefTokenState[]
  readonly description?: string
}

export interface TokenGenerateFlags extends WaitFlags {
  readonly permission: readonly KsefTokenPermission[]
  readonly description: string
  readonly out?: string
}

export type WaitMaxFlags = Omit<WaitFlags, 'wait'>

export interface LimitsSetFlags extends ProfileFlags {
  readonly file?: string
  readonly production?: boolean
}

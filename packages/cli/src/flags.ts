/**
 * The flags of each command as records: what parsing gives and doing takes. Those of a provider's own commands are in
 * its folder.
 *
 * @module
 */
import type { ProviderName } from './providers/names.ts'

export interface ConfigFlags {
  readonly config?: string
}

export interface TargetFlags extends ConfigFlags {
  readonly simulator?: URL
}

export interface ProfileFlags extends TargetFlags {
  readonly profile?: string
}

export interface SimulatorFlags {
  readonly port: number
  readonly host: string
  readonly seed?: number
  readonly data?: string
  readonly strictUrls: boolean
  readonly allowCallbacksTo: readonly string[]
}

export interface InitFlags extends ConfigFlags {
  readonly provider: ProviderName
  readonly store: 'file' | 'redis' | 'postgres'
  readonly directory?: string
  readonly force: boolean
  readonly migrate: boolean
}

export interface TokenFlags extends TargetFlags {
  readonly header: boolean
  readonly after?: number
  readonly minRemaining?: number
}

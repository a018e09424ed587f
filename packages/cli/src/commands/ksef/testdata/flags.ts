/**
 * The flags of the commands for test data.
 *
 * @module
 */
import type { ProfileFlags } from '../../../flags.ts'

/** What a change says; each takes a part of it. */
export interface TestdataFlags extends ProfileFlags {
  readonly nip?: string
  readonly pesel?: string
  readonly type?: string
  readonly description?: string
  readonly subunit?: readonly string[]
  readonly createdAt?: string
  readonly bailiff?: boolean
  readonly deceased?: boolean
  readonly context?: string
  readonly subject?: string
  readonly permission?: readonly string[]
  readonly until?: string
  readonly serial?: string
  readonly at?: string
}

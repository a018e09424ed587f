/**
 * KSeF tokens as lists and status questions show them: without their text, which is shown once.
 *
 * @see spec/ksef.md section 2.14
 * @module
 */
import type { Open } from '@latchkey/http'
import type { ContextIdentifierType } from './context-identifier.ts'
import type { KnownIdentifier } from './identifier.ts'

/** What a KSeF token can be allowed to do. */
export type KsefTokenPermission =
  | 'InvoiceRead'
  | 'InvoiceWrite'
  | 'CredentialsRead'
  | 'CredentialsManage'
  | 'SubunitManage'
  | 'EnforcementOperations'
  | 'Introspection'
  | 'CollectiveIdentifierManage'

/** `Pending`, `Active`, `Revoking`, `Revoked`; or `Pending`, `Failed`. */
export type KsefTokenState = 'Pending' | 'Active' | 'Revoking' | 'Revoked' | 'Failed'

/** A KSeF token without its text. */
export interface KsefTokenInfo {
  readonly referenceNumber: string
  readonly authorIdentifier: KnownIdentifier<'Nip' | 'Pesel' | 'Fingerprint'>
  readonly contextIdentifier: KnownIdentifier<ContextIdentifierType>
  readonly description: string
  readonly requestedPermissions: readonly Open<KsefTokenPermission>[]
  readonly dateCreated: Date
  readonly lastUseDate?: Date
  readonly status: Open<KsefTokenState>
  /** Why it failed. */
  readonly statusDetails?: readonly string[]
}

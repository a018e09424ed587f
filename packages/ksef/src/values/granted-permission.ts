/**
 * Permissions and roles as the searches show them. Owners' rights are in none of them.
 *
 * @see spec/ksef.md sections 3.7 and 3.18
 * @module
 */
import type { Open } from '@latchkey/http'
import type { KnownIdentifier, LooseIdentifier } from './identifier.ts'
import type {
  AnyEntityShown,
  AnyPersonShown,
  EntityShown,
  FingerprintPersonType,
  PersonShown,
} from './person-details.ts'

/** What can be granted to a person. */
export type PersonPermissionType =
  | 'CredentialsManage'
  | 'CredentialsRead'
  | 'InvoiceWrite'
  | 'InvoiceRead'
  | 'Introspection'
  | 'SubunitManage'
  | 'EnforcementOperations'
  | 'CollectiveIdentifierManage'

/** `Inactive`: an indirect grant whose basis is gone. */
export type PermissionState = 'Active' | 'Inactive'

/** The rights of an entity to act for another one in its own context. */
export type AuthorizationType = 'SelfInvoicing' | 'RRInvoicing' | 'TaxRepresentative' | 'PefInvoicing'

/** What can be given to somebody of an EU entity. */
export type EuEntityPermissionType = 'VatUeManage' | 'InvoiceWrite' | 'InvoiceRead' | 'Introspection'

/** What every granted permission has. */
export interface GrantedPermission {
  /** What a revocation takes. Never the reference number of the grant. */
  readonly id: string
  readonly description: string
  readonly startDate: Date
}

/** Who has a permission, or gave it. */
export type PermissionSubject = KnownIdentifier<'Nip' | 'Pesel' | 'Fingerprint'>
/** In whose name it may be used. */
export type PermissionContext = KnownIdentifier<'Nip' | 'InternalId'>
/** Whose data it is about; `AllPartners` has no value. */
export type PermissionTarget = LooseIdentifier<'Nip' | 'AllPartners' | 'InternalId'>

/** One of the caller's own permissions. */
export interface PersonalPermission extends GrantedPermission {
  readonly contextIdentifier?: PermissionContext
  /** Only where it is another one than the caller. */
  readonly authorizedIdentifier?: PermissionSubject
  readonly targetIdentifier?: PermissionTarget
  readonly permissionScope: Open<PersonPermissionType | 'VatUeManage'>
  readonly subjectPersonDetails?: AnyPersonShown
  readonly subjectEntityDetails?: AnyEntityShown
  readonly permissionState: Open<PermissionState>
  readonly canDelegate: boolean
}

/** A permission of a person or an entity in the current context, or granted from it. */
export interface PersonPermission extends GrantedPermission {
  readonly authorizedIdentifier: PermissionSubject
  /** Of administrators of subunits. */
  readonly contextIdentifier?: PermissionContext
  readonly targetIdentifier?: PermissionTarget
  /** Type `System`, without a value: a form on paper. */
  readonly authorIdentifier: LooseIdentifier<'Nip' | 'Pesel' | 'Fingerprint' | 'System'>
  readonly permissionScope: Open<PersonPermissionType>
  readonly subjectPersonDetails?: AnyPersonShown
  readonly subjectEntityDetails?: AnyEntityShown
  readonly permissionState: Open<PermissionState>
  readonly canDelegate: boolean
}

/** An administrator of a subunit or a subordinate entity. */
export interface SubunitPermission extends GrantedPermission {
  readonly authorizedIdentifier: PermissionSubject
  readonly subunitIdentifier: KnownIdentifier<'InternalId' | 'Nip'>
  readonly authorIdentifier: PermissionSubject
  readonly permissionScope: Open<'CredentialsManage'>
  readonly subjectPersonDetails?: AnyPersonShown
  readonly subunitName?: string
}

/** A permission that another entity gave to the current one. */
export interface EntityPermission extends GrantedPermission {
  readonly contextIdentifier: PermissionContext
  readonly permissionScope: Open<'InvoiceWrite' | 'InvoiceRead'>
  readonly canDelegate: boolean
}

/** An entity's right to act for another one. */
export interface AuthorizationGrant extends GrantedPermission {
  readonly authorIdentifier?: PermissionSubject
  readonly authorizedEntityIdentifier: KnownIdentifier<'Nip' | 'PeppolId'>
  readonly authorizingEntityIdentifier: KnownIdentifier<'Nip'>
  readonly authorizationScope: Open<AuthorizationType>
  readonly subjectEntityDetails?: EntityShown<'EntityByIdentifier'>
}

/** A permission of an administrator or representative of an EU entity. */
export interface EuEntityPermission extends GrantedPermission {
  readonly authorIdentifier: PermissionSubject
  readonly vatUeIdentifier: string
  readonly euEntityName: string
  readonly authorizedFingerprintIdentifier: string
  readonly permissionScope: Open<EuEntityPermissionType>
  readonly subjectPersonDetails?: PersonShown<FingerprintPersonType>
  readonly subjectEntityDetails?: EntityShown<'EntityByFingerprint'>
  readonly euEntityDetails?: { readonly fullName: string; readonly address: string }
}

/** A role of the entity of the current context. */
export interface EntityRole {
  readonly parentEntityIdentifier?: KnownIdentifier<'Nip'>
  readonly role: Open<
    | 'CourtBailiff'
    | 'EnforcementAuthority'
    | 'LocalGovernmentUnit'
    | 'LocalGovernmentSubUnit'
    | 'VatGroupUnit'
    | 'VatGroupSubUnit'
  >
  readonly description: string
  readonly startDate: Date
}

/** The role of a subordinate entity. */
export interface SubordinateEntityRole {
  readonly subordinateEntityIdentifier: KnownIdentifier<'Nip'>
  readonly role: Open<'LocalGovernmentSubUnit' | 'VatGroupSubUnit'>
  readonly description: string
  readonly startDate: Date
}

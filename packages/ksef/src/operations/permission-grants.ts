/**
 * The shapes of grants.
 *
 * @see spec/ksef.md sections 3.5 and 3.18
 * @module
 */
import type { AuthorizationType, PersonPermissionType } from '../values/granted-permission.ts'
import type { Identifier, SubjectIdentifier } from '../values/identifier.ts'
import type { IdDocument } from '../values/person-details.ts'

/** A person by name. */
export interface PersonNames {
  /** 2 to 30 characters. */
  readonly firstName: string
  /** 2 to 81 characters. */
  readonly lastName: string
}

/** A foreign entity, as its papers name it. */
export interface NameAndAddress {
  /** At most 100 characters. */
  readonly fullName: string
  /** At most 512 characters. */
  readonly address: string
}

/** For a subject that a NIP or a PESEL names. */
export interface PersonByIdentifier {
  readonly subjectDetailsType: 'PersonByIdentifier'
  readonly personById: PersonNames
}

/** For a fingerprint whose owner has a PESEL or a NIP. */
export interface PersonByFingerprintWithIdentifier {
  readonly subjectDetailsType: 'PersonByFingerprintWithIdentifier'
  readonly personByFpWithId: PersonNames & { readonly identifier: Identifier<'Pesel' | 'Nip'> }
}

/** For a fingerprint whose owner has neither. */
export interface PersonByFingerprintWithoutIdentifier {
  readonly subjectDetailsType: 'PersonByFingerprintWithoutIdentifier'
  /** `birthDate`: `YYYY-MM-DD`. */
  readonly personByFpNoId: PersonNames & { readonly birthDate: string; readonly idDocument: IdDocument }
}

/** For a fingerprint of an entity's seal. */
export interface EntityByFingerprint {
  readonly subjectDetailsType: 'EntityByFingerprint'
  readonly entityByFp: NameAndAddress
}

/** Exactly the member that `subjectDetailsType` names. */
export type PersonSubjectDetails =
  PersonByIdentifier | PersonByFingerprintWithIdentifier | PersonByFingerprintWithoutIdentifier

/** Exactly the member that `subjectDetailsType` names. */
export type FingerprintSubjectDetails =
  PersonByFingerprintWithIdentifier | PersonByFingerprintWithoutIdentifier | EntityByFingerprint

interface Described {
  /** 5 to 256 characters. */
  readonly description: string
}

export interface PersonGrant extends Described {
  readonly subjectIdentifier: SubjectIdentifier
  /** `EnforcementOperations` only where the context is an enforcement authority or a court bailiff. */
  readonly permissions: readonly PersonPermissionType[]
  readonly subjectDetails: PersonSubjectDetails
}

export interface EntityGrant extends Described {
  readonly subjectIdentifier: Identifier<'Nip'>
  readonly permissions: readonly {
    /** `CollectiveIdentifierManage` from API 2.8.1. */
    readonly type: 'InvoiceWrite' | 'InvoiceRead' | 'CollectiveIdentifierManage'
    /** The entity may pass it on, to persons. @default false, set by KSeF */
    readonly canDelegate?: boolean | undefined
  }[]
  /** 5 to 90 characters. */
  readonly subjectDetails: { readonly fullName: string }
}

export interface AuthorizationRequest extends Described {
  /** `PeppolId` for `PefInvoicing`. */
  readonly subjectIdentifier: Identifier<'Nip' | 'PeppolId'>
  readonly permission: AuthorizationType
  /** 5 to 90 characters. */
  readonly subjectDetails: { readonly fullName: string }
}

export interface IndirectGrant extends Described {
  readonly subjectIdentifier: SubjectIdentifier
  /** One client. Absent, or `AllPartners` without a value: all of them. */
  readonly targetIdentifier?: Identifier<'Nip' | 'InternalId'> | { readonly type: 'AllPartners' } | undefined
  /** `CollectiveIdentifierManage` from API 2.8.1. */
  readonly permissions: readonly ('InvoiceRead' | 'InvoiceWrite' | 'CollectiveIdentifierManage')[]
  readonly subjectDetails: PersonSubjectDetails
}

export interface SubunitGrant extends Described {
  readonly subjectIdentifier: SubjectIdentifier
  /** A subordinate entity, or a unit of one's own: an internal id with its right check digit. */
  readonly contextIdentifier: Identifier<'InternalId' | 'Nip'>
  /** 5 to 256 characters; needed for an internal id. */
  readonly subunitName?: string | undefined
  readonly subjectDetails: PersonSubjectDetails
}

export interface EuEntityAdministrationGrant extends Described {
  readonly subjectIdentifier: Identifier<'Fingerprint'>
  readonly contextIdentifier: Identifier<'NipVatUe'>
  /** `name, address`; 5 to 256 characters. */
  readonly euEntityName: string
  readonly subjectDetails: FingerprintSubjectDetails
  readonly euEntityDetails: NameAndAddress
}

export interface EuEntityGrant extends Described {
  readonly subjectIdentifier: Identifier<'Fingerprint'>
  readonly permissions: readonly ('InvoiceWrite' | 'InvoiceRead')[]
  readonly subjectDetails: FingerprintSubjectDetails
}

/**
 * Who somebody is, as a grant tells it and as a list shows it.
 *
 * @see spec/ksef.md section 3.18
 * @module
 */
import type { Open } from '@latchkey/http'
import type { KnownIdentifier } from './identifier.ts'

/** An identity document. */
export interface IdDocument {
  /** At most 20 characters, as the number. */
  readonly type: string
  readonly number: string
  /** ISO 3166-1 alpha-2, in capitals. */
  readonly country: string
}

/** A person in a list of permissions. */
export interface PersonShown<DetailsType extends string> {
  readonly subjectDetailsType: Open<DetailsType>
  readonly firstName: string
  readonly lastName: string
  readonly personIdentifier?: KnownIdentifier<'Pesel' | 'Nip'>
  /** `YYYY-MM-DD`. */
  readonly birthDate?: string
  readonly idDocument?: IdDocument
}

/** An entity in a list of permissions. */
export interface EntityShown<DetailsType extends string> {
  readonly subjectDetailsType: Open<DetailsType>
  readonly fullName: string
  readonly address?: string
}

export type FingerprintPersonType = 'PersonByFingerprintWithIdentifier' | 'PersonByFingerprintWithoutIdentifier'

/** A person, however identified. */
export type AnyPersonShown = PersonShown<'PersonByIdentifier' | FingerprintPersonType>

/** An entity, however identified. */
export type AnyEntityShown = EntityShown<'EntityByIdentifier' | 'EntityByFingerprint'>

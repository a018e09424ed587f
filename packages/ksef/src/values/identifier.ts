/**
 * How permissions, tokens and certificates name somebody or a context: a type and a value.
 *
 * @see spec/ksef.md section 1.8
 * @module
 */
import type { Open } from '@latchkey/http'

/** As it is sent: `type` is one of the known words. */
export interface Identifier<Type extends string> {
  readonly type: Type
  /**
   * `Nip`: ten digits. `Pesel`: eleven. `InternalId`: NIP, hyphen, five digits. `NipVatUe`: NIP, hyphen, EU VAT number.
   * `PeppolId`: `P`, two letters, six digits. `Fingerprint`: SHA-256 of the certificate, 64 capital hexadecimal digits.
   */
  readonly value: string
}

/** As it comes: a later version of KSeF may have further types. */
export type KnownIdentifier<Type extends string> = Identifier<Open<Type>>

/** An identifier of which some types name everybody or nobody in particular: those have no value. */
export interface ValuelessIdentifier<Type extends string> {
  readonly type: Type
  readonly value?: string
}

/** The same as it comes. */
export type LooseIdentifier<Type extends string> = ValuelessIdentifier<Open<Type>>

/** One person or one certificate. */
export type SubjectIdentifier = Identifier<'Nip' | 'Pesel' | 'Fingerprint'>

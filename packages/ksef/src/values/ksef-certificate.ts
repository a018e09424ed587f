/**
 * KSeF certificates: how many one may have, how far a request is, and what is known of each.
 *
 * @see spec/ksef.md section 2.15
 * @module
 */
import type { Open } from '@latchkey/http'
import type { KnownIdentifier } from './identifier.ts'
import type { Progress, StatusInfo } from './status.ts'

/** `Authentication` signs in; `Offline` is for the second code on invoices made offline. */
export type KsefCertificateType = 'Authentication' | 'Offline'

/** `Blocked`: its revocation is under way. */
export type KsefCertificateStatus = 'Active' | 'Blocked' | 'Revoked' | 'Expired'

export interface CertificateLimit {
  readonly remaining: number
  readonly limit: number
}

export interface CertificateLimits {
  readonly canRequest: boolean
  /** Requests. */
  readonly enrollment: CertificateLimit
  /** Certificates that are active. */
  readonly certificate: CertificateLimit
}

/** What KSeF says when it takes a request. */
export interface EnrollmentAccepted {
  readonly referenceNumber: string
  readonly timestamp: Date
}

/** What the codes of an enrolment mean; codes that no document names are read by their class. */
export type EnrollmentOutcome = Progress | 'rejected' | 'unknown-error' | 'cancelled'

export interface EnrollmentStatus {
  readonly requestDate: Date
  readonly status: StatusInfo
  readonly outcome: EnrollmentOutcome
  /** Once it succeeded. */
  readonly certificateSerialNumber?: string
}

/** The codes of section 2.15 that mean more than their class. */
export const enrollmentOutcomes: Readonly<Record<number, EnrollmentOutcome>> = {
  400: 'rejected',
  500: 'unknown-error',
  550: 'cancelled',
}

/** A certificate itself. */
export interface RetrievedCertificate {
  /** DER in Base64: `parseCertificate` reads it. */
  readonly certificate: string
  readonly certificateName: string
  readonly certificateSerialNumber: string
  readonly certificateType: Open<KsefCertificateType>
}

/** A certificate in a list. */
export interface CertificateInfo {
  readonly certificateSerialNumber: string
  readonly name: string
  readonly type: Open<KsefCertificateType>
  readonly commonName: string
  readonly status: Open<KsefCertificateStatus>
  readonly subjectIdentifier: KnownIdentifier<'Nip' | 'Pesel' | 'Fingerprint'>
  readonly validFrom: Date
  readonly validTo: Date
  readonly lastUseDate?: Date
  readonly requestDate: Date
}

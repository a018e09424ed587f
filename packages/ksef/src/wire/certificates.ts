/**
 * Answers about certificates: those of subjects, and those whose keys encrypt.
 *
 * @see spec/ksef.md sections 2.8, 2.15, 3.4 and 3.15
 * @module
 */
import { z } from 'zod'
import type { CertificateEnrollmentData } from '../certificates/certificate-request.ts'
import { enrollmentOutcomes } from '../values/ksef-certificate.ts'
import type {
  CertificateInfo,
  CertificateLimits,
  EnrollmentAccepted,
  EnrollmentStatus,
  RetrievedCertificate,
} from '../values/ksef-certificate.ts'
import type { PublicKeyCertificate } from '../values/public-key-certificate.ts'
import { outcomeOf } from '../values/status.ts'
import { identifier, instant, object, offsetPage, optional, statusInfo, text, texts } from './schema.ts'

const limit = object({ remaining: z.int(), limit: z.int() })

export const certificateLimits: z.ZodType<CertificateLimits> = object({
  canRequest: z.boolean(),
  enrollment: limit,
  certificate: limit,
})

export const enrollmentData: z.ZodType<CertificateEnrollmentData> = object({
  commonName: text,
  countryName: text,
  givenName: optional(text),
  surname: optional(text),
  serialNumber: optional(text),
  uniqueIdentifier: optional(text),
  organizationName: optional(text),
  organizationIdentifier: optional(text),
})

export const enrollmentAccepted: z.ZodType<EnrollmentAccepted> = object({ referenceNumber: text, timestamp: instant })

export const enrollmentStatus: z.ZodType<EnrollmentStatus> = object({
  requestDate: instant,
  status: statusInfo,
  certificateSerialNumber: optional(text),
}).transform((answer) => ({ ...answer, outcome: outcomeOf(answer.status, enrollmentOutcomes) }))

const retrieved: z.ZodType<RetrievedCertificate> = object({
  certificate: text,
  certificateName: text,
  certificateSerialNumber: text,
  certificateType: text,
})

/** The list itself, out of the object around it. */
export const retrievedCertificates: z.ZodType<readonly RetrievedCertificate[]> = object({
  certificates: z.array(retrieved),
}).transform(({ certificates }) => certificates)

const certificateInfo: z.ZodType<CertificateInfo> = object({
  certificateSerialNumber: text,
  name: text,
  type: text,
  commonName: text,
  status: text,
  subjectIdentifier: identifier,
  validFrom: instant,
  validTo: instant,
  lastUseDate: optional(instant),
  requestDate: instant,
})

export const certificatePage = offsetPage('certificates', certificateInfo)

const publicKeyCertificate: z.ZodType<PublicKeyCertificate> = object({
  certificate: text,
  certificateId: text,
  publicKeyId: text,
  validFrom: instant,
  validTo: instant,
  usage: texts,
})

export const publicKeyCertificates: z.ZodType<readonly PublicKeyCertificate[]> = z.array(publicKeyCertificate)

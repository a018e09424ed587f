/**
 * The rows of KSeF certificates: the authority's key, requests, certificates.
 *
 * @see spec/ksef.md section 2.15
 * @module
 */
import { z } from 'zod'
import { identityRow } from '../identity.ts'

/** The types, one per certificate. */
export const certificateTypes = ['Authentication', 'Offline'] as const

/** The private key of the authority that issues; there is one row. */
export const authorityRow = z.strictObject({ id: z.literal('authority'), privateKey: z.string() })

/** An issued certificate. Instants are epoch milliseconds. */
export const certificateRow = z.strictObject({
  /** 16 upper-case hex digits. */
  serial: z.string(),
  name: z.string(),
  type: z.enum(certificateTypes),
  owner: identityRow,
  commonName: z.string(),
  validFrom: z.number(),
  /** Of the certificate, or what the test data say instead. */
  validTo: z.number(),
  requestedAt: z.number(),
  lastUsedAt: z.number().nullable(),
  /** An expired one is Active by this; see `statusOf`. */
  state: z.enum(['Active', 'Blocked', 'Revoked']),
  /** DER as Base64. */
  der: z.string(),
  /** SHA-256 over the DER, 64 upper-case hex digits. */
  fingerprint: z.string(),
  /** SHA-256 over SubjectPublicKeyInfo, Base64. */
  publicKeyId: z.string(),
})

/** An issued certificate. */
export type Certificate = z.infer<typeof certificateRow>

/** A request for a certificate. The certificate is there from the start, and given out when the request is decided. */
export const enrollmentRow = z.strictObject({
  reference: z.string(),
  owner: identityRow,
  requestedAt: z.number(),
  certificate: certificateRow,
  /** Null while it is under way. */
  code: z.union([z.literal(200), z.literal(400)]).nullable(),
  detail: z.string().nullable(),
})

/** A request for a certificate. */
export type Enrollment = z.infer<typeof enrollmentRow>

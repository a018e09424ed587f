/**
 * Reference numbers: the names that KSeF gives to challenges, authentications, sessions and operations.
 *
 * @see spec/ksef.md section 1.8
 * @module
 */
import { crc8 } from './crc8.ts'

/** The shape of a challenge, which the request's schema demands. */
export const challengePattern = /^\d{8}-CR-[A-F0-9]{10}-[A-F0-9]{10}-[A-F0-9]{2}$/

/** The shape of every reference number. */
export const referenceNumberPattern = /^\d{8}-[A-Z]{2}-[A-F0-9]{10}-[A-F0-9]{10}-[A-F0-9]{2}$/

/**
 * True for 36 characters `YYYYMMDD-TT-…` with right check characters.
 *
 * For what a person typed. An answer of KSeF is taken as it is, since the schema fixes the length alone, and no
 * program should branch on `TT`.
 */
export function isReferenceNumber(value: unknown): value is string {
  return typeof value === 'string' && referenceNumberPattern.test(value) && crc8(value.slice(0, 33)) === value.slice(34)
}

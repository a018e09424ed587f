/**
 * Identifiers in the shapes that KSeF uses, from a seeded stream.
 *
 * @see spec/ksef.md section 1.8
 * @module
 */
import { hexDigits, type Random } from '../../random.ts'
import { crc8 } from './crc8.ts'

/** What a reference number is of: challenge, authentication, KSeF token, permission operation, certificate request. */
export type ReferenceKind = 'CR' | 'AU' | 'EC' | 'EG' | 'CE'

/** Makes identifiers. */
export interface Ids {
  /** 36 characters: `20250514-CR-226FB7B000-3ACF9BE4C0-10`. */
  reference(kind: ReferenceKind, now: number): string
  uuid(): string
  /** 32 hex digits. */
  traceId(): string
  /** 64 hex digits: the secret part of a KSeF token. */
  tokenSecret(): string
  /** 16 upper-case hex digits: the serial number of a certificate. */
  serial(): string
  /** A valid NIP. */
  nip(): string
  drawn(): number
}

const nipWeights = [6, 5, 7, 2, 3, 4, 5, 6, 7]

/** Makes the identifiers of a stream. */
export function createIds(random: Random): Ids {
  const hex = (length: number): string => random.text(hexDigits, length)
  const upper = (length: number): string => hex(length).toUpperCase()
  return {
    reference(kind, now) {
      const day = new Date(now).toISOString().slice(0, 10).replaceAll('-', '')
      const body = `${day}-${kind}-${upper(7)}000-${upper(10)}-`
      return body + crc8(body.slice(0, 33))
    },
    uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-${'89ab'.charAt(random.integer(4))}${hex(3)}-${hex(12)}`,
    traceId: () => hex(32),
    tokenSecret: () => hex(64),
    serial: () => `${'1234567'.charAt(random.integer(7))}${upper(15)}`, // Positive as an ASN.1 integer of 8 bytes.
    nip() {
      for (;;) {
        const body = random.text('123456789', 3) + random.text('0123456789', 6)
        const check = nipWeights.reduce((sum, weight, index) => sum + weight * Number(body.charAt(index)), 0) % 11
        if (check < 10) return `${body}${String(check)}`
      }
    },
    drawn: () => random.drawn(),
  }
}

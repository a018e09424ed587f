/**
 * Identifiers in the shapes that Truphone and Keycloak use.
 *
 * @see spec/truphone.md sections 2.4, 14.4, 18
 * @module
 */
import { alphanumeric, hexDigits, type Random, upperAlphanumeric } from '../../random.ts'

/** Makes identifiers from a seeded stream. Those of SIMs are not given twice while `isTaken` knows them. */
export interface Ids {
  /** Orders, KC sessions, token ids, correlation ids. */
  uuid(): string
  /** Base64url with padding: contains `-`, `_` and `=` now and then. */
  subscription(): string
  /** Base64 with padding: contains `+`, `/` and `=` now and then. */
  customer(): string
  paymentMethod(): string
  notification(): string
  /** 19 digits, the last of which is the Luhn check digit. */
  iccid(isTaken: (iccid: string) => boolean): string
  /** `F-00AAA-FICTIV`. */
  matchingId(): string
  /** 32 digits with valid check digits. */
  eid(): string
  /** 64 characters. */
  opaqueToken(): string
  drawn(): number
}

const digits = '0123456789'

/** Makes the identifiers of a stream. */
export function createIds(random: Random): Ids {
  const bytes = (): Buffer => Buffer.from(random.text(hexDigits, 20), 'hex')
  return {
    uuid() {
      const hex = (length: number): string => random.text(hexDigits, length)
      return `${hex(8)}-${hex(4)}-4${hex(3)}-${'89ab'.charAt(random.integer(4))}${hex(3)}-${hex(12)}`
    },
    subscription: () => bytes().toString('base64').replaceAll('+', '-').replaceAll('/', '_'),
    customer: () => bytes().toString('base64'),
    paymentMethod: () => `pm${random.text(digits, 16)}`,
    notification: () => `ntf-${random.text(hexDigits, 12)}`,
    iccid(isTaken) {
      for (;;) {
        const body = `8944${random.text(digits, 14)}`
        const iccid = `${body}${luhnDigit(body)}`
        if (!isTaken(iccid)) return iccid
      }
    },
    matchingId() {
      const letters = upperAlphanumeric.slice(0, 26)
      return `${random.text(letters, 1)}-${random.text(upperAlphanumeric, 5)}-${random.text(upperAlphanumeric, 6)}`
    },
    eid() {
      const body = `89049032${random.text(digits, 22)}`
      return `${body}${String(98n - ((BigInt(body) * 100n) % 97n)).padStart(2, '0')}`
    },
    opaqueToken: () => random.text(alphanumeric, 64),
    drawn: () => random.drawn(),
  }
}

/** The digit that makes a number valid under Luhn's rule. */
function luhnDigit(body: string): string {
  const sum = [...body].reverse().reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 0 ? 2 : 1)
    return total + (value > 9 ? value - 9 : value)
  }, 0)
  return String((10 - (sum % 10)) % 10)
}

/**
 * Random identifiers of the seed, and the signatures of receipts.
 *
 * @see spec/etims.md sections 2.7 and 7.10
 * @module
 */
import { createHmac } from 'node:crypto'
import { alphanumeric, hexDigits, type Random } from '../../random.ts'

/** Makes identifiers; the stream goes on after a restart. */
export interface Ids {
  /** 28 characters. */
  token(): string
  uuid(): string
  /** 52 upper-case hexadecimal digits, as portal samples have. */
  cmcKey(): string
  /** How far the stream is. */
  drawn(): number
}

/** What a sale is signed over. */
export interface Signed {
  readonly tin: string
  readonly bhfId: string
  readonly invcNo: number
  readonly rcptTyCd: string
  readonly totAmt: number
  readonly totTaxAmt: number
  readonly sdcDateTime: string
}

export function createIds(random: Random): Ids {
  const hex = (length: number): string => random.text(hexDigits, length)
  return {
    token: () => random.text(alphanumeric, 28),
    uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`,
    cmcKey: () => hex(52).toUpperCase(),
    drawn: () => random.drawn(),
  }
}

/** `rcptSign`, 16 characters, and `intrlData`, 26: the same for the same sale under the same key. */
export function signSale(key: string, sale: Signed): { readonly rcptSign: string; readonly intrlData: string } {
  const { tin, bhfId, invcNo, rcptTyCd, totAmt, totTaxAmt, sdcDateTime } = sale
  const text = [tin, bhfId, invcNo, rcptTyCd, totAmt, totTaxAmt, sdcDateTime].join('|')
  const mac = (label: string): Buffer => createHmac('sha256', `${key}/${label}`).update(text).digest()
  return { rcptSign: base32(mac('rcptSign').subarray(0, 10)), intrlData: base32(mac('intrlData').subarray(0, 16)) }
}

/** RFC 4648 without padding. */
function base32(bytes: Buffer): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  const groups = bits.match(/.{1,5}/g) ?? []
  return groups.map((group) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.charAt(parseInt(group.padEnd(5, '0'), 2))).join('')
}

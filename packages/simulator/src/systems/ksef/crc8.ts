/**
 * The check digits of reference numbers: CRC-8 with polynomial 0x07, nothing reflected, nothing inverted.
 *
 * @see spec/ksef.md section 5.2
 * @module
 */

/** Two upper-case hex digits over an ASCII text. */
export function crc8(text: string): string {
  let crc = 0
  for (const byte of Buffer.from(text, 'latin1')) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit += 1) crc = (crc & 0x80) === 0 ? crc << 1 : ((crc << 1) ^ 0x07) & 0xff
  }
  return crc.toString(16).toUpperCase().padStart(2, '0')
}

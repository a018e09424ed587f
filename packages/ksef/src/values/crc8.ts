/**
 * The check characters of KSeF numbers, reference numbers and collective identifiers.
 *
 * @see spec/ksef.md section 5.2
 * @module
 */

/** CRC-8 (polynomial 0x07, initial value 0, not reflected) over ASCII text, as two capital hexadecimal digits. */
export function crc8(text: string): string {
  let crc = 0
  for (const byte of Buffer.from(text, 'latin1')) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 0x80 ? ((crc << 1) ^ 0x07) & 0xff : crc << 1
  }
  return crc.toString(16).toUpperCase().padStart(2, '0')
}

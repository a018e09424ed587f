/**
 * The password of STK calls. The passkey itself never travels.
 *
 * @see spec/daraja.md section 3.1 and appendix B
 * @module
 */

/**
 * Computes `base64(shortcode + passkey + timestamp)`.
 *
 * @param parts - `timestamp`: the very `YYYYMMDDHHmmss` (East Africa Time) that is sent beside the password.
 */
export function createStkPassword(parts: {
  readonly businessShortCode: string
  readonly passkey: string
  readonly timestamp: string
}): string {
  return Buffer.from(parts.businessShortCode + parts.passkey + parts.timestamp, 'utf8').toString('base64')
}

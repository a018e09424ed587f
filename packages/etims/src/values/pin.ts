/**
 * Taxpayer PINs: a letter, nine digits, a letter. Companies begin with `P`, individuals with `A`.
 *
 * @see spec/etims.md section 0.3
 * @module
 */

/** The form of a PIN. */
export const pinPattern = /^[A-Z]\d{9}[A-Z]$/

/** True for a well-formed PIN. Whether the taxpayer exists is `selectCustomer`'s to say. */
export function isPin(value: unknown): value is string {
  return typeof value === 'string' && pinPattern.test(value)
}

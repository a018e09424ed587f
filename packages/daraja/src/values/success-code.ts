/**
 * Daraja's way to say "success": all zeros, as a string or a number.
 *
 * @see spec/daraja.md section 1.4
 * @module
 */

/** True for `"0"`, `0`, `"00"` and `"00000000"`. An empty, missing or spaced code is not success. */
export function isSuccessCode(code: unknown): boolean {
  return (typeof code === 'string' || typeof code === 'number') && /^0+$/.test(String(code))
}

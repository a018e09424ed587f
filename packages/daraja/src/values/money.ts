/**
 * Kenyan shillings: whole on the way out, exact decimal text on the way in. No amount is ever held as a
 * floating-point sum here.
 *
 * @see spec/daraja.md sections 1.4 and 4.9
 * @module
 */

/** The most that one STK push may ask for, in shillings. */
export const stkAmountMaxKes = 250_000

/** An amount as exact decimal text, `-?digits[.digits]`, such as `"190.00"` or `"-1540.00"`. */
export type DecimalText = string

/**
 * Reads an amount that arrives as a number or as text, keeping every digit of the text.
 *
 * @returns The text, or `undefined` where the input is not a plain decimal number of at most 40 characters.
 */
export function parseDecimal(value: unknown): DecimalText | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined
  const text = String(value).trim()
  return text.length <= 40 && /^-?\d+(?:\.\d+)?$/.test(text) ? text : undefined
}

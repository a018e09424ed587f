/**
 * Kenyan mobile numbers, in the one form that Daraja takes: 12 digits, `254` and a national number that begins
 * with 7 or 1.
 *
 * @see spec/daraja.md section 4.8
 * @module
 */

/**
 * Turns `07…`, `01…`, `254…` or `+254…` into `254XXXXXXXXX`; whitespace is ignored anywhere.
 *
 * Strict: bare national numbers (`712345678`), other lengths, other separators and anything but a string are
 * not numbers here, because a wrong guess asks a stranger for money.
 *
 * @returns The wire form, or `undefined` where the input is not a Kenyan mobile number.
 */
export function normalizePhoneNumber(input: unknown): string | undefined {
  if (typeof input !== 'string' || input.length > 64) return undefined
  const national = /^(?:\+?254|0)([17]\d{8})$/.exec(input.replace(/\s/g, ''))?.[1]
  return national === undefined ? undefined : `254${national}`
}

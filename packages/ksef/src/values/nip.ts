/**
 * NIP, the Polish tax number, and the internal identifiers that are built on it.
 *
 * The API checks the shape alone; check digits count only where section 1.8 says so, and on TEST anybody may use
 * any number. So requests are held to the patterns, and the `is…` functions are for what a person typed.
 *
 * @see spec/ksef.md section 1.8
 * @module
 */
import { pickInt, systemRandom } from './random.ts'
import type { Random } from './random.ts'

/** The shape that the API demands: ten digits, neither beginning with 0 nor with 00 behind the first. */
export const nipPattern = /^[1-9](?:\d[1-9]|[1-9]\d)\d{7}$/

/** The shape of an internal identifier: NIP, hyphen, five digits. */
export const internalIdPattern = /^[1-9](?:\d[1-9]|[1-9]\d)\d{7}-\d{5}$/

/** True for ten digits in the API's shape with the right check digit. */
export function isNip(value: unknown): value is string {
  return typeof value === 'string' && nipPattern.test(value) && checkDigit(value) === Number(value[9])
}

/** True for `{NIP}-{5 digits}` whose last digit is right. The NIP's own check digit is not looked at. */
export function isInternalId(value: unknown): value is string {
  if (typeof value !== 'string' || !internalIdPattern.test(value)) return false
  const sum = [...value.replace('-', '').slice(0, 14)].reduce(
    (sum, digit, i) => sum + Number(digit) * (i % 2 ? 3 : 1),
    0,
  )
  return sum % 10 === Number(value[15])
}

/**
 * Makes a valid NIP at random, for the TEST environment: there a certificate that anybody signs for it is its owner.
 * It may belong to a real company.
 */
export function generateNip(options: { readonly random?: Random | undefined } = {}): string {
  const random = options.random ?? systemRandom
  const head = pickInt(random, 1, 9) * 100 + pickInt(random, 1, 99)
  const body = String(head * 1_000_000 + pickInt(random, 0, 999_999))
  const check = checkDigit(body)
  if (check < 10) return `${body}${check}`
  // No NIP has remainder 10. Another last digit changes the remainder by 7, or by 3 from 9 to 0: never to 10 again.
  const other = `${body.slice(0, 8)}${(Number(body[8]) + 1) % 10}`
  return `${other}${checkDigit(other)}`
}

const weights = [6, 5, 7, 2, 3, 4, 5, 6, 7]

function checkDigit(nip: string): number {
  return weights.reduce((sum, weight, i) => sum + weight * Number(nip[i]), 0) % 11
}

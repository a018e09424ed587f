/**
 * PESEL, the Polish personal number: the day of birth with the century in its month, a serial and a check digit.
 *
 * @see spec/ksef.md section 1.8
 * @module
 */
import { invalidArgument } from '@latchkey/core'
import { pickInt, systemRandom } from './random.ts'
import type { Random } from './random.ts'

/** The shape that the API demands: the month tells the century, the day is not looked at. */
export const peselPattern = /^\d{2}(?:0[1-9]|1[0-2]|2[1-9]|3[0-2]|4[1-9]|5[0-2]|6[1-9]|7[0-2]|8[1-9]|9[0-2])\d{7}$/

/** A day of birth. What is left out is chosen at random: years from 1950 to 2005. */
export interface PeselOptions {
  /** 1800 to 2299. */
  readonly year?: number | undefined
  /** 1 to 12. */
  readonly month?: number | undefined
  /** 1 to the month's last. */
  readonly day?: number | undefined
  readonly random?: Random | undefined
}

/** True for eleven digits in the API's shape with the right check digit. */
export function isPesel(value: unknown): value is string {
  return typeof value === 'string' && peselPattern.test(value) && checkDigit(value) === Number(value[10])
}

/**
 * Makes a valid PESEL at random, for the TEST environment. It may belong to a real person.
 *
 * @throws {TypeError} `ERR_INVALID_ARG`: no such day.
 */
export function generatePesel(options: PeselOptions = {}): string {
  const random = options.random ?? systemRandom
  const year = options.year ?? pickInt(random, 1950, 2005)
  if (!isWhole(year, 1800, 2299)) throw invalidArgument('year: must be a whole number from 1800 to 2299')
  const month = options.month ?? pickInt(random, 1, 12)
  if (!isWhole(month, 1, 12)) throw invalidArgument('month: must be a whole number from 1 to 12')
  const last = new Date(Date.UTC(year, month, 0)).getUTCDate()
  const day = options.day ?? pickInt(random, 1, Math.min(last, 28))
  if (!isWhole(day, 1, last)) throw invalidArgument(`day: must be a whole number from 1 to ${last}`)
  const century = [80, 0, 20, 40, 60][Math.floor(year / 100) - 18] ?? 0
  const serial = String(pickInt(random, 0, 9999)).padStart(4, '0')
  const body = [year % 100, month + century, day].map((part) => String(part).padStart(2, '0')).join('') + serial
  return `${body}${checkDigit(body)}`
}

const weights = [1, 3, 7, 9, 1, 3, 7, 9, 1, 3]

function checkDigit(pesel: string): number {
  const sum = weights.reduce((sum, weight, i) => sum + weight * Number(pesel[i]), 0)
  return (10 - (sum % 10)) % 10
}

function isWhole(value: number, from: number, to: number): boolean {
  return Number.isInteger(value) && value >= from && value <= to
}

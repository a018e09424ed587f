/**
 * Exact decimal amounts. Products and quotients go through decimals and are rounded half up to the cent; sums are taken
 * in whole cents. What a JSON number cannot carry to the cent is refused.
 *
 * @see spec/etims.md section 7.3
 * @module
 */
import { invalidArgument } from '@latchkey/core'
import BigDecimal from 'big.js'
import type { Big } from 'big.js'
import type { Decimal } from './decimal.ts'

/** The largest amount whose cents are below 2^53. */
export const amountMax = 90_071_992_547_409.91

// A constructor of our own, because big.js keeps its settings on the constructor: two decimals, half up.
const Exact = BigDecimal()
Exact.DP = 2
Exact.RM = 1

/**
 * Reads an amount, price or quantity.
 *
 * @param name - Of the field, for the message.
 * @throws {TypeError} `ERR_INVALID_ARG`: not a plain decimal number, negative, more than two decimals (as sums of
 *   binary fractions have), or too large.
 */
export function parseDecimal(value: Decimal, name: string): Big {
  const text = String(value).trim()
  if (text.length > 40 || !/^\d+(?:\.\d+)?$/.test(text)) {
    throw invalidArgument(`${name} must be a decimal number of 0 or more`)
  }
  if (!/^\d+(?:\.\d{1,2}0*)?$/.test(text)) throw invalidArgument(`${name} must have at most 2 decimals`)
  const exact = new Exact(text)
  toAmount(exact, name)
  return exact
}

/** The percentage that `part` is of `whole`, rounded half up to two decimals; 0 of nothing. */
export function percentOf(part: Big, whole: Big): Big {
  return part.eq(0) || whole.eq(0) ? new Exact(0) : part.times(100).div(whole)
}

/** `percent` of an amount, rounded half up to the cent. */
export function share(amount: Big, percent: Big): Big {
  return amount.times(percent).div(100)
}

/** What is left of a tax-inclusive amount without its tax, rounded half up to the cent. */
export function withoutTax(gross: Big, rate: number): Big {
  return rate === 0 ? gross : gross.times(100).div(100 + rate)
}

/** `quantity × price`, rounded half up to the cent. */
export function product(quantity: Big, price: Big): Big {
  return quantity.times(price).round(2)
}

/**
 * The JSON number of an exact amount.
 *
 * @throws {TypeError} `ERR_INVALID_ARG`: its cents exceed 2^53 - 1, so a JSON number cannot carry them.
 */
export function toAmount(exact: Big, name: string): number {
  const amount = exact.toNumber() + 0 // Not -0.
  if (Math.abs(amount) > amountMax) throw invalidArgument(`${name} is too large to be exact`)
  return amount
}

/**
 * The exact sum of amounts of at most two decimals.
 *
 * @throws {TypeError} `ERR_INVALID_ARG`: one of them has more decimals, or the sum is too large.
 */
export function sumAmounts(amounts: readonly number[], name: string): number {
  let cents = 0
  for (const amount of amounts) {
    cents += centsOf(amount) ?? Number.NaN
    if (!Number.isSafeInteger(cents)) throw invalidArgument(`${name} cannot be summed exactly`)
  }
  return cents / 100
}

/** Whole cents of an amount; `undefined` where it has more than two decimals or is too large to be exact. */
export function centsOf(amount: number): number | undefined {
  const cents = Math.round(amount * 100) + 0
  // Division rounds correctly: only the number nearest to these cents divides back to the same amount.
  return Number.isSafeInteger(cents) && cents / 100 === amount ? cents : undefined
}

/**
 * Decimal amounts as whole hundredths, so that 1.005 × 100 rounds as on paper and no sum drifts by a cent.
 *
 * @see spec/etims.md section 7.3
 * @module
 */

/** The number in hundredths, rounded half away from zero at the decimal digits that it is written with. */
export function hundredths(value: number): bigint {
  return scaled(value, 2)
}

/** quantity × price in cents, rounded half up. */
export function product(quantity: number, price: number): bigint {
  return divide(scaled(quantity, 4) * scaled(price, 4), 1_000_000n)
}

/** Rounded half away from zero. `divisor` is positive. */
export function divide(value: bigint, divisor: bigint): bigint {
  return value < 0n ? -divide(-value, divisor) : (2n * value + divisor) / (2n * divisor)
}

/** `86.21`. */
export function amountText(cents: bigint): string {
  const digits = (cents < 0n ? -cents : cents).toString().padStart(3, '0')
  return `${cents < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`
}

function scaled(value: number, decimals: number): bigint {
  if (!Number.isFinite(value)) return 0n
  const text = String(Math.abs(value))
  if (text.includes('e')) return BigInt(Math.round(value * 10 ** decimals)) // Beyond any amount of the contract.
  const [whole = '0', fraction = ''] = text.split('.')
  const digits = BigInt(whole + fraction.padEnd(decimals + 1, '0').slice(0, decimals + 1))
  const rounded = (digits + 5n) / 10n
  return value < 0 ? -rounded : rounded
}

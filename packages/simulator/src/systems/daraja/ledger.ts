/**
 * The organisation's accounts, in whole cents, and the balance string in which Daraja reports them.
 *
 * @see spec/daraja.md section 3.9, "The balance string"
 * @module
 */

/** The accounts of the shortcode. */
export interface Ledger {
  /** Books a customer's payment. `amount` in shillings. */
  credit(amount: number): void
  /** `name|KES|current|available|reserved|uncleared`, joined by `&`. */
  balanceString(): string
  /** Current balance by account, in shillings with two decimals. */
  balances(): Readonly<Record<string, string>>
  /** Current balance by account, in cents. */
  snapshot(): Readonly<Record<string, number>>
  reset(): void
}

const opening: Readonly<Record<string, number>> = {
  'Working Account': 700_000_00,
  'Float Account': 0,
  'Utility Account': 228_037_00,
  'Charges Paid Account': -1_540_00,
  'Organization Settlement Account': 0,
}

/** Payments from customers to a shortcode arrive here. */
const paymentsAccount = 'Utility Account'

/** Makes the accounts with their opening balances, or with those given, in cents. */
export function createLedger(saved = opening): Ledger {
  let cents = { ...saved }
  const balances = (): Record<string, string> =>
    Object.fromEntries(Object.entries(cents).map(([name, value]) => [name, (value / 100).toFixed(2)]))
  return {
    credit(amount) {
      cents[paymentsAccount] = (cents[paymentsAccount] ?? 0) + amount * 100
    },
    balanceString: () =>
      Object.entries(balances())
        .map(([name, amount]) => `${name}|KES|${amount}|${amount}|0.00|0.00`)
        .join('&'),
    balances,
    snapshot: () => ({ ...cents }),
    reset() {
      cents = { ...opening }
    },
  }
}

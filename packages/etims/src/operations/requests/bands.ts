/**
 * The amounts in the header of sales and purchases.
 *
 * @see spec/etims.md sections 4.10 and 7.2
 * @module
 */
import { amount, decimal } from '../fields.ts'
import type { NumberField } from '../fields.ts'

/** The fifteen band fields and the three sums: all required, zero rather than missing. */
export const headerAmounts = {
  taxblAmtA: amount(),
  taxblAmtB: amount(),
  taxblAmtC: amount(),
  taxblAmtD: amount(),
  taxblAmtE: amount(),
  taxRtA: decimal(7, 2),
  taxRtB: decimal(7, 2),
  taxRtC: decimal(7, 2),
  taxRtD: decimal(7, 2),
  taxRtE: decimal(7, 2),
  taxAmtA: amount(),
  taxAmtB: amount(),
  taxAmtC: amount(),
  taxAmtD: amount(),
  taxAmtE: amount(),
  totTaxblAmt: amount(),
  totTaxAmt: amount(),
  totAmt: amount(),
} as const satisfies Record<string, NumberField>

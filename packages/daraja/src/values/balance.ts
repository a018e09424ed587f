/**
 * The two ways in which M-PESA writes balances into one string.
 *
 * @see spec/daraja.md sections 3.1 (`BasicAmount`) and 3.9 (six fields)
 * @module
 */
import { parseDecimal } from './money.ts'
import type { DecimalText } from './money.ts'

/** One account of a balance string. Amounts are exact decimal text and may be negative. */
export interface AccountBalance {
  /** `Working Account`, `Utility Account`, …: match by name, since the set varies. */
  readonly name: string
  readonly currency: string
  /** Field 3: the total, reserved money included. */
  readonly current: DecimalText
  /** Field 4: what can be spent. */
  readonly available: DecimalText
  readonly reserved: DecimalText
  readonly uncleared: DecimalText
}

/** What a balance string says, and what of it could not be read. */
export interface BalanceReading {
  readonly accounts: readonly AccountBalance[]
  /** Parts that are not six fields with four amounts, unchanged. Empty in every known answer. */
  readonly unread: readonly string[]
}

/** Reads `name|currency|current|available|reserved|uncleared`, accounts joined by `&`; a trailing `&` is ignored. */
export function parseBalanceString(text: string): BalanceReading {
  const accounts: AccountBalance[] = []
  const unread: string[] = []
  for (const part of text.split('&')) {
    if (part.trim() === '') continue
    const account = parseAccount(part)
    if (account === undefined) unread.push(part)
    else accounts.push(account)
  }
  return { accounts, unread }
}

/** Takes `BasicAmount` out of `{Amount={CurrencyCode=KES, MinimumAmount=618683, BasicAmount=6186.83}}`. */
export function parseBasicAmount(text: unknown): DecimalText | undefined {
  return typeof text === 'string' ? /\bBasicAmount=(-?\d{1,30}(?:\.\d{1,10})?)\s*[,}]/.exec(text)?.[1] : undefined
}

function parseAccount(part: string): AccountBalance | undefined {
  const fields = part.split('|').map((field) => field.trim())
  const [name, currency, ...amounts] = fields
  const [current, available, reserved, uncleared] = amounts.map(parseDecimal)
  if (fields.length !== 6 || !name || !currency) return undefined
  if (current === undefined || available === undefined || reserved === undefined || uncleared === undefined) {
    return undefined
  }
  return { name, currency, current, available, reserved, uncleared }
}

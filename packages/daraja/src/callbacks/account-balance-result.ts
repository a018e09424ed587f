/**
 * The answer to an account balance request, which comes to its result URL.
 *
 * @see spec/daraja.md section 3.9
 * @module
 */
import { parseBalanceString } from '../values/balance.ts'
import type { AccountBalance } from '../values/balance.ts'
import { parseEatTimestamp } from '../values/eat.ts'
import { valueOf } from '../wire/pairs.ts'
import { parseResultCallback } from './result-callback.ts'
import type { ResultCallback } from './result-callback.ts'

/** The balances of a shortcode's accounts. */
export interface AccountBalanceSucceeded extends ResultCallback {
  readonly state: 'succeeded'
  /** Find one by name. Empty where the result brought no balance. */
  readonly accounts: readonly AccountBalance[]
  /** Parts of the balance string that could not be read, unchanged. */
  readonly unread: readonly string[]
  readonly completedAt?: Date
}

/** The balances were refused: `resultCode` says why. After `2001` or `8006`, stop sending until it is corrected. */
export interface AccountBalanceFailed extends ResultCallback {
  readonly state: 'failed'
  /** M-PESA's own words, such as that the API password is locked. */
  readonly errorMessage?: string
  readonly completedAt?: Date
}

export type AccountBalanceResult = AccountBalanceSucceeded | AccountBalanceFailed

/**
 * Reads the result of an account balance request: text, bytes or parsed JSON. Amounts stay exact text.
 *
 * @throws {ProviderError} `DARAJA_MALFORMED_CALLBACK`: as {@link parseResultCallback}.
 */
export function parseAccountBalanceResult(body: unknown): AccountBalanceResult {
  const result = parseResultCallback(body)
  const completed = parseEatTimestamp(valueOf(result.parameters, 'BOCompletedTime'))
  const completedAt = completed === undefined ? {} : { completedAt: completed }
  if (result.state === 'succeeded') {
    const reading = parseBalanceString(valueOf(result.parameters, 'AccountBalance') ?? '')
    return { ...result, state: 'succeeded', ...reading, ...completedAt }
  }
  const errorMessage = valueOf(result.parameters, 'ErrorMsg')?.trim()
  return { ...result, state: 'failed', ...(errorMessage !== undefined && { errorMessage }), ...completedAt }
}

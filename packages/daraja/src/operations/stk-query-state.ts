/**
 * What an answer to an STK query says about the payment. An error of the query is no answer and never a failed
 * payment.
 *
 * @see spec/daraja.md sections 1.11 and 3.2
 * @module
 */
import { textMember } from '@latchkey/http'
import type { ReadAnswer } from '../errors.ts'
import { isFinalFailureCode } from '../values/result-codes.ts'
import { isSuccessCode } from '../values/success-code.ts'
import { decodeStkQueryResult } from '../wire/stk.ts'
import type { StkQueryResult } from '../wire/stk.ts'

/**
 * Why a payment is not decided. `processing`: the customer has not answered. `not-found-yet`: the id is unknown or
 * too young. `no-answer`: the query itself had none. `unknown-code`: a code that no document names as final.
 */
export type PendingReason = 'processing' | 'not-found-yet' | 'no-answer' | 'unknown-code'

export type StkQueryState =
  | { readonly state: 'paid'; readonly result: StkQueryResult }
  | { readonly state: 'failed'; readonly result: StkQueryResult }
  | { readonly state: 'pending'; readonly reason: PendingReason; readonly result: StkQueryResult }

/** Reads an answer; `undefined` where it is none that the query understands. */
export function readStkQuery(answer: ReadAnswer): StkQueryState | undefined {
  if (answer.kind !== 'json') return undefined
  if (answer.errorCode !== undefined) return readErrorBody(answer)
  const result = answer.status >= 200 && answer.status < 300 ? decodeStkQueryResult(answer.json) : undefined
  if (result === undefined) return undefined
  const responseCode = textMember(answer.json, 'ResponseCode')
  if (responseCode !== undefined && !isSuccessCode(responseCode)) return undefined
  if (isSuccessCode(result.resultCode)) return { state: 'paid', result }
  if (isFinalFailureCode(result.resultCode)) return { state: 'failed', result }
  return { state: 'pending', reason: result.resultCode === '4999' ? 'processing' : 'unknown-code', result }
}

// Seen with HTTP 500 and with 200. The text is the only difference between pending and wrong credentials.
function readErrorBody(answer: ReadAnswer): StkQueryState | undefined {
  if (answer.errorCode !== '500.001.1001') return undefined
  const message = answer.message.toLowerCase()
  if (message.trim() === '') return pending('no-answer', 'Daraja had no answer.')
  if (message.includes('being processed')) return pending('processing', 'The transaction is being processed.')
  if (message.includes('does not exist') && !message.includes('merchant')) {
    return pending('not-found-yet', 'Daraja does not know this id, or not yet.')
  }
  return undefined
}

function pending(reason: PendingReason, resultDesc: string): StkQueryState {
  return { state: 'pending', reason, result: { resultCode: '500.001.1001', resultDesc } }
}

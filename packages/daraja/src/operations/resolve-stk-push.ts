/**
 * Finds out what became of a push whose answer was lost. Without the callback or the prompt's id there is nothing to
 * ask with, and then the answer is `unknown`.
 *
 * @see spec/daraja.md section 4.6
 * @module
 */
import { member, textMember } from '@latchkey/http'
import type { Resolution } from '@latchkey/http'
import { parseStkCallback } from '../callbacks/stk-callback.ts'
import type { StkCallbackPaid } from '../callbacks/stk-callback.ts'
import { resultCodes } from '../values/result-codes.ts'
import { codeWord } from '../wire/answer.ts'
import type { Context } from './context.ts'
import { queryStkPush } from './stk-push-query.ts'
import type { StkPushQueryPaid } from './stk-push-query.ts'
import type { ParsedStkSecret } from './stk-secret.ts'

/** What a settled push resolves with: the paid query, or the paid callback, which also has amount and receipt. */
export type StkPushSettled = StkPushQueryPaid | StkCallbackPaid

interface Sent {
  readonly businessShortCode: string
  readonly secret: ParsedStkSecret
  readonly amount: number
  readonly sentAt: number
}

const repeatAfterMs = 120_000 // Same amount, same phone: M-PESA's own guard lasts 2 minutes (section 4.9).

/**
 * Uses `{ callback }` (the body that arrived at this payment's own URL) or `{ checkoutRequestId }`.
 *
 * Evidence that does not fit, such as a callback of another amount, changes nothing: the outcome stays `unknown`.
 */
export async function resolveStkPush(
  context: Context,
  sent: Sent,
  evidence: unknown,
): Promise<Resolution<StkPushSettled>> {
  const callback = member(evidence, 'callback')
  if (callback !== undefined) return fromCallback(sent, callback)
  const checkoutRequestId = textMember(evidence, 'checkoutRequestId')
  if (checkoutRequestId !== undefined) return fromQuery(context, sent, checkoutRequestId)
  const askAgainAt = sent.sentAt + repeatAfterMs
  return askAgainAt > context.clock.wall() ? { state: 'unknown', askAgainAt } : { state: 'unknown' }
}

function fromCallback(sent: Sent, body: unknown): Resolution<StkPushSettled> {
  const callback = parseStkCallback(body)
  if (callback.state === 'failed') return refusal(callback.resultCode)
  return Number(callback.amount) === sent.amount ? { state: 'settled', result: callback } : { state: 'unknown' }
}

async function fromQuery(context: Context, sent: Sent, checkoutRequestId: string): Promise<Resolution<StkPushSettled>> {
  const { businessShortCode, secret } = sent
  const result = await queryStkPush(context, { businessShortCode, checkoutRequestId, secret })
  if (result.state === 'paid') return { state: 'settled', result }
  if (result.state === 'failed') return refusal(result.resultCode)
  return { state: 'unknown', askAgainAt: result.askAgainAt }
}

function refusal(resultCode: string): Resolution<StkPushSettled> {
  const reason = (Object.hasOwn(resultCodes, resultCode) && resultCodes[resultCode]?.meaning) || 'The payment failed.'
  return { state: 'refused', reason, providerCode: codeWord(resultCode) }
}

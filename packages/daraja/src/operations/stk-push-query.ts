/**
 * Asks what became of an STK push. The answer has no amount and no receipt; the callback has.
 *
 * @see spec/daraja.md section 3.2
 * @module
 */
import { parseRequest } from '@latchkey/http'
import type { RunOptions } from '@latchkey/http'
import { darajaError } from '../errors.ts'
import { resultCodes } from '../values/result-codes.ts'
import { readAnswer } from '../wire/answer.ts'
import type { StkPushQueryWire } from '../wire/stk.ts'
import type { Context } from './context.ts'
import { readStkQuery } from './stk-query-state.ts'
import type { PendingReason } from './stk-query-state.ts'
import { stkPassword, stkSecretIssues } from './stk-secret.ts'
import type { ParsedStkSecret, StkSecret } from './stk-secret.ts'
import { operations } from './table.ts'

/** Which push to ask about. */
export type StkPushQuery = StkSecret & {
  readonly businessShortCode: string
  /** From the acknowledgement or the callback. */
  readonly checkoutRequestId: string
}

interface StkPushQueryFacts {
  readonly checkoutRequestId: string
  readonly merchantRequestId?: string
  /** Always text. Where Daraja answered with an error body, its `errorCode`. */
  readonly resultCode: string
  /** For people; the wording varies. Branch on `state`, then on the code. */
  readonly resultDesc: string
  /** The parsed answer, unchanged. */
  readonly raw: unknown
}

/** The customer paid. */
export interface StkPushQueryPaid extends StkPushQueryFacts {
  readonly state: 'paid'
}

/** The push is over and nobody paid. */
export interface StkPushQueryFailed extends StkPushQueryFacts {
  readonly state: 'failed'
  /** What the code means, in our words. */
  readonly meaning: string
}

/** Not decided, as far as Daraja says. Never a failure. */
export interface StkPushQueryPending extends StkPushQueryFacts {
  readonly state: 'pending'
  readonly reason: PendingReason
  /** Epoch milliseconds before which asking again is too soon. */
  readonly askAgainAt: number
}

export type StkPushQueryResult = StkPushQueryPaid | StkPushQueryFailed | StkPushQueryPending

/**
 * Asks what became of an STK push.
 *
 * `paid` and `failed` are final. `pending` is everything else, a code that no document names included: ask again
 * after `askAgainAt`, for about three minutes, and then keep the payment as unknown. Effect `read`, with at least
 * 12 s between tries.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` with `issues`: `query` is malformed; nothing was sent.
 * @throws {ProviderError} The question failed, which says nothing about the payment.
 *
 * Source: spec/daraja.md section 3.2. `POST /mpesa/stkpushquery/v1/query`
 */
export async function stkPushQuery(
  context: Context,
  query: StkPushQuery,
  run?: RunOptions,
): Promise<StkPushQueryResult> {
  const parsed = parseRequest(operations.stkPushQuery, query, stkSecretIssues(query))
  const { businessShortCode, checkoutRequestId, ...secret } = parsed
  return queryStkPush(context, { businessShortCode, checkoutRequestId, secret }, run)
}

const askAgainMs = 15_000 // Section 3.2: every 15 seconds or slower.

/** The same for a query that is already parsed. */
export async function queryStkPush(
  context: Context,
  query: {
    readonly businessShortCode: string
    readonly checkoutRequestId: string
    readonly secret: ParsedStkSecret
  },
  run?: RunOptions,
): Promise<StkPushQueryResult> {
  const { businessShortCode, checkoutRequestId, secret } = query
  const body: StkPushQueryWire = {
    BusinessShortCode: businessShortCode,
    ...stkPassword(businessShortCode, secret, context.clock.wall()),
    CheckoutRequestID: checkoutRequestId,
  }
  const answer = await context.http.send(operations.stkPushQuery, { body }, run)
  const read = readAnswer(answer.status, answer.text)
  const found = readStkQuery(read)
  const about = found?.result.checkoutRequestId ?? checkoutRequestId
  if (found === undefined || about !== checkoutRequestId) {
    throw darajaError('DARAJA_MALFORMED_ANSWER', 'stkPushQuery: Daraja answered about another push. Ask again.', {
      operation: 'stkPushQuery',
      status: answer.status,
    })
  }
  const facts = { ...found.result, checkoutRequestId, raw: read.json }
  if (found.state === 'paid') return { state: 'paid', ...facts }
  if (found.state === 'failed') {
    return { state: 'failed', ...facts, meaning: resultCodes[facts.resultCode]?.meaning ?? '' }
  }
  return { state: 'pending', ...facts, reason: found.reason, askAgainAt: context.clock.wall() + askAgainMs }
}

/**
 * M-PESA Express: asks a customer's phone for the PIN.
 *
 * @see spec/daraja.md sections 3.1, 4.6 and 7.2
 * @module
 */
import { parseJson, parseRequest } from '@latchkey/http'
import type { Issue, RunOptions } from '@latchkey/http'
import { checkCallbackUrl } from '../values/callback-url.ts'
import type { CallbackUrlUse } from '../values/callback-url.ts'
import { decodeStkPushAck } from '../wire/stk.ts'
import type { StkPushAck, StkPushWire } from '../wire/stk.ts'
import { callbackUrlIssues } from './context.ts'
import type { Context } from './context.ts'
import { resolveStkPush } from './resolve-stk-push.ts'
import { stkPassword, stkSecretIssues } from './stk-secret.ts'
import type { StkSecret } from './stk-secret.ts'
import { operations } from './table.ts'

/** A request for a payment. Shortcodes and phones are text; phones may have any Kenyan form. */
export type StkPush = StkSecret & {
  /** The paybill; for a till, the store or head-office number that went live. */
  readonly businessShortCode: string
  readonly transactionType: 'CustomerPayBillOnline' | 'CustomerBuyGoodsOnline'
  /** Whole shillings, 1 to 250 000. */
  readonly amount: number
  /** The phone that pays. */
  readonly partyA: string
  /** Who is credited: the paybill, or the till. */
  readonly partyB: string
  /** The phone that gets the prompt, usually the one that pays. */
  readonly phoneNumber: string
  /** Where the outcome goes. Give each payment a path of its own: it is the only handle if the answer is lost. */
  readonly callbackUrl: string
  /** 1 to 12 characters, shown to the payer and returned nowhere. */
  readonly accountReference: string
  /** Up to 13 characters. @default 'Payment' */
  readonly transactionDesc?: string
}

/** Safaricom took the request. Nobody has paid yet. */
export interface StkPushAccepted extends StkPushAck {
  /** The parsed answer, unchanged. */
  readonly raw: unknown
}

/**
 * Asks a customer's phone to approve a payment (M-PESA Express, "STK push").
 *
 * Resolving means Safaricom accepted the request, not that anyone paid: the outcome comes to the callback URL, or
 * from {@link stkPushQuery}. Effect `once`: repeated only when the answer proves that nothing was processed.
 *
 * @returns The two identifiers that the callback will repeat.
 * @throws {TypeError} `ERR_INVALID_ARG` with `issues`: `push` is malformed; nothing was sent.
 * @throws {ProviderError} `DARAJA_REJECTED` and others: refused, and `providerCode` says why.
 * @throws {OutcomeUnknownError} `DARAJA_OUTCOME_UNKNOWN`: the answer was lost. Do not send again: `resolve()` with
 *   `{ callback }` or `{ checkoutRequestId }`.
 *
 * Source: spec/daraja.md section 3.1. `POST /mpesa/stkpush/v1/processrequest`
 */
export async function stkPush(context: Context, push: StkPush, run?: RunOptions): Promise<StkPushAccepted> {
  const sentAt = context.clock.wall()
  const issues = [...stkSecretIssues(push), ...callbackUrlIssues(context, push, ['callbackUrl'])]
  const { passkey, password, timestamp, ...parsed } = parseRequest(operations.stkPush, push, issues)
  const secret = { passkey, password, timestamp }
  const body: StkPushWire = {
    BusinessShortCode: parsed.businessShortCode,
    ...stkPassword(parsed.businessShortCode, secret, sentAt),
    TransactionType: parsed.transactionType,
    Amount: parsed.amount,
    PartyA: parsed.partyA,
    PartyB: parsed.partyB,
    PhoneNumber: parsed.phoneNumber,
    CallBackURL: parsed.callbackUrl,
    AccountReference: parsed.accountReference,
    TransactionDesc: parsed.transactionDesc || 'Payment', // Some clients' default; an empty one has been refused.
  }
  const { businessShortCode, amount } = parsed
  const sent = { businessShortCode, secret, amount, sentAt }
  const answer = await context.http.send(
    operations.stkPush,
    {
      body,
      unknown: {
        resolve: (evidence) => resolveStkPush(context, sent, evidence),
        advice:
          'Do not send it again: wait for the callback at the callbackUrl and pass it to resolve({ callback }), or ' +
          'the id of the prompt to resolve({ checkoutRequestId }). Without either, check the portal or the ' +
          'statement, and never repeat within 2 minutes.',
      },
    },
    run,
  )
  const raw = parseJson(answer.text)
  const ack = decodeStkPushAck(raw)
  if (ack === undefined) throw new Error('An accepted answer has no acknowledgement.') // The table accepts no other.
  return { ...ack, raw }
}

/** What is unwise about a push without being wrong: each may be refused or confuse the payer. */
export function stkPushWarnings(
  push: Pick<StkPush, 'callbackUrl' | 'accountReference' | 'transactionDesc'>,
  use: CallbackUrlUse,
): readonly Issue[] {
  const words = (['accountReference', 'transactionDesc'] as const)
    .filter((path) => /[^A-Za-z0-9 ._/-]/.test(push[path] ?? ''))
    .map((path) => ({ path, message: 'has characters with which requests have failed without a clear error' }))
  const urls = checkCallbackUrl(push.callbackUrl, use)
    .filter(({ severity }) => severity === 'warning')
    .map(({ message }) => ({ path: 'callbackUrl', message }))
  return [...words, ...urls]
}

/**
 * What Safaricom posts to the callback URL of an STK push.
 *
 * @see spec/daraja.md section 3.1
 * @module
 */
import { member, textMember } from '@latchkey/http'
import { parseBasicAmount } from '../values/balance.ts'
import { parseEatTimestamp } from '../values/eat.ts'
import { parseDecimal } from '../values/money.ts'
import type { DecimalText } from '../values/money.ts'
import { isSuccessCode } from '../values/success-code.ts'
import { decodePairs, valueOf } from '../wire/pairs.ts'
import type { NamedValue } from '../wire/pairs.ts'
import { malformed, parseBody, parseEnvelope } from './envelope.ts'

interface StkCallbackFacts {
  /** Match the callback by this. Contains the payer's phone number. */
  readonly checkoutRequestId: string
  readonly merchantRequestId?: string
  /** Always text: `"0"`, `"1032"`, `"SFC_IC0003"`. */
  readonly resultCode: string
  /** For people; the wording varies. Branch on the code. */
  readonly resultDesc: string
  /** The metadata as it came, in order, repeated names included. */
  readonly items: readonly NamedValue[]
  /** The parsed body, unchanged. */
  readonly raw: unknown
}

/** The customer paid. Members that the callback did not bring, or brought in an unreadable form, are absent. */
export interface StkCallbackPaid extends StkCallbackFacts {
  readonly state: 'paid'
  /** Shillings as exact text. Compare it with what you asked for. */
  readonly amount?: DecimalText
  /** The key against booking twice: a C2B confirmation of the same payment carries it as `TransID`. */
  readonly mpesaReceiptNumber?: string
  /** Usually not sent. */
  readonly balance?: DecimalText
  readonly transactionDate?: Date
  readonly phoneNumber?: string
}

/** The customer did not pay, and will not by this push. `resultCode` says why. */
export interface StkCallbackFailed extends StkCallbackFacts {
  readonly state: 'failed'
}

export type StkCallback = StkCallbackPaid | StkCallbackFailed

/**
 * Reads the body of an STK callback: text, bytes or parsed JSON.
 *
 * It proves nothing: callbacks carry no signature. Match `checkoutRequestId` to a pending push and `amount` to what
 * it asked for, or confirm with `stkPushQuery`, before releasing value. Bounding the body's size is the receiver's.
 *
 * @throws {ProviderError} `DARAJA_MALFORMED_CALLBACK`: no STK callback, or one without id or result code.
 */
export function parseStkCallback(body: unknown): StkCallback {
  const what = 'an STK callback'
  const raw = parseBody(body)
  const callback = parseEnvelope(raw, ['Body', 'stkCallback'], what)
  const checkoutRequestId = textMember(callback, 'CheckoutRequestID')
  const merchantRequestId = textMember(callback, 'MerchantRequestID')
  const resultCode = textMember(callback, 'ResultCode')
  if (checkoutRequestId === undefined) throw malformed(what, 'it has no CheckoutRequestID')
  if (resultCode === undefined) throw malformed(what, 'it has no ResultCode')
  const facts = {
    checkoutRequestId,
    ...(merchantRequestId !== undefined && { merchantRequestId }),
    resultCode,
    resultDesc: textMember(callback, 'ResultDesc') ?? '',
    items: decodePairs(member(member(callback, 'CallbackMetadata'), 'Item')),
    raw,
  }
  return isSuccessCode(resultCode)
    ? { state: 'paid', ...facts, ...payment(facts.items) }
    : { state: 'failed', ...facts }
}

function payment(items: readonly NamedValue[]) {
  const amount = parseDecimal(valueOf(items, 'Amount'))
  const mpesaReceiptNumber = valueOf(items, 'MpesaReceiptNumber')
  const balance = parseDecimal(valueOf(items, 'Balance')) ?? parseBasicAmount(valueOf(items, 'Balance'))
  const transactionDate = parseEatTimestamp(valueOf(items, 'TransactionDate'))
  const phoneNumber = valueOf(items, 'PhoneNumber')
  return {
    ...(amount !== undefined && { amount }),
    ...(mpesaReceiptNumber !== undefined && { mpesaReceiptNumber }),
    ...(balance !== undefined && { balance }),
    ...(transactionDate !== undefined && { transactionDate }),
    ...(phoneNumber !== undefined && { phoneNumber }),
  }
}

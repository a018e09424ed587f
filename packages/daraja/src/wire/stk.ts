/**
 * STK push and its query as they travel: Daraja's spelling, strings for codes and phones, integers for amounts.
 *
 * @see spec/daraja.md sections 3.1 and 3.2
 * @module
 */
import { isObject, textMember } from '@latchkey/http'
import { isSuccessCode } from '../values/success-code.ts'

/** The body of `POST /mpesa/stkpush/v1/processrequest`. */
export interface StkPushWire {
  readonly BusinessShortCode: string
  readonly Password: string
  readonly Timestamp: string
  readonly TransactionType: string
  readonly Amount: number
  readonly PartyA: string
  readonly PartyB: string
  readonly PhoneNumber: string
  readonly CallBackURL: string
  readonly AccountReference: string
  readonly TransactionDesc: string
}

/** The body of `POST /mpesa/stkpushquery/v1/query`. */
export interface StkPushQueryWire {
  readonly BusinessShortCode: string
  readonly Password: string
  readonly Timestamp: string
  readonly CheckoutRequestID: string
}

/** The acknowledgement of a push, decoded. */
export interface StkPushAck {
  readonly merchantRequestId: string
  readonly checkoutRequestId: string
  readonly responseCode: string
  readonly responseDescription: string
  readonly customerMessage: string
}

/** Reads an acknowledgement; `undefined` without the two ids and a success code, which nothing can be done without. */
export function decodeStkPushAck(json: unknown): StkPushAck | undefined {
  const merchantRequestId = textMember(json, 'MerchantRequestID')
  const checkoutRequestId = textMember(json, 'CheckoutRequestID')
  const responseCode = textMember(json, 'ResponseCode')
  if (merchantRequestId === undefined || checkoutRequestId === undefined || !isSuccessCode(responseCode)) {
    return undefined
  }
  return {
    merchantRequestId,
    checkoutRequestId,
    responseCode: responseCode ?? '',
    responseDescription: textMember(json, 'ResponseDescription') ?? '',
    customerMessage: textMember(json, 'CustomerMessage') ?? '',
  }
}

/** A query's answer that has a result code, decoded. */
export interface StkQueryResult {
  readonly merchantRequestId?: string
  readonly checkoutRequestId?: string
  readonly resultCode: string
  readonly resultDesc: string
}

/** Reads a query's answer; `undefined` where it has no result code. */
export function decodeStkQueryResult(json: unknown): StkQueryResult | undefined {
  const resultCode = textMember(json, 'ResultCode')
  if (!isObject(json) || resultCode === undefined) return undefined
  const merchantRequestId = textMember(json, 'MerchantRequestID')
  const checkoutRequestId = textMember(json, 'CheckoutRequestID')
  return {
    resultCode,
    resultDesc: textMember(json, 'ResultDesc') ?? '',
    ...(merchantRequestId !== undefined && { merchantRequestId }),
    ...(checkoutRequestId !== undefined && { checkoutRequestId }),
  }
}

/**
 * What Safaricom posts to a result URL: one envelope for balance, status, B2C, B2B and reversal.
 *
 * @see spec/daraja.md section 3.0
 * @module
 */
import { member, textMember } from '@latchkey/http'
import { isSuccessCode } from '../values/success-code.ts'
import { decodePairs } from '../wire/pairs.ts'
import type { NamedValue } from '../wire/pairs.ts'
import { malformed, parseBody, parseEnvelope } from './envelope.ts'

export type { NamedValue }

/** A result, whatever operation it belongs to. Members that the callback did not bring are absent. */
export interface ResultCallback {
  readonly state: 'succeeded' | 'failed'
  /** Always text: `"0"`, `"2001"`, `"R000002"`. */
  readonly resultCode: string
  /** For people; the wording varies. Branch on the code. */
  readonly resultDesc: string
  /** `"0"` completed, `"1"` waiting for further messages. */
  readonly resultType?: string
  readonly originatorConversationId?: string
  readonly conversationId?: string
  /** The receipt; three characters and seven zeros where no money moved. */
  readonly transactionId?: string
  /** In order, repeated names included. May be there on a failure, too. */
  readonly parameters: readonly NamedValue[]
  readonly references: readonly NamedValue[]
  /** The parsed body, unchanged. */
  readonly raw: unknown
}

/**
 * Reads the body of a result callback: text, bytes or parsed JSON.
 *
 * It proves nothing: callbacks carry no signature. Match the conversation ids to a pending request.
 *
 * @throws {ProviderError} `DARAJA_MALFORMED_CALLBACK`: no `Result`, or one without result code.
 */
export function parseResultCallback(body: unknown): ResultCallback {
  const what = 'a result callback'
  const raw = parseBody(body)
  const result = parseEnvelope(raw, ['Result'], what)
  const resultCode = textMember(result, 'ResultCode')
  if (resultCode === undefined) throw malformed(what, 'it has no ResultCode')
  return {
    state: isSuccessCode(resultCode) ? 'succeeded' : 'failed',
    resultCode,
    resultDesc: textMember(result, 'ResultDesc') ?? '',
    ...resultIds(result),
    parameters: decodePairs(member(member(result, 'ResultParameters'), 'ResultParameter')),
    references: decodePairs(member(member(result, 'ReferenceData'), 'ReferenceItem')),
    raw,
  }
}

/** The ids of a result, each absent where it was not sent. */
export function resultIds(result: unknown) {
  const resultType = textMember(result, 'ResultType')
  const originatorConversationId = textMember(result, 'OriginatorConversationID')
  const conversationId = textMember(result, 'ConversationID')
  const transactionId = textMember(result, 'TransactionID')
  return {
    ...(resultType !== undefined && { resultType }),
    ...(originatorConversationId !== undefined && { originatorConversationId }),
    ...(conversationId !== undefined && { conversationId }),
    ...(transactionId !== undefined && { transactionId }),
  }
}

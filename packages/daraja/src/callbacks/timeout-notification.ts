/**
 * What Safaricom posts to a queue timeout URL: the request was not processed in time. Its body is documented
 * nowhere, so everything but the ids is taken as it comes.
 *
 * @see spec/daraja.md section 3.0
 * @module
 */
import { member, textMember } from '@latchkey/http'
import { malformed, parseBody } from './envelope.ts'
import { resultIds } from './result-callback.ts'

/** A request expired in the queue. Ask for the transaction's status before sending money again. */
export interface TimeoutNotification {
  readonly originatorConversationId?: string
  readonly conversationId?: string
  readonly transactionId?: string
  readonly resultType?: string
  readonly resultCode?: string
  readonly resultDesc?: string
  /** The parsed body, unchanged. */
  readonly raw: unknown
}

/**
 * Reads a timeout notice: any JSON, with the ids where it has them, inside `Result` or beside it.
 *
 * @throws {ProviderError} `DARAJA_MALFORMED_CALLBACK`: not JSON.
 */
export function parseTimeoutNotification(body: unknown): TimeoutNotification {
  const raw = parseBody(body)
  if (raw === undefined) throw malformed('a timeout notification', 'it is not JSON')
  const result = member(raw, 'Result') ?? raw
  const resultCode = textMember(result, 'ResultCode')
  const resultDesc = textMember(result, 'ResultDesc')
  return {
    ...resultIds(result),
    ...(resultCode !== undefined && { resultCode }),
    ...(resultDesc !== undefined && { resultDesc }),
    raw,
  }
}

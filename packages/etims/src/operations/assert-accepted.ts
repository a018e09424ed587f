/**
 * Whether KRA took a document that has a number. Only a result code says so: the replaced SDKs take whatever is no
 * refusal for a success, and a number must not be used up on that.
 *
 * @see spec/etims.md sections 7.5 and 8.1
 * @module
 */
import { OutcomeUnknownError } from '@latchkey/http'
import type { UnknownFacts } from '@latchkey/http'
import { asApiFailure } from '../errors.ts'
import { isSuccessCode } from '../values/result-codes.ts'
import type { Envelope } from './envelope.ts'

/** @throws {OutcomeUnknownError} `ETIMS_OUTCOME_UNKNOWN`: the answer is neither a refusal nor a success. */
export function assertAccepted(
  operation: string,
  { resultCd }: Envelope,
  { correlationId, more, advice }: UnknownFacts,
): void {
  if (isSuccessCode(resultCd)) return
  const message = `etims ${operation} was sent, and the answer does not say whether it was processed. ${advice ?? ''}`
  const facts = { provider: 'etims', operation, reason: 'answer', ...(more && { more }) }
  throw asApiFailure(
    new OutcomeUnknownError('ETIMS_OUTCOME_UNKNOWN', message, {
      ...facts,
      ...(correlationId !== undefined && { correlationId }),
    }),
  )
}

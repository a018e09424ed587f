/**
 * Says of a call that nobody knows whether it happened, and hands on what is needed to find out.
 *
 * @see DESIGN "Unknown is a value"
 * @module
 */
import type { LatchkeyError } from '@latchkey/core'
import { OutcomeUnknownError } from './errors.ts'
import type { Dialect, Operation, UnknownFacts } from './operation.ts'

const general =
  'It may have happened: call resolve() on this error, or look it up at the provider, before sending it again.'

/**
 * Makes the error.
 *
 * @param last - What the last try ended with; it becomes the cause, and its provider code and id are kept.
 * @param tries - How often the request was sent.
 */
export function unknownOutcome(
  dialect: Dialect,
  operation: Operation,
  facts: UnknownFacts = {},
  last: LatchkeyError,
  tries: number,
): OutcomeUnknownError {
  const correlationId = facts.correlationId ?? last.correlationId
  const message = `${dialect.provider} ${operation.name} was sent, and ${cameBack(last)}. ${facts.advice ?? general}`
  return new OutcomeUnknownError(
    dialect.codes.unknown,
    message,
    {
      provider: dialect.provider,
      operation: operation.name,
      attempt: tries,
      retryable: false, // Whatever the table says of a repeat: nobody repeats this unasked.
      ...(last.status === undefined ? {} : { status: last.status }),
      ...(last.providerCode === undefined ? {} : { providerCode: last.providerCode }),
      ...(correlationId === undefined ? {} : { correlationId }),
      reason: last.reason ?? 'answer',
      ...(facts.more === undefined ? {} : { more: facts.more }),
      cause: last,
    },
    facts.resolve,
  )
}

function cameBack({ reason, status }: LatchkeyError): string {
  switch (reason) {
    case 'timeout':
    case 'deadline':
      return 'no answer came in time'
    case 'lost':
      return 'the connection broke before the answer was complete'
    case 'tooLarge':
      return 'its answer was too long to read'
    default:
      return status === undefined
        ? 'no try brought an answer that tells'
        : `the last answer (status ${status}) does not tell whether it was processed`
  }
}

/**
 * KSeF's words for the pipeline: what refuses a token, what is success, and which error anything else becomes.
 *
 * @see spec/ksef.md sections 1.7 and 2.10
 * @module
 */
import { answerFacts, classifyStatus } from '@latchkey/http'
import type { Answer, Dialect, Judgement, Operation } from '@latchkey/http'
import { failureOf, KsefApiError, ksefErrorCodes } from '../errors.ts'
import { readAnswer } from '../wire/read-answer.ts'
import { isKsefOperation } from './table-row.ts'

export const ksefDialect: Dialect = {
  provider: 'ksef',
  classify: classifyStatus, // Status 401 alone: a 403 is about permissions, whatever the token.
  judge,
  codes: {
    unknown: 'KSEF_OUTCOME_UNKNOWN',
    unreachable: 'KSEF_UNREACHABLE',
    timeout: 'KSEF_TIMEOUT',
    malformed: 'KSEF_MALFORMED_ANSWER',
    tooLarge: 'KSEF_ANSWER_TOO_LARGE',
  },
  errorCodes: ksefErrorCodes,
}

/** Sent with every request. Without the first, 400 and 429 come in an older shape, which is read as well. */
export const ksefHeaders: Readonly<Record<string, string>> = Object.freeze({
  'x-error-format': 'problem-details',
  'user-agent': 'Latchkey/0.1',
})

function judge(operation: Operation, answer: Answer): Judgement {
  const read = readAnswer(answer.status, answer.text)
  if (isKsefOperation(operation) && operation.accepts(read)) return { kind: 'done' }
  const { code, processed, text } = failureOf(read)
  const { exceptions, reasonCode, traceId } = read
  const providerCode = exceptions[0]?.code.toString() ?? reasonCode
  const said = [`HTTP ${read.status}`, ...exceptions.map((each) => each.code), reasonCode].filter(Boolean).join(' ')
  const facts = {
    ...answerFacts('ksef', operation.name, answer),
    retryable: ksefErrorCodes[code].retryable,
    ...(providerCode !== undefined && { providerCode }),
    ...(traceId !== undefined && { correlationId: traceId }),
    ...(reasonCode !== undefined && { reason: reasonCode }),
  }
  const error = new KsefApiError(code, `${operation.name}: KSeF answered ${said}. ${text}`, facts, read)
  return { kind: 'failed', error, processed }
}

/**
 * Truphone's words for the pipeline: what refuses a token, what is success, and which error anything else becomes.
 *
 * @see spec/truphone.md sections 3.4 and 13.6
 * @module
 */
import { answerFacts, classifyStatus } from '@latchkey/http'
import type { Answer, Dialect, Judgement, Operation } from '@latchkey/http'
import { failureOf, truphoneError, truphoneErrorCodes } from '../errors.ts'
import { readAnswer } from '../wire/read-answer.ts'
import { correlationHeader } from './correlation.ts'
import { isTruphoneOperation } from './table.ts'

export const truphoneDialect: Dialect = {
  provider: 'truphone',
  classify: classifyStatus, // Status 401, whatever the body: the vendor's `type` has a spelling of its own.
  judge,
  codes: {
    unknown: 'TRUPHONE_OUTCOME_UNKNOWN',
    unreachable: 'TRUPHONE_UNREACHABLE',
    timeout: 'TRUPHONE_TIMEOUT',
    malformed: 'TRUPHONE_MALFORMED_ANSWER',
    tooLarge: 'TRUPHONE_ANSWER_TOO_LARGE',
  },
  errorCodes: truphoneErrorCodes,
}

function judge(operation: Operation, answer: Answer): Judgement {
  const read = readAnswer(answer.status, answer.text)
  if (isTruphoneOperation(operation) && operation.accepts(read)) return { kind: 'done' }
  const { code, processed, text } = failureOf(read)
  const { type, field } = read
  const correlationId = answer.headers.get(correlationHeader) ?? undefined
  const said = [`HTTP ${read.status}`, type].filter(Boolean).join(' ')
  const names = field === undefined ? '' : ` It names ${field}.`
  const error = truphoneError(code, `${operation.name}: Truphone answered ${said}. ${text}${names}`, {
    ...answerFacts('truphone', operation.name, answer),
    ...(type !== undefined && { providerCode: type }),
    ...(correlationId !== undefined && { correlationId }),
    ...(field !== undefined && { more: { field } }),
  })
  return { kind: 'failed', error, processed }
}

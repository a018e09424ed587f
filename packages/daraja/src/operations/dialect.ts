/**
 * Daraja's words for the pipeline: what refuses a token, what is success, and which error anything else becomes.
 *
 * @see spec/daraja.md sections 1.9 and 1.10
 * @module
 */
import { answerFacts, textMember } from '@latchkey/http'
import type { Answer, Dialect, Judgement, Operation } from '@latchkey/http'
import { darajaVerdict } from '../auth/classifier.ts'
import { darajaError, darajaErrorCodes, failureOf } from '../errors.ts'
import type { Failure, ReadAnswer } from '../errors.ts'
import { isSuccessCode } from '../values/success-code.ts'
import { codeWord, readAnswer } from '../wire/answer.ts'
import { isDarajaOperation } from './table.ts'

export const darajaDialect: Dialect = {
  provider: 'daraja',
  classify: ({ status, text }) => darajaVerdict(status, text),
  judge,
  codes: {
    unknown: 'DARAJA_OUTCOME_UNKNOWN',
    unreachable: 'DARAJA_UNREACHABLE',
    timeout: 'DARAJA_TIMEOUT',
    malformed: 'DARAJA_MALFORMED_ANSWER',
    tooLarge: 'DARAJA_ANSWER_TOO_LARGE',
  },
  errorCodes: darajaErrorCodes,
}

function judge(operation: Operation, answer: Answer): Judgement {
  const read = readAnswer(answer.status, answer.text)
  if (isDarajaOperation(operation) && operation.accepts(read)) return { kind: 'done' }
  const rejectedBy = rejectionCode(read)
  const failure = rejectedBy === undefined ? failureOf(read) : rejected
  const providerCode = read.errorCode ?? codeWord(rejectedBy)
  const said = [`HTTP ${read.status}`, providerCode].filter(Boolean).join(' ')
  const error = darajaError(failure.code, `${operation.name}: Daraja answered ${said}. ${failure.text}`, {
    ...answerFacts('daraja', operation.name, answer),
    ...(providerCode !== undefined && { providerCode }),
    ...(read.requestId !== undefined && { correlationId: read.requestId }),
    ...(failure.reason !== undefined && { reason: failure.reason }),
    ...(failure.field !== undefined && { more: { field: failure.field } }),
  })
  return { kind: 'failed', error, processed: failure.processed }
}

const rejected: Failure = {
  code: 'DARAJA_REJECTED',
  processed: 'no',
  text: 'It acknowledged the request with a code other than success, so nothing will come of it.',
}

// An acknowledgement with a failure code, on HTTP 200 (section 1.7, shape F).
function rejectionCode(read: ReadAnswer): string | undefined {
  if (read.status < 200 || read.status >= 300 || read.errorCode !== undefined) return undefined
  const code = textMember(read.json, 'ResponseCode')
  return code === undefined || isSuccessCode(code) ? undefined : code
}

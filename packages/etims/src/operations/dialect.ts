/**
 * KRA's words for the pipeline: what refuses a token, what is success, and which exception anything else becomes.
 *
 * @see spec/etims.md sections 2.4, 4.1, 5.3 and 8.1
 * @module
 */
import { answerFacts } from '@latchkey/http'
import type { Answer, Dialect, Judgement, Operation } from '@latchkey/http'
import { etimsVerdict } from '../auth/classifier.ts'
import { ApiException, AuthenticationException, etimsErrorCodes } from '../errors.ts'
import type { EtimsErrorCode, FailureKind } from '../errors.ts'
import { resultCodeRow } from '../values/result-codes.ts'
import type { ResultClass } from '../values/result-codes.ts'
import { readAnswer } from '../wire/read-answer.ts'
import type { ReadAnswer } from '../wire/read-answer.ts'
import { codeWord } from '../wire/words.ts'

/** @param mask - Replaces the client's secrets wherever an answer repeats them. */
export function etimsDialect(mask: (text: string) => string): Dialect {
  return {
    provider: 'etims',
    classify: ({ status, text }) => etimsVerdict(status, text),
    judge: (operation, answer) => judge(operation, answer, mask),
    codes: {
      unknown: 'ETIMS_OUTCOME_UNKNOWN',
      unreachable: 'ETIMS_UNREACHABLE',
      timeout: 'ETIMS_TIMEOUT',
      malformed: 'ETIMS_MALFORMED_ANSWER',
      tooLarge: 'ETIMS_ANSWER_TOO_LARGE',
    },
    errorCodes: etimsErrorCodes,
  }
}

/** What an answer failed with, before it is an exception. */
interface Failure {
  readonly code: EtimsErrorCode
  readonly kind: FailureKind
  readonly processed: 'no' | 'unknown'
  readonly message: string
  readonly statusCode: number
  readonly resultCd?: string | undefined
  readonly details?: object | undefined
  /** Overrides the table of codes. */
  readonly retryable?: boolean | undefined
}

function judge(operation: Operation, answer: Answer, mask: (text: string) => string): Judgement {
  const facts = answerFacts('etims', operation.name, answer)
  if (etimsVerdict(answer.status, answer.text) === 'refused') {
    const error = new AuthenticationException('Unauthorized: Invalid or expired token', 401, undefined, {
      ...facts,
      code: 'ETIMS_TOKEN_REJECTED',
    })
    return { kind: 'failed', error, processed: 'no' }
  }
  const failure = failureOf(operation, answer.status, readAnswer(answer.text))
  if (failure === undefined) return { kind: 'done' }
  const { code, kind, message, statusCode, resultCd, processed, retryable } = failure
  const details = failure.details && scalars(failure.details, mask)
  const error = new ApiException(mask(message), statusCode, codeWord(resultCd), details, {
    ...facts,
    code,
    kind,
    ...(retryable !== undefined && { retryable }),
  })
  return { kind: 'failed', error, processed }
}

// Section 4.1, in its order. `undefined`: a success, or an empty result.
function failureOf(operation: Operation, status: number, read: ReadAnswer): Failure | undefined {
  const success = status >= 200 && status < 300
  switch (read.kind) {
    case 'envelope':
      return byResultCode(read.resultCd, read.resultMsg, read.envelope)
    case 'rejected': {
      const statusCode = Number(read.header['responseCode'])
      const processed = statusCode >= 500 ? 'unknown' : 'no'
      const code = processed === 'no' ? 'ETIMS_REQUEST_REFUSED' : 'ETIMS_UNAVAILABLE'
      return { code, kind: 'rejected', processed, message: read.reason, statusCode, details: read.header }
    }
    case 'empty':
      // A sale is signed or it is not, and nothing here says which.
      if (success && operation.name === 'saveSale') return malformed(500, 'Request failed: the answer was empty')
      return success ? undefined : byStatus(status, '')
    case 'other':
      return success ? undefined : byStatus(status, read.said)
    case 'notJson':
      if (success) return malformed(500, 'Request failed: the answer is not JSON', { status, excerpt: read.excerpt })
      return { ...byStatus(status, 'the answer is not JSON'), details: { status, excerpt: read.excerpt } }
  }
}

const codeByClass: Readonly<Record<Exclude<ResultClass, 'ok' | 'no_data'>, EtimsErrorCode>> = {
  client: 'ETIMS_REQUEST_REFUSED',
  transport: 'ETIMS_UNAVAILABLE',
  request: 'ETIMS_REQUEST_REFUSED',
  device: 'ETIMS_DEVICE',
  sequence: 'ETIMS_SEQUENCE',
  throttle: 'ETIMS_THROTTLED',
  server: 'ETIMS_UNAVAILABLE',
  duplicate: 'ETIMS_DUPLICATE',
  unknown: 'ETIMS_REJECTED',
}

function byResultCode(resultCd: string, resultMsg: string, envelope: object): Failure | undefined {
  const row = resultCodeRow(resultCd)
  if (row.class === 'ok' || row.class === 'no_data') return undefined
  const ours = row.class === 'client' || row.class === 'transport'
  const name = ours ? 'Client' : row.class === 'unknown' ? 'Business' : 'Server'
  return {
    code: codeByClass[row.class],
    kind: row.class,
    // A transport or server code does not tell whether anything was written (section 5.3).
    processed: row.class === 'transport' || row.class === 'server' ? 'unknown' : 'no',
    message: `${name} Error (${resultCd}): ${resultMsg}`,
    statusCode: ours || row.class === 'unknown' ? 400 : 500,
    resultCd,
    details: envelope,
    retryable: row.retryable !== 'never',
  }
}

function byStatus(status: number, said: string): Failure {
  const rest = { kind: 'http', statusCode: status } as const
  const message = `HTTP Error (${status}): ${said || 'Unknown API response'}`
  if (status === 429) return { ...rest, message, code: 'ETIMS_THROTTLED', kind: 'throttle', processed: 'no' }
  if (status >= 500 || status === 408) return { ...rest, message, code: 'ETIMS_UNAVAILABLE', processed: 'unknown' }
  if (status === 403) return { ...rest, message, code: 'ETIMS_FORBIDDEN', processed: 'no' }
  if (status === 404) return { ...rest, message, code: 'ETIMS_NOT_FOUND', processed: 'no' }
  return { ...rest, message, code: 'ETIMS_REJECTED', processed: 'no' }
}

function malformed(statusCode: number, message: string, details?: object): Failure {
  return { code: 'ETIMS_MALFORMED_ANSWER', kind: 'transport', processed: 'unknown', message, statusCode, details }
}

const textMax = 500

/** The flat members of an answer, for `details`. A failure carries no data; what stands there is left out. */
function scalars(from: object, mask: (text: string) => string): object {
  const kept = Object.entries(from)
    .filter(([name, value]) => name === 'data' || value === null || typeof value !== 'object')
    .slice(0, 20)
    .map(([name, value]: [string, unknown]) => {
      if (name === 'data') return [name, null]
      return [name, typeof value === 'string' ? mask(value.slice(0, textMax)) : value]
    })
  return Object.fromEntries(kept) as object // Built just above.
}

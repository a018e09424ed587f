/**
 * The operations as data. The pipeline, the command's flags and the reference pages are driven by this table.
 *
 * @see DESIGN "Operations are data", spec/daraja.md appendix A
 * @module
 */
import type { Operation } from '@latchkey/http'
import type { z } from 'zod'
import type { ReadAnswer } from '../errors.ts'
import { decodeInitiatorAck } from '../wire/initiator.ts'
import { decodeStkPushAck } from '../wire/stk.ts'
import { accountBalanceRequest, stkPushQueryRequest, stkPushRequest } from './requests.ts'
import { readStkQuery } from './stk-query-state.ts'

/** One row. */
export interface DarajaOperation extends Operation {
  /** What it does, in one sentence. */
  readonly summary: string
  /** The fields that it takes, as an object schema. Absent where the body is the caller's own. */
  readonly request?: z.ZodObject
  /** True where the answer is one that this operation understands. Everything else is judged as a failure. */
  accepts(answer: ReadAnswer): boolean
}

/** Every operation of the client, by name. */
export const operations = {
  stkPush: {
    name: 'stkPush',
    request: stkPushRequest,
    method: 'POST',
    path: '/mpesa/stkpush/v1/processrequest',
    effect: 'once',
    rateGroup: 'stk',
    summary: "Asks a customer's phone to approve a payment.",
    accepts: (answer) => isSuccess(answer) && decodeStkPushAck(answer.json) !== undefined,
  },
  stkPushQuery: {
    name: 'stkPushQuery',
    request: stkPushQueryRequest,
    method: 'POST',
    path: '/mpesa/stkpushquery/v1/query',
    effect: 'read',
    rateGroup: 'stk-query',
    spacingMs: 12_000, // The sandbox allows 5 a minute (section 3.2).
    summary: 'Asks what became of an STK push.',
    accepts: (answer) => readStkQuery(answer) !== undefined,
  },
  accountBalance: {
    name: 'accountBalance',
    request: accountBalanceRequest,
    method: 'POST',
    path: '/mpesa/accountbalance/v1/query',
    effect: 'once',
    rateGroup: 'initiator',
    summary: "Asks for the balances of a shortcode's accounts; they come to a result URL.",
    accepts: (answer) => isSuccess(answer) && decodeInitiatorAck(answer.json) !== undefined,
  },
} as const satisfies Record<string, DarajaOperation>

/** The row of a call that the table does not know. What it does is unknown, so it counts as `once`. */
export function directOperation(path: string): DarajaOperation {
  return {
    name: 'post',
    method: 'POST',
    path,
    effect: 'once',
    summary: 'Posts a body of your own.',
    accepts: isSuccess,
  }
}

/** True for rows of this table. */
export function isDarajaOperation(operation: Operation): operation is DarajaOperation {
  return 'accepts' in operation
}

// An error body may come with HTTP 200 (section 1.7, shape G).
function isSuccess(answer: ReadAnswer): boolean {
  const { status, kind, errorCode } = answer
  return status >= 200 && status < 300 && kind === 'json' && errorCode === undefined
}

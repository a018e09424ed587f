/**
 * Asks for the balances of a shortcode. The answer is an acknowledgement; the balances come to the result URL.
 *
 * @see spec/daraja.md section 3.9
 * @module
 */
import type { Secret } from '@latchkey/core'
import { member, parseJson, parseRequest } from '@latchkey/http'
import type { Resolution, RunOptions } from '@latchkey/http'
import { parseAccountBalanceResult } from '../callbacks/account-balance-result.ts'
import type { AccountBalanceSucceeded } from '../callbacks/account-balance-result.ts'
import { resultCodes } from '../values/result-codes.ts'
import { codeWord } from '../wire/answer.ts'
import { decodeInitiatorAck } from '../wire/initiator.ts'
import type { AccountBalanceWire, InitiatorAck } from '../wire/initiator.ts'
import { callbackUrlIssues } from './context.ts'
import type { Context } from './context.ts'
import { operations } from './table.ts'

/** A request for balances. */
export interface AccountBalanceRequest {
  /** The API operator's user name, with the role "Balance Query ORG API". */
  readonly initiator: string
  /** The operator's password, encrypted: see `createSecurityCredential`. */
  readonly securityCredential: string | Secret
  /** Your own shortcode, as text. */
  readonly partyA: string
  /** 1 phone, 2 till, 4 shortcode. */
  readonly identifierType: 1 | 2 | 4
  /** 1 to 100 characters. @default 'Balance' */
  readonly remarks?: string
  readonly resultUrl: string
  /** Gets a notice if the request was not processed in time. */
  readonly queueTimeOutUrl: string
}

/** Safaricom took the request. */
export interface AccountBalanceAccepted extends InitiatorAck {
  /** The parsed answer, unchanged. */
  readonly raw: unknown
}

/**
 * Asks for the balances of a shortcode's accounts.
 *
 * Resolving means Safaricom accepted the request: keep `originatorConversationId`, by which the result is matched.
 * It comes within seconds or minutes and is posted once; read it with `parseAccountBalanceResult`. Effect `once`,
 * so that one request does not become two results.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` with `issues`: `request` is malformed; nothing was sent.
 * @throws {ProviderError} Refused, and `providerCode` says why.
 * @throws {OutcomeUnknownError} `DARAJA_OUTCOME_UNKNOWN`: the answer was lost. Asking again is harmless.
 *
 * Source: spec/daraja.md section 3.9. `POST /mpesa/accountbalance/v1/query`
 */
export async function accountBalance(
  context: Context,
  request: AccountBalanceRequest,
  run?: RunOptions,
): Promise<AccountBalanceAccepted> {
  const issues = callbackUrlIssues(context, request, ['resultUrl', 'queueTimeOutUrl'])
  const parsed = parseRequest(operations.accountBalance, request, issues)
  const body: AccountBalanceWire = {
    Initiator: parsed.initiator,
    SecurityCredential: parsed.securityCredential.reveal(),
    CommandID: 'AccountBalance',
    PartyA: parsed.partyA,
    IdentifierType: String(parsed.identifierType),
    Remarks: parsed.remarks ?? 'Balance', // The table demands it, a FAQ calls it optional (appendix D).
    QueueTimeOutURL: parsed.queueTimeOutUrl,
    ResultURL: parsed.resultUrl,
  }
  const advice =
    'The result may still come to the resultUrl: pass it to resolve({ callback }). Nothing was changed, so asking ' +
    'again is harmless, apart from a second result.'
  const unknown = { resolve: resolveAccountBalance, advice }
  const answer = await context.http.send(operations.accountBalance, { body, unknown }, run)
  const raw = parseJson(answer.text)
  const ack = decodeInitiatorAck(raw)
  if (ack === undefined) throw new Error('An accepted answer has no acknowledgement.') // The table accepts no other.
  return { ...ack, raw }
}

/** Uses `{ callback }`, the body that arrived at the result URL. There is nothing else to ask with. */
async function resolveAccountBalance(evidence?: unknown): Promise<Resolution<AccountBalanceSucceeded>> {
  const callback = member(evidence, 'callback')
  if (callback === undefined) return { state: 'unknown' }
  const result = parseAccountBalanceResult(callback)
  if (result.state === 'succeeded') return { state: 'settled', result }
  const { resultCode } = result
  const reason = (Object.hasOwn(resultCodes, resultCode) && resultCodes[resultCode]?.meaning) || 'It was refused.'
  return { state: 'refused', reason, providerCode: codeWord(resultCode) }
}

/**
 * Account balance: acknowledged at once, answered by a callback.
 *
 * Source: spec/daraja.md sections 3.0 and 3.9. `POST /mpesa/accountbalance/v1/query`
 * @module
 */
import { type Answer, jsonAnswer } from '../../answers.ts'
import type { CallbackOrder } from '../../callbacks.ts'
import type { SystemRequest } from '../../system.ts'
import { authorize, type FieldTable, hasLength, isShortCode, matches, readFields } from './checks.ts'
import { balanceFamily, refuse } from './errors.ts'
import { timeoutRemark } from './magic.ts'
import { resultText } from './results.ts'
import { compactTime } from './times.ts'
import { isCallbackUrl } from './url-rules.ts'
import type { World } from './world.ts'

type BalanceCode = 0 | 21 | 25 | 2001 | 8006
type Fields = Readonly<Record<keyof ReturnType<typeof balanceFields>, string>>
type Conversation = Inquiry['conversation']

/** A balance request that was accepted and whose result is still to come. */
export interface Inquiry {
  readonly fields: Fields
  readonly conversation: { readonly OriginatorConversationID: string; readonly ConversationID: string }
  readonly outcome: 'result' | 'timeout' | 'never'
  /** When the result comes, epoch milliseconds. */
  readonly at: number
}

/** Accepts a balance request, or refuses it. */
export function accountBalance(world: World, request: SystemRequest): Answer {
  const refusal = authorize(world, request, balanceFamily, 'accountBalance')
  if (refusal !== undefined) return refusal
  const read = readFields(world, request, balanceFields(world))
  if ('refused' in read) return read.refused

  const now = world.clock.now()
  const conversation: Conversation = {
    OriginatorConversationID: world.ids.request(),
    ConversationID: world.ids.conversation(now),
  }
  const { balanceOutcome, callbackDelayMs } = world.switches
  const outcome = read.fields.Remarks === timeoutRemark ? 'timeout' : balanceOutcome
  const inquiry = { fields: read.fields, conversation, outcome, at: now + callbackDelayMs }
  if (!awaitResult(world, inquiry, request.answered)) {
    return refuse(world, 'busy', '500.003.02', 'System is busy. Please try again in few minutes.')
  }
  return jsonAnswer(200, {
    ...conversation,
    ResponseCode: '0',
    ResponseDescription: 'Accept the service request successfully.',
  })
}

/** Remembers an inquiry until its result is due, and then calls back. False when too much is waiting already. */
export function awaitResult(world: World, inquiry: Inquiry, answered: Promise<void>): boolean {
  const { fields, conversation, outcome, at } = inquiry
  const isScheduled = world.clock.schedule(at - world.clock.now(), (due) => {
    world.inquiries.delete(inquiry)
    const order = outcome === 'timeout' ? expire(fields, conversation, due) : complete(world, fields, conversation, due)
    if (outcome === 'never') world.callbacks.skip(order, 'the switch balanceOutcome is "never"')
    else void world.callbacks.deliver(order, answered) // The queue keeps the record.
  })
  if (isScheduled) world.inquiries.add(inquiry)
  return isScheduled
}

function balanceFields(world: World) {
  const isUrl = (text: string): boolean => isCallbackUrl(text, world.strictUrls)
  return {
    Initiator: hasLength(1, 1000),
    SecurityCredential: hasLength(1, 10_000),
    CommandID: matches(/^AccountBalance$/),
    PartyA: isShortCode,
    IdentifierType: matches(/^[124]$/),
    Remarks: hasLength(1, world.switches.fieldLengths === 'enforced' ? 100 : 10_000),
    QueueTimeOutURL: isUrl,
    ResultURL: isUrl,
  } satisfies FieldTable
}

function order(kind: string, url: string, conversation: Conversation, at: number, Result: object): CallbackOrder {
  const reference = conversation.OriginatorConversationID
  return { system: 'daraja', kind, reference, url, headers: {}, body: { Result }, at }
}

/** The notice of a request that expired in the queue. Its body is undocumented; this is what clients assume. */
function expire(fields: Fields, conversation: Conversation, at: number): CallbackOrder {
  return order('timeout', fields.QueueTimeOutURL, conversation, at, {
    ResultType: 1,
    ResultCode: '1',
    ResultDesc: 'The service request timed out.',
    ...conversation,
  })
}

/** The result. A success has only texts; a failure has numbers, as recorded. */
function complete(world: World, fields: Fields, conversation: Conversation, at: number): CallbackOrder {
  const code = decide(world, fields)
  const TransactionID = world.ids.emptyReceipt(at)
  const result =
    code === 0
      ? {
          ResultType: '0',
          ResultCode: '0',
          ResultDesc: 'The service request is processed successfully',
          ...conversation,
          TransactionID,
          ResultParameters: {
            ResultParameter: [
              { Key: 'AccountBalance', Value: world.ledger.balanceString() },
              { Key: 'BOCompletedTime', Value: compactTime(at) },
            ],
          },
          ReferenceData: {
            ReferenceItem: {
              Key: 'QueueTimeoutURL',
              Value: 'https://internalsandbox.safaricom.co.ke/mpesa/abresults/v1/submit',
            },
          },
        }
      : {
          ResultType: 0,
          ResultCode: code,
          ResultDesc: resultText(code, 'callback'),
          ...conversation,
          TransactionID,
          ResultParameters: {
            ResultParameter: [
              { Key: 'ActionType', Value: 'AccountBalance' },
              { Key: 'ErrorMsg', Value: code === 8006 ? 'API Password is locked. ' : resultText(code, 'callback') },
              { Key: 'BOCompletedTime', Value: Number(compactTime(at)) },
            ],
          },
          ReferenceData: { ReferenceItem: { Key: 'QueueTimeoutURL' } },
        }
  return order('result', fields.ResultURL, conversation, at, result)
}

function decide(world: World, fields: Fields): BalanceCode {
  const code = world.initiator.check(fields.Initiator, fields.SecurityCredential)
  if (code !== 0) return code
  if (fields.PartyA !== world.credentials.shortCode) return 21 // Only one's own shortcode may be asked about.
  return fields.IdentifierType === '4' ? 0 : 25
}

/**
 * The shapes that the initiator family shares: balance, status, B2C, B2B and reversal all acknowledge alike.
 *
 * @see spec/daraja.md sections 3.0 and 3.9
 * @module
 */
import { textMember } from '@latchkey/http'
import { isSuccessCode } from '../values/success-code.ts'

/** The body of `POST /mpesa/accountbalance/v1/query`. */
export interface AccountBalanceWire {
  readonly Initiator: string
  readonly SecurityCredential: string
  readonly CommandID: 'AccountBalance'
  readonly PartyA: string
  readonly IdentifierType: string
  readonly Remarks: string
  readonly QueueTimeOutURL: string
  readonly ResultURL: string
}

/** The acknowledgement of an initiator call, decoded. */
export interface InitiatorAck {
  readonly originatorConversationId: string
  readonly conversationId: string
  readonly responseCode: string
  readonly responseDescription: string
}

/** Reads an acknowledgement; `undefined` without a success code and an originator conversation id. */
export function decodeInitiatorAck(json: unknown): InitiatorAck | undefined {
  const originatorConversationId =
    textMember(json, 'OriginatorConversationID') ?? textMember(json, 'OriginatorCoversationID') // So misspelt by C2B.
  const responseCode = textMember(json, 'ResponseCode')
  if (originatorConversationId === undefined || !isSuccessCode(responseCode)) return undefined
  return {
    originatorConversationId,
    conversationId: textMember(json, 'ConversationID') ?? '',
    responseCode: responseCode ?? '',
    responseDescription: textMember(json, 'ResponseDescription') ?? '',
  }
}

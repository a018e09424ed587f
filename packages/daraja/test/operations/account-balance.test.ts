import { OutcomeUnknownError } from '@latchkey/http'
import { describe, expect, test } from 'vitest'
import { balanceRequest, client, errorBody } from '../support/client.ts'
import { reset, token } from '../support/scripted-fetch.ts'

const ack = {
  OriginatorConversationID: 'f1e2-4b95-a71d-0123456789ab7735297',
  ConversationID: 'AG_20260115_20106e9209f64bebd05b',
  ResponseCode: '0',
  ResponseDescription: 'Accept the service request successfully',
}

describe('accountBalance (section 3.9)', () => {
  test('sends the documented body and decodes the acknowledgement', async () => {
    const { mpesa, clock, seen, verify } = client([{ status: 200, body: ack }])
    expect(await clock.run(mpesa.accountBalance(balanceRequest))).toEqual({
      originatorConversationId: 'f1e2-4b95-a71d-0123456789ab7735297',
      conversationId: 'AG_20260115_20106e9209f64bebd05b',
      responseCode: '0',
      responseDescription: 'Accept the service request successfully',
      raw: ack,
    })
    expect(seen[1]).toMatchObject({
      method: 'POST',
      url: 'https://sandbox.safaricom.co.ke/mpesa/accountbalance/v1/query',
    })
    expect(seen[1]?.body).toEqual({
      Initiator: 'demo',
      SecurityCredential: 'ZGVtbw==',
      CommandID: 'AccountBalance',
      PartyA: '600984',
      IdentifierType: '4',
      Remarks: 'Balance',
      QueueTimeOutURL: 'https://pay.example.com/hooks/late',
      ResultURL: 'https://pay.example.com/hooks/balance',
    })
    verify()
  })

  test('problems are listed before anything is sent, and the credential is not shown', async () => {
    const { mpesa, clock, seen } = client([])
    const wrong = {
      ...{ initiator: '', securityCredential: '', partyA: 600984, identifierType: 3, remarks: 'x'.repeat(101) },
      ...{ resultUrl: 'private-word', queueTimeOutUrl: undefined, securityCredentials: 'private-word' },
    }
    // Wrong types on purpose.
    const error: unknown = await clock.run(mpesa.accountBalance(wrong as never)).catch((thrown: unknown) => thrown)
    const names = [
      'initiator',
      'securityCredential',
      'partyA',
      'identifierType',
      'remarks',
      'resultUrl',
      'queueTimeOutUrl',
    ]
    expect(error).toMatchObject({ code: 'ERR_INVALID_ARG' })
    const { issues } = error as { issues: { path: string }[] } // As asserted.
    expect(new Set(issues.map(({ path }) => path))).toEqual(new Set([...names, 'securityCredentials']))
    expect(String(error)).not.toContain('private-word')
    expect(seen).toEqual([])
  })

  test('section 1.9: its 401.002.01 is a refused token, repeated once', async () => {
    const refused = { status: 401, body: errorBody('401.002.01', 'Error Occurred - Invalid Access Token - T1') }
    const { mpesa, clock, verify } = client([refused, token('T2'), { status: 200, body: ack }])
    await clock.run(mpesa.accountBalance(balanceRequest))
    verify()
  })

  test('a lost answer is unknown, is not repeated, and a result settles it', async () => {
    const { mpesa, clock, verify } = client([reset()])
    const error: unknown = await clock.run(mpesa.accountBalance(balanceRequest)).catch((thrown: unknown) => thrown)
    if (!(error instanceof OutcomeUnknownError)) throw error
    expect(error.code).toBe('DARAJA_OUTCOME_UNKNOWN')
    expect(await error.resolve()).toEqual({ state: 'unknown' })
    const Result = {
      ResultCode: 0,
      ResultParameters: {
        ResultParameter: { Key: 'AccountBalance', Value: 'Working Account|KES|2.00|1.00|1.00|0.00' },
      },
    }
    expect(await error.resolve({ callback: { Result } })).toMatchObject({
      state: 'settled',
      result: { accounts: [{ name: 'Working Account', available: '1.00' }] },
    })
    expect(await error.resolve({ callback: { Result: { ResultCode: 8006 } } })).toMatchObject({
      ...{ state: 'refused', providerCode: '8006' },
    })
    verify()
  })

  test('section 1.8: a reused originator id is a conflict', async () => {
    const body = errorBody('500.002.1001', 'Duplicate OriginatorConversationID.')
    const { mpesa, clock } = client([{ status: 500, body }])
    await expect(clock.run(mpesa.accountBalance(balanceRequest))).rejects.toMatchObject({
      ...{ name: 'ProviderError', code: 'DARAJA_CONFLICT', reason: 'duplicate-id' },
    })
  })
})

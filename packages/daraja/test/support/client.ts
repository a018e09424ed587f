/**
 * A client on a scripted fetch and a fake clock, with the requests that most tests send.
 *
 * @module
 */
import { MpesaClient } from '../../src/index.ts'
import type { AccountBalanceRequest, MpesaClientOptions, StkPush } from '../../src/index.ts'
import { FakeClock } from './fake-clock.ts'
import { scriptedFetch, token } from './scripted-fetch.ts'
import type { Reply } from './scripted-fetch.ts'

export const credential = { consumerKey: 'demo-consumer-key', consumerSecret: 'demo-consumer-secret' }

export const push = {
  businessShortCode: '174379',
  passkey: 'demo-passkey-0001',
  transactionType: 'CustomerPayBillOnline',
  amount: 1,
  partyA: '0708374149',
  partyB: '174379',
  phoneNumber: '+254 708 374 149',
  callbackUrl: 'https://pay.example.com/hooks/stk/9f2c',
  accountReference: 'INV-001',
  transactionDesc: 'Order 001',
} satisfies StkPush

export const query = {
  businessShortCode: '174379',
  passkey: 'demo-passkey-0001',
  checkoutRequestId: 'ws_CO_150120260930002708374149',
}

export const balanceRequest: AccountBalanceRequest = {
  initiator: 'demo',
  securityCredential: 'ZGVtbw==',
  partyA: '600984',
  identifierType: 4,
  remarks: 'Balance',
  resultUrl: 'https://pay.example.com/hooks/balance',
  queueTimeOutUrl: 'https://pay.example.com/hooks/late',
}

export const accepted = {
  MerchantRequestID: '2654-4b64-97ff-0123456789ab3130',
  CheckoutRequestID: 'ws_CO_150120260930002708374149',
  ResponseCode: '0',
  ResponseDescription: 'Success. Request accepted for processing',
  CustomerMessage: 'Success. Request accepted for processing',
}

export const errorBody = (errorCode: string, errorMessage: string) => ({
  requestId: '1c5b-4ba8-815c-0123456789ab1495926',
  errorCode,
  errorMessage,
})

/** The first reply is a token; `script` is what follows. */
export function client(script: readonly Reply[], options: Partial<MpesaClientOptions> = {}) {
  const double = scriptedFetch(token('T1'), ...script)
  const clock = new FakeClock()
  const settings = { ...credential, environment: 'sandbox', fetch: double.fetch, clock, ...options }
  const mpesa = new MpesaClient(settings as MpesaClientOptions) // One of the shapes: the tests give whole ones.
  return { mpesa, clock, ...double }
}

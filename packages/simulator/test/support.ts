/**
 * A plain caller of the imitated Daraja and a receiver of its callbacks, on real sockets.
 *
 * @module
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { DarajaCredentials } from '../src/index.ts'

/** An answer, read whole. */
export interface Reply {
  readonly status: number
  readonly text: string
  readonly json: Record<string, unknown>
  readonly headers: Headers
}

export type Fields = Readonly<Record<string, unknown>>

interface Target {
  readonly baseUrl: string
  readonly credentials: DarajaCredentials
}

/** What was posted to a receiver. */
export interface Received {
  readonly path: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: unknown
  readonly at: number
}

export const timestamp = '20260115093000'

/** Fetches and reads. */
export async function call(url: string, init?: RequestInit): Promise<Reply> {
  const response = await fetch(url, init)
  const text = await response.text()
  let json: Record<string, unknown> = {}
  try {
    json = JSON.parse(text) as Record<string, unknown> // Tests look at the members that they expect.
  } catch {
    // Not JSON: the test looks at the text.
  }
  return { status: response.status, text, json, headers: response.headers }
}

export function post(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Reply> {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return call(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: text })
}

/** Calls Daraja as an SDK would. Fields given replace or add to the usual ones. */
export function createCaller({ baseUrl, credentials }: Target, callbackUrl = 'http://127.0.0.1:9/none') {
  const { consumerKey, consumerSecret, shortCode, passkey, initiator, securityCredential, msisdn } = credentials
  const basic = `Basic ${Buffer.from(`${consumerKey}:${consumerSecret}`).toString('base64')}`
  const Password = Buffer.from(shortCode + passkey + timestamp).toString('base64')
  const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` })
  const requestToken = (authorization = basic): Promise<Reply> =>
    call(`${baseUrl}/oauth/v1/generate?grant_type=client_credentials`, { headers: { authorization } })
  return {
    basic,
    requestToken,
    token: async (): Promise<string> => String((await requestToken()).json['access_token']),
    push: (token: string, fields: Fields = {}): Promise<Reply> =>
      post(
        `${baseUrl}/mpesa/stkpush/v1/processrequest`,
        {
          BusinessShortCode: shortCode,
          Password,
          Timestamp: timestamp,
          TransactionType: 'CustomerPayBillOnline',
          Amount: 1,
          PartyA: msisdn,
          PartyB: shortCode,
          PhoneNumber: msisdn,
          CallBackURL: callbackUrl,
          AccountReference: 'INV-001',
          TransactionDesc: 'Order 001',
          ...fields,
        },
        bearer(token),
      ),
    query: (token: string, CheckoutRequestID: unknown, fields: Fields = {}): Promise<Reply> =>
      post(
        `${baseUrl}/mpesa/stkpushquery/v1/query`,
        { BusinessShortCode: shortCode, Password, Timestamp: timestamp, CheckoutRequestID, ...fields },
        bearer(token),
      ),
    balance: (token: string, fields: Fields = {}): Promise<Reply> =>
      post(
        `${baseUrl}/mpesa/accountbalance/v1/query`,
        {
          Initiator: initiator,
          SecurityCredential: securityCredential,
          CommandID: 'AccountBalance',
          PartyA: shortCode,
          IdentifierType: '4',
          Remarks: 'Balance',
          QueueTimeOutURL: `${callbackUrl}/timeout`,
          ResultURL: `${callbackUrl}/result`,
          ...fields,
        },
        bearer(token),
      ),
  }
}

/** A server that answers every POST with `status` and keeps what it got. */
export async function createReceiver(status = 200) {
  const received: Received[] = []
  const answer = { status, headers: {} as Record<string, string> }
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body: unknown = JSON.parse(Buffer.concat(chunks).toString())
      received.push({ path: request.url ?? '', headers: request.headers, body, at: performance.now() })
      response.writeHead(answer.status, answer.headers).end('{"ResultCode":0,"ResultDesc":"Accepted"}')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}` // It listens on TCP.
  return {
    url,
    received,
    answer,
    close: (): Promise<void> =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

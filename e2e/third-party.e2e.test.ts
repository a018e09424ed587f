/**
 * Programs that never heard of Latchkey, as the SDKs for other languages talk: the simulator must serve them unchanged.
 *
 * @see DESIGN section 5, spec/daraja.md sections 2 and 3
 * @module
 */
import { request } from 'node:http'
import { startSimulator } from '@latchkey/simulator'
import type { Simulator } from '@latchkey/simulator'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { bodyOf, serve } from './support/server.ts'
import type { LocalServer } from './support/server.ts'

type Json = Readonly<Record<string, unknown>>

let simulator: Simulator
let receiver: LocalServer
let posted: Json[]

beforeAll(async () => {
  simulator = await startSimulator()
  receiver = await serve((request, response) => {
    void bodyOf(request).then((body) => {
      posted.push(JSON.parse(body) as Json)
      response.end('{"ResultCode":0,"ResultDesc":"Accepted"}')
    })
  })
})
beforeEach(() => {
  simulator.reset()
  posted = []
})
afterAll(async () => {
  await simulator.close()
  await receiver.close()
})

/** How one kind of program sends: its header spelling, its way of writing numbers, and what it adds. */
interface Program {
  send(method: string, path: string, headers: Readonly<Record<string, string>>, body?: Json): Promise<Json>
}

const withFetch: Program = {
  async send(method, path, headers, body) {
    const answer = await fetch(simulator.systems.daraja.baseUrl + path, {
      method,
      headers,
      ...(body && { body: JSON.stringify(body) }),
    })
    return (await answer.json()) as Json
  },
}

// Header names leave in the case in which they are given, as from PHP's and Python's clients.
function withHttp(userAgent: string, spell: (name: string) => string): Program {
  return {
    send: (method, path, headers, body) =>
      new Promise((resolve, reject) => {
        const text = body && JSON.stringify(body)
        const all = { 'User-Agent': userAgent, 'Accept-Encoding': 'gzip, deflate', Accept: '*/*', ...headers }
        const spelled = Object.fromEntries(Object.entries(all).map(([name, value]) => [spell(name), value]))
        const length = text === undefined ? {} : { 'Content-Length': Buffer.byteLength(text) }
        const sent = request(simulator.systems.daraja.baseUrl + path, { method, headers: { ...spelled, ...length } })
        sent.on('error', reject)
        sent.on('response', (answer) => {
          bodyOf(answer).then((found) => resolve(JSON.parse(found) as Json), reject)
        })
        sent.end(text)
      }),
  }
}

const upper = (name: string) => name.toUpperCase()
const lower = (name: string) => name.toLowerCase()
const same = (name: string) => name

// Two of these write numbers as text, and one sends the passkey along, as published samples do.
const programs: readonly (readonly [string, Program, { readonly asText: boolean; readonly extra: Json }])[] = [
  ['fetch with numbers', withFetch, { asText: false, extra: {} }],
  ['fetch with numbers as text', withFetch, { asText: true, extra: {} }],
  ['python-requests', withHttp('python-requests/2.32.3', same), { asText: true, extra: { Passkey: 'mine' } }],
  ['a client that shouts its headers', withHttp('GuzzleHttp/7', upper), { asText: false, extra: { Remark: 'x' } }],
  ['a client that whispers them', withHttp('okhttp/4.12.0', lower), { asText: false, extra: {} }],
]

function timestamp(): string {
  const eat = new Date(simulator.clock.now() + 3 * 3_600_000).toISOString()
  return eat.slice(0, 19).replaceAll(/\D/g, '')
}

describe.each(programs)('%s', (_, program, { asText, extra }) => {
  const number = (value: number | string) => (asText ? String(value) : Number(value))

  async function bearer(): Promise<Readonly<Record<string, string>>> {
    const { consumerKey, consumerSecret } = simulator.systems.daraja.credentials
    const basic = Buffer.from(`${consumerKey}:${consumerSecret}`).toString('base64')
    const path = '/oauth/v1/generate?grant_type=client_credentials'
    const token = await program.send('GET', path, { Authorization: `Basic ${basic}` })
    expect(token).toEqual({ access_token: expect.stringMatching(/^\w{28}$/) as string, expires_in: '3599' })
    return { Authorization: `Bearer ${String(token['access_token'])}`, 'Content-Type': 'application/json' }
  }

  it('gets a token, whose expires_in is text, pays with it, and asks what became of it', async () => {
    const { shortCode, passkey, msisdn } = simulator.systems.daraja.credentials
    const headers = await bearer()
    const secret = {
      BusinessShortCode: number(shortCode),
      Password: Buffer.from(shortCode + passkey + timestamp()).toString('base64'),
      Timestamp: timestamp(),
      ...extra,
    }
    const accepted = await program.send('POST', '/mpesa/stkpush/v1/processrequest', headers, {
      ...secret,
      TransactionType: 'CustomerPayBillOnline',
      Amount: number(1),
      PartyA: number(msisdn),
      PartyB: number(shortCode),
      PhoneNumber: number(msisdn),
      CallBackURL: receiver.url,
      AccountReference: 'Test',
      TransactionDesc: 'Test',
    })
    expect(accepted).toMatchObject({ ResponseCode: '0', CheckoutRequestID: expect.stringMatching(/^ws_CO_/) as string })

    await simulator.clock.advance(1000)
    expect(posted).toMatchObject([{ Body: { stkCallback: { ResultCode: 0 } } }])
    const { CheckoutRequestID } = accepted
    const found = await program.send('POST', '/mpesa/stkpushquery/v1/query', headers, { ...secret, CheckoutRequestID })
    expect(found).toMatchObject({ ResponseCode: '0', ResultCode: '0', CheckoutRequestID })
  })

  it('asks for the balances and gets them posted', async () => {
    const { shortCode, initiator, securityCredential } = simulator.systems.daraja.credentials
    const accepted = await program.send('POST', '/mpesa/accountbalance/v1/query', await bearer(), {
      Initiator: initiator,
      SecurityCredential: securityCredential,
      CommandID: 'AccountBalance',
      PartyA: number(shortCode),
      IdentifierType: number(4),
      Remarks: 'Balance',
      QueueTimeOutURL: receiver.url,
      ResultURL: receiver.url,
    })
    expect(accepted).toMatchObject({ ResponseCode: '0' })
    await simulator.clock.advance(1000)
    expect(posted).toMatchObject([{ Result: { ResultCode: '0', ConversationID: accepted['ConversationID'] } }])
  })
})

describe('what the real system refuses, the simulator refuses too', () => {
  it('answers wrong credentials with an empty 400', async () => {
    const answer = await fetch(`${simulator.systems.daraja.baseUrl}/oauth/v1/generate?grant_type=client_credentials`, {
      headers: { authorization: `Basic ${Buffer.from('key:secret').toString('base64')}` },
    })
    expect([answer.status, await answer.text()]).toEqual([400, ''])
  })

  it('answers a dead token with the code 404.001.03 on status 404', async () => {
    const answer = await fetch(`${simulator.systems.daraja.baseUrl}/mpesa/stkpush/v1/processrequest`, {
      method: 'POST',
      headers: { authorization: 'Bearer nobody', 'content-type': 'application/json' },
      body: '{}',
    })
    expect([answer.status, await answer.json()]).toMatchObject([404, { errorCode: '404.001.03' }])
  })
})

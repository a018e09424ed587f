/**
 * Asks a phone to pay and waits for the callback that says whether it did.
 *
 * Run: npx tsx --conditions=@latchkey/source examples/stk-push-and-callback.ts
 *
 * @module
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { MpesaClient, parseStkCallback } from '@latchkey/daraja'
import type { StkCallback } from '@latchkey/daraja'
import { startSimulator } from '@latchkey/simulator'

// A shop's own server. Each payment gets a path of its own, which is the only handle if the answer is lost.
let arrive: (callback: StkCallback) => void
const arrived = new Promise<StkCallback>((resolve) => (arrive = resolve))
const shop = createServer((request, response) => {
  let body = ''
  request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk.slice(0, 10_000)))
  request.on('end', () => {
    response.end('{"ResultCode":0,"ResultDesc":"Accepted"}')
    arrive(parseStkCallback(body))
  })
})
await new Promise<void>((resolve) => shop.listen(0, '127.0.0.1', resolve))
const { port } = shop.address() as AddressInfo // It listens on TCP.

await using simulator = await startSimulator()
const { baseUrl, credentials } = simulator.systems.daraja
const { consumerKey, consumerSecret, shortCode, passkey, msisdn } = credentials
await using mpesa = new MpesaClient({ consumerKey, consumerSecret, environment: 'sandbox', baseUrl })

const accepted = await mpesa.stkPush({
  businessShortCode: shortCode,
  passkey,
  transactionType: 'CustomerPayBillOnline',
  amount: 120,
  partyA: msisdn,
  partyB: shortCode,
  phoneNumber: msisdn,
  callbackUrl: `http://127.0.0.1:${port}/payments/INV-1`,
  accountReference: 'INV-1',
  transactionDesc: 'Order 1',
})
console.log(`Accepted as ${accepted.checkoutRequestId}. Nobody has paid yet.`)

const callback = await arrived
if (callback.checkoutRequestId !== accepted.checkoutRequestId) throw new Error('This callback is of another payment.')
if (callback.state === 'paid')
  console.log(`Paid ${callback.amount}, receipt ${callback.mpesaReceiptNumber ?? 'missing'}.`)
else console.log(`Not paid: ${callback.resultDesc}`)
shop.close()

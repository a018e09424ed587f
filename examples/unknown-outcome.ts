/**
 * The connection breaks after a payment was asked for. It may have happened: find out, and do not send it again.
 *
 * Run: npx tsx --conditions=@latchkey/source examples/unknown-outcome.ts
 *
 * @module
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { MpesaClient } from '@latchkey/daraja'
import { OutcomeUnknownError } from '@latchkey/http'
import { startSimulator } from '@latchkey/simulator'

let arrive: (body: string) => void
const arrived = new Promise<string>((resolve) => (arrive = resolve))
const shop = createServer((request, response) => {
  let body = ''
  request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk.slice(0, 10_000)))
  request.on('end', () => {
    response.end('{"ResultCode":0,"ResultDesc":"Accepted"}')
    arrive(body)
  })
})
await new Promise<void>((resolve) => shop.listen(0, '127.0.0.1', resolve))
const { port } = shop.address() as AddressInfo // It listens on TCP.

await using simulator = await startSimulator()
const { baseUrl, credentials } = simulator.systems.daraja
const { consumerKey, consumerSecret, shortCode, passkey, msisdn } = credentials
await using mpesa = new MpesaClient({ consumerKey, consumerSecret, environment: 'sandbox', baseUrl })

// The simulator processes the payment and then resets the connection.
simulator.faults.add({ system: 'daraja', operation: 'stkPush', kind: 'resetAfter' })
try {
  await mpesa.stkPush({
    businessShortCode: shortCode,
    passkey,
    transactionType: 'CustomerPayBillOnline',
    amount: 120,
    partyA: msisdn,
    partyB: shortCode,
    phoneNumber: msisdn,
    callbackUrl: `http://127.0.0.1:${port}/payments/INV-1`,
    accountReference: 'INV-1',
  })
} catch (error) {
  if (!(error instanceof OutcomeUnknownError)) throw error
  console.log(`${error.code}: it may have happened.`)
  const early = await error.resolve()
  console.log(`Asked without evidence: ${early.state}.`)
  // The callback comes to this payment's own URL and is the evidence.
  const resolution = await error.resolve({ callback: await arrived })
  console.log(`With the callback: ${resolution.state}.`)
}
console.log(`Payments asked for: ${simulator.requests({ operation: 'stkPush' }).length}.`)
shop.close()

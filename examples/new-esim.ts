/**
 * Truphone Connect: a new eSIM from the catalogue to the QR picture that its user's handset reads; and an order whose
 * answer is lost, which is found instead of ordered again.
 *
 * Run: npx tsx --conditions=@latchkey/source examples/new-esim.ts
 *
 * @module
 */
import { setTimeout } from 'node:timers/promises'
import { OutcomeUnknownError } from '@latchkey/http'
import { startSimulator } from '@latchkey/simulator'
import { activationQrPng, TruphoneClient } from '@latchkey/truphone'

await using simulator = await startSimulator()
const { baseUrl, credentials } = simulator.systems.truphone
const { clientId, clientSecret } = credentials
await using truphone = new TruphoneClient({
  environment: 'production',
  clientId,
  clientSecret,
  role: 'RESELLER',
  baseUrl,
})

const [plan] = await truphone.products.list()
if (plan === undefined) throw new Error('There is nothing to sell.')
console.log(`Selling ${plan.name} for ${plan.period} ${plan.periodUnit?.toLowerCase()}.`)

const order = {
  countryCode: 'PT',
  customer: { email: 'guest@example.com' },
  device: { id: 'handset-1', type: 'android' },
  subscriptions: [{ productId: plan.id }],
} as const
const { id } = await truphone.orders.newEsim(order) // Keep the id: the order goes on, whatever happens here.
const { status, output = {} } = await truphone.orders.waitForOrder(id)
const picture = await activationQrPng(output) // Whoever has it can install the eSIM, so it is not printed.
console.log(`The order is ${status}: ${output.iccid}, and a QR picture of ${picture.length} bytes.`)
console.log(`Its profile: ${(await truphone.sims.get(output.iccid ?? '')).status}.`)

simulator.faults.add({ system: 'truphone', operation: 'createOrder', kind: 'resetAfter' }) // Ordered, then cut off.
const error = await truphone.orders.newEsim(order).catch((reason: unknown) => reason)
if (error instanceof OutcomeUnknownError) {
  const early = await error.resolve()
  console.log(`The answer to the second order was lost: ${early.state}, for it may still be under way.`)
  await setTimeout(2_000) // A program waits until `askAgainAt`.
  const { state } = await error.resolve()
  console.log(`Asked again: ${state}.`)
}

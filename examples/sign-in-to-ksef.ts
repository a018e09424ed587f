/**
 * KSeF 2.0: a company signs in with its seal, makes a KSeF token for its invoicing program, and that program goes on
 * with the refresh token in its store when it starts again.
 *
 * Run: npx tsx --conditions=@latchkey/source examples/sign-in-to-ksef.ts
 *
 * @module
 */
import { memoryStore } from '@latchkey/core'
import { Environment, generateNip, KsefClient } from '@latchkey/ksef'
import { startSimulator } from '@latchkey/simulator'

await using simulator = await startSimulator()
const { baseUrl } = simulator.systems.ksef
const nip = generateNip()

await using office = new KsefClient(Environment.TEST, { baseUrl })
const seal = await office.authentication.withTestCertificate({ nip }) // Elsewhere: withXades({ nip, certificate, privateKey })
console.log(`Signed in until ${seal.authTokens.refreshToken.validUntil.toISOString().slice(0, 10)}.`)
const made = await seal.tokens.generate({ description: 'Invoicing', permissions: ['InvoiceRead', 'InvoiceWrite'] })
await seal.tokens.waitForActivation({ referenceNumber: made.referenceNumber })
const ksefToken = made.token // Shown this once: keep it as a secret.

const store = memoryStore() // A program that must survive its own end takes fileStore({ directory }) and a key ring.
for (const start of ['first', 'second']) {
  await using program = new KsefClient(Environment.TEST, { baseUrl, store })
  const auth = await program.authentication.withToken({ nip, ksefToken })
  const { items } = await auth.sessions.query()
  console.log(`The ${start} start sees ${items.length} sessions.`)
}
const { signIns, refreshes } = simulator.state().systems.ksef
console.log(`Sign-ins: ${signIns}, refreshes: ${refreshes}.`)

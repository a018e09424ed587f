/**
 * Somebody else fetches a token with the same consumer key, which ends ours. Ten balance requests notice together; the
 * client fetches one new token and repeats what was refused.
 *
 * Run: npx tsx --conditions=@latchkey/source examples/survive-token-death.ts
 *
 * @module
 */
import { MpesaClient } from '@latchkey/daraja'
import { startSimulator } from '@latchkey/simulator'

await using simulator = await startSimulator()
const { baseUrl, credentials } = simulator.systems.daraja
const { consumerKey, consumerSecret, shortCode, initiator, securityCredential } = credentials
await using mpesa = new MpesaClient({ consumerKey, consumerSecret, environment: 'sandbox', baseUrl })

const url = 'http://127.0.0.1:9/results' // Nobody listens; this example is about the requests.
const ask = () =>
  mpesa.accountBalance({
    initiator,
    securityCredential,
    partyA: shortCode,
    identifierType: 4,
    remarks: 'Balance',
    resultUrl: url,
    queueTimeOutUrl: url,
  })

await ask()
console.log(`Before: ${simulator.state().systems.daraja.tokenRequests} token request.`)

simulator.invalidateTokens('daraja')
const answers = await Promise.all(Array.from({ length: 10 }, ask))
const refused = simulator.requests({ operation: 'accountBalance' }).filter(({ answer }) => answer?.status !== 200)

console.log(`After: ${answers.length} requests accepted, ${refused.length} of them after a refusal.`)
console.log(`Token requests: ${simulator.state().systems.daraja.tokenRequests}.`)

/**
 * Gets an access token and keeps it: the second call costs no request.
 *
 * Run: npx tsx --conditions=@latchkey/source examples/get-a-token.ts
 *
 * @module
 */
import { TokenManager } from '@latchkey/daraja'
import { startSimulator } from '@latchkey/simulator'

await using simulator = await startSimulator()
const { baseUrl, credentials } = simulator.systems.daraja
const { consumerKey, consumerSecret } = credentials

// Against Safaricom itself, leave out `baseUrl`.
await using tokens = new TokenManager({ consumerKey, consumerSecret, environment: 'sandbox', baseUrl })

const first = await tokens.getToken()
const again = await tokens.getToken()
const newer = await tokens.getToken({ forceRefresh: true })

console.log(
  `A token of ${first.length} characters, valid until ${String(tokens.peek()?.expirationTime.toISOString())}.`,
)
console.log(`Asked again: ${again === first ? 'the same token' : 'another token'}.`)
console.log(`Forced: ${newer === first ? 'the same token' : 'another token'}.`)
console.log(`Token requests: ${simulator.state().systems.daraja.tokenRequests}.`)

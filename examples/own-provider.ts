/**
 * The engine alone, for any API with OAuth-like tokens: a grant of your own, and a `fetch` that carries the token.
 *
 * Run: npx tsx --conditions=@latchkey/source examples/own-provider.ts
 *
 * @module
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createTokenSource, Secret, TokenError } from '@latchkey/core'
import type { Grant } from '@latchkey/core'
import { authorizedFetch } from '@latchkey/http'

// Somebody's API: POST /token gives a token, GET /items wants it.
let issued = 0
const server = createServer((request, response) => {
  response.setHeader('content-type', 'application/json')
  if (request.url === '/token') {
    issued += 1
    response.end(JSON.stringify({ access_token: `token-${issued}`, expires_in: 300 }))
  } else if (request.headers.authorization === `Bearer token-${issued}`) response.end('["apple","pear"]')
  else response.writeHead(401, { 'www-authenticate': 'Bearer error="invalid_token"' }).end('{}')
})
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}` // It listens on TCP.

const clientSecret = new Secret('keep-me-out-of-logs')
const grant: Grant = {
  id: 'fruit.client_credentials',
  traits: { exclusive: false, renewal: 'none', replay: 'unknown', longest: 10_000 },
  credential: clientSecret,
  async obtain(run) {
    const { status, text } = await run.send({
      method: 'POST',
      url: new URL('/token', origin),
      headers: new Headers({ authorization: `Basic ${btoa(`shop:${clientSecret.reveal()}`)}` }),
      spendsRefreshToken: false,
    })
    if (status !== 200)
      throw new TokenError('LATCHKEY_CREDENTIALS_DENIED', `The fruit API answered ${status}.`, { status })
    const { access_token: token, expires_in: seconds } = JSON.parse(text) as Record<string, unknown> // Read below.
    return { access: new Secret(String(token)), lifetime: { seconds } }
  },
}

await using source = createTokenSource({
  grant,
  key: { provider: 'fruit', environment: 'test', tokenEndpoint: `${origin}/token`, clientId: 'shop' },
  keyLabel: 'fruit',
})
const api = authorizedFetch(source, { origins: [origin] })

console.log(`First call: ${await (await api(`${origin}/items`)).text()}`)
issued += 1 // The token ends, behind the program's back.
console.log(`After its death: ${await (await api(`${origin}/items`)).text()}`)
console.log(`Printing the source shows no token: ${JSON.stringify(await source.get())}`)
server.close()

/**
 * One process, many shops, each with its own consumer key: one collection of sources that keeps within a bound.
 *
 * Run: npx tsx --conditions=@latchkey/source examples/many-tenants.ts
 *
 * @module
 */
import { createTokenSources } from '@latchkey/core'
import { authorizedFetch } from '@latchkey/http'
import { providerDouble } from '@latchkey/testkit'

// Three shops and a server that each of them has an account at.
const servers = new Map(
  ['alpha', 'beta', 'gamma'].map((shop) => [
    shop,
    providerDouble({ clientId: shop, clientSecret: `secret of ${shop}` }),
  ]),
)

// Shares clock, observer and store among all keys. At most two stay in memory; the least recently used goes first.
await using sources = createTokenSources({ maxKeys: 2, fetch: (input, init) => serverOf(input).fetch(input, init) })

function serverOf(input: string | URL | Request): ReturnType<typeof providerDouble> {
  const { hostname } = new URL(input instanceof Request ? input.url : input)
  const server = servers.get(hostname.split('.')[0] ?? '')
  if (server === undefined) throw new Error(`There is no shop at ${hostname}.`)
  return server
}

async function callFor(shop: string): Promise<number> {
  const origin = `https://${shop}.test`
  const server = serverOf(origin)
  const source = sources.get({ grant: server.grant(origin), key: server.key(origin), keyLabel: shop })
  const api = authorizedFetch(source, { origins: [origin], fetch: server.fetch })
  return (await api(`${origin}/resource`)).status
}

for (const shop of ['alpha', 'beta', 'alpha', 'gamma', 'alpha']) {
  console.log(`${shop}: ${await callFor(shop)}, sources in memory: ${sources.size}`)
}
for (const [shop, server] of servers) console.log(`${shop} was asked for ${server.report().tokenRequests} token.`)

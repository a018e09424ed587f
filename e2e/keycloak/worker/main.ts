/**
 * One process of a fleet on a real authorization server: a token source with the OAuth 2 grant on the shared store,
 * that calls the resource until it is told to end, and says what became of each call.
 *
 * @see engine.md section 16.4
 * @module
 */
import { createTokenSource } from '@latchkey/core'
import { keyRing } from '@latchkey/core/seal'
import { oauth2Grant } from '@latchkey/oauth2'
import { startCalling } from '../../fleet/worker/caller.ts'
import type { Caller } from '../../fleet/worker/caller.ts'
import { listen, tell } from '../../fleet/worker/conversation.ts'
import { say } from '../../fleet/worker/saying.ts'
import { openStore } from '../../fleet/worker/stores.ts'
import type { ServerOrders } from './orders.ts'

const harness = await listen(900_000)
const orders = harness.orders as ServerOrders // The harness wrote them.
const { id, tokenUrl, resourceUrl, clientId, clientSecret, prefix, traits } = orders

const opened = await openStore(orders.store, () => undefined)
const source = createTokenSource({
  grant: oauth2Grant({ tokenUrl, clientId, clientSecret, traits, shrinkingLifetimes: true }),
  key: { provider: 'oauth2', environment: 'test', tokenEndpoint: tokenUrl, clientId },
  keyLabel: 'fleet',
  store: opened.store,
  ring: keyRing({ keys: [orders.sealingKey] }),
  prefix,
  observer: { event: tell },
})
say({ said: 'ready', wall: Date.now() })

let caller: Caller | undefined
for await (const command of harness.commands) {
  if (command.do === 'call')
    caller ??= startCalling(source, new URL('/connect-api/v1/products', resourceUrl), id, orders.everyMs)
  else if (command.do === 'end') break
}
await harness.part(caller, source, opened) // Told to end, or left alone.

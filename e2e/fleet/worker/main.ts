/**
 * One process of a fleet: a token source on the shared store, under a wall clock of its own, that calls the resource
 * until it is told to end, and says what became of each call.
 *
 * @see engine.md section 16.4
 * @module
 */
import { createTokenSource } from '@latchkey/core'
import { keyRing } from '@latchkey/core/seal'
import { providerGrant } from '@latchkey/testkit'
import { startCalling } from './caller.ts'
import type { Caller } from './caller.ts'
import { listen, tell } from './conversation.ts'
import type { Orders } from './messages.ts'
import { say } from './saying.ts'
import { skewClocks } from './skewed-clock.ts'
import { watchStalls } from './stall-watch.ts'
import { createSteps } from './steps.ts'
import { openStore } from './stores.ts'

watchStalls((ms) => say({ said: 'stalled', ms: Math.round(ms) }))
const harness = await listen(150_000)
const orders = harness.orders as Orders // The harness wrote them.
const { id, origin, clientId, clientSecret, traits, prefix, refusalBudget } = orders

const clock = skewClocks(orders.skewMs, id)
const steps = createSteps(id)
const opened = await openStore(orders.store, () => steps.applied())
const source = createTokenSource({
  grant: providerGrant({ origin, clientId, clientSecret, traits }),
  key: { provider: 'double', environment: 'fleet', tokenEndpoint: `${origin}/token`, clientId },
  keyLabel: 'fleet',
  store: steps.wrap(opened.store),
  ring: keyRing({ keys: [orders.sealingKey] }),
  clock,
  fetch: steps.fetch,
  prefix,
  refusalBudget,
  observer: { event: tell },
})
say({ said: 'ready', wall: Date.now() })

let caller: Caller | undefined
for await (const command of harness.commands) {
  if (command.do === 'call') caller ??= startCalling(source, new URL('/resource', origin), id, orders.everyMs)
  else if (command.do === 'arm') steps.arm(command.step)
  else if (command.do === 'settle') void caller?.settled().then(() => say({ said: 'settled' }))
  else break
}
await harness.part(caller, source, opened) // Told to end, or left alone.

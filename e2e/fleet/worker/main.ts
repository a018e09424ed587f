/**
 * One process of a fleet: a token source on the shared store, under a wall clock of its own, that calls the resource
 * until it is told to end, and says what became of each call.
 *
 * @see engine.md section 16.4
 * @module
 */
import { createInterface } from 'node:readline'
import { createTokenSource } from '@latchkey/core'
import type { EngineEvent } from '@latchkey/core'
import { keyRing } from '@latchkey/core/seal'
import { providerGrant } from '@latchkey/testkit'
import { nameOf, startCalling } from './caller.ts'
import type { Caller } from './caller.ts'
import type { Command, EventReport, Orders } from './messages.ts'
import { droppedLines, say } from './saying.ts'
import { skewClocks } from './skewed-clock.ts'
import { watchStalls } from './stall-watch.ts'
import { createSteps } from './steps.ts'
import { openStore } from './stores.ts'

const lifeMaxMs = 150_000 // A worker that everybody has forgotten ends by itself.

process.on('unhandledRejection', (error) => say({ said: 'unhandled', reason: nameOf(error).failed }))
setTimeout(() => process.exit(3), lifeMaxMs).unref()
watchStalls((ms) => say({ said: 'stalled', ms: Math.round(ms) }))

const input = createInterface({ input: process.stdin })
const lines = input[Symbol.asyncIterator]()
const first = await lines.next()
const orders = JSON.parse(first.done === true ? '{}' : first.value) as Orders // The harness wrote it.
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
  observer: { event: (event) => say(reportOf(event)) },
})
say({ said: 'ready', wall: Date.now() })

let caller: Caller | undefined
for await (const line of lines) {
  const command = JSON.parse(line) as Command // The harness wrote it.
  if (command.do === 'call') caller ??= startCalling(source, new URL('/resource', origin), id, orders.everyMs)
  else if (command.do === 'arm') steps.arm(command.step)
  else if (command.do === 'settle') void caller?.settled().then(() => say({ said: 'settled' }))
  else break
}
// Told to end, or left alone: nothing may keep the process open after this.
await caller?.stop()
await source.close()
await opened.close()
say({ said: 'bye', skipped: caller?.skipped ?? 0, dropped: droppedLines() })
input.close()
process.stdin.destroy()

function reportOf(event: EngineEvent): EventReport {
  const { type, ...all } = event
  const { generation, fence, outcome, reason, path, code } = all as Partial<EventReport> // Not every event has them.
  const fields = { generation, fence, outcome, reason, path, code }
  const known = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
  return { said: 'event', name: type.slice('latchkey.'.length), ...known }
}

/**
 * One process of a fleet on a real authorization server: a token source with the OAuth 2 grant on the shared store,
 * that calls the resource until it is told to end, and says what became of each call.
 *
 * @see engine.md section 16.4
 * @module
 */
import { createInterface } from 'node:readline'
import { createTokenSource } from '@latchkey/core'
import type { EngineEvent } from '@latchkey/core'
import { keyRing } from '@latchkey/core/seal'
import { oauth2Grant } from '@latchkey/oauth2'
import { nameOf, startCalling } from '../../fleet/worker/caller.ts'
import type { Caller } from '../../fleet/worker/caller.ts'
import type { Command, EventReport } from '../../fleet/worker/messages.ts'
import { droppedLines, say } from '../../fleet/worker/saying.ts'
import { openStore } from '../../fleet/worker/stores.ts'
import type { ServerOrders } from './orders.ts'

const lifeMaxMs = 900_000 // A worker that everybody has forgotten ends by itself.

process.on('unhandledRejection', (error) => say({ said: 'unhandled', reason: nameOf(error).failed }))
setTimeout(() => process.exit(3), lifeMaxMs).unref()

const input = createInterface({ input: process.stdin })
const lines = input[Symbol.asyncIterator]()
const first = await lines.next()
const orders = JSON.parse(first.done === true ? '{}' : first.value) as ServerOrders // The harness wrote it.
const { id, tokenUrl, resourceUrl, clientId, clientSecret, prefix, traits } = orders

const opened = await openStore(orders.store, () => undefined)
const source = createTokenSource({
  grant: oauth2Grant({ tokenUrl, clientId, clientSecret, traits, shrinkingLifetimes: true }),
  key: { provider: 'oauth2', environment: 'test', tokenEndpoint: tokenUrl, clientId },
  keyLabel: 'fleet',
  store: opened.store,
  ring: keyRing({ keys: [orders.sealingKey] }),
  prefix,
  observer: { event: (event) => say(reportOf(event)) },
})
say({ said: 'ready', wall: Date.now() })

let caller: Caller | undefined
for await (const line of lines) {
  const command = JSON.parse(line) as Command // The harness wrote it.
  if (command.do === 'call')
    caller ??= startCalling(source, new URL('/connect-api/v1/products', resourceUrl), id, orders.everyMs)
  else if (command.do === 'end') break
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

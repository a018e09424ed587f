/**
 * Tests what a program does when tokens run out, in milliseconds: a clock that you move and a server that keeps count.
 *
 * Run: npx tsx --conditions=@latchkey/source examples/test-expiry-without-waiting.ts
 *
 * @module
 */
import assert from 'node:assert/strict'
import { createTokenSource } from '@latchkey/core'
import { providerDouble, virtualClock } from '@latchkey/testkit'

const clock = virtualClock()
const provider = providerDouble({ clock, exclusive: true, lifetimeMs: 300_000, latencyMs: 200 })
await using source = createTokenSource({
  grant: provider.grant(),
  key: provider.key(),
  keyLabel: 'double',
  fetch: provider.fetch,
  clock,
})

const tokens = await clock.drive(Promise.all(Array.from({ length: 50 }, () => source.get())))
assert.equal(new Set(tokens.map(({ generation }) => generation)).size, 1)
console.log('Fifty callers share one token.')

await clock.advance(300_000)
const next = await clock.drive(source.get())
assert.ok(provider.accepts(next.reveal()))
console.log('Five minutes later, which took no time, there is a new one.')

provider.fail({ kind: 'status', status: 503 })
await clock.advance(300_000)
await assert.rejects(clock.drive(source.get()), { code: 'LATCHKEY_ENDPOINT_FAILED', retryable: true })
const late = await clock.drive(source.get()) // Sits out the cool-down, for up to five seconds.
assert.ok(provider.accepts(late.reveal()))
assert.deepEqual(provider.report().violations, [])
console.log(`An outage was told once and then waited out. Token requests: ${provider.report().tokenRequests}.`)

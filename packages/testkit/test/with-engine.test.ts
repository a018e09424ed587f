import { describe, expect, it } from 'vitest'
import { createTokenSource, memoryStore } from '@latchkey/core'
import { assertNoSecrets, chaosStore, collectEvents, providerDouble, virtualClock } from '@latchkey/testkit'
import type { ProviderDoubleOptions } from '@latchkey/testkit'

function setUp(options: ProviderDoubleOptions = {}) {
  const clock = virtualClock()
  const provider = providerDouble({ clock, ...options })
  const store = chaosStore(memoryStore({ clock }), { clock })
  const events = collectEvents()
  const source = createTokenSource({
    grant: provider.grant(),
    key: provider.key(),
    keyLabel: 'double',
    fetch: provider.fetch,
    clock,
    store,
    observer: events,
    random: () => 0.5,
  })
  return { clock, provider, store, source, events }
}

describe('the test kit under the real engine', () => {
  it('sees one token request for fifty callers, and one more when the token runs out', async () => {
    const { clock, provider, source, events } = setUp({ exclusive: true, lifetimeMs: 300_000, latencyMs: 200 })
    const tokens = await clock.drive(Promise.all(Array.from({ length: 50 }, () => source.get())))
    expect(new Set(tokens.map(({ generation }) => generation)).size).toBe(1)
    expect(provider.accepts(tokens[0]?.reveal() ?? '')).toBe(true)
    await clock.advance(300_000)
    const next = await clock.drive(source.get())
    expect(provider.accepts(next.reveal())).toBe(true)
    expect(provider.report()).toMatchObject({ tokenRequests: 2, inFlightMax: 1, violations: [] })
    expect(events.count('commit.accepted')).toBe(2)
    assertNoSecrets(events.events, provider.secrets())
    await source[Symbol.asyncDispose]()
  })

  it('sees the refresh token spent once, although its answer was lost (G7)', async () => {
    const { clock, provider, source, events } = setUp({ renewal: 'rotating', replay: 'fatal', lifetimeMs: 60_000 })
    await clock.drive(source.get())
    await clock.advance(60_000)
    provider.fail({ kind: 'dropAfter', on: 'renew' })
    await clock.drive(source.get().catch(() => undefined))
    await clock.advance(60_000)
    const token = await clock.drive(source.get())
    expect(provider.accepts(token.reveal())).toBe(true)
    expect(provider.report()).toMatchObject({ renewals: 1, violations: [] })
    expect(events.count('renewal.tainted')).toBe(1)
    await source[Symbol.asyncDispose]()
  })
})

/**
 * The token engine on Redis: two processes' worth of sources share one token, and what Redis loses costs no more than
 * another request.
 *
 * @see engine.md sections 6.6, 9.8 and 14 (G1, G4)
 * @module
 */
import { randomBytes } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createTokenSource } from '@latchkey/core'
import { keyRing } from '@latchkey/core/seal'
import { redisStore } from '@latchkey/stores/redis'
import type { RedisDurability } from '@latchkey/stores/redis'
import { assertNoSecrets, collectEvents, providerDouble } from '@latchkey/testkit'
import type { ProviderDouble } from '@latchkey/testkit'
import { redisHere, startRedis } from '@latchkey/testkit/servers'
import type { RedisServer } from '@latchkey/testkit/servers'
import { ioClient, nodeClient, signal } from './clients.ts'
import type { Client } from './clients.ts'

const redis = redisHere()
const ring = keyRing({ keys: [randomBytes(32)] })

describe.skipIf(!redis.found)('the engine on Redis', () => {
  let server: RedisServer
  let node: Client
  let io: Client
  const ends: (() => Promise<void>)[] = []
  beforeAll(async () => {
    server = await startRedis()
    ;[node, io] = await Promise.all([nodeClient(server), ioClient(server)])
  }, 30_000)
  afterEach(async () => {
    for (const end of ends.splice(0)) await end()
    await node.send(['FLUSHALL', 'SYNC'])
  })
  afterAll(async () => {
    node.close()
    io.close()
    await server.stop()
  })

  function sourceOn({ connection }: Client, provider: ProviderDouble, durability?: RedisDurability) {
    const events = collectEvents()
    const source = createTokenSource({
      grant: provider.grant(),
      key: provider.key(),
      keyLabel: 'double',
      fetch: provider.fetch,
      store: redisStore({ connection, ...(durability && { durability }) }),
      ring,
      observer: events,
    })
    ends.push(() => source.close())
    return { source, events }
  }

  it('makes one token for two clients of a cold start, and none of its secrets lies in the server', async () => {
    const provider = providerDouble({ exclusive: true, latencyMs: 50 })
    const [one, two] = [sourceOn(node, provider), sourceOn(io, provider)]
    const tokens = await Promise.all(Array.from({ length: 20 }, (_, caller) => (caller % 2 ? one : two).source.get()))
    expect(new Set(tokens.map(({ generation }) => generation)).size).toBe(1)
    expect(new Set(tokens.map((token) => token.reveal())).size).toBe(1)
    expect(provider.report()).toMatchObject({ tokenRequests: 1, inFlightMax: 1, violations: [] })
    const [record] = (await node.send(['KEYS', '*'])) as string[]
    assertNoSecrets(await node.send(['GET', record ?? '']), provider.secrets())
    assertNoSecrets([one.events.events, two.events.events], provider.secrets())
  })

  it('is told by a notice when the other one has renewed', async () => {
    const provider = providerDouble({ exclusive: true })
    const [one, two] = [sourceOn(node, provider), sourceOn(io, provider)]
    const first = await one.source.get()
    await two.source.get()
    const subscribers = async () => String(await node.send(['CLIENT', 'LIST', 'TYPE', 'pubsub']))
    await expect.poll(subscribers).toMatch(/sub=1[^]*sub=1/)
    const second = await one.source.get({ after: first.generation })
    await expect.poll(() => two.source.peek()?.generation).toBe(second.generation)
    expect(two.events.events).toContainEqual(
      expect.objectContaining({ type: 'latchkey.refresh.adopted', generation: second.generation, source: 'notice' }),
    )
    expect(provider.report()).toMatchObject({ tokenRequests: 2, violations: [] })
  })

  it('gets a new token of a higher generation where the record was lost (G1, G4)', async () => {
    const provider = providerDouble({ exclusive: true })
    const first = await sourceOn(node, provider).source.get()
    await node.send(['FLUSHALL', 'SYNC'])
    const second = await sourceOn(io, provider).source.get()
    expect(second.generation).toBeGreaterThan(first.generation)
    expect(provider.accepts(second.reveal())).toBe(true)
    expect(provider.report()).toMatchObject({ tokenRequests: 2, inFlightMax: 1 })
  })

  it('reports a record that is none, serves without it, and replaces it with the next token (9.8)', async () => {
    const provider = providerDouble()
    await sourceOn(node, provider).source.get()
    const [record = ''] = (await node.send(['KEYS', '*'])) as string[]
    await node.send(['SET', record, 'overwritten by somebody'])
    const { source, events } = sourceOn(io, provider)
    const token = await source.get()
    expect(provider.accepts(token.reveal())).toBe(true)
    expect(events.count('store.corrupt')).toBeGreaterThan(0)
    await expect.poll(async () => String(await node.send(['GET', record])), { timeout: 10_000 }).toMatch(/^lk1:/)
  })

  it.each([
    ['nothing was stated, so the main credential is used', undefined, { obtains: 2, renewals: 0 }],
    ['a single server was declared enough', 'acceptedBySingleServer', { obtains: 1, renewals: 1 }],
    ['no replica has it, so the main credential is used', { replicas: 1, timeoutMs: 50 }, { obtains: 2, renewals: 0 }],
  ] as const)(
    'spends a rotating refresh token only after a durable intent: %s (6.6)',
    async (_case, durability, counts) => {
      const provider = providerDouble({ renewal: 'rotating', replay: 'fatal' })
      const { source } = sourceOn(node, provider, durability)
      const first = await source.get()
      const second = await source.get({ after: first.generation })
      expect(second.generation).toBeGreaterThan(first.generation)
      expect(provider.report()).toMatchObject({ ...counts, violations: [] })
    },
  )

  it('closes without a handle left on the server', async () => {
    const { source } = sourceOn(node, providerDouble())
    await source.get()
    const subscribers = async () => String(await io.send(['CLIENT', 'LIST', 'TYPE', 'pubsub']))
    await expect.poll(subscribers).toContain('sub=1')
    await source.close()
    await expect.poll(subscribers).toBe('')
    await expect(source.get({ signal: signal() })).rejects.toMatchObject({ code: 'LATCHKEY_CLOSED' })
  })
})

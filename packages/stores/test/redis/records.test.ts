/**
 * What lies in the server, and what the store makes of things that it did not write.
 *
 * @see engine.md sections 9.1, 9.3 and 9.8
 * @module
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Etag, Key } from '@latchkey/core'
import { redisStore } from '@latchkey/stores/redis'
import { redisHere, startRedis } from '@latchkey/testkit/servers'
import type { RedisServer } from '@latchkey/testkit/servers'
import { clients, newKey, signal } from './clients.ts'
import type { Client } from './clients.ts'
import { startProxy } from './proxy.ts'

const redis = redisHere()
const hour = { keep: 3_600_000, durable: false }

describe.skipIf(!redis.found).each(Object.entries(clients))('records in Redis through %s', (name, connect) => {
  let server: RedisServer
  let client: Client
  let key: Key
  beforeAll(async () => {
    server = await startRedis()
    client = await connect(server)
  }, 30_000)
  afterAll(async () => {
    client.close()
    await server.stop()
  })
  beforeEach(() => {
    key = newKey()
  })
  const store = () => redisStore({ connection: client.connection })
  const put = async (etag: Etag | null, value: string, how: { keep: number | 'forever'; durable: boolean } = hour) => {
    const swap = await store().compareAndSet(key, etag, value, how, signal())
    if (swap.kind !== 'done') throw new Error(swap.kind)
    return swap.etag
  }
  const ttl = async () => Number(await client.send(['PTTL', `{${key}}`]))

  it('are one string under the key in braces, the etag beside the value', async () => {
    const etag = await put(null, '{"a":1}')
    expect(await client.send(['GET', `{${key}}`])).toBe(`lk1:${etag}:{"a":1}`)
  })

  it('end when they were told to, and not at all when kept for ever (9.3)', async () => {
    const first = await put(null, 'short', { keep: 5_000.25, durable: false })
    expect(await ttl()).toBeGreaterThan(4_000)
    expect(await ttl()).toBeLessThanOrEqual(5_001)
    const second = await put(first, 'for ever', { keep: 'forever', durable: false })
    expect(await ttl()).toBe(-1)
    await put(second, 'gone at once', { keep: 0, durable: false })
    await expect.poll(async () => (await store().read(key, signal())).value).toBeNull()
  })

  it('hold a mebibyte', async () => {
    const value = 'ż€🗝'.repeat(1024 * 1024).slice(0, 1024 * 1024)
    const etag = await put(null, value)
    const found = await store().read(key, signal())
    expect(found.etag).toBe(etag)
    expect(found.value === value).toBe(true)
  })

  it.each([
    ['a text', 'something else'],
    ['an empty text', ''],
    ['a damaged record', 'lk1:0123456789abcdef0123456789abcde:value'],
    ['a record of another layout', 'lk2:0123456789abcdef0123456789abcdef:value'],
  ])(
    'that are not ours are given as they are, and replaced only by who has read exactly them: %s (9.8)',
    async (_what, raw) => {
      await client.send(['SET', `{${key}}`, raw])
      const found = await store().read(key, signal())
      expect(found.value).toBe(raw)
      expect(found.etag).toMatch(/^sha1:[0-9a-f]{40}$/)
      expect(await store().compareAndSet(key, null, 'ours', hour, signal())).toMatchObject({
        kind: 'conflict',
        reading: { etag: found.etag, value: raw },
      })
      await client.send(['SET', `{${key}}`, `${raw}, and changed`])
      expect((await store().compareAndSet(key, found.etag, 'ours', hour, signal())).kind).toBe('conflict')
      await client.send(['SET', `{${key}}`, raw])
      await put(found.etag, 'ours')
      expect((await store().read(key, signal())).value).toBe('ours')
    },
  )

  it('that are not even texts are told by their type, and can be replaced (9.8)', async () => {
    await client.send(['HSET', `{${key}}`, 'field', 'value'])
    const found = await store().read(key, signal())
    expect(found).toMatchObject({ etag: 'type:hash', value: 'a Redis hash' })
    expect((await store().compareAndSet(key, null, 'ours', hour, signal())).kind).toBe('conflict')
    await put(found.etag, 'ours')
    expect((await store().read(key, signal())).value).toBe('ours')
  })

  it('are read and swapped by a server that has forgotten its scripts', async () => {
    const first = await put(null, 'one')
    await client.send(['SCRIPT', 'FLUSH'])
    expect((await store().read(key, signal())).value).toBe('one')
    await client.send(['SCRIPT', 'FLUSH'])
    await put(first, 'two')
    expect((await store().read(key, signal())).value).toBe('two')
  })

  it('that were flushed are absent, and made anew', async () => {
    const first = await put(null, 'one')
    await client.send(['FLUSHALL', 'SYNC'])
    expect(await store().read(key, signal())).toMatchObject({ etag: null, value: null })
    expect((await store().compareAndSet(key, first, 'two', hour, signal())).kind).toBe('conflict')
    await put(null, 'three')
    expect((await store().read(key, signal())).value).toBe('three')
  })

  it('follow the server’s clock, in milliseconds', async () => {
    const { now } = await store().read(key, signal())
    const time = await client.connection.eval(`return redis.call('TIME')`, [], [])
    const [seconds, micros] = (time as unknown[]).map(Number) // TIME is a list of two numbers.
    const later = (seconds ?? 0) * 1000 + Math.floor((micros ?? 0) / 1000)
    expect(Number.isInteger(now)).toBe(true)
    expect(later - now).toBeGreaterThanOrEqual(0)
    expect(later - now).toBeLessThan(1_000)
  })

  it('are swapped once by a script that a client has sent twice', async () => {
    // What a client does by itself after a lost connection, here through a connection that always does.
    const twice = redisStore({
      connection: {
        ...client.connection,
        eval: async (script, keys, args) => {
          await client.connection.eval(script, keys, args)
          return client.connection.eval(script, keys, args)
        },
      },
    })
    const swap = await twice.compareAndSet(key, null, 'one', hour, signal())
    expect(swap).toMatchObject({ kind: 'done' })
    const { etag } = await store().read(key, signal())
    expect(swap).toMatchObject({ etag })
    expect(await twice.compareAndSet(key, etag, 'two', hour, signal())).toMatchObject({ kind: 'done' })
    expect((await twice.compareAndSet(key, etag, 'three', hour, signal())).kind).toBe('conflict')
  })

  it('know a swap as their own whose answer was lost, where the client asks again', async () => {
    await using proxy = await startProxy(server.port)
    const lossy = await connect({ port: proxy.port })
    const through = redisStore({ connection: lossy.connection })
    const first = await through.compareAndSet(key, null, 'one', hour, signal())
    if (first.kind !== 'done') throw new Error(first.kind)
    proxy.meet('value two', { losing: 'answer' })
    const second = await through.compareAndSet(key, first.etag, 'value two', hour, signal())
    expect(proxy.met).toBe(1)
    expect(second.kind).toBe(name === 'ioredis' ? 'done' : 'unknown') // @redis/client does not ask again.
    const found = await through.read(key, signal())
    expect(found.value).toBe('value two')
    if (second.kind === 'done') expect(second.etag).toBe(found.etag)
    lossy.close()
  })

  it('are not changed by a swap that was lost before the server heard of it', async () => {
    await using proxy = await startProxy(server.port)
    const lossy = await connect({ port: proxy.port })
    const through = redisStore({ connection: lossy.connection })
    proxy.meet('value one', { losing: 'request' })
    const swap = await through.compareAndSet(key, null, 'value one', hour, signal())
    expect(proxy.met).toBe(1)
    expect(swap.kind).toBe(name === 'ioredis' ? 'done' : 'unknown')
    expect((await through.read(key, signal())).value).toBe(swap.kind === 'done' ? 'value one' : null)
    lossy.close()
  })
})

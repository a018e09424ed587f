/**
 * Clients that a program has set up its own way: prefixes, protocols, texts as bytes.
 *
 * @module
 */
import { createClient, RESP_TYPES } from '@redis/client'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ioRedis, nodeRedis, redisStore } from '@latchkey/stores/redis'
import type { RedisConnection } from '@latchkey/stores/redis'
import { redisHere, startRedis } from '@latchkey/testkit/servers'
import type { RedisServer } from '@latchkey/testkit/servers'
import { newKey, nodeClient, signal } from './clients.ts'

const redis = redisHere()

type Made = { readonly connection: RedisConnection; readonly close: () => void }

async function ofNode(options: Parameters<typeof createClient>[0]): Promise<Made> {
  const client = createClient(options)
  await client.on('error', () => undefined).connect()
  return { connection: nodeRedis(client), close: () => client.destroy() }
}

function ofIo(port: number, options: object): Made {
  const client = new Redis({ host: '127.0.0.1', port, ...options }).on('error', () => undefined)
  return { connection: ioRedis(client), close: () => client.disconnect() }
}

const settings: Readonly<Record<string, (port: number) => Made | Promise<Made>>> = {
  '@redis/client that speaks RESP 2': (port) => ofNode({ RESP: 2, socket: { host: '127.0.0.1', port } }),
  '@redis/client that gives texts as bytes': (port) =>
    ofNode({
      socket: { host: '127.0.0.1', port },
      commandOptions: { typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer, [RESP_TYPES.NUMBER]: String } },
    }),
  '@redis/client with a prefix': (port) => ofNode({ keyPrefix: 'theirs:', socket: { host: '127.0.0.1', port } }),
  'ioredis that speaks RESP 2': (port) => ofIo(port, { protocol: 2 }),
  'ioredis with a prefix': (port) => ofIo(port, { keyPrefix: 'theirs:' }),
  'ioredis that pipelines by itself': (port) => ofIo(port, { enableAutoPipelining: true }),
  'ioredis without a queue while it is offline': (port) => ofIo(port, { enableOfflineQueue: false }),
  'ioredis that connects when it is used': (port) => ofIo(port, { lazyConnect: true }),
}

describe.skipIf(!redis.found)('redisStore on a client of the program’s own making', () => {
  let server: RedisServer
  beforeAll(async () => {
    server = await startRedis()
  }, 30_000)
  afterAll(() => server.stop())

  it.each(Object.entries(settings))('reads, swaps, waits and hears through %s', async (_name, make) => {
    const { connection, close } = await make(server.port)
    const store = redisStore({ connection, durability: { replicas: 1, timeoutMs: 20 } })
    const key = newKey()
    await expect.poll(() => store.read(key, signal()).catch(() => undefined)).toBeDefined() // Connected.
    let notices = 0
    store.watch?.(key, () => (notices += 1))
    let etag: string | null = null
    const heard = async () => {
      for (const durable of [false, true]) {
        const value = `ż🗝 ${durable}`
        const swap = await store.compareAndSet(key, etag, value, { keep: 60_000, durable }, signal())
        expect(swap).toMatchObject({ kind: 'done', durable: false })
        const found = await store.read(key, signal())
        expect(found).toMatchObject({ etag: swap.kind === 'done' && swap.etag, value })
        etag = found.etag
      }
      return notices
    }
    await expect.poll(heard, { timeout: 10_000 }).toBeGreaterThan(0)
    const other = await nodeClient(server)
    const [name] = (await other.send(['KEYS', `*${key}*`])) as string[]
    expect(name).toBe(_name.includes('prefix') ? `theirs:{${key}}` : `{${key}}`)
    other.close()
    close()
  })
})

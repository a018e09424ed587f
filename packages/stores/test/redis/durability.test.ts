/**
 * When a swap on a server with a replica is answered as durable, and when it is not.
 *
 * @see engine.md sections 6.6 and 9.3
 * @module
 */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Key, Store } from '@latchkey/core'
import { redisStore } from '@latchkey/stores/redis'
import { redisHere, startRedis } from '@latchkey/testkit/servers'
import type { RedisServer } from '@latchkey/testkit/servers'
import { clients, clusterClients, ioClient, ioCluster, newKey, nodeClient, signal } from './clients.ts'
import type { Client } from './clients.ts'
import { startProxy } from './proxy.ts'

const redis = redisHere()

describe.skipIf(!redis.found)('durability on Redis with one replica', () => {
  let primary: RedisServer
  let replica: RedisServer
  beforeAll(async () => {
    primary = await startRedis()
    replica = await startRedis({ replicaOf: primary })
    await firstAcknowledged(await nodeClient(primary))
  }, 40_000)
  afterAll(async () => {
    await replica.stop()
    await primary.stop()
  })

  describe.each(Object.entries(clients))('%s', (name, connect) => {
    it('answers durable once the replica has the swap, and not after the replica was stopped (9.3)', async () => {
      const client = await connect(primary)
      const store = redisStore({ connection: client.connection, durability: { replicas: 1, timeoutMs: 600 } })
      const key = newKey()
      const first = await swap(store, key, null, 'one')
      expect(first).toMatchObject({ kind: 'done', durable: true })

      await replica.kill('SIGSTOP')
      try {
        const since = performance.now()
        const second = await swap(store, key, first.etag, 'two')
        expect(second).toMatchObject({ kind: 'done', durable: false })
        const took = performance.now() - since
        expect(took).toBeGreaterThan(550)
        expect(took).toBeLessThan(3_000)
        expect((await store.read(key, signal())).value).toBe('two')
      } finally {
        await replica.kill('SIGCONT')
        client.close()
      }
    })

    it('waits for no replica where the caller asked for no durability', async () => {
      const client = await connect(primary)
      const store = redisStore({ connection: client.connection, durability: { replicas: 9, timeoutMs: 1_500 } })
      const since = performance.now()
      const how = { keep: 60_000, durable: false }
      expect(await store.compareAndSet(newKey(), null, 'one', how, signal())).toMatchObject({ durable: false })
      expect(performance.now() - since).toBeLessThan(1_000)
      client.close()
    })

    it('is not durable with fewer replicas than were asked for', async () => {
      const client = await connect(primary)
      const store = redisStore({ connection: client.connection, durability: { replicas: 2, timeoutMs: 50 } })
      expect(await swap(store, newKey(), null, 'one')).toMatchObject({ kind: 'done', durable: false })
      client.close()
    })

    it('never sends WAIT on a connection that has not written: it would confirm a swap that it knows nothing of', async () => {
      await using proxy = await startProxy(primary.port)
      const client = await connect({ port: proxy.port })
      const store = redisStore({ connection: client.connection, durability: { replicas: 1, timeoutMs: 500 } })
      const key = newKey()
      const first = await swap(store, key, null, 'one')
      await replica.kill('SIGSTOP') // WAIT blocks, and the connection is lost meanwhile.
      try {
        proxy.meet('value two', { losing: 'nextAnswer' })
        const second = await swap(store, key, first.etag, 'value two')
        expect(second.kind === 'unknown' || (second.kind === 'done' && !second.durable)).toBe(true)
        expect((await store.read(key, signal())).value).toBe('value two')
        expect(proxy.met).toBe(1)
        expect(proxy.asked.length).toBeGreaterThan(1)
        for (const asked of proxy.asked.slice(1)) expect(asked.toUpperCase()).not.toContain('$4\r\nWAIT')
      } finally {
        await replica.kill('SIGCONT')
        client.close()
      }
    })

    it('is not fooled by a client that sends again: swap and WAIT go together, or not at all', async () => {
      await using proxy = await startProxy(primary.port)
      const client = await connect({ port: proxy.port })
      const store = redisStore({ connection: client.connection, durability: { replicas: 1, timeoutMs: 1_500 } })
      const key = newKey()
      const first = await swap(store, key, null, 'one')
      proxy.meet('value two', { losing: 'answer' })
      const second = await swap(store, key, first.etag, 'value two')
      expect(proxy.met).toBe(1)
      // @redis/client does not send again.
      expect(second).toMatchObject(name === 'ioredis' ? { kind: 'done', durable: true } : { kind: 'unknown' })
      expect((await store.read(key, signal())).value).toBe('value two')
      client.close()
    })

    it('is done and not durable where WAIT is not allowed', async () => {
      const admin = await connect(primary)
      const user = `user${Math.trunc(Math.random() * 1e9)}`
      await admin.send(['ACL', 'SETUSER', user, 'on', 'nopass', '~*', '&*', '+@all', '-wait'])
      const client = await connect({ port: primary.port, user, password: 'none' })
      const store = redisStore({ connection: client.connection, durability: { replicas: 1 } })
      const key = newKey()
      const first = await swap(store, key, null, 'one')
      expect(first).toMatchObject({ kind: 'done', durable: false })
      expect(await store.read(key, signal())).toMatchObject({ etag: first.etag, value: 'one' })
      client.close()
      admin.close()
    })
  })
})

describe.skipIf(!redis.found)('durability in a cluster of two primaries, of which one has a replica', () => {
  let nodes: readonly [RedisServer, RedisServer, RedisServer]
  const half = 8_192
  beforeAll(async () => {
    const start = () => startRedis({ cluster: true, args: ['--cluster-announce-ip', '127.0.0.1'] })
    nodes = await Promise.all([start(), start(), start()])
    const admins = await Promise.all([ioClient(nodes[0]), ioClient(nodes[1]), ioClient(nodes[2])])
    const [first, second, replica] = admins
    const text = async ({ send }: Client, ...what: [string, ...string[]]) => String(await send(['CLUSTER', ...what]))
    // Each was started with all slots: they give up what is not theirs, and then meet.
    await text(first, 'DELSLOTSRANGE', String(half), '16383')
    await text(second, 'DELSLOTSRANGE', '0', String(half - 1))
    await text(replica, 'FLUSHSLOTS')
    for (const [index, admin] of admins.entries()) await text(admin, 'SET-CONFIG-EPOCH', String(index + 1))
    const [id = '', busPort = ''] = /^(\w+) \S+@(\d+)/.exec(await text(first, 'NODES'))?.slice(1) ?? []
    for (const admin of [second, replica]) await text(admin, 'MEET', '127.0.0.1', String(nodes[0].port), busPort)
    const soon = { timeout: 20_000, interval: 50 }
    const whole = /state:ok[^]*known_nodes:3[^]*size:2/
    const become = () => text(replica, 'REPLICATE', id).catch(String)
    await vi.waitFor(async () => expect(await become()).toBe('OK'), soon)
    for (const admin of admins) {
      await vi.waitFor(async () => expect(await text(admin, 'INFO')).toMatch(whole), soon)
    }
    const link = async () => String(await replica.send(['INFO', 'replication']))
    await vi.waitFor(async () => expect(await link()).toContain('master_link_status:up'), soon)
    await firstAcknowledged(
      await ioCluster(nodes[0]),
      async (key) => Number(await first.send(['CLUSTER', 'KEYSLOT', `{${key}}`])) < half,
    )
    for (const admin of admins) admin.close()
  }, 90_000)
  afterAll(async () => {
    for (const node of nodes) await node.stop()
  })

  it.each(Object.entries(clusterClients))('asks the primary of the record: %s', async (_name, connect) => {
    const client = await connect(nodes[1])
    const store = redisStore({ connection: client.connection, durability: { replicas: 1, timeoutMs: 600 } })
    const slotOf = async (key: Key) => Number(await client.send(['CLUSTER', 'KEYSLOT', `{${key}}`]))
    for (const durable of [true, false, true, false]) {
      let key = newKey()
      while ((await slotOf(key)) < half !== durable) key = newKey()
      const done = await swap(store, key, null, 'one')
      expect(done).toMatchObject({ kind: 'done', durable })
      expect(await store.read(key, signal())).toMatchObject({ etag: done.etag, value: 'one' })
    }
    client.close()
  })
})

/** A replica acknowledges nothing until it has told the primary for the first time how far it is, once a second. */
async function firstAcknowledged(
  client: Client,
  replicated: (key: Key) => Promise<boolean> = () => Promise.resolve(true),
) {
  const store = redisStore({ connection: client.connection, durability: { replicas: 1, timeoutMs: 200 } })
  let key = newKey()
  while (!(await replicated(key))) key = newKey()
  const once = async () => {
    const { etag } = await store.read(key, signal())
    expect(await swap(store, key, etag, 'value')).toMatchObject({ durable: true })
  }
  await vi.waitFor(once, { timeout: 20_000, interval: 50 })
  client.close()
}

async function swap(store: Store, key: Key, etag: string | null, value: string) {
  const done = await store.compareAndSet(key, etag, value, { keep: 60_000, durable: true }, signal())
  return { ...done, etag: done.kind === 'done' ? done.etag : '' }
}

/**
 * Real clients fit what the adapters ask for, however they were made. Assertions that only have to compile: each
 * `@ts-expect-error` is a mistake that must not.
 *
 * @module
 */
import { createClient, createClientPool, createCluster } from '@redis/client'
import type { RedisClientType, RedisClusterType } from '@redis/client'
import { Cluster, Redis } from 'ioredis'
import { expect, expectTypeOf, test } from 'vitest'
import { ioRedis, nodeRedis, redisStore } from '@latchkey/stores/redis'
import type { RedisConnection, RedisStoreOptions } from '@latchkey/stores/redis'

type OfNode = Parameters<typeof nodeRedis>[0]
type OfIo = Parameters<typeof ioRedis>[0]
const lazyConnect = true

test('each client is taken by its own adapter, unconnected too', () => {
  const connections: RedisConnection[] = [
    nodeRedis(createClient()),
    nodeRedis(createClient({ RESP: 2 })),
    nodeRedis(createClient({ RESP: 3, commandOptions: { timeout: 100 } })),
    nodeRedis(createCluster({ rootNodes: [] })),
    ioRedis(new Redis({ lazyConnect })),
    ioRedis(new Redis({ lazyConnect, protocol: 3, replyMapping: 'resp3' })),
    ioRedis(new Cluster([], { lazyConnect })),
  ]
  for (const connection of connections) expect(redisStore({ connection }).scope).toBe('fleet')
  expectTypeOf<RedisClientType>().toExtend<OfNode>()
  expectTypeOf<RedisClusterType>().toExtend<OfNode>()
  expectTypeOf<Redis>().toExtend<OfIo>()
  expectTypeOf<Cluster>().toExtend<OfIo>()
})

test('a client of the other kind does not compile, nor does a pool, which cannot subscribe', () => {
  const [node, io] = [createClient(), new Redis({ lazyConnect })]
  // @ts-expect-error -- A pool cannot subscribe.
  nodeRedis(createClientPool())
  // @ts-expect-error -- Each client has an adapter of its own.
  nodeRedis(io)
  // @ts-expect-error -- Each client has an adapter of its own.
  ioRedis(node)
})

test('what the server survives has to be stated in full', () => {
  const connection = nodeRedis(createClient())
  const stated: readonly RedisStoreOptions[] = [
    { connection },
    { connection, durability: 'acceptedBySingleServer' },
    { connection, durability: { replicas: 1 } },
    { connection, durability: { replicas: 1, timeoutMs: 200 } },
  ]
  expect(stated.map((options) => redisStore(options).scope)).toEqual(['fleet', 'fleet', 'fleet', 'fleet'])
  // @ts-expect-error -- A bare yes says nothing.
  expect(() => redisStore({ connection, durability: true })).toThrow('durability')
  // @ts-expect-error -- A time limit alone says nothing.
  expect(() => redisStore({ connection, durability: { timeoutMs: 200 } })).toThrow('replicas')
})

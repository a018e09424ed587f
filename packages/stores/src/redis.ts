/**
 * Keeps records in Redis or Valkey, for a fleet. Brings no client: the program hands in its own.
 *
 * @module
 */
export { redisStore } from './redis/store.ts'
export type { RedisDurability, RedisStoreOptions } from './redis/store.ts'
export type { RedisConnection, RedisWait, RedisWaited } from './redis/connection.ts'
export { ioRedis } from './redis/io-redis.ts'
export type { IoRedisClient, IoRedisCluster } from './redis/io-redis.ts'
export { nodeRedis } from './redis/node-redis.ts'
export type { NodeRedisClient, NodeRedisCluster } from './redis/node-redis.ts'

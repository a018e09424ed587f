/**
 * Real Redis, Valkey and PostgreSQL servers for tests: found on this machine, started on free ports of 127.0.0.1,
 * ended with the test. Apart from the main entry because it starts processes.
 *
 * @module
 */
export { findPostgres, findRedis, findValkey, postgresHere, redisHere, valkeyHere } from './servers/programs.ts'
export type { Here } from './servers/programs.ts'
export { startRedis } from './servers/redis.ts'
export type { RedisOptions, RedisServer } from './servers/redis.ts'
export { startPostgres } from './servers/postgres.ts'
export type { PostgresOptions, PostgresServer } from './servers/postgres.ts'
export type { Server } from './servers/server.ts'

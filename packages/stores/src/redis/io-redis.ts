/**
 * Makes a connection of an `ioredis` client. Its types are described here as far as they are used, so that neither this
 * package nor its declarations need that one.
 *
 * @see spec/dependencies.md section 3
 * @module
 */
import { byHash } from './connection.ts'
import type { RedisConnection } from './connection.ts'
import { subscriptions } from './subscriptions.ts'
import type { Line } from './subscriptions.ts'

/** What `new Redis()` gives, for one server or for Sentinels. */
export interface IoRedisClient extends Scripts {
  duplicate(override: { maxRetriesPerRequest: null; enableOfflineQueue: true }): IoRedisLine
  once(event: 'end', listener: () => void): unknown
  off(event: 'end', listener: () => void): unknown
}

/** What `new Cluster()` gives. It keeps a connection for subscriptions by itself. */
export interface IoRedisCluster extends Scripts, Subscriber {
  nodes(): unknown
}

interface Scripts {
  evalsha(sha1: string, keys: number, ...keysAndArgs: string[]): Promise<unknown>
  eval(script: string, keys: number, ...keysAndArgs: string[]): Promise<unknown>
  pipeline(): Batch
}

interface Batch {
  evalsha(sha1: string, keys: number, ...keysAndArgs: string[]): Batch
  eval(script: string, keys: number, ...keysAndArgs: string[]): Batch
  wait(replicas: number, timeoutMs: number): Batch
  exec(): Promise<readonly (readonly [error: Error | null, result: unknown])[] | null>
}

interface Subscriber {
  subscribe(channel: string): Promise<unknown>
  unsubscribe(channel: string): Promise<unknown>
  on(event: 'message', listener: (channel: string, message: string) => void): unknown
  off(event: 'message', listener: (channel: string, message: string) => void): unknown
}

interface IoRedisLine extends Subscriber {
  disconnect(): void
  on(event: 'message', listener: (channel: string, message: string) => void): unknown
  on(event: 'error', listener: () => void): unknown
}

/**
 * Adapts a client or a cluster client of ioredis 5 or 6. The program listens to its `error` event and closes it. Notices
 * of a single server come over one duplicated connection, which ends with the last of them, or with the client.
 *
 * @example
 *   const client = new Redis(url).on('error', log)
 *   const store = redisStore({ connection: ioRedis(client) })
 */
export function ioRedis(client: IoRedisClient | IoRedisCluster): RedisConnection {
  const run = byHash()
  return {
    eval: (script, keys, args) => run(script, (name, text) => client[name](text, keys.length, ...keys, ...args)),
    evalAndWait: (script, keys, args, { replicas, timeoutMs }) =>
      run(script, async (name, text) => {
        const batch = client.pipeline()[name](text, keys.length, ...keys, ...args)
        // A pipeline of which a part was answered is not sent again on the next connection: the rest of it fails.
        const [swapped, waited] = (await batch.wait(replicas, timeoutMs).exec()) ?? []
        if (!swapped || swapped[0]) throw swapped?.[0] ?? new Error('No answer came.')
        return { answer: swapped[1], acknowledged: waited?.[0] ? 0 : Number(waited?.[1]) }
      }),
    subscribe: subscriptions((heard) => ('nodes' in client ? clusterLine(client, heard) : ownLine(client, heard))),
  }
}

type Heard = (channel: string, message: string) => void

function clusterLine(cluster: IoRedisCluster, heard: Heard): Line {
  cluster.on('message', heard)
  return {
    subscribe: async (channel) => cluster.subscribe(channel),
    unsubscribe: async (channel) => cluster.unsubscribe(channel),
    close: () => void cluster.off('message', heard),
  }
}

function ownLine(client: IoRedisClient, heard: Heard): Line {
  // Subscribing waits for the server, however long it is away.
  const line = client.duplicate({ maxRetriesPerRequest: null, enableOfflineQueue: true })
  line.on('error', () => undefined) // The program hears of its own connection; this one is a hint.
  line.on('message', heard)
  const close = (): void => {
    client.off('end', close)
    line.disconnect()
  }
  client.once('end', close)
  return {
    subscribe: async (channel) => line.subscribe(channel),
    unsubscribe: async (channel) => line.unsubscribe(channel),
    close,
  }
}

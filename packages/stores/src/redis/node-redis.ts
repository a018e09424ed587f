/**
 * Makes a connection of a `@redis/client` (or `redis`) client. Its types are described here as far as they are used, so
 * that neither this package nor its declarations need that one.
 *
 * @see spec/dependencies.md section 3
 * @module
 */
import { byHash } from './connection.ts'
import type { RedisConnection } from './connection.ts'
import { subscriptions } from './subscriptions.ts'
import type { Line } from './subscriptions.ts'

/** What `createClient()` gives. */
export interface NodeRedisClient extends Scripts {
  duplicate(): NodeRedisLine
  once(event: 'end', listener: () => void): unknown
  off(event: 'end', listener: () => void): unknown
}

/** What `createCluster()` gives. It keeps a connection for subscriptions by itself. */
export interface NodeRedisCluster extends Scripts, Subscriber {
  nodeClient(node: never): unknown
}

interface Scripts {
  evalSha(sha1: string, how: { keys: string[]; arguments: string[] }): Promise<unknown>
  eval(script: string, how: { keys: string[]; arguments: string[] }): Promise<unknown>
  multi(): Batch
}

interface Batch {
  evalSha(sha1: string, how: { keys: string[]; arguments: string[] }): Batch
  eval(script: string, how: { keys: string[]; arguments: string[] }): Batch
  wait(replicas: number, timeoutMs: number): Batch
  execAsPipeline(): Promise<unknown>
}

interface Subscriber {
  subscribe(channel: string, listener: Listener): Promise<unknown>
  unsubscribe(channel: string, listener: Listener): Promise<unknown>
}

/** Texts, or bytes where somebody asked for them. */
type Listener = (message: unknown, channel: unknown) => void

interface NodeRedisLine extends Subscriber {
  connect(): Promise<unknown>
  destroy(): void
  on(event: 'error', listener: () => void): unknown
}

/**
 * Adapts a client or a cluster client of `@redis/client` 6. The program connects it, listens to its `error` event and
 * closes it. Notices of a single server come over one duplicated connection, which ends with the last of them, or with
 * the client. Pools and Sentinel clients are of other shapes: write the three functions for them.
 *
 * @example
 *   const client = await createClient({ url }).on('error', log).connect()
 *   const store = redisStore({ connection: nodeRedis(client) })
 */
export function nodeRedis(client: NodeRedisClient | NodeRedisCluster): RedisConnection {
  const run = byHash()
  return {
    eval: (script, keys, args) =>
      run(script, (name, text) => {
        const how = { keys: [...keys], arguments: [...args] }
        return name === 'evalsha' ? client.evalSha(text, how) : client.eval(text, how)
      }),
    evalAndWait: (script, keys, args, { replicas, timeoutMs }) =>
      run(script, async (name, text) => {
        const how = { keys: [...keys], arguments: [...args] }
        const batch = name === 'evalsha' ? client.multi().evalSha(text, how) : client.multi().eval(text, how)
        // A pipeline whose connection is lost fails as a whole; a part of it is never sent on the next one.
        const replies = await batch.wait(replicas, timeoutMs).execAsPipeline()
        const [answer, acknowledged] = Array.isArray(replies) ? (replies as unknown[]) : []
        return { answer, acknowledged: Number(acknowledged) }
      }),
    subscribe: subscriptions((heard) => {
      const listener: Listener = (message, channel) => heard(String(channel), String(message))
      return 'nodeClient' in client ? clusterLine(client, listener) : ownLine(client, listener)
    }),
  }
}

function clusterLine(cluster: NodeRedisCluster, listener: Listener): Line {
  return {
    subscribe: async (channel) => cluster.subscribe(channel, listener),
    unsubscribe: async (channel) => cluster.unsubscribe(channel, listener),
    close: () => undefined,
  }
}

function ownLine(client: NodeRedisClient, listener: Listener): Line {
  const line = client.duplicate()
  line.on('error', () => undefined) // The program hears of its own connection; this one is a hint.
  const connected = line.connect()
  connected.catch(() => undefined) // Told to whoever subscribes.
  const close = (): void => {
    client.off('end', close)
    line.destroy()
  }
  client.once('end', close)
  return {
    subscribe: async (channel) => {
      await connected
      return line.subscribe(channel, listener)
    },
    unsubscribe: async (channel) => {
      await connected
      return line.unsubscribe(channel, listener)
    },
    close,
  }
}

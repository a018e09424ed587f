/**
 * Real clients of both kinds, ready and with an end, for one server or a cluster of one node.
 *
 * @module
 */
import { randomUUID } from 'node:crypto'
import { createClient, createCluster } from '@redis/client'
import { Cluster, Redis } from 'ioredis'
import type { Key } from '@latchkey/core'
import { ioRedis, nodeRedis } from '@latchkey/stores/redis'
import type { RedisConnection } from '@latchkey/stores/redis'

export interface Client {
  readonly connection: RedisConnection
  /** Any other command about one key. */
  readonly send: (command: readonly [name: string, key: string, ...rest: string[]]) => Promise<unknown>
  readonly close: () => void
}

export interface Place {
  readonly port: number
  readonly user?: string
  readonly password?: string | undefined
}

export function newKey(): Key {
  return `test:${randomUUID()}` as Key // Keys are texts.
}

/** Never aborted. */
export function signal(): AbortSignal {
  return new AbortController().signal
}

export const clients = { '@redis/client': nodeClient, ioredis: ioClient } as const
export const clusterClients = { '@redis/client': nodeCluster, ioredis: ioCluster } as const

export async function nodeClient({ port, user, password }: Place): Promise<Client> {
  const client = createClient({
    socket: { host: '127.0.0.1', port },
    ...(user !== undefined && { username: user }),
    ...(password !== undefined && { password }),
  })
  await client.on('error', () => undefined).connect()
  return {
    connection: nodeRedis(client),
    send: (command) => client.sendCommand(command),
    close: () => client.destroy(),
  }
}

export async function ioClient({ port, user, password }: Place): Promise<Client> {
  const client = new Redis({
    host: '127.0.0.1',
    port,
    ...(user !== undefined && { username: user }),
    ...(password !== undefined && { password }),
    lazyConnect: true,
  })
  await client.on('error', () => undefined).connect()
  return {
    connection: ioRedis(client),
    send: ([name, ...args]) => client.call(name, args),
    close: () => client.disconnect(),
  }
}

export async function nodeCluster({ port }: Place): Promise<Client> {
  const client = createCluster({ rootNodes: [{ socket: { host: '127.0.0.1', port } }] })
  await client.on('error', () => undefined).connect()
  return {
    connection: nodeRedis(client),
    send: (command) => client.sendCommand(command[1], false, [...command]),
    close: () => client.destroy(),
  }
}

export async function ioCluster({ port }: Place): Promise<Client> {
  const client = new Cluster([{ host: '127.0.0.1', port }], { lazyConnect: true })
  await client.on('error', () => undefined).connect()
  return {
    connection: ioRedis(client),
    send: ([name, ...args]) => client.call(name, args),
    close: () => client.disconnect(),
  }
}

/**
 * The Redis store of a configuration, on whichever client is installed.
 *
 * @module
 */
import { ioRedis, nodeRedis, redisStore } from '@latchkey/stores/redis'
import type { RedisConnection } from '@latchkey/stores/redis'
import type { Config } from '../config/load.ts'
import { fetchSecret } from '../config/secrets.ts'
import type { RedisClientName, StoreChoice } from '../config/schema.ts'
import type { Io } from '../io.ts'
import type { Connected } from './connected.ts'
import { connectMs, optional, silentStore, unreachable, withinTime } from './connected.ts'

type Choice = Extract<StoreChoice, { kind: 'redis' }>

interface Client {
  readonly connection: RedisConnection
  /** Rejects with why it failed, as far as the client has heard. */
  connect(): Promise<unknown>
  readonly close: () => void
}

/** Connects. @throws {ConfigError} No client, no address, or the server refuses the login. */
export async function connectRedis(choice: Choice, config: Config, io: Io): Promise<Connected> {
  const { url: reference, client: name, durability } = choice
  const path = ['store', 'redis']
  const url = (await fetchSecret(reference, path, config, io)).reveal()
  const written = `${reference.from}:${reference.name}`
  if (!/^rediss?:\/\//.test(url) || !URL.canParse(url)) {
    throw config.mistake(path, `refers to ${written}, which is no address such as redis://127.0.0.1:6379`)
  }
  const client = await clientFor(name, url)
  if (client === undefined) {
    const wanted = name ?? '@redis/client'
    throw config.mistake(path, `needs the package ${wanted}. Install it beside latchkey: npm install ${wanted}`)
  }
  try {
    await withinTime(client.connect())
  } catch (error) {
    client.close()
    const [refused] = /^(?:NOAUTH|WRONGPASS|NOPERM)\b/.exec(error instanceof Error ? error.message : '') ?? []
    if (refused === undefined) return silentStore(unreachable('Redis', error))
    throw config.mistake(path, `refers to ${written}, with which the server refuses the login (${refused})`)
  }
  const { connection } = client
  const store = redisStore({ connection, ...(durability !== undefined && { durability: durabilityOf(durability) }) })
  return { store, close: () => client.close() }
}

function durabilityOf(given: NonNullable<Choice['durability']>) {
  if (given === 'acceptedBySingleServer') return given
  const { replicas, timeoutMs } = given
  return { replicas, ...(timeoutMs !== undefined && { timeoutMs }) }
}

async function clientFor(name: RedisClientName | undefined, url: string): Promise<Client | undefined> {
  const chosen = name === 'ioredis' ? undefined : await nodeClient(url)
  return chosen ?? (name === '@redis/client' ? undefined : ioClient(url))
}

// Neither client tries again by itself: a command is short, and the engine knows what to do without its store.
async function nodeClient(url: string): Promise<Client | undefined> {
  const found = await optional(() => import('@redis/client'))
  if (found === undefined) return undefined
  const client = found.createClient({ url, socket: { connectTimeout: connectMs, reconnectStrategy: false } })
  client.on('error', () => undefined) // Whatever fails of it tells.
  return { connection: nodeRedis(client), connect: () => client.connect(), close: () => client.destroy() }
}

async function ioClient(url: string): Promise<Client | undefined> {
  const found = await optional(() => import('ioredis'))
  if (found === undefined) return undefined
  const how = { lazyConnect: true, connectTimeout: connectMs, maxRetriesPerRequest: 0, retryStrategy: () => null }
  const client = new found.Redis(url, how)
  let heard: unknown // A refused login ends the connection; only the event has the reason.
  client.on('error', (error) => (heard ??= error))
  const connect = () => client.connect().catch((error: unknown) => Promise.reject(heard ?? error))
  return { connection: ioRedis(client), connect, close: () => client.disconnect() }
}

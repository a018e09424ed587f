/**
 * Opens a store of ours at a place, with its client set up as the driver's documentation advises.
 *
 * @module
 */
import { memoryStore } from '@latchkey/core'
import type { Store } from '@latchkey/core'
import type { StorePlace } from './adapter.ts'

export interface OpenStore {
  readonly store: Store
  close(): Promise<void>
}

/** Clients are loaded only where they are needed, so that no measured process carries another's. */
export async function openStore(place: StorePlace): Promise<OpenStore> {
  switch (place.kind) {
    case 'memory':
      return { store: memoryStore(), close: async () => {} }
    case 'file': {
      const { fileStore } = await import('@latchkey/stores/file')
      return { store: fileStore({ directory: place.directory, sync: place.sync }), close: async () => {} }
    }
    case 'postgres':
      return openPostgres(place.url)
    case 'redis':
      return openRedis(place.url, place.durable)
  }
}

async function openPostgres(url: string): Promise<OpenStore> {
  const { default: pg } = await import('pg')
  const { pgListen, postgresStore } = await import('@latchkey/stores/postgres')
  const pool = new pg.Pool({ connectionString: url, connectionTimeoutMillis: 2_000, statement_timeout: 2_000, max: 4 })
  pool.on('error', () => undefined) // The next statement says it again.
  const store = postgresStore({
    query: pool.query.bind(pool),
    listen: pgListen(async () => {
      const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000, keepAlive: true })
      await client.connect()
      return client
    }),
  })
  return { store, close: () => pool.end() }
}

async function openRedis(url: string, durable: boolean): Promise<OpenStore> {
  const { createClient } = await import('@redis/client')
  const { nodeRedis, redisStore } = await import('@latchkey/stores/redis')
  const client = createClient({ url })
  client.on('error', () => undefined) // The next command says it again.
  await client.connect()
  const connection = nodeRedis(client)
  const store = redisStore(durable ? { connection, durability: 'acceptedBySingleServer' } : { connection })
  return { store, close: async () => void (await client.close()) }
}

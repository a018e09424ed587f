/**
 * Opens the store that a worker was told to use, with a watcher at the driver's own door: it is told when a command,
 * a statement or a link has been done and the driver does not know it yet.
 *
 * @module
 */
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import type { Store } from '@latchkey/core'
import type { StoreChoice } from './messages.ts'

export interface OpenedStore {
  readonly store: Store
  close(): Promise<void>
}

type Chosen<Kind extends StoreChoice['kind']> = Extract<StoreChoice, { readonly kind: Kind }>

const connectMs = 2_000

export async function openStore(choice: StoreChoice, applied: () => void): Promise<OpenedStore> {
  switch (choice.kind) {
    case 'file':
      return openFile(choice, applied)
    case 'postgres':
      return openPostgres(choice, applied)
    case 'redis':
      return openRedis(choice, applied)
    default:
      return choice satisfies never
  }
}

async function openFile({ directory }: Chosen<'file'>, applied: () => void): Promise<OpenedStore> {
  const { link } = fs.promises
  fs.promises.link = async (from, to) => {
    await link(from, to)
    applied() // Linked, so everybody sees it; the directory is not synced.
  }
  syncBuiltinESMExports()
  const { fileStore } = await import('@latchkey/stores/file')
  return { store: fileStore({ directory }), close: () => Promise.resolve() }
}

async function openPostgres({ url }: Chosen<'postgres'>, applied: () => void): Promise<OpenedStore> {
  const { default: pg } = await import('pg')
  const { pgListen, postgresStore } = await import('@latchkey/stores/postgres')
  const reach = { connectionString: url, connectionTimeoutMillis: connectMs }
  const pool = new pg.Pool({ ...reach, max: 2, statement_timeout: connectMs })
  pool.on('error', () => undefined) // The store's own operations tell.
  const store = postgresStore({
    async query(text, values) {
      const result = await pool.query<object>(text, values)
      applied()
      return result
    },
    listen: pgListen(async () => {
      const client = new pg.Client({ ...reach, keepAlive: true })
      await client.connect()
      return client
    }),
  })
  return { store, close: () => pool.end() }
}

async function openRedis({ url, replicas }: Chosen<'redis'>, applied: () => void): Promise<OpenedStore> {
  const { createClient } = await import('@redis/client')
  const { nodeRedis, redisStore } = await import('@latchkey/stores/redis')
  const client = createClient({ url })
  client.on('error', () => undefined) // The store's own operations tell.
  await client.connect()
  const connection = nodeRedis(client)
  const watched = async <T>(work: Promise<T>): Promise<T> => {
    const answer = await work
    applied()
    return answer
  }
  const store = redisStore({
    connection: {
      eval: (...command) => watched(connection.eval(...command)),
      evalAndWait: (...command) => watched(connection.evalAndWait(...command)),
      subscribe: (...channel) => connection.subscribe(...channel),
    },
    durability: replicas > 0 ? { replicas } : 'acceptedBySingleServer',
  })
  return {
    store,
    async close() {
      client.destroy()
    },
  }
}

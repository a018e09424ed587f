/**
 * Pools on a test's own server, and the few things that every test of the driver says the same way.
 *
 * @module
 */
import { createHash, randomUUID } from 'node:crypto'
import pg from 'pg'
import type { Etag, Key, Reading, Store, Swap } from '@latchkey/core'
import { pgListen } from '@latchkey/stores/postgres'
import type { PostgresServer } from '@latchkey/testkit/servers'

/** A pool that does not bring the process down when the server goes away. */
export function poolOn({ url }: Pick<PostgresServer, 'url'>, options: pg.PoolConfig = {}): pg.Pool {
  const pool = new pg.Pool({ connectionString: url, max: 4, connectionTimeoutMillis: 5_000, ...options })
  return pool.on('error', () => undefined)
}

export function newKey(): Key {
  return `latchkey:${createHash('sha256').update(randomUUID()).digest('hex')}` as Key // Of the shape that `Key` names.
}

export function never(): AbortSignal {
  return new AbortController().signal
}

/** Reads one key, or writes it for an hour, with a signal that is never aborted. */
export function handleOf(store: Store, key: Key = newKey()) {
  return {
    key,
    read: (): Promise<Reading> => store.read(key, never()),
    write: (
      etag: Etag | null,
      value: string,
      how: { keep?: number | 'forever'; durable?: boolean } = {},
    ): Promise<Swap> => store.compareAndSet(key, etag, value, { keep: 3_600_000, durable: false, ...how }, never()),
  }
}

/** The etag of a swap that must have been done. */
export function etagOf(swap: Swap): Etag {
  if (swap.kind !== 'done') throw new Error(`The swap was not done: ${swap.kind}`)
  return swap.etag
}

/** Listening connections of a test, which ends them. */
export function clientsOf({ url }: Pick<PostgresServer, 'url'>) {
  const made: pg.Client[] = []
  const listen = pgListen(async () => {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 })
    made.push(client)
    await client.connect()
    return client
  })
  return { made, listen, end: async () => void (await Promise.all(made.map((client) => client.end()))) }
}

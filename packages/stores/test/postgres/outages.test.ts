/**
 * What the driver says while the server is away, refuses, or ends a statement in the middle. Real servers only; the
 * judgement of each code is in `failures.test.ts`.
 *
 * @module
 */
import type pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Store } from '@latchkey/core'
import { postgresMigration, postgresStore } from '@latchkey/stores/postgres'
import { assertNoSecrets } from '@latchkey/testkit'
import { postgresHere, startPostgres } from '@latchkey/testkit/servers'
import type { PostgresServer } from '@latchkey/testkit/servers'
import { etagOf, handleOf, never, poolOn } from './support.ts'

const postgres = postgresHere()

describe.skipIf(!postgres.found)('a server in trouble', () => {
  let server: PostgresServer
  const pools: pg.Pool[] = []
  const poolWith = (options: pg.PoolConfig = {}): pg.Pool => {
    const pool = poolOn(server, options)
    pools.push(pool)
    return pool
  }
  const storeWith = (options: pg.PoolConfig = {}): Store => {
    const pool = poolWith(options)
    return postgresStore({ query: pool.query.bind(pool) })
  }

  beforeAll(async () => {
    server = await startPostgres({ settings: { max_connections: '25', superuser_reserved_connections: '3' } })
    await poolWith().query(postgresMigration())
  }, 60_000)
  afterEach(async () => {
    await Promise.all(pools.splice(0).map((pool) => pool.end()))
  })
  afterAll(() => server.stop())

  /** Connects until the server refuses and every session it has is one of these: an ended one gives its place back late. */
  async function takeAllConnections(): Promise<readonly pg.PoolClient[]> {
    const crowd = [await poolWith({ max: 1 }).connect()]
    const sessions = `select count(*)::int as count from pg_stat_activity where backend_type = 'client backend'`
    await vi.waitUntil(
      async () => {
        const client = await poolWith({ max: 1 })
          .connect()
          .catch(() => undefined)
        if (client !== undefined) return void crowd.push(client)
        const { rows } = (await crowd[0]?.query<{ count: number }>(sessions)) ?? { rows: [] }
        return rows[0]?.count === crowd.length
      },
      { timeout: 10_000, interval: 5 },
    )
    return crowd
  }

  /** Starts a swap that waits for a row that another transaction holds, and answers once the server says so. */
  async function heldUp(store: Store) {
    const handle = handleOf(store)
    const etag = etagOf(await handle.write(null, 'before'))
    const holder = await poolWith().connect()
    await holder.query('begin')
    await holder.query('select 1 from latchkey_records where key = $1 for update', [handle.key])
    const swap = handle.write(etag, 'after')
    swap.catch(() => undefined) // Awaited by the test, after what it does to the server.
    const pid = await vi.waitUntil(
      async () => {
        const asked = `select pid from pg_stat_activity where wait_event_type = 'Lock' and query like '%latchkey_records%'`
        const { rows } = await holder.query<{ pid: number }>(asked)
        return rows[0]?.pid
      },
      { timeout: 10_000, interval: 20 },
    )
    const letGo = async (): Promise<void> => {
      await holder.query('rollback').catch(() => undefined) // Its connection may have ended with the server.
      holder.release(true)
    }
    holder.on('error', () => undefined)
    return { ...handle, etag, swap, pid, letGo }
  }

  it('answers a swap with unknown when its connection is ended in the middle, and works with the next one', async () => {
    const { swap, pid, letGo, read, write, etag } = await heldUp(storeWith())
    await poolWith().query('select pg_terminate_backend($1)', [pid])
    expect(await swap).toEqual({ kind: 'unknown' })
    await letGo()
    expect(await read()).toMatchObject({ value: 'before', etag })
    etagOf(await write(etag, 'after'))
  })

  it('throws when the statement of a swap is cancelled, for then it certainly was not applied', async () => {
    const { swap, pid, letGo, read } = await heldUp(storeWith())
    await poolWith().query('select pg_cancel_backend($1)', [pid])
    await expect(swap).rejects.toMatchObject({ code: 'LATCHKEY_STORE_UNAVAILABLE', details: { sqlstate: '57014' } })
    await letGo()
    expect((await read()).value).toBe('before')
  })

  it('gives up a swap that waits longer than the caller does, with the caller’s own reason', async () => {
    const store = storeWith()
    const { key, etag, letGo, pid, swap } = await heldUp(store)
    const stop = new AbortController()
    const late = store.compareAndSet(key, etag, 'late', { keep: 1_000, durable: false }, stop.signal)
    const reason = new Error('That took too long.')
    stop.abort(reason)
    await expect(late).rejects.toBe(reason)
    expect(pid).toBeGreaterThan(0)
    await letGo()
    await swap
  })

  it('answers unknown to a crash during a swap, is unavailable while the server is away, and finds all again', async () => {
    const store = storeWith()
    const { swap, letGo, read, write, etag } = await heldUp(store)
    await server.kill()
    expect(await swap).toEqual({ kind: 'unknown' })
    const away = { name: 'StoreError', code: 'LATCHKEY_STORE_UNAVAILABLE', retryable: true }
    await expect(read()).rejects.toMatchObject(away)
    await expect(write(etag, 'nobody listens')).rejects.toMatchObject(away)
    await server.restart()
    await letGo()
    expect(await read()).toMatchObject({ value: 'before', etag })
    etagOf(await write(etag, 'after'))
  })

  it('keeps the record over an orderly restart, and answers at the first try after it', async () => {
    const { read, write } = handleOf(storeWith())
    const etag = etagOf(await write(null, 'kept'))
    await server.restart()
    expect(await read()).toMatchObject({ value: 'kept', etag })
  })

  it('says that a server is read-only, and to connect to the primary', async () => {
    const { read, write } = handleOf(storeWith({ options: '-c default_transaction_read_only=on' }))
    expect((await read()).value).toBeNull()
    await expect(write(null, 'value')).rejects.toMatchObject({
      code: 'LATCHKEY_STORE_UNAVAILABLE',
      message: expect.stringContaining('connect to the primary') as string,
      details: { sqlstate: '25006', operation: 'swap' },
    })
  })

  it('says that the login was refused, and shows neither password nor value (10.3)', async () => {
    const password = 'not-the-password-4711'
    const { port, user, database } = server
    const url = `postgres://${user}:${password}@127.0.0.1:${port}/${database}`
    const value = 'value-that-nobody-may-see'
    const { read, write } = handleOf(storeWith({ connectionString: url }))
    for (const tried of [() => read(), () => write(null, value), () => write('some etag', value)]) {
      const error: unknown = await tried().catch((thrown: unknown) => thrown)
      expect(error).toMatchObject({ code: 'LATCHKEY_STORE_UNAVAILABLE', details: { sqlstate: '28P01' } })
      assertNoSecrets(error, [password, value, server.password, url])
    }
  })

  it('shows no password in any failure of a running connection, where the client’s own error does (10.3)', async () => {
    const pool = poolWith()
    const holder = await pool.connect()
    const ended = new Promise<Error>((resolve) => holder.on('error', resolve))
    const { rows } = await holder.query<{ pid: number }>('select pg_backend_pid() as pid')
    await poolWith().query('select pg_terminate_backend($1)', [rows[0]?.pid])
    const clientError = Object.assign(await ended, { connectionString: server.url })
    holder.release(true)
    const store = postgresStore({ query: () => Promise.reject(clientError) })
    const error: unknown = await store.read(handleOf(store).key, never()).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'LATCHKEY_STORE_UNAVAILABLE' })
    assertNoSecrets(error, [server.password])
  })

  it('says that the server has no connection left', async () => {
    const crowd = await takeAllConnections()
    const { read, write } = handleOf(storeWith())
    for (const tried of [() => read(), () => write(null, 'value')]) {
      await expect(tried()).rejects.toMatchObject({
        code: 'LATCHKEY_STORE_UNAVAILABLE',
        details: { sqlstate: '53300' },
      })
    }
    for (const client of crowd) client.release()
  })
})
